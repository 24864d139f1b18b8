package cases

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Quit is about HELP, NOOP and QUIT, RFC 5321 4.1.1.8 to 4.1.1.10.
func rfc5321Quit() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.1.8: HELP without an argument should be supported.
			ID:    "rfc5321/4.1.1.8/help",
			Title: "HELP is answered with 211 or 214",
			Why:   "It is what people type who look into a session by hand.",
			Rows:  []string{"R5321-4.1.1.8-b"},
			Run: func(p *conformance.Probe) {
				p.Ready().Cmd("HELP").Want("211 or 214")
			},
		},
		{
			// RFC 5321 4.1.1.8: HELP may have an argument.
			ID:    "rfc5321/4.1.1.8/help-about-command",
			Title: "HELP with an argument gets help, or an error",
			Why:   "A reply of another kind sets clients and servers apart.",
			Rows:  []string{"R5321-4.1.1.8-a"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("HELP MAIL").Want("211 or 214 or 500 or 501 or 502 or 504")
				s.InStep()
			},
		},
		{
			// RFC 5321 4.1.1.8: HELP has no effect on the buffers, and may be said at any time.
			ID:    "rfc5321/4.1.1.8/help-in-transaction",
			Title: "HELP leaves an open transaction alone",
			Why:   "Whoever asks for help in between loses the message.",
			Rows:  []string{"R5321-4.1.1.8-c"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				s.Cmd("HELP")
				arrivesOnce(p, s)
			},
		},
		{
			// RFC 5321 4.1.1.9: NOOP does nothing but get a 250.
			ID:    "rfc5321/4.1.1.9/noop-gets-250",
			Title: "NOOP is answered with 250 at any time",
			Why:   "Clients keep a session alive with it, and give up at an error.",
			Rows:  []string{"R5321-4.1.1.9-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("NOOP").Should("250")
				s.Mail().Need("250")
				s.Cmd("NOOP").Should("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("NOOP").Should("250")
				s.Cmd("RSET").Need("250")
				s.Cmd("NOOP").Want("250")
			},
		},
		{
			// RFC 5321 4.1.1.9: NOOP has no effect on what was said before.
			ID:    "rfc5321/4.1.1.9/noop-in-transaction",
			Title: "NOOP leaves an open transaction alone",
			Why:   "A client that keeps a session alive loses the message.",
			Rows:  []string{"R5321-4.1.1.9-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				s.Cmd("NOOP")
				s.RcptTo(p.Rcpt).Want("25z")
				s.Cmd("NOOP")
				arrivesOnce(p, s)
			},
		},
		{
			// RFC 5321 4.1.1.9: a string behind NOOP should be ignored.
			ID:    "rfc5321/4.1.1.9/noop-with-text",
			Title: "text behind NOOP is ignored",
			Why:   "Some clients number their NOOPs.",
			Rows:  []string{"R5321-4.1.1.9-c"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("NOOP some-text").Should("250")
				s.Cmd(`NOOP "quoted text"`).Want("250")
			},
		},
		{
			// RFC 5321 4.1.1.10: QUIT gets 221, at any time, and then the server closes.
			ID:    "rfc5321/4.1.1.10/quit",
			Title: "QUIT gets 221 at any time, and then the connection is closed",
			Why:   "Without the reply clients log an error; without the close sessions stay open that nobody needs.",
			Rows:  []string{"R5321-4.1.1.10-a", "R5321-4.1.1.10-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				open := p.Ready()
				open.Envelope()
				for _, s := range []*conformance.Session{p.Greet(), p.Hello(), open} {
					p.Row("R5321-4.1.1.10-a")
					if !s.Cmd("QUIT").Should("221") {
						continue
					}
					p.Row("R5321-4.1.1.10-b")
					switch last, closed := s.Closed(5 * time.Second); {
					case !closed:
						p.Report("the connection closed within 5s of 221", "it is still open")
					case last.Code != 0:
						p.Report("nothing behind 221", last.String())
					}
				}
			},
		},
		{
			// RFC 5321 4.1.1.10, 3.8: a server must not close before QUIT, even after an error,
			// but with 421 where it has to.
			ID:    "rfc5321/4.1.1.10/errors-do-not-close",
			Title: "the connection stays open after errors",
			Why:   "Clients learn what a server can do from its errors, and would have to begin again.",
			Rows:  []string{"R5321-4.1.1.10-c"},
			Run: func(p *conformance.Probe) {
				stillThere(p, p.Quiet)
			},
		},
		{
			// RFC 5321 4.1.1.10, 4.5.3.2.7: nor for a while of silence.
			ID:    "rfc5321/4.1.1.10/silence-does-not-close",
			Title: "the connection stays open after errors and half a minute of silence",
			Why:   "Clients wait for slow networks and for people.",
			Rows:  []string{"R5321-4.1.1.10-c"},
			Slow:  time.Minute,
			Run: func(p *conformance.Probe) {
				stillThere(p, 15*time.Second)
			},
		},
		{
			// RFC 5321 4.1.1.10: QUIT cancels a transaction that is not complete.
			ID:    "rfc5321/4.1.1.10/quit-in-transaction",
			Title: "QUIT inside a transaction ends it, and nothing is delivered",
			Why:   "People get empty messages.",
			Rows:  []string{"R5321-4.1.1.10-i"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				// The sender tells the message: there is no text.
				marker := p.Marker()
				sender := marker + p.From[strings.LastIndexByte(p.From, '@'):]
				s := p.Ready()
				if r := s.Cmd("MAIL FROM:<%s>", sender); !r.Is("250") {
					p.Skip("no other sender than %s is taken: %s", p.From, r)
				}
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("QUIT").Want("221")
				p.Absent("", marker)
			},
		},
	}
}

// stillThere makes two different errors with a pause behind each, and judges that the
// session goes on.
func stillThere(p *conformance.Probe, pause time.Duration) {
	s := p.Ready()
	for _, command := range []string{"XBOGUS", "RCPT TO:<" + p.Target.From + ">"} {
		s.Cmd("%s", command)
		if !s.SilentFor(pause) {
			if r := s.Reply(); r.Is("421") {
				p.Skip("the target ends the session in order: %s", r)
			} else {
				p.Fail("an open connection after errors", r.String())
			}
		}
	}
	s.InStep()
}
