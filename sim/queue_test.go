package sim

import (
	"context"
	"net"
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
