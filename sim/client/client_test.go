package client

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/wire"
)

// play serves one connection: it writes the first reply as the greeting, and
// each further one when its number of lines was read. It returns what it read.
func play(t *testing.T, c io.ReadWriteCloser, turns []turn, got chan<- []string) {
	t.Helper()
	defer close(got)
	defer c.Close()
	var lines []string
	r := bufio.NewReader(c)
	for _, turn := range turns {
		for range turn.reads {
			l, err := r.ReadString('\n')
			if err != nil {
				got <- append(lines, "error: "+err.Error())
				return
			}
			lines = append(lines, l)
		}
		if turn.says == "" {
			time.Sleep(time.Hour) // silence
		}
		if _, err := io.WriteString(c, turn.says); err != nil {
			got <- append(lines, "error: "+err.Error())
			return
		}
	}
	got <- lines
}

// turn is: read so many lines, then say this.
type turn struct {
	reads int
	says  string
}

// session runs a client against a played server in virtual time.
func session(t *testing.T, opts Options, turns []turn, do func(c *Conn)) (lines []string) {
	t.Helper()
	return against(t, opts, func(c io.ReadWriteCloser, got chan<- []string) { play(t, c, turns, got) }, do)
}

// against runs a client against a server, which closes got, in virtual time.
func against(t *testing.T, opts Options, serve func(c io.ReadWriteCloser, got chan<- []string), do func(c *Conn)) (lines []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := wire.New(wire.Config{})
		defer f.Close()
		at := netip.MustParseAddrPort("192.0.2.1:25")
		l, err := f.Listen(at)
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan []string, 1)
		go func() {
			c, err := l.Accept()
			if err != nil {
				close(got)
				return
			}
			serve(c, got)
		}()
		conn, err := f.Dial(context.Background(), netip.MustParseAddr("192.0.2.2"), at)
		if err != nil {
			t.Fatal(err)
		}
		c := New(conn, opts)
		do(c)
		c.Close()
		lines = <-got
	})
	return lines
}

func text(s string) mail.Content { return mail.Bytes([]byte(s)) }

func code(r mail.Reply) int { return r.Code }

func TestSendInSteps(t *testing.T) {
	var res Result
	lines := session(t, Options{Host: "a.example"}, []turn{
		{0, "220 b.example\r\n"},
		{1, "250 b.example\r\n"},
		{1, "250 ok\r\n"},
		{1, "250 ok\r\n"},
		{1, "550 5.1.1 no such user\r\n"},
		{1, "354 go\r\n"},
		{4, "250 2.0.0 queued as 7\r\n"},
		{1, "221 bye\r\n"},
	}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		mustOK(t)(c.Hello())
		var err error
		res, err = c.Send(Transfer{
			From: "x@a.example", Params: []string{"SIZE=9"}, Content: text("S: 1\r\n\r\n.dot\r\n"),
			To: []Rcpt{{To: "y@b.example", Params: []string{"NOTIFY=NEVER"}}, {To: "z@b.example"}},
		})
		if err != nil {
			t.Error(err)
		}
		mustOK(t)(c.Quit())
	})
	want := []string{
		"EHLO a.example\r\n", "MAIL FROM:<x@a.example> SIZE=9\r\n",
		"RCPT TO:<y@b.example> NOTIFY=NEVER\r\n", "RCPT TO:<z@b.example>\r\n", "DATA\r\n",
		"S: 1\r\n", "\r\n", "..dot\r\n", ".\r\n", "QUIT\r\n",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("what the server read (-want +got):\n%s", diff)
	}
	if got := []int{code(res.Mail), code(res.Rcpt[0]), code(res.Rcpt[1]), code(res.Data), code(res.Dot[0]), code(res.Dot[1])}; !cmp.Equal(got, []int{250, 250, 550, 354, 250, 0}) {
		t.Errorf("codes %v", got)
	}
	if res.Stage != AtDot {
		t.Errorf("stage %d", res.Stage)
	}
}

func mustOK(t *testing.T) func(mail.Reply, error) {
	return func(r mail.Reply, err error) {
		t.Helper()
		if err != nil || !r.Positive() {
			t.Errorf("reply %s, error %v", r, err)
		}
	}
}

