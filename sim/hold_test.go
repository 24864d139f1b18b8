package sim

import (
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// TestHoldParameters is R4865-4-a.
func TestHoldParameters(t *testing.T) {
	for _, tt := range []struct{ offers, params, want string }{
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDFOR=100", "250"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDFOR=101", "501 5.5.4"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDFOR=0x1", "501 5.5.4"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDFOR=-1", "501 5.5.4"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDFOR=", "501 5.5.4"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDUNTIL=2029-12-31T23:59:59Z", "250"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "holduntil=1999-12-31t23:59:59z", "250"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDUNTIL=2030-01-01T00:00:01Z", "501 5.5.4"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDUNTIL=yesterday", "501 5.5.4"},
		{"FUTURERELEASE 100 2030-01-01T00:00:00Z", "HOLDFOR=1 HOLDUNTIL=2029-12-31T23:59:59Z", "501 5.5.4"},
		{"FUTURERELEASE", "HOLDFOR=2592000", "250"},
		{"FUTURERELEASE", "HOLDFOR=2592001", "501 5.5.4"},
		{"FUTURERELEASE", "HOLDUNTIL=2100-01-01T00:00:01Z", "501 5.5.4"},
		{"DSN", "HOLDFOR=1", "555 5.5.4"},
	} {
		node := mxNode()
		node.Extensions.Add = []string{tt.offers}
		inBubble(t, func(b *bench) {
			c := b.dial("mx")
			defer c.close()
			c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<a@example.net> " + tt.params + "\n" + tt.want)
		}, node)
	}
}

// TestHold is R4865-4-b: nothing is delivered, expanded or sent before the time, not
// even when the node was down meanwhile, and what was held is not late.
func TestHold(t *testing.T) {
	for _, crash := range []bool{false, true} {
		out := relayTo()
		out.Extensions.Add = []string{"FUTURERELEASE"}
		out.Mailboxes = append(out.Mailboxes, "own@example.org", "member@example.org")
		out.Aliases = map[string][]string{"team@example.org": {"member@example.org", "far@example.com"}}
		out.Queue = QueueConfig{Expire: time.Hour, DelayNotice: time.Minute}
		inBubble(t, func(b *bench) {
			p := taker("").listen(b, "192.0.2.99")
			begun := time.Now()
			b.handIn(map[string][]string{"HOLDFOR": {"7200"}}, "bob", "own", "team")
			time.Sleep(time.Hour)
			if crash {
				b.net.Node("out").Crash()
				time.Sleep(10 * time.Minute)
				if err := b.net.Node("out").Start(); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(2*time.Hour - time.Second - time.Since(begun))
			b.want("mails before", 0, len(p.mails())+len(b.mailbox("out", "own@example.org"))+len(b.mailbox("out", "member@example.org")))
			b.want("queued before", 3, len(b.queued("out")))
			b.want("events before", 0, len(b.events(trace.MailExpanded, trace.MailAttempt)))
			time.Sleep(2 * time.Second)
			b.want("at the next hop", []string{"RCPT TO:<bob@example.org>", "RCPT TO:<far@example.com>"}, p.said("RCPT"))
			b.want("own", 1, len(b.mailbox("out", "own@example.org")))
			b.want("member", 1, len(b.mailbox("out", "member@example.org")))
			time.Sleep(time.Hour)
			b.want("queued", 0, len(b.queued("out")))
			b.want("notices", 0, len(b.mailbox("out", "a@example.net")))
		}, out)
	}
}
