package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// twoMX leads mail for example.org to mx, and then to mx2.
var twoMX = world{
	mx: map[string][]*net.MX{"example.org": mxRecords(10, "mx.example.org.", 20, "mx2.example.org.")},
	a:  map[string][]string{"mx.example.org": {"192.0.2.1"}, "mx2.example.org": {"192.0.2.2"}},
}

// TestDownHostIsNotTriedForEachMail: every mail has its tries, and the host that
// cannot be reached few connections (RFC 5321 4.5.4.1).
func TestDownHostIsNotTriedForEachMail(t *testing.T) {
	for _, tt := range []struct {
		name     string
		do       Effect
		mails    int
		parallel int
		dials    []int // in all, after 29, 59, 89 minutes
	}{
		{"refused", DoRefuse, 20, 20, []int{1, 2, 3}},
		{"silent", DoStall, 20, 20, []int{5, 10, 15}},
		{"refused, more mails than tries at once", DoRefuse, 100, 3, []int{1, 2, 3}},
		{"silent, more mails than tries at once", DoStall, 100, 3, []int{3, 6, 9}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.net.Node("mx").SetFault(Fault{Name: "down", At: AtConnect, Do: tt.do})
				for i := range tt.mails {
					b.submit(fmt.Sprint("m", i), "out", "", "bob@example.org")
				}
				var dials, tries, deferred []int
				for range 3 {
					time.Sleep(29 * time.Minute)
					dials = append(dials, b.count("mx", trace.FaultHit))
					tries = append(tries, b.count("out", trace.MailAttempt))
					deferred = append(deferred, b.count("out", trace.MailDeferred))
					time.Sleep(time.Minute)
				}
				b.want("dials", tt.dials, dials)
				each := []int{tt.mails, 2 * tt.mails, 3 * tt.mails}
				b.want("tries", each, tries)
				b.want("deferrals", each, deferred)
				b.net.Node("mx").ClearFault("down")
				time.Sleep(31 * time.Minute)
				b.want("mails when the host is back", tt.mails, len(b.mailbox("mx", "bob@example.org")))
				b.want("what is remembered", 0, len(b.net.Node("out").queue.reach.hosts))
			}, mxNode(), outNode(QueueConfig{Parallel: tt.parallel}))
		})
	}
}

// TestSharedFailure: the second and the third mail share what the first has found,
// and say so; at its own next try the first one dials again.
func TestSharedFailure(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{At: AtConnect, Do: DoRefuse})
		for _, name := range []string{"a", "b", "c"} {
			b.submit(name, "out", "", "bob@example.org")
		}
		time.Sleep(time.Second)
		const refused = " >bob@example.org 451 4.4.1 mx.example.org[192.0.2.1]: connection refused"
		got := map[string]int{}
		for _, l := range b.events(trace.MailDeferred) {
			what := "found out"
			if strings.Contains(l, refused+" (tried ") {
				what = "shared"
			}
			got[what]++
		}
		b.want("deferrals", map[string]int{"found out": 1, "shared": 2}, got)
	}, mxNode(), outNode(QueueConfig{}))
}

// TestOwnTriesDial: a mail that is alone keeps its schedule with a dial each time,
// however dense it is.
func TestOwnTriesDial(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{At: AtConnect, Do: DoRefuse})
		b.submit("alone", "out", "", "bob@example.org")
		time.Sleep(10*time.Second + 500*time.Millisecond)
		b.want("dials", 11, b.count("mx", trace.FaultHit))
		b.want("tries", 11, b.count("out", trace.MailAttempt))
	}, mxNode(), outNode(QueueConfig{Retry: []time.Duration{time.Second}}))
}

// TestPassingFaultsAreNotRemembered: what a fault does to some connections only says
// nothing about the next one.
func TestPassingFaultsAreNotRemembered(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		hits  int
		there int
	}{
		{"times", Fault{Times: 3}, 3, 3},
		{"for", Fault{For: time.Hour}, 6, 0},
		{"match", Fault{Match: map[string]Matcher{"peer": match("^out$")}}, 6, 0},
		{"for good", Fault{}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				tt.fault.At, tt.fault.Do = AtConnect, DoRefuse
				b.net.Node("mx").SetFault(tt.fault)
				for i := range 6 {
					b.submit(fmt.Sprint("m", i), "out", "", "bob@example.org")
				}
				time.Sleep(time.Second)
				b.want("dials that were refused", tt.hits, b.count("mx", trace.FaultHit))
				b.want("mails that are there", tt.there, len(b.mailbox("mx", "bob@example.org")))
			}, mxNode(), outNode(QueueConfig{}))
		})
	}
}

