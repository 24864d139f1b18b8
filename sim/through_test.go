package sim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestAddressesGoThrough: a relay passes addresses on as they are, local parts octet
// for octet, with as few quotes as they need, and without source routes.
func TestAddressesGoThrough(t *testing.T) {
	long := strings.Repeat("x", 64)
	label := strings.Repeat("d", 60) + "."
	wide := "y@" + strings.Repeat(label, 3) + label[3:] + "far.example" // 256 octets with its brackets
	for _, tt := range []struct{ rule, from, to, wantFrom, wantTo string }{
		{"R5321-2.3.11-a: %", "s@back.example", "a%other.test@far.example", "", ""},
		{"R5321-2.3.11-a: !", "s@back.example", "x!y@far.example", "", ""},
		{"R5321-2.3.11-a: +", "s@back.example", "u+tag@far.example", "", ""},
		{"R5321-2.3.11-b", "a%b.c+tag@back.example", "u@far.example", "", ""},
		{"R5321-2.4-d, R5321-2.4-e", "SeNdEr@back.example", "MiXeD.Case@far.example", "", ""},
		{"R6409-8.8-a", "s@back.example", "MiXed.Case+tag@far.example", "", ""},
		{"R5321-4.1.2-f", "!#$%&'*+-/=?^_`{|}~@back.example", "!#$%&'*+-/=?^_`{|}~@far.example", "", ""},
		{"R5321-4.1.2-c: needless quotes", `"plain"@back.example`, `"a.b"@far.example`, "plain@back.example", "a.b@far.example"},
		{"R5321-4.1.2-c: needless escapes", "s@back.example", `"a\ b"@far.example`, "", `"a b"@far.example`},
		{"R5321-4.1.2-d", `"a b"@back.example`, `"a b"@far.example`, "", ""},
		{"R5321-4.1.2-d: what a path is made of", "s@back.example", `"a>b@c,d:e;f<g"@far.example`, "", ""},
		{"R5321-4.1.2-d: quotes and backslashes", `"\""@back.example`, `"q\"\\z"@far.example`, "", ""},
		{"R5321-4.1.2-d: dots", "s@back.example", `".a..b."@far.example`, "", ""},
		{"R5321-4.1.2-d: nothing", `""@back.example`, `""@far.example`, "", ""},
		{"R5321-4.5.3.1.1", long + "@back.example", long + "@far.example", "", ""},
		{"R5321-4.5.3.1.3", "s@back.example", wide, "", ""},
		{"R5321-3.6.1-c, R5321-C-b", "s@back.example", "@hop.test,@b.test:u@far.example", "", "u@far.example"},
		{"R5321-C-a, R5321-4.1.1.3-d", "s@back.example", "@relay.example,@b.test:u@far.example", "", "u@far.example"},
		{"R5321-3.6.1-c: over a literal", "s@back.example", "@[192.0.2.9],@[IPv6:2001:db8::1]:u@far.example", "", "u@far.example"},
		{"R5321-3.6.1-c: quoted", "s@back.example", `@hop.test:"a:b"@far.example`, "", `"a:b"@far.example`},
		{"R5321-4.1.1.3-b", "@a.test,@b.test:s@back.example", "u@far.example", "s@back.example", ""},
		{"R5321-C-c, R5321-4.5.5-c", "", "u@far.example", "", ""},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			if tt.wantFrom == "" {
				tt.wantFrom = tt.from
			}
			if tt.wantTo == "" {
				tt.wantTo = tt.to
			}
			got := mailRoom{
				talk:        "MAIL FROM:<" + tt.from + ">\nRCPT TO:<" + tt.to + ">" + small,
				nextAccepts: []string{"*@far.example", "*@" + wide[2:]},
				relay:       NodeConfig{Next: "nh"},
			}.run(t)
			want := []string{"MAIL FROM:<" + tt.wantFrom + ">", "RCPT TO:<" + tt.wantTo + ">"}
			if diff := cmp.Diff(want, got.next); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(got.delivered) != 1 || !strings.HasPrefix(got.delivered[0], "Return-Path: <"+tt.wantFrom+">\r\n") {
				t.Errorf("R5321-4.4-z: %q", got.delivered)
			}
		})
	}
}

