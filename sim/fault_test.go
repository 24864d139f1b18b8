package sim

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

type pattern struct{ *regexp.Regexp }

func (p pattern) Match(s string) bool { return p.MatchString(s) }

func match(s string) Matcher { return pattern{regexp.MustCompile(s)} }

// session plays a whole session and tells at which stage it went wrong, and how:
// "rcpt: 451 ..." , "quit: EOF", or "ok".
func (b *bench) session(node string) string {
	c, err := b.tryDial(node)
	if err != nil {
		reason := "timeout"
		if strings.Contains(err.Error(), "refused") {
			reason = "refused"
		}
		return "connect: " + reason
	}
	defer c.close()
	c.raw.SetTag("plan")
	if got := c.reply(); !strings.HasPrefix(got, "220") {
		return "banner: " + got
	}
	for _, x := range []struct{ stage, send, want string }{
		{"ehlo", "EHLO c.example", "250"},
		{"auth", "AUTH PLAIN AGFsaWNlAHNlY3JldA==", "235"},
		{"mail", "MAIL FROM:<a@example.net>", "250"},
		{"rcpt", "RCPT TO:<bob@example.org>", "250"},
		{"data", "DATA", "354"},
		{"dot", "Message-ID: <plan@mailsim>\r\n\r\nbody\r\n.", "250"},
		{"quit", "QUIT", "221"},
	} {
		if got := c.say(x.send); !strings.HasPrefix(got, x.want) {
			return x.stage + ": " + got
		}
	}
	return "ok"
}

func faultNode() NodeConfig {
	node := mxNode()
	node.Users = map[string]string{"alice": "secret"}
	return node
}

// TestFaultEffects tries every effect at every stage.
func TestFaultEffects(t *testing.T) {
	for _, tt := range []struct {
		at    Stage
		fault Fault
		want  string
		mails int // that bob has afterwards
	}{
		{at: AtConnect, fault: Fault{Do: DoRefuse}, want: "connect: refused"},
		{at: AtConnect, fault: Fault{Do: DoStall}, want: "connect: timeout"},
		{at: AtConnect, fault: Fault{Do: DoDrop}, want: "banner: EOF"},
		{at: AtConnect, fault: Fault{Do: DoReset}, want: "banner: RESET"},
		{at: AtConnect, fault: Fault{Do: DoGarble}, want: "banner: " + garbage},
		{at: AtConnect, fault: Fault{Reply: "421 4.3.2 later"}, want: "banner: 421 4.3.2 later"},
		{at: AtConnect, fault: Fault{Delay: time.Minute}, want: "ok", mails: 1},

		{at: AtBanner, fault: Fault{Do: DoRefuse}, want: "banner: 554 5.3.2 no SMTP service here"},
		{at: AtBanner, fault: Fault{Do: DoStall}, want: "banner: SILENCE"},
		{at: AtBanner, fault: Fault{Do: DoDrop}, want: "banner: EOF"},
		{at: AtBanner, fault: Fault{Do: DoReset}, want: "banner: RESET"},
		{at: AtBanner, fault: Fault{Do: DoGarble}, want: "banner: " + garbage},
		{at: AtBanner, fault: Fault{Reply: "554 5.7.1 go away"}, want: "banner: 554 5.7.1 go away"},
		{at: AtBanner, fault: Fault{Reply: "220 other words"}, want: "ok", mails: 1},

		{at: AtDot, fault: Fault{Do: DoRefuse}, want: "dot: 554 5.7.1 refused"},
		{at: AtDot, fault: Fault{Do: DoStall}, want: "dot: SILENCE"},
		{at: AtDot, fault: Fault{Do: DoDrop}, want: "dot: EOF", mails: 1},
		{at: AtDot, fault: Fault{Do: DoReset}, want: "dot: RESET"},
		{at: AtDot, fault: Fault{Do: DoGarble}, want: "dot: " + garbage},
		{at: AtDot, fault: Fault{Reply: "452 4.3.1 disk full"}, want: "dot: 452 4.3.1 disk full"},
		{at: AtDot, fault: Fault{Reply: "250 2.0.0 mine"}, want: "ok", mails: 1},
		{at: AtDot, fault: Fault{Do: DoLose}, want: "ok"},
		{at: AtDot, fault: Fault{Do: DoDuplicate}, want: "ok", mails: 2},
		{at: AtDot, fault: Fault{Delay: time.Minute}, want: "ok", mails: 1},

		{at: AtQuit, fault: Fault{Do: DoRefuse}, want: "quit: 554 5.7.1 refused", mails: 1},
		{at: AtQuit, fault: Fault{Do: DoStall}, want: "quit: SILENCE", mails: 1},
		{at: AtQuit, fault: Fault{Do: DoDrop}, want: "quit: EOF", mails: 1},
		{at: AtQuit, fault: Fault{Do: DoReset}, want: "quit: RESET", mails: 1},
		{at: AtQuit, fault: Fault{Do: DoGarble}, want: "quit: " + garbage, mails: 1},
		{at: AtQuit, fault: Fault{Reply: "500 5.0.0 stay"}, want: "quit: 500 5.0.0 stay", mails: 1},
	} {
		tt.fault.At = tt.at
		t.Run(fmt.Sprintf("%s/%s%s", tt.at, tt.fault.Do, tt.fault.Reply), func(t *testing.T) {
			testFault(t, tt.fault, tt.want, tt.mails)
		})
	}
	for _, at := range []Stage{AtEHLO, AtAuth, AtMail, AtRcpt, AtData} {
		refusal := refusalAt(at).String()
		for _, tt := range []struct {
			fault Fault
			want  string
		}{
			{Fault{Do: DoRefuse}, refusal},
			{Fault{Do: DoStall}, "SILENCE"},
			{Fault{Do: DoDrop}, "EOF"},
			{Fault{Do: DoReset}, "RESET"},
			{Fault{Do: DoGarble}, garbage},
			{Fault{Reply: "451 4.3.0 later"}, "451 4.3.0 later"},
			{Fault{Reply: "421 4.3.2 closing"}, "421 4.3.2 closing"},
			{Fault{Delay: time.Minute, Reply: "550 5.7.0 no"}, "550 5.7.0 no"},
		} {
			tt.fault.At = at
			t.Run(fmt.Sprintf("%s/%s%s", at, tt.fault.Do, tt.fault.Reply), func(t *testing.T) {
				testFault(t, tt.fault, string(at)+": "+tt.want, 0)
			})
		}
	}
}

