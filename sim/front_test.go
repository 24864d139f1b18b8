package sim

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/trace"
)

// whole is a dialog with everything that the front tells apart.
const whole = "EHLO c.example\r\nNOOP\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<bob@example.org>\r\n" +
	"DATA\r\nSubject: x\r\n\r\n.. two dots\r\n.\rnot the end\r\n..\r\ntext\r\n.\r\n" +
	"MAIL FROM:<a@example.net>\r\nRCPT TO:<bob@example.org>\r\nBDAT 7\r\nA: b\r\n\r" +
	"BDAT 9 LAST\r\n\n.\r\nc\r\n\r\n" +
	"RSET\r\nQUIT\r\n"

// TestFrontChunks sends the same octets in pieces of every size: replies and
// messages must not depend on where reads end.
func TestFrontChunks(t *testing.T) {
	run := func(t *testing.T, size int) (replies, mails string) {
		node := mxNode()
		node.Extensions.Hide = []string{"ENHANCEDSTATUSCODES"} // keeps ids out, too
		inBubble(t, func(b *bench) {
			c := b.dial("mx")
			defer c.close()
			text := strings.Replace(whole, ".\rnot the end", ".\x00not the end", 1)
			for len(text) > 0 {
				n := min(size, len(text))
				c.send(text[:n])
				text = text[n:]
			}
			var got []string
			for r := ""; r != "EOF"; got = append(got, r) {
				r = c.reply()
				r, _, _ = strings.Cut(r, " as ")
			}
			replies = strings.Join(got, "\n")
			for _, m := range b.mailbox("mx", "bob@example.org") {
				_, m, _ = strings.Cut(m, "+0000\r\n")
				mails += m + "|"
			}
		}, node)
		return replies, mails
	}
	wantReplies, wantMails := run(t, len(whole))
	if !strings.Contains(wantReplies, "354") || strings.Count(wantReplies, "queued") != 2 {
		t.Errorf("replies: %s", wantReplies)
	}
	const body = "Subject: x\r\n\r\n. two dots\r\n\x00not the end\r\n.\r\ntext\r\n|A: b\r\n\r\n.\r\nc\r\n\r\n|"
	if !strings.HasSuffix(wantMails, body) {
		t.Errorf("mails: want %q, got %q", body, wantMails)
	}
	for _, size := range []int{1, 2, 3, 5, 7, 11, 64} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			replies, mails := run(t, size)
			if diff := cmp.Diff(wantReplies, replies); diff != "" {
				t.Errorf("replies (-whole +pieces):\n%s", diff)
			}
			if mails != wantMails {
				t.Errorf("mails: want %q, got %q", wantMails, mails)
			}
		})
	}
}

func TestDots(t *testing.T) {
	for _, tt := range []struct {
		in, want, rest string
		done           bool
	}{
		{".\r\n", "", "", true},
		{"a\r\n.\r\n", "a\r\n", "", true},
		{"a\r\n.\r\nMAIL", "a\r\n", "MAIL", true},
		{"..\r\n.\r\n", ".\r\n", "", true},
		{"a\r\n..b\r\n.\r\n", "a\r\n.b\r\n", "", true},
		{".a\r\n.\r\n", "a\r\n", "", true},
		// RFC 5321 4.1.1.4: nothing else ends the data.
		{"a\n.\r\n", "a\n.\r\n", "", false},
		{"a\r\n.\n", "a\r\n\n", "", false},
		{"a\r.\r\n", "a\r.\r\n", "", false},
		{"a\r\n.\r\r\n", "a\r\n\r\r\n", "", false},
		{"a\r\n.\r.\r\n", "a\r\n\r.\r\n", "", false},
		{"a\r\r\n.\r\n", "a\r\r\n", "", true},
		{"\r\n.\r\n", "\r\n", "", true},
	} {
		for cut := 0; cut <= len(tt.in); cut++ {
			var (
				d   dots
				got []byte
			)
			emit := func(b []byte) { got = append(got, b...) }
			used, done := d.scan([]byte(tt.in[:cut]), emit)
			if !done {
				var more int
				more, done = d.scan([]byte(tt.in[used:]), emit)
				used += more
			}
			rest := tt.in[used:]
			if string(got) != tt.want || done != tt.done || done && rest != tt.rest {
				t.Errorf("%q cut at %d: want %q, %v, rest %q; got %q, %v, rest %q",
					tt.in, cut, tt.want, tt.done, tt.rest, got, done, rest)
			}
		}
	}
}