// TestLocalSpellings: all spellings of a local part, and a source route before it,
// lead to the one mailbox.
func TestLocalSpellings(t *testing.T) {
	inBubble(t, func(b *bench) {
		all := []string{
			"bob@example.org", `"bob"@example.org`, `"\b\o\b"@example.org`, "bob@EXAMPLE.org", "BOB@example.org",
			"@a.test,@b.test:bob@example.org", `@a.test:"bob"@Example.Org`,
		}
		for _, to := range all {
			b.want("R5321-4.1.2-b, R5321-4.1.1.3-c, R5321-2.4-f: "+to, []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", to, plan))
		}
		b.want("mails", len(all), len(b.mailbox("mx", "bob@example.org")))
	}, mxNode())
}

// TestWrongAddresses: what is no address is refused for its syntax (RFC 5321 4.1.2),
// and a control character is (R5321-4.1.2-o).
func TestWrongAddresses(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.reply()
		c.say("EHLO c.example")
		for _, path := range []string{
			".a@x.test", "a.@x.test", "a..b@x.test", "a@-x.test", "a@x-.test", "a@x..test", "a@.test", "a@x.test.", "a@foo_bar.test",
			"@x.test", "a@", "a@b@x.test", "good", "a b@x.test", "\"a\tb\"@x.test", "a\x01b@x.test", "\"a\x7fb\"@x.test",
			strings.Repeat("x", 65) + "@x.test", `"` + strings.Repeat("x", 63) + `"@x.test`, "a@" + strings.Repeat("d", 64) + ".test",
			"a@" + strings.Repeat(strings.Repeat("d", 60)+".", 4) + "overlong.test", "@a.test:", "@a.test", "@a.test,b.test:a@x.test", "a@[1.2.3]", "a@[IPv6:zz]",
		} {
			if r := c.say("MAIL FROM:<" + path + ">"); !strings.HasPrefix(r, "501 5.1.7 ") {
				t.Errorf("MAIL FROM:<%s>: %s", path, r)
			}
		}
	}, NodeConfig{Name: "mx", Role: MTA, Host: "mx.example.org", Limits: Limits{Errors: 100}})
}

