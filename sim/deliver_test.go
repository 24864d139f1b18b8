package sim

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// give sends one mail to a node and returns the replies to RCPT and at the dot.
func (b *bench) give(node, from, to, message string) []string {
	b.t.Helper()
	c := b.dial(node)
	defer c.close()
	c.raw.SetTag("tagged")
	c.reply()
	hello := "EHLO"
	lmtp := b.net.Node(node).cfg.LMTP
	if lmtp {
		hello = "LHLO"
	}
	c.say(hello + " c.example")
	got := []string{}
	if r := c.say("MAIL FROM:<" + from + ">"); r[0] != '2' {
		return []string{r}
	}
	n := 0
	for to := range strings.SplitSeq(to, " ") {
		r := c.say("RCPT TO:<" + to + ">")
		if r[0] == '2' {
			n++
		} else {
			got = append(got, r)
		}
	}
	if n > 0 {
		got = append(got, c.say("DATA")[:3])
		c.send(message + ".\r\n")
		if !lmtp {
			n = 1
		}
		for range n {
			r := c.reply()
			r, _, _ = strings.Cut(r, " as ")
			got = append(got, r)
		}
	}
	_, _ = io.WriteString(c.conn, "QUIT\r\n") // the session may be over
	c.reply()
	return got
}

const plan = "Message-ID: <plan@mailsim>\r\nSubject: x\r\n\r\nbody\r\n"

// queued lists what a node holds for others.
func (b *bench) queued(node string) []string {
	var got []string
	for _, q := range b.net.Node(node).Queue() {
		got = append(got, q.From+">"+q.To)
	}
	return got
}

