package sim

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// rated is the MX with rates.
func rated(rates ...Rate) NodeConfig {
	node := mxNode()
	node.Limits.Rates = rates
	return node
}

func TestRateCheck(t *testing.T) {
	ok := func(of Counted, per Party) Rate { return Rate{Of: of, Per: per, Most: 1, In: time.Second} }
	for _, tt := range []struct {
		rate Rate
		want string
	}{
		{ok(OfMessages, ""), ""},
		{ok(OfMessages, PerRecipient), ""},
		{ok(OfRecipients, PerSender), ""},
		{ok(OfConnections, PerNode), ""},
		{ok(OfBytes, PerPeer), ""},
		{Rate{Of: OfBytes, Most: 1, In: time.Second, Reply: "421 4.7.0 slow down"}, ""},
		{ok(OfConnections, PerSender), "no sender yet"},
		{ok(OfConnections, PerRecipient), "count messages per recipient"},
		{ok(OfBytes, PerRecipient), "count messages per recipient"},
		{ok(OfRecipients, PerRecipient), "count messages per recipient"},
		{ok("mails", PerPeer), `rate of "mails"`},
		{ok(OfMessages, "domain"), `per "domain"`},
		{Rate{Of: OfMessages, In: time.Second}, "one or more in a time"},
		{Rate{Of: OfMessages, Most: 1}, "one or more in a time"},
		{Rate{Of: OfMessages, Most: 1, In: time.Second, Reply: "slow"}, "reply"},
		{Rate{Of: OfMessages, Most: 1, In: time.Second, Reply: "250 2.0.0 fine"}, "400 or more"},
	} {
		err := tt.rate.Check()
		if got := errText(err); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%+v: want %q, got %q", tt.rate, tt.want, got)
		}
		node := rated(tt.rate)
		node.Addrs = addrOf("192.0.2.1")
		if _, added := New(Config{}).Add(node); (err == nil) != (added == nil) {
			t.Errorf("%+v: a node with it: %v", tt.rate, added)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestRates plays a dialog with a server of one rate. Between two lines of "wait"
// no time passes that counts.
func TestRates(t *testing.T) {
	const (
		hello = "220\nC: EHLO c.example\n250-\n"
		begin = "C: MAIL FROM:<a@example.net>\n"
		bob   = "C: RCPT TO:<bob@example.org>\n"
		carol = "C: RCPT TO:<carol@example.org>\n"
		reset = "C: RSET\n250\n"
		body  = "C: DATA\n354\nC: 12345678\nC: .\n"
	)
	for _, tt := range []struct {
		name   string
		rates  []Rate
		script string
	}{
		{
			"messages",
			[]Rate{{Of: OfMessages, Most: 2, In: time.Minute}},
			hello + begin + "250\n" + reset + "wait 30s\n" + begin + "250\n" + reset + begin + "450 4.7.1 too many messages\n" +
				"wait 29s\n" + begin + "450 4.7.1\nwait 2s\n" + begin + "250\n" + reset + begin + "450\nwait 1m\n" + begin + "250\n",
		},
		{
			"recipients, pipelined",
			[]Rate{{Of: OfRecipients, Most: 3, In: time.Hour}},
			hello + begin + bob + carol + "C: RCPT TO:<postmaster>\n" + bob + "250\n250\n250\n250\n250\n" + // bob twice is bob
				reset + begin + "250\n" + bob + "452 4.5.3 too many recipients in too short a time\nwait 1h\n421 4.4.2\nEOF\nDIAL\n" +
				hello + begin + "250\n" + bob + "250\n",
		},
		{
			"unknown recipients do not count",
			[]Rate{{Of: OfRecipients, Most: 1, In: time.Hour}},
			hello + begin + "250\nC: RCPT TO:<nobody@example.org>\n550 5.1.1\n" + bob + "250\n" + carol + "452\n",
		},
		{
			"senders",
			[]Rate{{Of: OfRecipients, Per: PerSender, Most: 1, In: time.Hour}},
			hello + begin + "250\n" + bob + "250\n" + carol + "452\n" + reset +
				"C: MAIL FROM:<A@EXAMPLE.net>\n250\n" + bob + "452\n" + reset + "C: MAIL FROM:<b@example.net>\n250\n" + bob + "250\n" + reset +
				"C: MAIL FROM:<>\n250\n" + bob + "250\n" + carol + "452\n",
		},
		{
			"messages of one recipient",
			[]Rate{{Of: OfMessages, Per: PerRecipient, Most: 1, In: time.Hour, Reply: "450 4.2.1 he gets too much"}},
			hello + begin + "250\n" + bob + "250\n" + carol + "250\n" + body + "250\n" + begin + "250\n" + bob + "450 4.2.1 he gets too much\n" + carol + "450\n",
		},
		{
			"connections",
			[]Rate{{Of: OfConnections, Most: 2, In: 10 * time.Second}},
			"220\nDIAL\n220\nwait 5s\nDIAL\n421 4.7.0 mx.example.org too many connections in too short a time\nEOF\nwait 6s\nDIAL\n220\n",
		},
		{
			"connections, a 554",
			[]Rate{{Of: OfConnections, Most: 1, In: 10 * time.Second, Reply: "554 5.7.1 enough"}},
			"220\nDIAL\n554 5.7.1 enough\nC: EHLO c.example\n503\nC: QUIT\n221\nEOF\n",
		},
		{
			"bytes",
			[]Rate{{Of: OfBytes, Per: PerNode, Most: 20, In: time.Minute}},
			hello + begin + "250\n" + bob + "250\n" + body + "250\n" + begin + "250\n" + bob + "250\n" + body + "250\n" +
				begin + "452 4.7.1 too many bytes\nwait 1m\n" + begin + "250\n",
		},
		{
			"a 421 closes",
			[]Rate{{Of: OfMessages, Most: 1, In: time.Minute, Reply: "421 4.7.0 slow down"}},
			hello + begin + "250\n" + reset + begin + "421 4.7.0 slow down\nEOF\n",
		},
		{
			"what one rate refuses, no other counts",
			[]Rate{{Of: OfMessages, Most: 3, In: time.Hour}, {Of: OfMessages, Per: PerSender, Most: 1, In: time.Hour, Reply: "450 4.7.2 you again"}},
			hello + begin + "250\n" + reset + begin + "450 4.7.2\n" + begin + "450 4.7.2\n" +
				"C: MAIL FROM:<b@example.net>\n250\n" + reset + "C: MAIL FROM:<c@example.net>\n250\n" + reset + "C: MAIL FROM:<d@example.net>\n450 4.7.1\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				c := b.dial("mx")
				defer func() { c.close() }()
				for line := range strings.SplitSeq(strings.TrimSpace(tt.script), "\n") {
					if wait, ok := strings.CutPrefix(line, "wait "); ok {
						d, err := time.ParseDuration(wait)
						if err != nil {
							t.Fatal(err)
						}
						time.Sleep(d)
						continue
					}
					if line == "DIAL" {
						defer c.close()
						c = b.dial("mx")
						continue
					}
					c.talk(line)
				}
			}, rated(tt.rates...))
		})
	}
}