func TestSendPipelined(t *testing.T) {
	for _, tt := range []struct {
		name  string
		turns []turn
		lines int
		codes []int // MAIL, RCPT, DATA, dot
	}{
		{"accepted", []turn{{3, "250 ok\r\n250 ok\r\n354 go\r\n"}, {2, "250 queued\r\n"}}, 6, []int{250, 250, 354, 250}},
		{"no recipient, 503", []turn{{3, "250 ok\r\n550 no\r\n503 no\r\n"}, {1, "250 reset\r\n"}}, 5, []int{250, 550, 0, 0}},
		{"no recipient, but 354", []turn{{3, "250 ok\r\n550 no\r\n354 go\r\n"}, {1, "554 no recipients\r\n"}}, 5, []int{250, 550, 0, 0}},
		{"sender refused", []turn{{3, "550 no\r\n503 no\r\n503 no\r\n"}}, 4, []int{550, 0, 0, 0}},
		{"data refused", []turn{{3, "250 ok\r\n250 ok\r\n451 later\r\n"}, {1, "250 reset\r\n"}}, 5, []int{250, 250, 451, 0}},
		{"dot refused", []turn{{3, "250 ok\r\n250 ok\r\n354 go\r\n"}, {2, "554 5.7.1 spam\r\n"}}, 6, []int{250, 250, 354, 554}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			turns := append([]turn{{0, "220 b\r\n"}, {1, "250-b\r\n250 PIPELINING\r\n"}}, tt.turns...)
			lines := session(t, Options{Host: "a"}, turns, func(c *Conn) {
				mustOK(t)(c.Greeting())
				mustOK(t)(c.Hello())
				res, err := c.Send(Transfer{To: []Rcpt{{To: "y@b"}}, Content: text("line\r\n")})
				if err != nil {
					t.Error(err)
				}
				got := []int{code(res.Mail), code(res.Rcpt[0]), code(res.Data), code(res.Dot[0])}
				if diff := cmp.Diff(tt.codes, got); diff != "" {
					t.Errorf("codes (-want +got):\n%s", diff)
				}
			})
			if len(lines) != tt.lines {
				t.Errorf("the server read %q", lines)
			}
		})
	}
}

func TestLMTPHasAReplyForEachRecipient(t *testing.T) {
	session(t, Options{Host: "a", LMTP: true}, []turn{
		{0, "220 b\r\n"},
		{1, "250-b\r\n250 PIPELINING\r\n"},
		{4, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"},
		{2, "250 2.1.5 one\r\n552 5.2.2 full\r\n"},
	}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		mustOK(t)(c.Hello())
		res, err := c.Send(Transfer{To: []Rcpt{{To: "y@b"}, {To: "z@b"}}, Content: text("line\r\n")})
		if err != nil || code(res.Dot[0]) != 250 || code(res.Dot[1]) != 552 {
			t.Errorf("replies %v, error %v", res.Dot, err)
		}
	})
}

func TestHelloFallsBackToHELO(t *testing.T) {
	lines := session(t, Options{Host: "a"}, []turn{{0, "220 b\r\n"}, {1, "502 what?\r\n"}, {1, "250 b\r\n"}}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		mustOK(t)(c.Hello())
		if _, ok := c.Extension("PIPELINING"); ok {
			t.Error("HELO offers no extensions")
		}
	})
	if diff := cmp.Diff([]string{"EHLO a\r\n", "HELO a\r\n"}, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAuth(t *testing.T) {
	for _, tt := range []struct {
		name  string
		mech  sasl.Client
		turns []turn
		want  []string
		code  int
	}{
		{"PLAIN", sasl.NewPlainClient("", "u", "p"), []turn{{1, "235 2.7.0 ok\r\n"}}, []string{"AUTH PLAIN AHUAcA==\r\n"}, 235},
		{
			"LOGIN", sasl.NewLoginClient("u", "p"),
			[]turn{{1, "334 UGFzc3dvcmQ6\r\n"}, {1, "535 5.7.8 no\r\n"}},
			[]string{"AUTH LOGIN dQ==\r\n", "cA==\r\n"},
			535,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines := session(t, Options{Host: "a"}, append([]turn{{0, "220 b\r\n"}}, tt.turns...), func(c *Conn) {
				mustOK(t)(c.Greeting())
				r, err := c.Auth(tt.mech)
				if err != nil || r.Code != tt.code {
					t.Errorf("reply %s, error %v", r, err)
				}
			})
			if diff := cmp.Diff(tt.want, lines); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenSessions(t *testing.T) {
	long := strings.Repeat("x", maxReplyLine)
	for _, tt := range []struct {
		name, says string
		want       error
	}{
		{"no reply", "hello\r\n", ErrReply},
		{"no code", "9xx\r\n", ErrReply},
		{"other code", "250-a\r\n251 b\r\n", ErrReply},
		{"long line", "250 " + long + "\r\n", ErrReply},
		{"many lines", strings.Repeat("250-a\r\n", maxReplyLines+1) + "250 a\r\n", ErrReply},
		{"closed inside", "250-a\r\n", io.EOF},
		{"silence", "", os.ErrDeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			session(t, Options{Host: "a"}, []turn{{0, tt.says}}, func(c *Conn) {
				begin := time.Now()
				_, err := c.Greeting()
				if !errors.Is(err, tt.want) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				if tt.says == "" && time.Since(begin) != 5*time.Minute {
					t.Errorf("waited %s, RFC 5321 4.5.3.2.1 has 5 minutes", time.Since(begin))
				}
			})
		})
	}
}

func TestNoLineBreaksInCommands(t *testing.T) {
	session(t, Options{Host: "a"}, []turn{{0, "220 b\r\n"}, {1, "250 b\r\n"}}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		mustOK(t)(c.Hello())
		if _, err := c.Send(Transfer{To: []Rcpt{{To: "y@b>\r\nRSET"}}, Content: text("")}); err == nil {
			t.Error("a recipient with a line break was sent")
		}
	})
}

// RFC 3207 6: what the server says in the clear behind its 220 is not taken for
// words under TLS.
func TestStartTLSInjection(t *testing.T) {
	session(t, Options{Host: "a"}, []turn{
		{0, "220 b\r\n"},
		{1, "250-b\r\n250 STARTTLS\r\n"},
		{1, "220 go\r\n250-evil\r\n250 SIZE 1\r\n"},
	}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		mustOK(t)(c.Hello())
		if _, err := c.StartTLS(new(tls.Config)); err == nil || c.Secure() {
			t.Errorf("error %v, secure %v", err, c.Secure())
		}
		if _, ok := c.Extension("SIZE"); ok {
			t.Error("an extension came from the injected reply")
		}
	})
}

func TestStartTLSRefused(t *testing.T) {
	lines := session(t, Options{Host: "a"}, []turn{
		{0, "220 b\r\n"},
		{1, "250-b\r\n250-STARTTLS\r\n250 SIZE 7\r\n"},
		{1, "454 4.7.0 not now\r\n"},
		{1, "221 bye\r\n"},
	}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		mustOK(t)(c.Hello())
		r, err := c.StartTLS(new(tls.Config))
		if err != nil || r.Code != 454 || c.Secure() {
			t.Errorf("reply %s, error %v, secure %v", r, err, c.Secure())
		}
		if limit, ok := c.Extension("SIZE"); !ok || limit != "7" {
			t.Error("the session goes on, and what EHLO said still holds")
		}
		mustOK(t)(c.Quit())
		if _, err := c.Quit(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after QUIT: %v", err)
		}
	})
	if got := lines[len(lines)-1]; got != "QUIT\r\n" {
		t.Errorf("the last line was %q", got)
	}
}

