package sim

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// slowDNS answers a name that begins with "slow" only when nobody waits any longer.
type slowDNS struct{ world }

func (s slowDNS) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	if strings.HasPrefix(name, "slow") {
		<-ctx.Done()
		return nil, &net.DNSError{Err: "nobody waits", Name: name, IsTemporary: true}
	}
	return s.world.LookupMX(ctx, name)
}

func TestSenderDomain(t *testing.T) {
	node := mxNode()
	node.Checks = []Check{CheckSenderDomain}
	node.RelayFor.Nets = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}
	inBubble(t, func(b *bench) {
		dns := slowDNS{world{routeWorld.mx, maps.Clone(routeWorld.a)}}
		dns.a["mail.flaky.example"] = []string{"?"}
		b.net.Node("mx").resolver = dns
		for _, tt := range []struct{ from, want, asked string }{
			{"a@two.example", "250 2.1.5", "MX two.example: 20 mx2.two.example., 10 mx1"},
			{"a@TWO.example", "250 2.1.5", "MX two.example: "},
			{"a@gone.example", "250 2.1.5", "MX gone.example: 10 nowhere.example."}, // it has an MX, and that is all that is asked
			{"a@address.example", "250 2.1.5", "MX address.example: no such record|A/AAAA address.example: 192.0.2.14"},
			{"a@nowhere.example", "550 5.1.8 the sender's domain nowhere.example is not there", "MX nowhere.example: no such record|A/AAAA nowhere.example: no such host"},
			{"a@null.example", "550 5.7.27 the sender's domain null.example accepts no mail", "MX null.example: 0 ."},
			{"a@broken.example", "451 4.4.3 look up the sender's domain broken.example: server failure", "MX broken.example: server failure"},
			{"a@mail.flaky.example", "451 4.4.3", "MX mail.flaky.example: no such record|A/AAAA mail.flaky.example: server failure"},
			{"a@[192.0.2.77]", "250 2.1.5", ""},
			{"", "250 2.1.5", ""},
		} {
			before := len(b.events(trace.DNSQuery))
			c := b.dial("mx")
			c.raw.SetTag("plan")
			c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<" + tt.from + ">\n250")
			if got := c.say("RCPT TO:<bob@example.org>"); !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s: want %s, got %s", tt.from, tt.want, got)
			}
			c.talk("C: RCPT TO:<postmaster@example.org>\n250")
			c.close()
			asked := strings.Join(b.events(trace.DNSQuery)[before:], "|")
			asked = strings.ReplaceAll(asked, "dns.query plan >  ", "")
			if !strings.HasPrefix(asked, tt.asked) || (asked == "") != (tt.asked == "") {
				t.Errorf("%s: want asked %q, got %q", tt.from, tt.asked, asked)
			}
		}
	}, node)
}

// TestSenderDomainSlow: neither the end of the session nor a DNS that says nothing
// leaves anybody waiting.
func TestSenderDomainSlow(t *testing.T) {
	node := mxNode()
	node.Checks = []Check{CheckSenderDomain}
	inBubble(t, func(b *bench) {
		b.net.Node("mx").resolver = slowDNS{routeWorld}
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c.example\n250-")
		if got := took(func() {
			c.talk("C: MAIL FROM:<a@slow.example>\n250\nC: RCPT TO:<bob@example.org>\n451 4.4.3\nC: RSET\n250")
		}); got != 60 {
			t.Errorf("it took %d s", got)
		}
		c.send("MAIL FROM:<a@slow.example>\r\n")
		time.Sleep(time.Second)
		if got := took(func() {
			b.net.Node("mx").Crash()
			synctest.Wait()
		}); got != 0 {
			t.Errorf("the crash took %d s", got)
		}
	}, node)
}

// TestAcceptUnknown: the mail comes back instead of being refused.
func TestAcceptUnknown(t *testing.T) {
	node := mxNode()
	node.AcceptUnknown = true
	node.Mailboxes = append(node.Mailboxes, "ann@example.net")
	inBubble(t, func(b *bench) {
		b.want("replies", []string{"550 5.7.1 relaying denied", "354", "250 2.0.0 queued"},
			b.give("mx", "ann@example.net", "nobody@example.org x@example.com bob@example.org", plan))
		b.want("bob's mails", 1, len(b.mailbox("mx", "bob@example.org")))
		got := b.mailbox("mx", "ann@example.net")
		if len(got) != 1 || !strings.Contains(got[0], "Final-Recipient: rfc822; nobody@example.org") || !strings.Contains(got[0], "5.1.1") {
			t.Errorf("ann got %q", got)
		}
		b.want("with nobody to tell", []string{"354", "250 2.0.0 queued"}, b.give("mx", "", "nobody@example.org", plan))
	}, node)
}
