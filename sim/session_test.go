package sim

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// TestLargeMessage: what is larger than any buffer comes through unchanged.
func TestLargeMessage(t *testing.T) {
	message := "A: b\r\n\r\n" + strings.Repeat(strings.Repeat("x", 76)+"\r\n..dots\r\n.\x00\r\n", 4000)
	stuffed := strings.ReplaceAll(message, "\r\n.", "\r\n..")
	inBubble(t, func(b *bench) {
		b.want("DATA", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", "bob@example.org", stuffed))
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<a@example.net>\n250\nC: RCPT TO:<bob@example.org>\n250")
		rest := message
		for _, n := range []int{100_000, 0, 100_000} {
			c.send("BDAT " + strconv.Itoa(n) + "\r\n" + rest[:n])
			rest = rest[n:]
			if got := c.reply(); got[:3] != "250" {
				t.Fatal(got)
			}
		}
		c.send("BDAT " + strconv.Itoa(len(rest)) + " LAST\r\n" + rest)
		c.talk("250 2.0.0 queued")
		mails := b.mailbox("mx", "bob@example.org")
		if len(mails) != 2 {
			t.Fatalf("%d mails", len(mails))
		}
		for _, m := range mails {
			if !strings.HasSuffix(m, "\r\n"+message) {
				t.Errorf("message of %d octets wanted at the end of %d", len(message), len(m))
			}
		}
	}, mxNode())
}

// TestDSNParameters: the options of RFC 3461 reach the envelope, wrong ones are told.
func TestDSNParameters(t *testing.T) {
	node := mxNode()
	node.Next = "[192.0.2.99]"
	node.Extensions.Add = []string{"DELIVERBY", "MT-PRIORITY", "RRVS"}
	inBubble(t, func(b *bench) {
		b.net.Node("mx").queue.stop()
		c := b.dial("mx")
		defer c.close()
		c.talk(`
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net> RET=SOME
			501 5.5.4
			C: MAIL FROM:<a@example.net> ENVID=+4
			501 5.5.4
			C: MAIL FROM:<a@example.net> NOTIFY=NEVER
			555 5.5.4
			C: MAIL FROM:<a@example.net> RET=HDRS ENVID=QQ+2B1 BODY=8BITMIME SIZE=77 BY=60;R MT-PRIORITY=-3
			250
			C: RCPT TO:<x@example.org> NOTIFY=SOMETIMES
			501 5.5.4
			C: RCPT TO:<x@example.org> ORCPT=bob
			501 5.5.4
			C: RCPT TO:<x@example.org> BY=60;R
			555 5.5.4
			C: RCPT TO:<x@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob+2Bx@example.org RRVS=2014-04-03T23:01:00Z
			250
			C: DATA
			354
			C: .
			250 2.0.0 queued`)
		synctest.Wait()
		for e := range b.net.Node("mx").queue.all {
			low := -3
			by := time.Until(e.it.env.DeliverBy.At)
			if by <= 0 || by > time.Minute {
				t.Errorf("deliver by in %s", by)
			}
			e.it.env.DeliverBy = nil
			want := mail.Envelope{
				From: "a@example.net", Return: "HDRS", EnvelopeID: "QQ+2B1", Body: "8BITMIME", Size: 77, Priority: &low,
				Recipients: []mail.Recipient{{
					To: "x@example.org", Notify: []string{"SUCCESS", "FAILURE"},
					ORCPT:      "rfc822;bob+2Bx@example.org",
					ValidSince: &mail.ValidSince{At: time.Date(2014, 4, 3, 23, 1, 0, 0, time.UTC), Given: "2014-04-03T23:01:00Z"},
				}},
			}
			if diff := cmp.Diff(want, e.it.env); diff != "" {
				t.Errorf("envelope (-want +got):\n%s", diff)
			}
		}
	}, node)
}

// TestTwoPorts: one node may serve several ports and addresses; a crash ends all
// of its sessions in one order.
func TestTwoPorts(t *testing.T) {
	node := mxNode()
	node.Ports = []int{25, 2525}
	node.Addrs = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}
	inBubble(t, func(b *bench) {
		var clients []*rawClient
		for _, to := range []string{"192.0.2.1:25", "192.0.2.1:2525", "[2001:db8::1]:25"} {
			c, err := b.net.client.dial(context.Background(), netip.MustParseAddrPort(to), to)
			if err != nil {
				t.Fatal(err)
			}
			clients = append(clients, newRawClient(b, c))
		}
		for _, c := range clients {
			c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<>\n250\nC: RCPT TO:<bob@example.org>\n250\nC: DATA\n354\nC: .\n250")
		}
		if got := b.mailbox("mx", "bob@example.org")[2]; !strings.Contains(got, "([IPv6:2001:2::ffff])") {
			t.Errorf("address of the client: %s", got)
		}
		b.net.Node("mx").Crash()
		for _, c := range clients {
			c.talk("EOF")
			c.close()
		}
		all, _ := b.net.Log().Since(0)
		var closed []string
		for _, e := range all {
			if e.Kind == trace.SessionClose {
				closed = append(closed, e.Session)
			}
		}
		if len(closed) != 3 || !slices.IsSorted(closed) {
			t.Errorf("sessions closed in the order of their names wanted: %q", closed)
		}
	}, node)
}

// TestUsedPort: a port that somebody has cannot be served, and nothing is left open.
func TestUsedPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{})
		node := mxNode()
		node.Addrs, node.Ports = []netip.Addr{netip.MustParseAddr("192.0.2.1")}, []int{25, 25}
		nd, err := n.Add(node)
		if err != nil {
			t.Fatal(err)
		}
		if err := nd.Start(); err == nil || !strings.Contains(err.Error(), "192.0.2.1 port 25") {
			t.Errorf("start: %v", err)
		}
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestPanicLog(t *testing.T) {
	panicLog{}.Println("accept")
	panicLog{}.Printf("error handling %v: %s", 1, "reset")
	defer func() {
		if r := recover(); r == nil {
			t.Error("a panic of a session must not pass")
		}
	}()
	panicLog{}.Printf("panic serving %v: %v\n%s", 1, "bug", "stack")
}

func TestEnhancedCode(t *testing.T) {
	for s, want := range map[string]smtp.EnhancedCode{
		"5.2.2": {5, 2, 2}, "4.7.10": {4, 7, 10}, "2.0.0": {2, 0, 0},
		"x": smtp.NoEnhancedCode, "1.2.3.4": smtp.NoEnhancedCode, "5.99999.1": smtp.NoEnhancedCode,
	} {
		if got := enhancedCode(s); got != want {
			t.Errorf("%s: want %v, got %v", s, want, got)
		}
	}
}

func TestTidyName(t *testing.T) {
	if got := tidyName(" a\tb\x00c\xff" + strings.Repeat("x", 300)); !strings.HasPrefix(got, "abc?xx") || len(got) > 210 {
		t.Errorf("got %q", got)
	}
	if got := printable("a\nb" + strings.Repeat("é", 100)); !strings.HasPrefix(got, "a?b??") || len(got) > 255 {
		t.Errorf("got %q", got)
	}
}

// TestAuthFault: what a fault says to AUTH is told as the end of AUTH and as a refusal.
func TestAuthFault(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{At: AtAuth, Do: DoRefuse})
		if got := b.session("mx"); got != "auth: 535 5.7.8 refused" {
			t.Error(got)
		}
		b.wantEvents([]string{
			"session.auth plan > 535 5.7.8 refused PLAIN",
			"mail.refused plan > 535 5.7.8 refused auth",
		}, trace.SessionAuth, trace.MailRefused)
	}, faultNode())
}