func testFault(t *testing.T, f Fault, want string, mails int) {
	inBubble(t, func(b *bench) {
		f.Name = "f"
		b.net.Node("mx").SetFault(f)
		start := time.Now()
		if got := b.session("mx"); got != strings.TrimSuffix(want, "\r\n") {
			t.Errorf("session: want %q, got %q", want, got)
		}
		if took := time.Since(start); took < f.Delay {
			t.Errorf("it took %s, with a delay of %s", took, f.Delay)
		}
		if got := len(b.mailbox("mx", "bob@example.org")); got != mails {
			t.Errorf("mails: want %d, got %d", mails, got)
		}
		if got := b.events(trace.FaultHit); len(got) != 1 || !strings.Contains(got[0], "f: ") {
			t.Errorf("fault.hit: want one, got %q", got)
		}
		if !b.net.Node("mx").ClearFault("f") || b.net.Node("mx").ClearFault("f") {
			t.Error("the fault was not there to be cleared, or twice")
		}
		if got := b.session("mx"); got != "ok" {
			t.Errorf("session without the fault: %s", got)
		}
	}, faultNode())
}

// TestFaultWords: a reply with line breaks is said as it is written, a code of no sense
// as well.
func TestFaultWords(t *testing.T) {
	for _, tt := range []struct {
		at          Stage
		reply, want string
	}{
		{AtBanner, "220-mx\n220", "220-mx\n220"},
		{AtEHLO, "250-mx\n250-size 5\n250 8bitmime\n", "250-mx\n250-size 5\n250 8bitmime"},
		{AtMail, "250\n", "250"},
		{AtRcpt, "250-a\n250-550 no\n250 ", "250-a\n250-550 no\n250 "},
		{AtRcpt, "650 what", "650 what"},
		{AtMail, "150-what\n150", "150-what\n150"},
		{AtData, "354-go\n354 on", "354-go\n354 on"},
		{AtData, "250-go\n250 on", "250-go\n250 on"},
		{AtDot, "250-taken\n250", "250-taken\n250"},
		{AtDot, "554-no\n554", "554-no\n554"},
		{AtQuit, "221-bye\n221", "221-bye\n221"},
	} {
		t.Run(string(tt.at)+tt.reply, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.net.Node("mx").SetFault(Fault{At: tt.at, Reply: tt.reply})
				c := b.dial("mx")
				defer c.close()
				got := map[Stage]string{AtBanner: c.reply()}
				for _, x := range []struct {
					at   Stage
					line string
				}{
					{AtEHLO, "EHLO c.example"},
					{AtMail, "MAIL FROM:<a@example.net>"},
					{AtRcpt, "RCPT TO:<bob@example.org>"},
					{AtData, "DATA"},
					{AtDot, "A: b\r\n\r\n."},
					{AtQuit, "QUIT"},
				} {
					if got[tt.at] == "" {
						got[x.at] = c.say(x.line)
					}
				}
				if got[tt.at] != tt.want {
					t.Errorf("want %q, got %q", tt.want, got[tt.at])
				}
			}, faultNode())
		})
	}
	inBubble(t, func(b *bench) { // other words for EHLO, and all is as before
		b.net.Node("mx").SetFault(Fault{At: AtEHLO, Reply: "250-mx\n250 size 5"})
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c\n250-mx\nC: MAIL FROM:<a@example.net> BODY=8BITMIME\n250\nC: RCPT TO:<bob@example.org>\n250")
	}, faultNode())
	inBubble(t, func(b *bench) { // 354 without a recipient waits for no message
		b.net.Node("mx").SetFault(Fault{At: AtData, Reply: "354 go"})
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c\n250\nC: MAIL FROM:<a@example.net>\n250\nC: DATA\n354 go\nC: .\n500\nC: RSET\n250 2.0.0")
	}, faultNode())
	inBubble(t, func(b *bench) { // 2yz to DATA asks for no message
		b.net.Node("mx").SetFault(Fault{At: AtData, Reply: "250 go"})
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c\n250\nC: MAIL FROM:<a@example.net>\n250\nC: RCPT TO:<bob@example.org>\n250\nC: DATA\n250 go\nC: RSET\n250 2.0.0")
	}, faultNode())
}