// TestFrontOrder is about what comes at a wrong moment or in a wrong form.
func TestFrontOrder(t *testing.T) {
	for _, tt := range []struct{ name, talk string }{
		{"before EHLO", `
			220
			C: MAIL FROM:<a@example.net>
			503 5.5.1
			C: RCPT TO:<bob@example.org>
			503 5.5.1
			C: DATA
			503 5.5.1
			C: NOOP
			250 2.0.0
			C: VRFY bob
			252 2.5.0
			C: HELP
			214 2.0.0
			C: RSET
			250 2.0.0
			C: QUIT
			221 2.0.0 mx.example.org`},
		{"greetings", `
			220 mx.example.org ESMTP
			C: EHLO
			501 5.5.4
			C: EHLO é.example
			501 5.5.4
			C: EHLO foo_bar.example
			501 5.5.4
			C: EHLO [256.1.1.1]
			501 5.5.4
			C: EHLO [IPv6:1::2::3]
			501 5.5.4
			C: EHLO [IPv6:2001:db8::1]
			250-mx.example.org greets [IPv6:2001:db8::1]
			C: LHLO c.example
			500 5.5.1
			C: HELO c.example
			250 mx.example.org greets c.example
			C: MAIL FROM:<a@example.net> SIZE=1
			555 parameter SIZE
			C: NOOP
			250 OK
			C: VRFY bob
			252 cannot
			C: STARTTLS
			503 say EHLO first
			C: AUTH PLAIN AGEAYg==
			503 say EHLO first
			C: MAIL FROM:<a@example.net>
			250 OK
			C: RCPT TO:<nobody@example.org>
			550 no such user
			C: RCPT TO:<bob@example.org>
			250 OK
			C: BDAT 2 LAST
			503 say EHLO first
			C: DATA
			354 end data
			C: .
			250 queued
			C: ehlo c.example
			250-mx.example.org greets c.example`},
		{"transaction", `
			220
			C: EHLO c.example
			250-
			C: RCPT TO:<bob@example.org>
			503 5.5.1
			C: DATA
			503 5.5.1
			C: MAIL FROM:<a@example.net>
			250 2.1.0
			C: MAIL FROM:<a@example.net>
			503 5.5.1
			C: DATA
			503 5.5.1
			C: RCPT TO:<nobody@example.org>
			550 5.1.1
			C: DATA
			554 5.5.1
			C: RCPT TO:<bob@elsewhere.example>
			550 5.7.1
			C: RCPT TO:<bob@example.org>
			250 2.1.5
			C: DATA now
			501 5.5.4
			C: EHLO c.example
			250-
			C: RCPT TO:<bob@example.org>
			503 5.5.1`},
		{"syntax", `
			220
			C: EHLO c.example
			250-
			C: FROB
			500 5.5.2
			C: SEND FROM:<a@example.net>
			502 5.5.1
			C: EXPN staff
			252 2.5.0
			C: EXPN
			501 5.5.4
			C: VRFY
			501 5.5.4
			C: MAIL a@example.net
			501 5.5.4
			C: MAIL FROM:a@example.net
			501 5.1.7
			C: MAIL FROM:<a@b@example.net>
			501 5.1.7
			C: MAIL FROM:<a@example.net>SIZE=3
			501 5.5.4
			C: MAIL FROM:<a@example.net> FOO=bar
			555 5.5.4
			C: MAIL FROM:<a@example.net> BODY=BINARYMIME
			555 5.5.4
			C: MAIL FROM:<a@example.net> BODY=9BIT
			501 5.5.4
			C: MAIL FROM:<a@example.net> SIZE=99999999999999999999
			552 5.3.4
			C: MAIL FROM:<a@example.net> SIZE=x
			501 5.5.4
			C: MAIL FROM:<a@example.net> RET=FULL ret=HDRS
			501 5.5.4
			C: MAIL FROM:<a@example.net> ENVID=a ENVID=a
			501 5.5.4
			C: MAIL FROM: <a@example.net>
			250 2.1.0
			C: RCPT TO:<bob@example.org> NOTIFY=NEVER NOTIFY=SUCCESS
			501 5.5.4
			C: RCPT TO:<bob@example.org> ORCPT=rfc822;a ORCPT=rfc822;b
			501 5.5.4
			C: RCPT TO:<>
			501 5.1.3
			C: RCPT TO:<Postmaster>
			250 2.1.5
			C: RCPT TO:<@relay.example:bob@example.org>
			250 2.1.5
			C: RSET now
			501 5.5.4
			C: QUIT now
			501 5.5.4`},
		{"line ends", `
			220
			C: NOOP\nNOOP
			500 5.5.2
			250 2.0.0
			C: NOOP a\rb
			500 5.5.2
			C: NOOP \0
			500 5.5.2
			C: 
			500 5.5.2`},
		{"null path and UTF-8", `
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<é@example.net>
			550 5.6.7
			C: MAIL FROM:<é@example.net> SMTPUTF8=yes
			501 5.5.4
			C: MAIL FROM:<é@example.net> SMTPUTF8=
			501 5.5.4
			C: MAIL FROM:<é@example.net> SMTPUTF8
			250 2.1.0
			C: RSET
			250 2.0.0
			C: MAIL FROM:<>
			250 2.1.0
			C: RCPT TO:<é@example.org>
			553 5.6.7`},
		{"BDAT", `
			220
			C: EHLO c.example
			250-
			C: BDAT 2 LAST
			C: 
			503 5.5.1
			C: MAIL FROM:<a@example.net>
			250 2.1.0
			C: RCPT TO:<bob@example.org>
			250 2.1.5
			C: BDAT x
			501 5.5.4
			C: BDAT 1 FIRST
			501 5.5.4
			C: BDAT -1
			501 5.5.4
			C: BDAT 2
			C: 
			250 2.0.0 2 octets
			C: DATA
			503 5.5.1
			C: RCPT TO:<carol@example.org>
			503 5.5.1
			C: BDAT 0 LAST
			250 2.0.0 queued as
			C: BDAT 0 LAST
			503 5.5.1`},
		{"bare line ends in a message", `
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net>
			250 2.1.0
			C: RCPT TO:<bob@example.org>
			250 2.1.5
			C: DATA
			354
			C: a\n.
			C: b
			C: .
			554 5.6.0`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				c := b.dial("mx")
				defer c.close()
				c.talk(tt.talk)
			}, mxNode())
		})
	}
}