// TestRatePeers: each address has its own rate, a crash forgets all, and a
// refusal is told.
func TestRatePeers(t *testing.T) {
	other := NodeConfig{Name: "other", Role: MTA, Host: "other.example.net"}
	inBubble(t, func(b *bench) {
		say := func(from *Host, want string) {
			t.Helper()
			c, err := from.dial(context.Background(), netip.MustParseAddrPort("192.0.2.1:25"), "test")
			if err != nil {
				t.Fatal(err)
			}
			r := newRawClient(b, c)
			defer r.close()
			r.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<a@example.net>\n" + want + "\nC: QUIT\n221")
		}
		say(b.net.client, "250")
		say(b.net.client, "450")
		say(b.net.Node("other").host, "250")
		say(b.net.Node("other").host, "450")
		b.net.Node("mx").Crash()
		if err := b.net.Node("mx").Start(); err != nil {
			t.Fatal(err)
		}
		say(b.net.client, "250")
		b.wantEvents([]string{
			"mail.refused  a@example.net> 450 4.7.1 too many messages in too short a time, try again later mail",
			"mail.refused  a@example.net> 450 4.7.1 too many messages in too short a time, try again later mail",
		}, trace.MailRefused)
	}, rated(Rate{Of: OfMessages, Most: 1, In: time.Hour}), other)
}

// TestThrottleInstant: sessions of one instant are judged alike, whoever comes first.
func TestThrottleInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th, err := newThrottle([]Rate{{Of: OfMessages, Most: 2, In: time.Minute}}, "mx.example.org")
		if err != nil {
			t.Fatal(err)
		}
		ask := func(session string) int {
			return th.admit(visit{at: AtMail, session: session, peer: "192.0.2.9"}).Code
		}
		got := []int{ask("a"), ask("b"), ask("c"), ask("a"), ask("a")}
		if want := []int{0, 0, 0, 0, 450}; !slices.Equal(got, want) {
			t.Errorf("at one instant: want %v, got %v", want, got)
		}
		time.Sleep(time.Nanosecond)
		if got := ask("d"); got != 450 {
			t.Errorf("an instant later: %d", got)
		}
	})
}

func TestNoPolicy(t *testing.T) {
	p, err := newPolicy(mxNode())
	if p != nil || err != nil {
		t.Errorf("a node without demands has %v, %v", p, err)
	}
	if got := p.mail(nil, mail.Address{}); got.Code != 0 {
		t.Error(got)
	}
}
