package sim

import (
	"fmt"
	"runtime/metrics"
	"time"
)

// watchdog sees, on the real clock, that a run in virtual time does not wait
// for something that virtual time cannot bring: a mutex whose owner waits, a
// socket, a channel from outside. The runtime itself only finds out when all
// goroutines wait for one another.
type watchdog struct {
	every time.Duration // between two looks
	limit time.Duration // as long as this without progress is a hang
}

// A dump of all stacks stops the world, 25 us a goroutine. So it is only made
// when nothing in the whole process seems to run, or now and then when another
// run may hide that this one hangs.
const (
	skips  = 10 // looks without a dump, while something runs
	share  = 20 // a dump may cost one part in so many
	proofs = 3  // dumps that must agree
)

// watch returns when the run ends, or hangs.
func (w watchdog) watch(b *bubble) error {
	var id int
	select {
	case err := <-b.done:
		return err
	case id = <-b.named:
	}
	tick := time.NewTimer(w.every)
	defer tick.Stop()
	var (
		buf     []byte
		still   string    // where those stand that hold time up
		since   time.Time // since when
		proof   int       // dumps that have said so
		skipped int
		earlier time.Time // no dump before
	)
	for {
		select {
		case err := <-b.done:
			return err
		case <-tick.C:
		}
		tick.Reset(w.every)
		begin := time.Now()
		if begin.Before(earlier) {
			continue
		}
		if skipped++; skipped < skips && processBusy() {
			continue
		}
		skipped = 0
		buf = allStacks(buf)
		gs := goroutines(buf, id)
		earlier = begin.Add(share * time.Since(begin))
		place := holdUp(gs)
		if place == "" || place != still {
			still, since, proof = place, begin, 1
			continue
		}
		if proof++; proof >= proofs && begin.Sub(since) >= w.limit {
			return &Stuck{
				Reason:     fmt.Sprintf("hang: nothing has run for %v, and some wait for what virtual time cannot bring", w.limit),
				Goroutines: gs,
			}
		}
	}
}

// processBusy reports whether a goroutine beside this one runs or could.
func processBusy() bool {
	s := []metrics.Sample{
		{Name: "/sched/goroutines/running:goroutines"},
		{Name: "/sched/goroutines/runnable:goroutines"},
	}
	metrics.Read(s)
	n := uint64(0)
	for _, m := range s {
		if m.Value.Kind() == metrics.KindUint64 {
			n += m.Value.Uint64()
		}
	}
	return n > 1
}

// holdUp names the goroutines that time waits for and where they stand. It is
// empty while one of the run works, however long that takes.
func holdUp(gs []Goroutine) string {
	s := ""
	for _, g := range gs {
		if g.busy() {
			return ""
		}
		if !g.durable() {
			s += fmt.Sprintln(g.ID, g.At)
		}
	}
	return s
}
