package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/trace"
)

// show writes a wish as tests compare it.
func (w wish) show() string {
	f := armedFault{Fault: Fault{At: w.at, Do: w.do, Delay: w.delay}, reply: w.reply}
	s := strings.ReplaceAll(f.what(), " as the address asks", "")
	return s + strings.Repeat(" twice", max(0, w.times-1))
}

func TestParseWish(t *testing.T) {
	for in, want := range map[string]string{
		"rcpt550_5.1.1":        "reply 550 5.1.1 at rcpt",
		"rcpt451":              "reply 451 at rcpt",
		"RCPT421_4.3.2":        "reply 421 4.3.2 at rcpt",
		"mail452_4.3.1":        "reply 452 4.3.1 at mail",
		"data451_4.3.0":        "reply 451 4.3.0 at data",
		"dot554_5.7.1":         "reply 554 5.7.1 at dot",
		"dot554_5.7.1+x@y":     "reply 554 5.7.1 at dot",
		"rcpt451_4.3.0_x2+abc": "reply 451 4.3.0 at rcpt twice",
		"rcpt451_x2":           "reply 451 at rcpt twice",
		"dot-drop_x2":          "drop at dot twice",
		"rcpt450_5.7.999":      "reply 450 5.7.999 at rcpt", // a contradiction is worth a try
		"dot-drop":             "drop at dot",
		"data-reset":           "reset at data",
		"rcpt-stall":           "stall at rcpt",
		"mail-garble":          "garble at mail",
		"mail-refuse":          "reply 550 5.7.1 refused at mail",
		"dot-refuse":           "reply 554 5.7.1 refused at dot",
		"dot-lose":             "lose at dot",
		"dot-duplicate":        "duplicate at dot",
		"rcpt-delay30s":        "delay 30s at rcpt",
		"dot-delay1h30m":       "delay 1h30m0s at dot",
		"dot-delay24h":         "delay 24h0m0s at dot",

		"rcpt": "", "rcpt55": "", "rcpt5501": "", "rcpt250": "", "rcpt354": "", "rcpt650": "", "rcpt560": "", "rcpt55x": "",
		"rcpt550_": "", "rcpt550_5.1": "", "rcpt550_x": "", "rcpt550_x0": "", "rcpt550_5.1.1_x99999": "", "rcpt550_3.1.1": "", "rcpt550-5.1.1": "",
		"rcpt-": "", "rcpt-lose": "", "data-duplicate": "", "rcpt-drops": "", "rcpt-delay": "", "rcpt-delay-1s": "", "rcpt-delay25h": "", "rcpt-delay0s": "",
		"ehlo500": "", "connect-refuse": "", "quit-drop": "", "bob": "", "": "", "+rcpt550": "", "xrcpt550": "", "rcpt 550": "", "rcpt٥٥٠": "",
	} {
		got := ""
		if w, ok := parseWish(in); ok {
			got = w.show()
		}
		if got != want {
			t.Errorf("%s: want %q, got %q", in, want, got)
		}
	}
}