// TestMessagesGoThrough: a relay puts its Received field on top and leaves the rest
// as it was, header and body, octet for octet; what they say moves it to nothing
// (RFC 5321 3.6.3, 4.4, 4.5.2, 6.4).
func TestMessagesGoThrough(t *testing.T) {
	const header = "Subject: plan\r\n"
	for _, tt := range []struct{ rule, message string }{
		{"R5321-3.6.3-f: odd fields", "X-First:1\r\nsUBJECT :  odd \r\n\tfolding \r\n \r\n  more\r\nSubject: again\r\nX-Long: " + strings.Repeat("y", 900) + "\r\nBcc: c@third.test\r\n\r\nbody\r\n"},
		{"R5321-3.6.3-g", header + "\r\ntrailing  \t\r\n\ttab\r\n. dot\r\n..\r\nFrom x\r\n>From y\r\n\r\n\r\n\r\n"},
		{"R5321-3.6.3-h, R5321-C-d", "To: x@third.test\r\nCc: y@third.test\r\nBcc: z@back.example\r\nApparently-To: w@third.test\r\nReturn-Receipt-To: s@back.example\r\n\r\nbody\r\n"},
		{"R5321-3.7.2-b, R5321-4.4-j, R5321-4.4-l, R5321-4.4-m", "X-Top: 1\r\nReceived: (odd)  BY 1;\r\n\tx\r\nX-Between: 2\r\nrEcEiVeD: 2\r\nReceived:\r\nReceived: " + strings.Repeat("z", 900) + "\r\nReceived: (((nested) comments)) from \x01\r\n\r\nbody\r\n"},
		{"R5321-4.4-ad", "Return-Path: <x@y.test>\r\n" + header + "\r\nbody\r\n"},
		{"R5321-2.4-k", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=wrong\r\n\r\nno end\r\n"},
		{"R5321-4.1.1.4-c", header + "\r\nlast\r\n"},
		{"R5321-4.5.2-a, R5321-4.5.2-b", header + "\r\n.\r\n..\r\n.x\r\nx.\r\n .y\r\n" + strings.Repeat(".\r\n", 5000)},
		{"R5321-4.5.2-f", header + "\r\n\x07\x08\x0b\x0c\x1b\x7f \t\r\n"},
		{"R5321-4.5.2-g", header + "\r\na\x00b\r\n"},
		{"R5321-4.5.3.1.6-a, R5321-4.5.3.1.6-c", header + "\r\n" + strings.Repeat("l", 998) + "\r\n." + strings.Repeat("m", 997) + "\r\n"},
		{"R5321-4.5.3.1.8-b", "From: broken <\r\nDate: 1\r\nDate: 2\r\nTo: " + strings.Repeat("a@b.test,\r\n ", 200) + "c@d.test\r\n\r\n"},
		{"R5321-6.4-d, R5321-6.4-e", "Subject: no id, no date\r\n\r\nbody\r\n"},
		{"R5321-6.4-e", "Date: 1 Jan 99 00:00\r\n\r\nbody\r\n"},
		{"R5321-6.4-f", "From: root\r\nTo: user@host\r\n\r\nbody\r\n"},
		{"R5321-6.2-a: no header", "\r\nbody\r\n"},
		{"R5321-6.2-a: no body", header},
		{"R5321-7.2-c, R5321-7.2-d", "X: y\r\n\r\nbody\r\n"},
		{"R5321-4.5.3.1.7-a", header + "\r\n" + strings.Repeat(strings.Repeat("0", 62)+"\r\n", 2048)},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got := mailRoom{
				talk: from + "\n" + to + "\nDATA", message: tt.message,
			}.run(t)
			if len(got.delivered) != 1 || len(got.back) > 0 {
				t.Fatalf("delivered %d, sent back %q", len(got.delivered), got.back)
			}
			wire := strings.Join(got.data, "\r\n")
			var stuffed []string
			for line := range strings.SplitSeq(tt.message, "\r\n") {
				if strings.HasPrefix(line, ".") {
					line = "." + line
				}
				stuffed = append(stuffed, line)
			}
			want := printed(strings.Join(stuffed, "\r\n") + ".")
			if !strings.HasSuffix(wire, want) {
				t.Errorf("R5321-4.5.2-a: on the wire want the end %q, got %q", clipped(want), clipped(wire))
			}
			whole := got.delivered[0]
			for _, name := range []string{"Return-Path: ", "Delivered-To: ", "Received: ", "Received: "} {
				if !strings.HasPrefix(whole, name) {
					t.Fatalf("R5321-4.4-a, R5321-4.4-k: no %s on top of %q", name, clipped(whole))
				}
				whole = whole[fieldEnd(whole):]
			}
			if whole != tt.message && tt.rule != "R5321-4.4-ad" {
				t.Errorf("want %q, got %q", clipped(tt.message), clipped(whole))
			}
			if !slices.Equal(got.next, []string{from, to}) {
				t.Errorf("next hop: %q", got.next)
			}
		})
	}
}

// fieldEnd is the length of the field that s begins with.
func fieldEnd(s string) int {
	for i := range len(s) - 2 {
		if s[i] == '\n' && s[i+1] != ' ' && s[i+1] != '\t' {
			return i + 1
		}
	}
	return len(s)
}