// TestMailAfterTheHostIsBack: a mail that is sent when the host is back goes there at once.
func TestMailAfterTheHostIsBack(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		back  func(b *bench)
		pause time.Duration // between the mails
		most  time.Duration // until the second one is there
	}{
		{"the fault is cleared", Fault{Name: "down", At: AtConnect, Do: DoRefuse}, func(b *bench) { b.net.Node("mx").ClearFault("down") }, 0, 100 * time.Millisecond},
		{"the fault ends by its number", Fault{At: AtConnect, Do: DoRefuse, Times: 1}, nil, 0, 100 * time.Millisecond},
		{"a silent fault ends by its number", Fault{At: AtConnect, Do: DoStall, Times: 1}, nil, 0, 100 * time.Millisecond},
		{"the fault ends by its time", Fault{At: AtConnect, Do: DoRefuse, For: 100 * time.Millisecond}, nil, 200 * time.Millisecond, 100 * time.Millisecond},
		{"the host is started", Fault{}, func(b *bench) {
			if err := b.net.Node("mx").Start(); err != nil {
				b.t.Fatal(err)
			}
		}, 0, 100 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				mx := b.net.Node("mx")
				if tt.fault.At == "" {
					mx.Crash()
				} else {
					mx.SetFault(tt.fault)
				}
				b.submit("first", "out", "", "bob@example.org")
				time.Sleep(10*time.Millisecond + tt.pause)
				if tt.back != nil {
					tt.back(b)
				}
				b.submit("second", "out", "", "bob@example.org")
				time.Sleep(tt.most)
				b.wantEvents([]string{"mail.delivered second >bob@example.org"}, trace.MailDelivered)
			}, mxNode(), outNode(QueueConfig{}))
		})
	}
}

// TestDownHostIsPassedBy: with the preferred host down, mail goes to the second one
// at once (RFC 5321 5.1), and some time later the first one is asked again.
func TestDownHostIsPassedBy(t *testing.T) {
	mx2 := mxNode()
	mx2.Name, mx2.Host = "mx2", "mx2.example.org"
	out := outNode(QueueConfig{})
	out.Next = ""
	inBubble(t, func(b *bench) {
		b.net.Node("out").resolver = twoMX
		mx := b.net.Node("mx")
		mx.SetFault(Fault{Name: "down", At: AtConnect, Do: DoRefuse})
		for i := range 20 {
			b.submit(fmt.Sprint("m", i), "out", "", "bob@example.org")
		}
		time.Sleep(100 * time.Millisecond)
		b.want("mails at mx2", 20, len(b.mailbox("mx2", "bob@example.org")))
		b.want("dials of mx", 1, b.count("mx", trace.FaultHit))
		time.Sleep(11 * time.Second)
		b.submit("again", "out", "", "bob@example.org")
		time.Sleep(100 * time.Millisecond)
		b.want("dials of mx when some time has passed", 2, b.count("mx", trace.FaultHit))
		mx.ClearFault("down")
		b.submit("back", "out", "", "bob@example.org")
		time.Sleep(100 * time.Millisecond)
		b.want("mails at mx when it is back", 1, len(b.mailbox("mx", "bob@example.org")))
	}, mxNode(), mx2, out)
}