func FuzzParseWish(f *testing.F) {
	for _, s := range []string{"rcpt550_5.1.1", "dot-delay30s_x2+a", "mail421", "data-reset"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, ok := parseWish(s)
		if !ok {
			return
		}
		refuses := w.reply.Code >= 400 && w.reply.Code < 600
		if n := btoi(refuses) + btoi(w.do != "") + btoi(w.delay > 0); n != 1 {
			t.Errorf("%q wants %d things: %+v", s, n, w)
		}
		if w.delay > maxWishDelay || w.times < 0 || strings.ContainsAny(w.reply.Wire(), "\x00") || strings.Count(w.reply.Wire(), "\n") > 1 {
			t.Errorf("%q: %+v", s, w)
		}
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func wishNode() NodeConfig {
	node := mxNode()
	node.FaultsByAddress = true
	node.Mailboxes = []string{"bob@example.org", "*@any.example"}
	return node
}

// TestFaultsByAddress plays a transaction with each address, and looks what of it
// is delivered.
func TestFaultsByAddress(t *testing.T) {
	const ok = "354 250"
	for _, tt := range []struct {
		from, to string
		want     string // replies to MAIL, RCPTs, DATA and the dot, as far as they are told
		mails    int    // that any.example has
		seconds  int
	}{
		{from: "a@x.example", to: "y@any.example", want: "250 250 " + ok, mails: 1},
		{from: "mail421@x.example", to: "y@any.example", want: "421"},
		{from: "mail550_5.1.8@x.example", to: "y@any.example", want: "550 5.1.8"},
		{from: "rcpt550@x.example", to: "y@any.example", want: "250 250 " + ok, mails: 1}, // of the forward-path
		{from: "a@x.example", to: "mail550@any.example", want: "250 250 " + ok, mails: 1}, // and of the reverse-path
		{from: "a@x.example", to: "rcpt550_5.1.1@example.org", want: "250 550 5.1.1"},     // no such user is needed
		{from: "a@x.example", to: "dot451@example.org", want: "250 550 5.1.1"},            // it is here
		{from: "a@x.example", to: "rcpt451_4.3.0@any.example y@any.example", want: "250 451 4.3.0 250 " + ok, mails: 1},
		{from: "a@x.example", to: "y@any.example data451_4.3.0@any.example data554@any.example", want: "250 250 250 250 451 4.3.0"},
		{from: "a@x.example", to: "y@any.example dot554_5.7.1@any.example dot451@any.example", want: "250 250 250 250 354 554 5.7.1"},
		{from: "a@x.example", to: "dot-drop@any.example dot451@any.example", want: "250 250 250 354 EOF", mails: 2},
		{from: "a@x.example", to: "dot451@any.example dot-drop@any.example", want: "250 250 250 354 451"},
		{from: "a@x.example", to: "dot-reset@any.example", want: "250 250 354 RESET"},
		{from: "a@x.example", to: "data-reset@any.example", want: "250 250 RESET"},
		{from: "a@x.example", to: "rcpt-stall@any.example", want: "250 SILENCE", seconds: 1200},
		{from: "a@x.example", to: "rcpt-delay30s@any.example", want: "250 250 " + ok, mails: 1, seconds: 30},
		{from: "a@x.example", to: "dot-lose@any.example y@any.example", want: "250 250 250 " + ok, mails: 1},
		{from: "a@x.example", to: "dot-duplicate@any.example y@any.example", want: "250 250 250 " + ok, mails: 3},
		{from: "a@x.example", to: "dot-delay7s@any.example dot-lose@any.example", want: "250 250 250 " + ok, mails: 1, seconds: 7},
		{from: "", to: "dot554@any.example", want: "250 250 354 554"},
	} {
		t.Run(tt.from+" "+tt.to, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				start := time.Now()
				if got := b.transaction("mx", tt.from, tt.to); got != tt.want {
					t.Errorf("replies: want %s, got %s", tt.want, got)
				}
				if got := int(time.Since(start).Round(time.Second) / time.Second); got != tt.seconds {
					t.Errorf("it took %d s, want %d", got, tt.seconds)
				}
				n := 0
				for _, m := range b.net.Node("mx").Mailboxes() {
					n += len(b.mailbox("mx", m))
				}
				if n != tt.mails {
					t.Errorf("mails: want %d, got %d", tt.mails, n)
				}
			}, wishNode())
		})
	}
}

// transaction gives the replies of one from MAIL to the dot, up to one that ends it.
func (b *bench) transaction(node, from, to string) string {
	c := b.dial(node)
	defer c.close()
	c.reply()
	hello, dots := "EHLO", 1
	if b.net.Node(node).cfg.LMTP {
		hello = "LHLO"
	}
	c.say(hello + " c.example")
	var got []string
	say := func(line string) bool {
		r := c.say(line)
		got = append(got, strings.TrimSpace(strings.TrimSuffix(cutText(r), "as the address asks")))
		return r[0] == '2' || r[0] == '3'
	}
	if !say("MAIL FROM:<" + from + ">") {
		return got[0]
	}
	taken := 0
	for rcpt := range strings.FieldsSeq(to) {
		if say("RCPT TO:<" + rcpt + ">") {
			taken++
		} else if last := got[len(got)-1]; last == "SILENCE" || last == "EOF" {
			return strings.Join(got, " ")
		}
	}
	if taken > 0 && say("DATA") {
		if hello == "LHLO" {
			dots = taken
		}
		c.send("Message-ID: <plan@mailsim>\r\n\r\nbody\r\n.\r\n")
		for range dots {
			got = append(got, cutText(c.reply()))
		}
	}
	return strings.Join(got, " ")
}

