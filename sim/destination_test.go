package sim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// TestDestinationsOrder holds the heaps against a list that is sorted anew for
// each step.
func TestDestinationsOrder(t *testing.T) {
	const perHost = 2
	r := rand.New(rand.NewPCG(1, 2))
	ds := destinations{perHost: perHost}
	var waiting, running []*entry
	busy := map[*destination]int{}
	begin := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	expected := func() *entry {
		slices.SortFunc(waiting, func(a, b *entry) int {
			return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.it.id, b.it.id), cmp.Compare(a.number, b.number))
		})
		for _, e := range waiting {
			if busy[e.to] < perHost {
				return e
			}
		}
		return nil
	}
	for step := range 5000 {
		switch r.IntN(3) {
		case 0:
			e := &entry{
				it: &item{id: fmt.Sprint(r.IntN(3))}, number: uint64(step),
				to: ds.of(nextHop{mx: fmt.Sprint(r.IntN(7))}), due: begin.Add(time.Duration(r.IntN(20))),
			}
			ds.add(e)
			waiting = append(waiting, e)
		case 1:
			want := expected()
			if got := ds.first(); got != want {
				t.Fatalf("step %d: first is %v, want %v", step, got, want)
			}
			if want != nil {
				waiting = slices.DeleteFunc(waiting, func(e *entry) bool { return e == want })
				running = append(running, ds.take(want.to))
				busy[want.to]++
			}
		case 2:
			if len(running) == 0 {
				continue
			}
			i := r.IntN(len(running))
			e := running[i]
			running = slices.Delete(running, i, i+1)
			busy[e.to]--
			if r.IntN(2) == 0 {
				e.due = e.due.Add(time.Duration(r.IntN(20)))
				ds.put(e)
				waiting = append(waiting, e)
			} else {
				ds.drop(e)
			}
			ds.tried(e.to)
		}
	}
	hops := map[nextHop]bool{}
	for _, e := range append(waiting, running...) {
		hops[e.to.hop] = true
	}
	if len(ds.byHop) != len(hops) {
		t.Errorf("%d next hops are kept, %d have something to do", len(ds.byHop), len(hops))
	}
}

// TestPerHost: a slow host gets no more than its share of the tries, so mail for
// others passes it by.
func TestPerHost(t *testing.T) {
	slow, fast := mxNode(), mxNode()
	slow.Name, slow.Host, slow.Mailboxes = "slow", "slow.example", []string{"*@slow.example"}
	fast.Name, fast.Host, fast.Mailboxes = "fast", "fast.example", []string{"*@fast.example"}
	out := NodeConfig{
		Name: "out", Role: MSA, Host: "out.example.net", Queue: QueueConfig{Parallel: 3, PerHost: 2},
		Routes: map[string]string{"slow.example": "slow", "fast.example": "fast"},
	}
	inBubble(t, func(b *bench) {
		b.net.Node("slow").SetFault(Fault{At: AtMail, Delay: time.Minute})
		for i := range 5 {
			b.submit(fmt.Sprint("s", i), "out", "a@example.net", fmt.Sprintf("u%d@slow.example", i))
		}
		b.submit("f", "out", "a@example.net", "u@fast.example")
		time.Sleep(30 * time.Second)
		if got := b.net.Node("slow").Connections(); got != 2 {
			t.Errorf("%d sessions with the slow host, want 2", got)
		}
		b.wantEvents([]string{"mail.delivered f a@example.net>u@fast.example"}, trace.MailDelivered)
		time.Sleep(10 * time.Minute)
		if got := len(b.queued("out")); got != 0 {
			t.Errorf("%d recipients are still in the queue", got)
		}
	}, slow, fast, out)
}

// BenchmarkQueueStep is one try of an entry that fails: taken, and put back for
// later. It must not depend on how much waits.
func BenchmarkQueueStep(b *testing.B) {
	for _, size := range []struct {
		entries, hops int
		priorities    bool
	}{{1000, 10, false}, {100_000, 1, false}, {100_000, 1000, false}, {1000, 1, true}, {100_000, 1, true}} {
		b.Run(fmt.Sprintf("%d of %d, priorities %v", size.entries, size.hops, size.priorities), func(b *testing.B) {
			ds := destinations{perHost: 20}
			now := time.Now()
			for i := range size.entries {
				it := &item{id: fmt.Sprint(i)}
				if priority := i % 10; size.priorities {
					it.env.Priority = &priority
				}
				ds.add(&entry{it: it, to: ds.of(nextHop{mx: fmt.Sprint(i % size.hops)}), due: now.Add(time.Duration(i) - time.Hour)})
			}
			b.ReportAllocs()
			for b.Loop() {
				e := ds.take(ds.first().to)
				e.due = e.due.Add(time.Minute)
				ds.put(e)
				ds.tried(e.to)
			}
		})
	}
}

// TestMostUrgentFirst holds the two heaps of a destination against a list.
func TestMostUrgentFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	ds := destinations{perHost: 1000}
	d := ds.of(nextHop{mx: "far.example"})
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	var waiting []*entry
	for step := range 3000 {
		if r.IntN(2) == 0 {
			e := &entry{it: &item{id: fmt.Sprint(r.IntN(3))}, number: uint64(step), to: d, due: now.Add(time.Duration(r.IntN(10)))}
			if p := r.IntN(4); p > 0 && step%200 < 100 {
				e.it.env.Priority = &p
			}
			ds.add(e)
			waiting = append(waiting, e)
			continue
		}
		now = now.Add(time.Duration(r.IntN(3)))
		if first := d.first(); first == nil || first.due.After(now) {
			continue
		}
		got := d.pop(now)
		slices.SortFunc(waiting, func(a, b *entry) int {
			if a.due.After(now) != b.due.After(now) {
				return cmp.Compare(a.due.Sub(now), b.due.Sub(now))
			}
			if a.moreUrgent(b) {
				return -1
			}
			return 1
		})
		if got != waiting[0] {
			t.Fatalf("step %d: number %d of priority %d, want number %d of priority %d", step, got.number, got.priority(), waiting[0].number, waiting[0].priority())
		}
		waiting = waiting[1:]
	}
	urgent := 0
	for _, e := range waiting {
		if e.priority() != 0 {
			urgent++
		}
	}
	if d.urgent != urgent {
		t.Errorf("%d have a priority, %d are counted", urgent, d.urgent)
	}
}