// TestFaultBanner: after 554 only QUIT is served (RFC 5321 3.1).
func TestFaultBanner(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{At: AtBanner, Do: DoRefuse})
		c := b.dial("mx")
		defer c.close()
		c.talk("554\nC: EHLO c.example\n503 5.5.1\nC: NOOP\n503\nC: QUIT\n221\nEOF")
	}, faultNode())
}

func TestFaultLimits(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		want  string // of six sessions, a minute apart: x hit, . not
	}{
		{"always", Fault{}, "xxxxxx"},
		{"times", Fault{Times: 2}, "xx...."},
		{"for", Fault{For: 150 * time.Second}, "xxx..."},
		{"chance", Fault{Chance: 0.5}, "....xx"},
		{"match", Fault{Match: map[string]Matcher{
			"mail": match("^plan$"), "from": match("^a@"), "to": match("bob"), "peer": match(`^198\.19`),
		}}, "xxxxxx"},
		{"mail", Fault{Match: map[string]Matcher{"mail": match("other")}}, "......"},
		{"from", Fault{Match: map[string]Matcher{"from": match("other")}}, "......"},
		{"to", Fault{Match: map[string]Matcher{"to": match("other")}}, "......"},
		{"peer", Fault{Match: map[string]Matcher{"peer": match("other")}}, "......"},
		{"unknown", Fault{Match: map[string]Matcher{"color": match("")}}, "......"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.fault.At, tt.fault.Reply = AtRcpt, "451 4.3.0 later"
			for range 2 { // the same each time
				inBubble(t, func(b *bench) {
					b.net.Node("mx").SetFault(tt.fault)
					start, got := time.Now(), ""
					for i := range 6 {
						time.Sleep(time.Until(start.Add(time.Duration(i) * time.Minute)))
						if b.session("mx") == "ok" {
							got += "."
						} else {
							got += "x"
						}
					}
					if got != tt.want {
						t.Errorf("want %s, got %s", tt.want, got)
					}
				}, faultNode())
			}
		})
	}
}

