package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// TestQueueWhileTrying: a recipient that the first host has taken is not in the
// queue any more, although a second host keeps the copy busy with the other, and
// a crash in that moment does not send it again.
func TestQueueWhileTrying(t *testing.T) {
	mx2 := mxNode()
	mx2.Name, mx2.Host = "mx2", "mx2.example.org"
	inBubble(t, func(b *bench) {
		out := b.net.Node("out")
		out.resolver = world{
			mx: map[string][]*net.MX{"example.org": mxRecords(10, "mx.example.org.", 20, "mx2.example.org.")},
			a:  map[string][]string{"mx.example.org": {"192.0.2.1"}, "mx2.example.org": {"192.0.2.2"}},
		}
		b.net.Node("mx").SetFault(Fault{At: AtRcpt, Reply: "451 4.3.0 later", Match: map[string]Matcher{"to": match("carol")}})
		b.net.Node("mx2").SetFault(Fault{Name: "deaf", At: AtBanner, Do: DoStall})
		d := b.net.Send(context.Background(), Submission{
			Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org", "carol@example.org"}, Message: []byte(plan),
		})
		if !d.Accepted() {
			t.Fatalf("dialog: %v", d)
		}
		time.Sleep(time.Minute)
		b.want("queue while mx2 is silent", []string{"a@example.net>carol@example.org"}, b.queued("out"))
		out.Crash()
		b.want("queue after the crash", []string{"a@example.net>carol@example.org"}, b.queued("out"))
		b.net.Node("mx2").ClearFault("deaf")
		if err := out.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		b.want("queue at the end", []string(nil), b.queued("out"))
		b.wantEvents([]string{
			"mail.delivered plan a@example.net>bob@example.org",
			"mail.delivered plan a@example.net>carol@example.org",
		}, trace.MailDelivered)
	}, mxNode(), mx2, NodeConfig{Name: "out", Role: MSA, Host: "out.example.net"})
}

// TestSettledStaysSettled: a crash right behind the end of a try does not bring
// back what was bounced.
func TestSettledStaysSettled(t *testing.T) {
	inBubble(t, func(b *bench) {
		n := b.net.Node("mx")
		r := mail.Recipient{To: "x@far.example"}
		e := &entry{
			it:    &item{mail: "plan", id: "1", arrived: time.Now(), content: mail.Bytes([]byte(plan))},
			rcpts: []pending{{Recipient: r}},
		}
		n.queue.enter(e, nextHop{mx: "far.example"})
		n.queue.waiting.take(e.to)
		out := outcome{failed: []failure{{rcpt: r, reply: localReply(550, "5.1.1", "no")}}}
		n.queue.settle(e, out, time.Now())
		n.Crash()
		n.queue.next(t.Context(), e.to, e, false, false)
		b.want("queue", []string(nil), b.queued("mx"))
		if len(n.queue.waiting.byHop) > 0 {
			t.Error("a next hop is left over that nothing waits for")
		}
	}, mxNode())
}

// submit hands a plain mail in, and fails the test when it is not taken.
func (b *bench) submit(name, via, from string, to ...string) {
	b.t.Helper()
	d := b.net.Send(context.Background(), Submission{Mail: name, Via: via, From: from, To: to, Message: []byte("Message-ID: <" + name + "@mailsim>\r\n\r\n")})
	if !d.Accepted() {
		b.t.Fatalf("%s was not taken: %v", name, d)
	}
}

// TestOneDelayNotice: the sender hears of a delay once, at the first try that fails
// after the time, of those alone that still wait; a crash does not repeat it.
func TestOneDelayNotice(t *testing.T) {
	out := outNode(QueueConfig{Retry: []time.Duration{30 * time.Minute}, DelayNotice: 40 * time.Minute})
	out.Mailboxes = []string{"a@example.net"}
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{At: AtRcpt, Reply: "451 4.2.1 busy", Match: map[string]Matcher{"to": match("bob")}})
		b.submit("plan", "out", "a@example.net", "bob@example.org", "carol@example.org")
		time.Sleep(59 * time.Minute)
		b.want("notices before the second retry", 0, len(b.mailbox("out", "a@example.net")))
		time.Sleep(2 * time.Minute)
		b.want("notices after it", 1, len(b.mailbox("out", "a@example.net")))
		b.net.Node("out").Crash()
		if err := b.net.Node("out").Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Hour)
		notices := b.mailbox("out", "a@example.net")
		b.want("notices at the end", 1, len(notices))
		if !strings.Contains(notices[0], "Action: delayed") || !strings.Contains(notices[0], "bob@example.org") || strings.Contains(notices[0], "rfc822;carol@example.org") {
			t.Errorf("the notice is\n%s", notices[0])
		}
	}, mxNode(), out)
}

// manyDomains leads each domain of the form d17.example to an address of its own.
type manyDomains struct{}

func (manyDomains) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	return []*net.MX{{Host: "mx." + domain + ".", Pref: 10}}, nil
}

func (manyDomains) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var i int
	if _, err := fmt.Sscanf(host, "mx.d%d.example", &i); err != nil {
		return nil, err
	}
	return []netip.Addr{netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})}, nil
}

// BenchmarkLongQueue holds mails for 1,000 hosts that are down through two tries.
func BenchmarkLongQueue(b *testing.B) {
	for _, mails := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(mails), func(b *testing.B) {
			content := mail.Bytes([]byte(plan))
			for b.Loop() {
				tries, most, began := 0, 0, time.Now()
				var bytes float64
				err := Virtual(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), func() {
					n := New(Config{Resolver: func(string) Resolver { return manyDomains{} }})
					defer n.Stop()
					nd, err := n.Add(NodeConfig{Name: "out", Role: MSA, Host: "out.example", Addrs: addrOf("192.0.2.1")})
					if err == nil {
						err = n.Start()
					}
					if err != nil {
						b.Error(err)
						return
					}
					var before, after runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&before)
					for i := range mails {
						nd.queue.add(&item{
							id: fmt.Sprint(i), mail: "m", arrived: time.Now(), content: content,
							env: mail.Envelope{Recipients: []mail.Recipient{{To: fmt.Sprintf("u@d%d.example", i%1000)}}},
						})
					}
					runtime.GC()
					runtime.ReadMemStats(&after)
					bytes = float64(after.HeapInuse-before.HeapInuse) / float64(mails)
					for range 31 {
						time.Sleep(time.Minute)
						most = max(most, runtime.NumGoroutine())
					}
					for e := range nd.queue.all {
						tries += e.tries
					}
				})
				if err != nil {
					b.Fatal(err)
				}
				if tries != 2*mails {
					b.Errorf("%d tries of %d mails, want two of each", tries, mails)
				}
				b.ReportMetric(float64(time.Since(began).Nanoseconds())/float64(tries), "ns/try")
				b.ReportMetric(bytes, "B/mail")
				b.ReportMetric(float64(most), "goroutines")
			}
		})
	}
}