func TestFrontLongLines(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk(`220`)
		for _, tt := range []struct{ line, want string }{
			{"NOOP " + strings.Repeat("x", 512-7), "250"}, // RFC 5321 4.5.3.1.4: 512 with CRLF
			{"NOOP " + strings.Repeat("x", 512-6), "500 5.5.6"},
			{"NOOP " + strings.Repeat("x", 100_000), "500 5.5.6"},
			{"NOOP", "250"},
			{"AUTH PLAIN " + strings.Repeat("x", 12000), "503"},
		} {
			if got := c.say(tt.line); !strings.HasPrefix(got, tt.want) {
				t.Errorf("%.20q of %d octets: want %s, got %s", tt.line, len(tt.line), tt.want, got)
			}
		}
	}, mxNode())
}

// TestFrontPipelining looks at how replies to a pipelined group travel.
func TestFrontPipelining(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c.example\n250-")
		c.send("MAIL FROM:<a@example.net>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<nobody@example.org>\r\nDATA\r\n")
		buf := make([]byte, 4096)
		n, err := c.conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(buf[:n], []byte("\r\n")); got != 4 {
			t.Errorf("replies in the first segment: want 4, got %d: %q", got, buf[:n])
		}
		// RFC 2920 3.1: the end of data may begin the next group.
		c.send("A: b\r\n\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<carol@example.org>\r\nDATA\r\nA: c\r\n\r\n.\r\nQUIT\r\n")
		c.talk("250 2.0.0 queued\n250 2.1.0\n250 2.1.5\n354\n250 2.0.0 queued\n221\nEOF")
	}, mxNode())
}