// TestFaultOrder: delays add up, and the first fault that does more ends the search.
func TestFaultOrder(t *testing.T) {
	inBubble(t, func(b *bench) {
		n := b.net.Node("mx")
		n.SetFault(Fault{Name: "slow", At: AtMail, Delay: time.Second})
		n.SetFault(Fault{Name: "slower", At: AtMail, Delay: time.Second, Reply: "451 4.0.0 first"})
		n.SetFault(Fault{Name: "never", At: AtMail, Reply: "551 5.0.0 second"})
		n.SetFault(Fault{Name: "odd", At: AtRcpt, Reply: "no reply at all"})
		start := time.Now()
		if got := b.session("mx"); got != "mail: 451 4.0.0 first" {
			t.Error(got)
		}
		if took := time.Since(start).Truncate(time.Second); took != 2*time.Second {
			t.Errorf("took %s", took)
		}
		b.wantEvents([]string{
			"fault.hit plan a@example.net>  slow: delay 1s at mail",
			"fault.hit plan a@example.net> 451 4.0.0 first slower: reply 451 4.0.0 first at mail",
		}, trace.FaultHit)
		b.wantEvents([]string{"mail.refused plan a@example.net> 451 4.0.0 first mail"}, trace.MailRefused)
		n.ClearFault("slower")
		n.ClearFault("never")
		if got := b.session("mx"); got != "rcpt: 451 4.3.0 no reply at all" {
			t.Error(got)
		}
	}, faultNode())
}

// TestFaultCrash: a node that stops ends sessions that wait for a delay or stall.
func TestFaultCrash(t *testing.T) {
	for _, f := range []Fault{{Delay: 10 * time.Hour}, {Do: DoStall}} {
		for _, at := range []Stage{AtConnect, AtBanner, AtMail, AtDot} {
			if f.At = at; at == AtConnect && f.Do == DoStall {
				continue
			}
			t.Run(string(at)+"/"+string(f.Do), func(t *testing.T) {
				inBubble(t, func(b *bench) {
					b.net.Node("mx").SetFault(f)
					done := make(chan string)
					go func() { done <- b.session("mx") }()
					time.Sleep(time.Minute)
					if got := b.net.Node("mx").Connections(); got != 1 {
						t.Errorf("connections: want 1, got %d", got)
					}
					b.net.Node("mx").Crash()
					if got := <-done; !strings.HasSuffix(got, ": EOF") {
						t.Error(got)
					}
					synctest.Wait()
					if got := b.net.Node("mx").Connections(); got != 0 {
						t.Errorf("connections: want 0, got %d", got)
					}
					b.net.Node("mx").ClearFault("")
					if err := b.net.Node("mx").Start(); err != nil {
						t.Fatal(err)
					}
					if got := b.session("mx"); got != "ok" {
						t.Error(got)
					}
				}, faultNode())
			})
		}
	}
}

// TestFaultBdat: the chunk of a refused BDAT is read (RFC 3030 2).
func TestFaultBdat(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{Name: "data", At: AtData, Reply: "451 4.3.0 later", Times: 1})
		b.net.Node("mx").SetFault(Fault{Name: "dot", At: AtDot, Reply: "452 4.3.1 full", Times: 1})
		c := b.dial("mx")
		defer c.close()
		c.talk(`
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net>
			250
			C: RCPT TO:<bob@example.org>
			250
			C: BDAT 6 LAST
			C: QUIT
			451 4.3.0 later
			C: BDAT 6 LAST
			C: A: b
			452 4.3.1 full
			C: MAIL FROM:<a@example.net>
			250
			C: RCPT TO:<bob@example.org>
			250
			C: BDAT 6 LAST
			C: A: b
			250 2.0.0 queued`)
	}, faultNode())
}

func TestFaultReplyString(t *testing.T) {
	got := serverError(mail.Reply{Code: 552, Enhanced: "5.2.2", Lines: []string{"a", "b"}})
	if diff := cmp.Diff([]any{552, [3]int{5, 2, 2}, "a\nb"}, []any{got.Code, [3]int(got.EnhancedCode), got.Message}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
