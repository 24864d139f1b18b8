package sim

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

func TestGreylistCheck(t *testing.T) {
	for _, tt := range []struct {
		g    Greylist
		want string
	}{
		{Greylist{Delay: time.Minute}, ""},
		{Greylist{Delay: 48 * time.Hour}, ""},   // the window grows with it
		{Greylist{Delay: 1000 * time.Hour}, ""}, // and the memory too
		{Greylist{Delay: time.Hour, RetryWindow: time.Hour}, ""},
		{Greylist{}, "delay must be longer"},
		{Greylist{Delay: time.Hour, RetryWindow: time.Minute}, "nobody would ever pass"},
		{Greylist{Delay: time.Hour, RetryWindow: 2 * time.Hour, Remember: time.Hour}, "for the retry window"},
		{Greylist{Delay: time.Hour, Reply: "250 fine"}, "400 or more"},
	} {
		if got := errText(tt.g.Check()); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%+v: want %q, got %q", tt.g, tt.want, got)
		}
	}
}

// TestTriplet tries again and again at the borders.
func TestTriplet(t *testing.T) {
	g := Greylist{Delay: 5 * time.Minute, RetryWindow: 4 * time.Hour, Remember: 36 * 24 * time.Hour}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name string
		at   []time.Duration
		want string // P it passes, . it does not
	}{
		{"delay", []time.Duration{0, 0, 5*time.Minute - 1, 5 * time.Minute, 5 * time.Minute}, "...PP"},
		{"known", []time.Duration{0, time.Hour, time.Hour + 1, 30 * day, 60 * day}, ".PPPP"},
		{"the end of the retry window", []time.Duration{0, 4 * time.Hour}, ".P"},
		{"after the retry window all begins anew", []time.Duration{0, 4*time.Hour + 1, 4*time.Hour + 2*time.Minute, 4*time.Hour + 6*time.Minute}, "...P"},
		{"remembered just as long", []time.Duration{0, time.Hour, time.Hour + 36*day - 1}, ".PP"},
		{"and no longer", []time.Duration{0, time.Hour, time.Hour + 36*day, time.Hour + 36*day + 6*time.Minute}, ".P.P"},
	} {
		var tr triplet
		got := ""
		for _, at := range tt.at {
			if tr.pass(int64(time.Hour+at), g) {
				got += "P"
			} else {
				got += "."
			}
		}
		if got != tt.want {
			t.Errorf("%s: want %s, got %s", tt.name, tt.want, got)
		}
	}
}

func TestPeerNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.77": "192.0.2.0/24", "::ffff:192.0.2.77": "192.0.2.0/24", "2001:db8:0:1:2::3": "2001:db8:0:1::/64",
	} {
		if got := peerNetwork(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: want %s, got %s", in, want, got)
		}
	}
	if got := peerNetwork(netip.Addr{}); got == "" {
		t.Error("no address has no network")
	}
}

// TestGreylist: the refusals of a session, and what a crash keeps.
func TestGreylist(t *testing.T) {
	node := mxNode()
	node.Greylist = &Greylist{Delay: 5 * time.Minute}
	node.RelayFor.Nets = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	const refused = "450 4.7.1 greylisted, try again in 5m0s"
	inBubble(t, func(b *bench) {
		give := func(from, to string, want ...string) {
			t.Helper()
			b.want(from+" to "+to, want, b.give("mx", from, to, "A: b\r\n\r\n"))
		}
		taken := []string{"354", "250 2.0.0 queued"}
		give("a@example.net", "bob@example.org", refused)
		give("a@example.net", "postmaster bob@example.org", refused, "354", "250 2.0.0 queued")
		give("a@example.net", "nobody@example.org", "550 5.1.1 no such user here")
		time.Sleep(5 * time.Minute)
		give("a@example.net", "bob@example.org carol@example.org", refused, "354", "250 2.0.0 queued")
		give("A@Example.NET", "BOB@example.org", taken...)
		give("c@example.net", "bob@example.org", refused)

		// The null reverse-path hears of it at DATA.
		asks := b.dial("mx")
		asks.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<>\n250\nC: RCPT TO:<bob@example.org>\n250\n" +
			"C: RCPT TO:<carol@example.org>\n250\nC: DATA\n" + refused)
		asks.close()
		time.Sleep(6 * time.Minute)
		b.net.Node("mx").Crash()
		if err := b.net.Node("mx").Start(); err != nil {
			t.Fatal(err)
		}
		give("", "bob@example.org carol@example.org", taken...)
		give("a@example.net", "bob@example.org", taken...)
		c := b.dial("mx")
		defer c.close()
		c.talk(`
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<>
			250
			C: RCPT TO:<bob+x@example.org>
			250
			C: BDAT 4 LAST
			C: A:
			450 4.7.1 greylisted
			C: RSET
			250
			C: MAIL FROM:<>
			250
			C: RCPT TO:<bob@example.org>
			250
			C: DATA
			354
			C: .
			250`)
		give("a@example.net", "bob@example.org", taken...)
		var atData []string
		for _, e := range b.events(trace.MailRefused) {
			if to, ok := strings.CutSuffix(e, refused+" data"); ok {
				atData = append(atData, to)
			}
		}
		b.want("refused at DATA", []string{
			"mail.refused  >bob@example.org ", "mail.refused  >carol@example.org ", "mail.refused  >bob+x@example.org ",
		}, atData)
	}, node)
}

// TestGreylistKnown: who may send through the node is not made to wait.
func TestGreylistKnown(t *testing.T) {
	node := faultNode()
	node.Greylist = &Greylist{Delay: 5 * time.Minute}
	open := mxNode()
	open.Name, open.Host, open.Greylist = "open", "open.example.org", node.Greylist
	open.RelayFor.Nets = []netip.Prefix{netip.MustParsePrefix("198.19.0.0/16")}
	inBubble(t, func(b *bench) {
		if got := b.session("mx"); got != "ok" { // it authenticates
			t.Error(got)
		}
		b.want("its network", []string{"354", "250 2.0.0 queued"}, b.give("open", "a@example.net", "bob@example.org", "A: b\r\n\r\n"))
	}, node, open)
}