func (b *bench) want(what string, want, got any) {
	b.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestRelayPolicy(t *testing.T) {
	const far, own = "x@far.example", "x@own.example"
	for _, tt := range []struct {
		name string
		cfg  NodeConfig
		far  bool // relays to domains that are not its own
		own  bool // relays for unknown users of its domain
	}{
		{"mta", NodeConfig{Role: MTA}, false, true}, // a backup MX
		{"mta with users", NodeConfig{Role: MTA, Mailboxes: []string{"bob@own.example"}}, false, false},
		{"smart host", NodeConfig{Role: MTA, Mailboxes: []string{"bob@own.example"}, Next: "[192.0.2.99]"}, false, true},
		{"route", NodeConfig{Role: MTA, Mailboxes: []string{"bob@own.example"}, Routes: map[string]string{"own.example": "[192.0.2.99]"}}, false, true},
		{"other route", NodeConfig{Role: MTA, Mailboxes: []string{"bob@own.example"}, Routes: map[string]string{"y.example": "[192.0.2.99]"}}, false, false},
		{"for any", NodeConfig{Role: MTA, RelayFor: RelayFor{Any: true}}, true, true},
		{"for the client", NodeConfig{Role: MTA, RelayFor: RelayFor{Nets: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")}}}, true, true},
		{"for others", NodeConfig{Role: MTA, RelayFor: RelayFor{Nets: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}, false, true},
		{"msa", NodeConfig{Role: MSA}, true, true},
		{"mda", NodeConfig{Role: MDA}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cfg.Name, tt.cfg.Domains = "n", []string{"own.example"}
			inBubble(t, func(b *bench) {
				c := b.dial("n")
				defer c.close()
				c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<a@example.net>\n250")
				got := []bool{
					c.say("RCPT TO:<" + far + ">")[:3] == "250",
					c.say("RCPT TO:<" + own + ">")[:3] == "250",
				}
				b.want("far, own", []bool{tt.far, tt.own}, got)
				for _, to := range []string{"postmaster", "PostMaster@own.example", "postmaster@n"} { // RFC 5321 4.5.1
					if got := c.say("RCPT TO:<" + to + ">"); got[:3] != "250" {
						t.Errorf("%s: %s", to, got)
					}
				}
			}, tt.cfg)
		})
	}
}

func TestQuota(t *testing.T) {
	node := NodeConfig{
		Name: "mx", Role: MDA, Mailboxes: []string{"bob@example.org", "Carol@example.org", "dave@example.org"},
		Quota: map[string]Quota{"bob@example.org": {Size: 600}, "carol@example.org": {Size: 1}},
	}
	big := plan + strings.Repeat("x", 300) + "\r\n"
	inBubble(t, func(b *bench) {
		b.want("fits", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "bob@example.org", big))
		b.want("one recipient", []string{"354", "552 5.2.2 mailbox full"}, b.give("mx", "a@example.net", "bob@example.org", big))
		b.want("all", []string{"354", "552 5.2.2 mailbox full"}, b.give("mx", "a@example.net", "bob@example.org carol@example.org", big))
		b.want("some", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "bob@example.org dave@example.org carol@example.org", big))
		b.want("queue", []string{">a@example.net"}, b.queued("mx"))
		b.want("bob", 1, len(b.mailbox("mx", "bob@example.org")))
		b.want("dave", 1, len(b.mailbox("mx", "dave@example.org")))
		got := b.events(trace.MailAccepted, trace.MailDelivered, trace.MailRefused, trace.MailBounced, trace.MailGenerated)
		for i, e := range got {
			e, _, _ = strings.Cut(e, " as ")
			got[i], _, _ = strings.Cut(e, " 552")
		}
		b.want("events", []string{
			"mail.accepted plan a@example.net>bob@example.org 250 2.0.0 queued",
			"mail.delivered plan a@example.net>bob@example.org",
			"mail.refused plan a@example.net>bob@example.org",
			"mail.refused plan a@example.net>bob@example.org",
			"mail.refused plan a@example.net>carol@example.org",
			"mail.accepted plan a@example.net>bob@example.org 250 2.0.0 queued",
			"mail.accepted plan a@example.net>dave@example.org 250 2.0.0 queued",
			"mail.delivered plan a@example.net>dave@example.org",
			"mail.accepted plan a@example.net>carol@example.org 250 2.0.0 queued",
			"mail.bounced plan a@example.net>bob@example.org",
			"mail.bounced plan a@example.net>carol@example.org",
			"mail.generated plan/dsn-mx >a@example.net  failed notification about plan",
		}, got)
	}, node)
	node.Quota = map[string]Quota{"bob@example.org": {Size: 1}}
	node.Mailboxes = []string{"bob@example.org"}
	inBubble(t, func(b *bench) {
		n := b.net.Node("mx")
		if r := n.store.deliver("bob@example.org", Stored{Content: mail.Bytes([]byte("x"))}); r.Code != 0 {
			t.Fatal(r)
		}
		b.want("full already", []string{"552 5.2.2 mailbox full"}, b.give("mx", "a@example.net", "bob@example.org", plan))
	}, node)
}

func TestLMTP(t *testing.T) {
	node := NodeConfig{
		Name: "store", Role: MDA, LMTP: true, Mailboxes: []string{"bob@example.org", "carol@example.org"},
		Quota: map[string]Quota{"carol@example.org": {Size: 1}},
	}
	inBubble(t, func(b *bench) {
		b.want("replies", []string{
			"550 5.1.1 no such user here",
			"354",
			"250 2.0.0 <bob@example.org> queued",
			"552 5.2.2 <carol@example.org> mailbox full",
			"250 2.0.0 <bob@example.org> queued", // RFC 2033 4.2: each RCPT has its reply
		}, b.give("store", "a@example.net", "bob@example.org carol@example.org nobody@example.org bob@example.org", plan))
		b.want("bob", 1, len(b.mailbox("store", "bob@example.org")))
		if got := b.mailbox("store", "bob@example.org")[0]; !strings.Contains(got, "with LMTP") {
			t.Errorf("with LMTP wanted: %s", got)
		}
		got := b.events(trace.MailAccepted, trace.MailDelivered, trace.MailRefused)
		for i, e := range got {
			got[i], _, _ = strings.Cut(e, " as ")
		}
		b.want("events", []string{
			"mail.refused tagged a@example.net>nobody@example.org 550 5.1.1 no such user here rcpt",
			"mail.accepted plan a@example.net>bob@example.org 250 2.0.0 queued",
			"mail.delivered plan a@example.net>bob@example.org",
			"mail.refused plan a@example.net>carol@example.org 552 5.2.2 mailbox full dot",
		}, got)
		c := b.dial("store")
		defer c.close()
		c.talk(`
			220 store LMTP
			C: EHLO c.example
			500 5.5.1
			C: LHLO c.example
			250-store greets
			C: MAIL FROM:<a@example.net>
			250
			C: RCPT TO:<bob@example.org>
			250
			C: BDAT 6 LAST
			C: A: b
			250 2.0.0 <bob@example.org> queued
			C: MAIL FROM:<a@example.net>
			250
			C: RCPT TO:<nobody@example.org>
			550
			C: DATA
			503 5.5.1
			C: BDAT 6
			C: A: b
			503 5.5.1
			C: BDAT 6 LAST
			C: A: b
			C: NOOP
			250 2.0.0 OK
			C: RCPT TO:<bob@example.org>
			503 5.5.1`)
		for _, f := range []struct {
			fault Fault
			want  []string
		}{
			{Fault{Reply: "451 4.3.0 later"}, []string{"354", "451 4.3.0 <bob@example.org> later", "451 4.3.0 <carol@example.org> later"}},
			{Fault{Reply: "250 2.0.0 mine"}, []string{"354", "250 2.0.0 mine", "250 2.0.0 mine"}},
			{Fault{Do: DoDrop}, []string{"354", "EOF", "EOF"}},
			{Fault{Do: DoReset}, []string{"354", "RESET", "RESET"}},
			{Fault{Do: DoStall}, []string{"354", "SILENCE", "SILENCE"}},
		} {
			f.fault.At, f.fault.Times = AtDot, 1
			b.net.Node("store").SetFault(f.fault)
			got := b.give("store", "a@example.net", "bob@example.org carol@example.org", plan)
			b.want(fmt.Sprint(f.fault.Do, f.fault.Reply), f.want, got)
		}
	}, node)
}

func TestHopLimit(t *testing.T) {
	node := mxNode()
	node.Limits.Hops = 3
	inBubble(t, func(b *bench) {
		hop := "Received: from a by b; Mon, 5 Jan 2026 09:00:00 +0000\r\n"
		b.want("below", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "bob@example.org", strings.Repeat(hop, 2)+plan))
		b.want("at", []string{"354", "554 5.4.6 too many hops, this is a loop"}, b.give("mx", "a@example.net", "bob@example.org", strings.Repeat(hop, 3)+plan))
	}, node)
}

// TestTraceFields: what delivery and submission write on top.
func TestTraceFields(t *testing.T) {
	node := mxNode()
	node.Role = MSA
	inBubble(t, func(b *bench) {
		b.give("mx", "a@example.net", "bob@example.org", "Return-Path: <x@y>\r\nX: y\r\nRETURN-path: <z@y>\r\n more\r\n\r\nReturn-Path: kept\r\n")
		b.give("mx", "", "bob@example.org carol@example.org", plan)
		mails := b.mailbox("mx", "bob@example.org")
		if len(mails) != 2 {
			t.Fatalf("mails: %q", mails)
		}
		first, second := mails[0], mails[1]
		if !strings.HasPrefix(first, "Return-Path: <a@example.net>\r\nDelivered-To: bob@example.org\r\nReceived: ") || strings.Count(first, "eturn-") != 2 {
			t.Errorf("one Return-Path on top wanted: %q", first)
		}
		for _, want := range []string{"\r\nMessage-ID: <tagged@mailsim>\r\n", "\r\nDate: ", "\r\nX: y\r\n\r\nReturn-Path: kept\r\n"} {
			if !strings.Contains(first, want) {
				t.Errorf("%q wanted in %q", want, first)
			}
		}
		if !strings.HasPrefix(second, "Return-Path: <>\r\n") || strings.Contains(second, "for <") || strings.Count(second, "Message-ID") != 1 {
			t.Errorf("null Return-Path, no for with two recipients, one Message-ID: %q", second)
		}
	}, node)
}

func TestFacts(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want facts
	}{
		{"", facts{}},
		{"no header", facts{}},
		{"\r\nReceived: x\r\n", facts{}},
		{"received : x\r\nRECEIVED: y\r\n\tz\r\nDate: d\r\n\r\nReceived: no\r\n", facts{received: 2, date: true}},
		{"Message-ID:\r\n <a@b>\r\nMessage-Id: <second@b>\r\nReturn-Path: x", facts{name: "a@b", messageID: true, returnPath: true}},
		{"Delivered-To: Bob@Example.ORG \r\nDELIVERED-TO :\r\n <x@y>\r\nDelivered-to:\r\n a@b", facts{deliveredTo: []string{"Bob@example.org", "a@b"}}},
		{"Date: d\r\n\r\n Received: body\r\nReceived: body\r\n", facts{date: true}},
	} {
		got, header := readFacts([]byte(tt.in))
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(facts{})); diff != "" {
			t.Errorf("%.40q (-want +got):\n%s", tt.in, diff)
		}
		if end := strings.Index(tt.in, "\r\n\r\n"); end >= 0 && header != end+4 {
			t.Errorf("%.40q: the header section has %d octets, want %d", tt.in, header, end+4)
		}
	}
}
