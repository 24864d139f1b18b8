package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mailsim/mailsim/sim/trace"
)

// With SIZE each recipient is judged at RCPT (RFC 1870 6.4), without it behind the dot.
func TestQuotaAtRcpt(t *testing.T) {
	node := NodeConfig{
		Name: "mx", Role: MDA, Mailboxes: []string{"bob@example.org", "carol@example.org", "dave@example.org"},
		Quota: map[string]Quota{"bob@example.org": {Size: 1000}, "carol@example.org": {Size: 2000, Reply: "452"}},
	}
	inBubble(t, func(b *bench) {
		for size, want := range map[int]string{
			0:    "250 250 250",
			999:  "250 250 250",
			1001: "552 250 250",
			5000: "552 452 250",
		} {
			c := b.dial("mx")
			c.talk("220\nC: EHLO c.example\n250-")
			from := "MAIL FROM:<a@example.net>"
			if size > 0 {
				from += fmt.Sprintf(" SIZE=%d", size)
			}
			c.say(from)
			got := []string{}
			for _, to := range node.Mailboxes {
				got = append(got, c.say("RCPT TO:<" + to + ">")[:3])
			}
			b.want(fmt.Sprintf("SIZE=%d", size), want, strings.Join(got, " "))
			c.close()
		}
		c := b.dial("mx")
		defer c.close()
		c.talk(`
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net> SIZE=3000
			250
			C: RCPT TO:<bob@example.org>
			552 5.2.2 mailbox full
			C: RCPT TO:<carol@example.org>
			452 4.2.2 mailbox full
			C: DATA
			554`)
	}, node)
	node.LMTP = true
	inBubble(t, func(b *bench) { // where each has a reply of its own behind the dot
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: LHLO c.example\n250-\nC: MAIL FROM:<a@example.net> SIZE=3000\n250\nC: RCPT TO:<bob@example.org>\n250")
	}, node)
}

// Over SMTP the one reply behind the dot refuses for now what was refused for now to
// any; where somebody got the mail, those wait in the queue and others hear of it.
func TestQuotaForNow(t *testing.T) {
	node := NodeConfig{
		Name: "mx", Role: MDA, Mailboxes: []string{"bob@example.org", "carol@example.org", "dave@example.org"},
		Quota: map[string]Quota{"bob@example.org": {Size: 10}, "carol@example.org": {Messages: 1, Size: 10, Reply: "452"}},
	}
	inBubble(t, func(b *bench) {
		b.want("for good", []string{"354", "552 5.2.2 mailbox full"}, b.give("mx", "a@example.net", "bob@example.org", plan))
		b.want("for now", []string{"354", "452 4.2.2 mailbox full"}, b.give("mx", "a@example.net", "carol@example.org", plan))
		b.want("both", []string{"354", "452 4.2.2 mailbox full"}, b.give("mx", "a@example.net", "bob@example.org carol@example.org", plan))
		b.want("nothing was taken", []string(nil), b.events(trace.MailAccepted))
		b.want("both, and another", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "bob@example.org carol@example.org dave@example.org", plan))
		b.want("bounced", []string{"mail.bounced plan a@example.net>bob@example.org 552 5.2.2 mailbox full"}, b.events(trace.MailBounced))
		b.want("deferred", []string{"mail.deferred plan a@example.net>carol@example.org 452 4.2.2 mailbox full next try in 30m0s"}, b.events(trace.MailDeferred)[:1])
		queued := b.queued("mx")
		slices.Sort(queued)
		b.want("queue", []string{">a@example.net", "a@example.net>carol@example.org"}, queued)
	}, node)
	node.LMTP = true
	inBubble(t, func(b *bench) {
		b.want("LMTP", []string{
			"354", "552 5.2.2 <bob@example.org> mailbox full", "452 4.2.2 <carol@example.org> mailbox full", "250 2.0.0 <dave@example.org> queued",
		}, b.give("mx", "a@example.net", "bob@example.org carol@example.org dave@example.org", plan))
		b.want("queue", []string(nil), b.queued("mx"))
	}, node)
}

// TestDeliveredToLoop: who sends back what was delivered to him sends it in circles.
func TestDeliveredToLoop(t *testing.T) {
	node := mxNode()
	node.Aliases = map[string][]string{"team@example.org": {"bob@example.org", "carol@example.org"}}
	node.Lists = map[string]List{"list@example.org": {Owner: "carol@example.org", Members: []string{"bob@example.org"}}}
	const loop = "554 5.4.6 the mail was delivered to bob@example.org before, this is a loop"
	inBubble(t, func(b *bench) {
		b.give("mx", "a@example.net", "bob@example.org", plan)
		came := b.mailbox("mx", "bob@example.org")[0]
		if !strings.HasPrefix(came, "Return-Path: <a@example.net>\r\nDelivered-To: bob@example.org\r\nReceived: ") {
			t.Errorf("it came as %q", came)
		}
		b.want("again", []string{"354", loop}, b.give("mx", "a@example.net", "bob@example.org", came))
		b.want("to another", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "carol@example.org", came))
		b.want("to a detail", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "bob+again@example.org", came))
		twice := b.mailbox("mx", "carol@example.org")[0]
		if !strings.HasPrefix(twice, "Return-Path: <a@example.net>\r\nDelivered-To: carol@example.org\r\nReceived: ") || strings.Count(twice, "Delivered-To") != 2 || strings.Count(twice, "Return-Path") != 1 {
			t.Errorf("it came to another as %q", twice)
		}
		b.want("as an attachment", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "bob@example.org", "Subject: look\r\nContent-Type: message/rfc822\r\n\r\n"+came))
		b.want("over an alias", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "team@example.org", came))
		b.want("over a list", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "list@example.org", came))
		b.want("bounced", []string{
			"mail.bounced plan a@example.net>bob@example.org " + loop,
			"mail.bounced plan carol@example.org>bob@example.org " + loop,
		}, b.events(trace.MailBounced))
	}, node)
}