// A challenge that is no base64 ends the exchange with "*" (RFC 4954 4).
func TestAuthIsCancelled(t *testing.T) {
	lines := session(t, Options{Host: "a"}, []turn{{0, "220 b\r\n"}, {1, "334 !\r\n"}, {1, "501 5.0.0 cancelled\r\n"}}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		r, err := c.Auth(sasl.NewLoginClient("u", "p"))
		if err == nil || r.Code != 501 {
			t.Errorf("reply %s, error %v", r, err)
		}
	})
	if diff := cmp.Diff([]string{"AUTH LOGIN dQ==\r\n", "*\r\n"}, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A session that is given up ends with QUIT, and with nothing in the middle of a
// message.
func TestAbandon(t *testing.T) {
	for _, tt := range []struct {
		name  string
		turns []turn
		quits bool
	}{
		{"at RCPT", []turn{{0, "220 b\r\n"}, {1, "250 b\r\n"}, {1, "250 ok\r\n"}, {1, "x\r\n"}, {1, "221 b\r\n"}}, true},
		{"at DATA", []turn{{0, "220 b\r\n"}, {1, "250 b\r\n"}, {1, "250 ok\r\n"}, {1, "250 ok\r\n"}, {1, "x\r\n"}, {1, "221 b\r\n"}}, false},
		{"at the dot", []turn{{0, "220 b\r\n"}, {1, "250 b\r\n"}, {1, "250 ok\r\n"}, {1, "250 ok\r\n"}, {1, "354 go\r\n"}, {2, "x\r\n"}, {1, "221 b\r\n"}}, true},
	} {
		lines := session(t, Options{Host: "a"}, tt.turns, func(c *Conn) {
			mustOK(t)(c.Greeting())
			mustOK(t)(c.Hello())
			if _, err := c.Send(Transfer{To: []Rcpt{{To: "y@b"}}, Content: text("line\r\n")}); !errors.Is(err, ErrReply) {
				t.Errorf("%s: error %v", tt.name, err)
			}
			begin := time.Now()
			if err := c.Abandon(); err != nil || time.Since(begin) > time.Millisecond {
				t.Errorf("%s: error %v after %s", tt.name, err, time.Since(begin))
			}
		})
		if got := slices.Contains(lines, "QUIT\r\n"); got != tt.quits {
			t.Errorf("%s: QUIT is %v, want %v, in %q", tt.name, got, tt.quits, lines)
		}
	}
}