// printed writes control characters as recordings have them.
func printed(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\r\n") {
		lines = append(lines, visible([]byte(line)))
	}
	return strings.Join(lines, "\r\n")
}

func clipped(s string) string {
	if len(s) > 400 {
		return s[:200] + "..." + s[len(s)-200:]
	}
	return s
}

// TestTransactionsKeepApart: who gets what of a session in which not everything goes
// well; what has had its 250 stays, and nothing else comes to be (RFC 5321 4.1.1).
func TestTransactionsKeepApart(t *testing.T) {
	const (
		bob, carol, nobody = "RCPT TO:<bob@example.org>", "RCPT TO:<carol@example.org>", "RCPT TO:<nobody@example.org>"
		one, two           = "MAIL FROM:<one@example.net>", "MAIL FROM:<two@example.net>"
		data               = "DATA\nSubject: x\n\nbody\n."
	)
	for _, tt := range []struct {
		rule, talk string
		reset      bool   // the session ends so
		want       string // "mailbox<reverse-path", sorted
	}{
		{"R5321-4.1.1.2-a", one + "\n" + bob + "\n" + data + "\n" + two + "\n" + carol + "\n" + data, false, "bob<one carol<two"},
		{"R5321-4.1.1.2-b, R5321-4.4-aa", "MAIL FROM:<>\n" + bob + "\n" + data, false, "bob<"},
		{"R5321-4.1.1.3-g", one + "\n" + bob + "\n" + nobody + "\n" + carol + "\n" + data, false, "bob<one carol<one"},
		{"R5321-4.1.1.5-b", one + "\n" + bob + "\nRSET\n" + two + "\n" + carol + "\n" + data, false, "carol<two"},
		{"R5321-4.1.4: EHLO ends a transaction", one + "\n" + bob + "\nEHLO again.example\n" + two + "\n" + carol + "\n" + data, false, "carol<two"},
		{"R5321-4.1.4-q", one + "\n" + bob + "\n" + two + "\n" + data, false, "bob<one"},
		{"R5321-4.1.1.5-f, R5321-4.1.1.10-f", one + "\n" + bob + "\nDATA\nSubject: x\n\nhalf", true, ""},
		{"R5321-4.1.1.10-f: without the dot", one + "\n" + bob + "\nDATA\nSubject: x\n\nbody", false, ""},
		{"R5321-4.1.1.10-g", one + "\n" + bob + "\n" + data, true, "bob<one"},
		{"R5321-4.1.1.10-i", one + "\n" + bob + "\nQUIT", false, ""},
		{"R5321-4.1.1.4-i: too large", one + " SIZE=1\n" + bob + "\n" + carol + "\nDATA\n" + strings.Repeat("x", 990) + "\n" + strings.Repeat("y", 990) + "\n.", false, ""},
		{"R5321-2.3.8-i: bare LF", one + "\n" + bob + "\nDATA\na\\nb\n.", false, ""},
		{"R5321-2.3.8-j: bare CR", one + "\n" + bob + "\nDATA\na\\rb\n.", false, ""},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			node := mxNode()
			node.Size = 1500
			inBubble(t, func(b *bench) {
				c := b.dial("mx")
				c.send("EHLO c.example\r\n")
				talk := strings.ReplaceAll(tt.talk, "\n", "\r\n") + "\r\n"
				c.send(strings.NewReplacer(`\n`, "\n", `\r`, "\r").Replace(talk))
				time.Sleep(time.Minute)
				if tt.reset {
					c.raw.Reset()
				}
				c.close()
				time.Sleep(time.Minute)
				var got []string
				for _, box := range []string{"bob", "carol"} {
					for _, m := range b.net.Node("mx").Mailbox(box + "@example.org") {
						got = append(got, box+"<"+strings.TrimSuffix(m.From, "@example.net"))
					}
				}
				b.want("mailboxes", tt.want, strings.Join(got, " "))
				b.want("sent back", 0, len(b.queued("mx")))
			}, node)
		})
	}
}