func TestFrontLimits(t *testing.T) {
	node := mxNode()
	node.Limits = Limits{Errors: 3, Recipients: 2, Connections: 2, CommandTimeout: 60e9}
	node.Size = 20
	inBubble(t, func(b *bench) {
		first := b.dial("mx")
		first.talk("220\nC: EHLO c.example\n250-\n")
		second := b.dial("mx")
		second.talk("220")
		b.dial("mx").talk("421 4.3.2 mx.example.org\nEOF")
		second.talk(`
			C: FOO
			500
			C: FOO
			500
			C: FOO
			500
			C: FOO
			421 4.7.0 mx.example.org
			EOF`)
		first.talk(`
			C: MAIL FROM:<a@example.net> SIZE=21
			552 5.3.4
			C: MAIL FROM:<a@example.net> SIZE=20
			250
			C: RCPT TO:<bob@example.org>
			250
			C: RCPT TO:<bob@example.org>
			250
			C: RCPT TO:<carol@example.org>
			250
			C: RCPT TO:<postmaster>
			452 4.5.3
			C: DATA
			354
			C: more than twenty octets
			C: .
			552 5.3.4
			C: MAIL FROM:<a@example.net>
			250
			C: RCPT TO:<bob@example.org>
			250
			C: BDAT 21
			C: 1234567890123456789
			552 5.3.4
			C: BDAT 2 LAST
			C: 
			421 4.7.0
			EOF`)
		b.dial("mx").talk("220\n421 4.4.2 mx.example.org\nEOF")
		b.wantEvents([]string{
			"mail.refused  > 421 4.3.2 mx.example.org too many connections, try later banner",
			"mail.refused  a@example.net> 552 5.3.4 message too large mail",
			"mail.refused  a@example.net>postmaster 452 4.5.3 too many recipients rcpt",
			"mail.refused  a@example.net>bob@example.org 552 5.3.4 message too large dot",
			"mail.refused  a@example.net>carol@example.org 552 5.3.4 message too large dot",
			"mail.refused  a@example.net>bob@example.org 552 5.3.4 message too large data",
		}, trace.MailRefused)
	}, node)
}

// TestFrontHasty: what did not wait for 354 is no message where pipelining was not offered.
func TestFrontHasty(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.reply()
		c.send("HELO c.example\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n")
		var got []string
		for r := ""; r != "EOF"; got = append(got, r) {
			r = c.reply()
		}
		if last := got[len(got)-2]; !strings.HasPrefix(last, "421") {
			t.Errorf("replies: %q", got)
		}
	}, mxNode())
}

// TestFrontHTTP: a session that begins with a request of HTTP ends there.
func TestFrontHTTP(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.send("POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\n")
		c.talk("220\n421\nEOF")
	}, mxNode())
}

// TestFrontDripping: a line that never ends is given up, though octets of it come.
func TestFrontDripping(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220")
		for range 9 {
			c.send("x")
			time.Sleep(30 * time.Second)
		}
		c.send("x")
		c.talk("421\nEOF")
	}, mxNode())
}