// cutText leaves a good reply its code, and a refusal its codes.
func cutText(r string) string {
	if r[0] == '2' || r[0] == '3' {
		return r[:3]
	}
	f := strings.Fields(r)
	if len(f) > 1 && strings.Count(f[1], ".") == 2 {
		return f[0] + " " + f[1]
	}
	return f[0]
}

// TestFaultsByAddressLMTP: each recipient has its own reply.
func TestFaultsByAddressLMTP(t *testing.T) {
	node := wishNode()
	node.Role, node.LMTP = MDA, true
	inBubble(t, func(b *bench) {
		got := b.transaction("mx", "a@x.example", "dot451_4.2.1@any.example y@any.example dot550_5.2.1+z@any.example dot-lose@any.example")
		if want := "250 250 250 250 250 354 451 4.2.1 250 550 5.2.1 250"; got != want {
			t.Errorf("want %s, got %s", want, got)
		}
		b.want("y's mails", 1, len(b.mailbox("mx", "*@any.example")))
		b.wantEvents([]string{
			"mail.refused plan a@x.example>dot451_4.2.1@any.example 451 4.2.1 as the address asks dot",
			"mail.refused plan a@x.example>dot550_5.2.1+z@any.example 550 5.2.1 as the address asks dot",
		}, trace.MailRefused)
		b.wantEvents([]string{
			"fault.hit  a@x.example>dot451_4.2.1@any.example 451 4.2.1 as the address asks dot451_4.2.1@any.example: reply 451 4.2.1 as the address asks at dot",
			"fault.hit  a@x.example>dot550_5.2.1+z@any.example 550 5.2.1 as the address asks dot550_5.2.1+z@any.example: reply 550 5.2.1 as the address asks at dot",
			"fault.hit  a@x.example>dot-lose@any.example  dot-lose@any.example: lose at dot",
		}, trace.FaultHit)
	}, node)
}

// TestFaultsByAddressTimes: a wish can be granted a few times only, to each sender
// for himself, and a crash makes no difference.
func TestFaultsByAddressTimes(t *testing.T) {
	inBubble(t, func(b *bench) {
		var got []string
		for i, from := range []string{"a@x.example", "b@x.example", "a@x.example", "a@x.example", "a@x.example", "b@x.example", "b@x.example"} {
			if i == 3 {
				b.net.Node("mx").Crash()
				if err := b.net.Node("mx").Start(); err != nil {
					t.Fatal(err)
				}
			}
			got = append(got, b.transaction("mx", from, "rcpt451_x2@any.example"))
		}
		const yes, no = "250 451", "250 250 354 250"
		if diff := cmp.Diff([]string{yes, yes, yes, no, no, yes, no}, got); diff != "" {
			t.Error(diff)
		}
	}, wishNode())
}

// TestFaultsByAddressOrder: a fault of the scenario goes first, delays add up.
func TestFaultsByAddressOrder(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{Name: "slow", At: AtRcpt, Delay: 5 * time.Second})
		if got := took(func() { b.transaction("mx", "a@x.example", "rcpt-delay5s@any.example") }); got != 10 {
			t.Errorf("it took %d s", got)
		}
		b.net.Node("mx").SetFault(Fault{Name: "no", At: AtRcpt, Reply: "450 4.0.0 no"})
		if got := b.transaction("mx", "a@x.example", "rcpt550_5.1.1@any.example"); got != "250 450 4.0.0" {
			t.Error(got)
		}
	}, wishNode())
}