// TestCrashWhileMailWaitsForAHost: the queue is kept, the memory is not.
func TestCrashWhileMailWaitsForAHost(t *testing.T) {
	for do, atOnce := range map[Effect]int{
		DoRefuse: 0,  // their tries are over
		DoStall:  10, // they wait for the dials
	} {
		inBubble(t, func(b *bench) {
			out := b.net.Node("out")
			b.net.Node("mx").SetFault(Fault{Name: "down", At: AtConnect, Do: do})
			for i := range 10 {
				b.submit(fmt.Sprint("m", i), "out", "", "bob@example.org")
			}
			out.Crash()
			b.want("queue after the crash", 10, len(b.queued("out")))
			b.net.Node("mx").ClearFault("down")
			if err := out.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			b.want("mails", atOnce, len(b.mailbox("mx", "bob@example.org")))
			time.Sleep(30 * time.Minute)
			b.want("mails after the next try", 10, len(b.mailbox("mx", "bob@example.org")))
			b.want("queue at the end", 0, len(b.queued("out")))
		}, mxNode(), outNode(QueueConfig{}))
	}
}

// TestSilentHostHoldsNobodyUp: tries that wait for news of a host take no place from
// those for others.
func TestSilentHostHoldsNobodyUp(t *testing.T) {
	fast := mxNode()
	fast.Name, fast.Host, fast.Mailboxes = "fast", "fast.example", []string{"*@fast.example"}
	out := outNode(QueueConfig{Parallel: 6})
	out.Routes = map[string]string{"fast.example": "fast"}
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{At: AtConnect, Do: DoStall})
		for i := range 20 {
			b.submit(fmt.Sprint("m", i), "out", "", "bob@example.org")
		}
		b.submit("urgent", "out", "", "u@fast.example")
		time.Sleep(time.Second)
		b.wantEvents([]string{"mail.delivered urgent >u@fast.example"}, trace.MailDelivered)
	}, mxNode(), fast, out)
}

// TestReachIsTheSameEachTime: who dials, who waits and who shares does not depend on
// the order in which goroutines run.
func TestReachIsTheSameEachTime(t *testing.T) {
	story := func() (lines []string) {
		err := Virtual(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), func() {
			n := New(Config{Seed: 7, Resolver: func(string) Resolver { return twoMX }})
			defer n.Stop()
			for i, cfg := range []NodeConfig{
				{Name: "mx", Role: MTA, Host: "mx.example.org", Mailboxes: []string{"*@example.org"}},
				{Name: "mx2", Role: MTA, Host: "mx2.example.org", Mailboxes: []string{"*@example.org"}},
				{Name: "out", Role: MSA, Host: "out.example.net", Queue: QueueConfig{Parallel: 7, PerHost: 5, Reuse: 3}},
			} {
				cfg.Addrs = []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})}
				if _, err := n.Add(cfg); err != nil {
					t.Error(err)
					return
				}
			}
			if err := n.Start(); err != nil {
				t.Error(err)
				return
			}
			n.Node("mx").SetFault(Fault{Name: "down", At: AtConnect, Do: DoRefuse, For: 70 * time.Minute})
			n.Node("mx2").SetFault(Fault{Name: "moody", At: AtConnect, Do: DoStall, Chance: 0.8})
			n.Node("mx2").SetFault(Fault{Name: "busy", At: AtMail, Reply: "421 4.3.2 busy", Chance: 0.3})
			for i := range 60 {
				n.Send(context.Background(), Submission{
					Mail: fmt.Sprint("m", i), Via: "out", To: []string{fmt.Sprintf("u%d@example.org", i)}, Message: []byte("S: x\r\n\r\n"),
				})
			}
			time.Sleep(3 * time.Hour)
			events, _ := n.Log().Since(0)
			for _, e := range events {
				lines = append(lines, fmt.Sprintf("%+v", e))
			}
			slices.Sort(lines) // events of one instant have no order of their own
		})
		if err != nil {
			t.Error(err)
		}
		return lines
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	first := story()
	runtime.GOMAXPROCS(2)
	for range 2 {
		second := story()
		if len(first) != len(second) {
			t.Errorf("%d and %d events", len(first), len(second))
		}
		for i := range min(len(first), len(second)) {
			if first[i] != second[i] {
				t.Fatalf("event %d is\n%s\nand\n%s", i, first[i], second[i])
			}
		}
	}
	delivered := 0
	for _, l := range first {
		if strings.Contains(l, string(trace.MailDelivered)) {
			delivered++
		}
	}
	if delivered != 60 {
		t.Errorf("%d mails were delivered, want 60", delivered)
	}
}
