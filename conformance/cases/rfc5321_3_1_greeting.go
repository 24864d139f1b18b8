package cases

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Greeting is about how sessions begin, or do not, RFC 5321 3.1. The cases
// about refused sessions are asked of targets that greet with 554 by now.
func rfc5321Greeting() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.1: the greeting may have any words behind the name of the host.
			ID:    "rfc5321/3.1/greeting-has-any-words",
			Title: "what the greeting says besides the name does not disturb the session",
			Why:   "Administrators write legal notices and product names there; a client that reads them as replies is out of step.",
			Rows:  []string{"R5321-3.1-a"},
			Run: func(p *conformance.Probe) {
				s := p.Greet()
				p.Note("the greeting says %q", p.Greeting)
				s.Hello().Want("250")
			},
		},
		{
			// RFC 5321 3.1: a server may refuse a session by 554 in place of 220. It then waits for QUIT.
			ID:    "rfc5321/3.1/refused-session-waits-for-quit",
			Title: "after a greeting of 554 the server waits for QUIT",
			Why:   "A client that sees the connection go takes it for trouble with the network, and comes again and again.",
			Rows:  []string{"R5321-3.1-d", "R5321-3.1-c"},
			Run: func(p *conformance.Probe) {
				s, _ := refused(p)
				if !s.Silent() {
					r := s.Reply()
					p.Fail("a connection that stays open, and silence", r.String())
				}
				s.Cmd("QUIT").Want("221")
				if last, closed := s.Closed(5 * time.Second); !closed {
					p.Row("R5321-3.1-c")
					p.Fail("the end of the connection behind 221", "it stays open: "+last.String())
				}
			},
		},
		{
			// RFC 5321 3.1: to all commands but QUIT it should say 503.
			ID:    "rfc5321/3.1/refused-session-serves-nothing",
			Title: "after a greeting of 554 commands are answered with 503",
			Why:   "A client that did not look at the greeting has to be told that there is no service for it.",
			Rows:  []string{"R5321-3.1-e"},
			Run: func(p *conformance.Probe) {
				s, _ := refused(p)
				s.Hello().Should("503")
				s.Cmd("NOOP").Should("503")
			},
		},
		{
			// RFC 5321 3.1: the 554 should say enough for the operator of the client to see the cause.
			ID:    "rfc5321/3.1/refused-session-says-why",
			Title: "a greeting of 554 says why",
			Why:   "The one who can mend it is at the other end, and all he has is this line in his log.",
			Rows:  []string{"R5321-3.1-f"},
			Run: func(p *conformance.Probe) {
				_, r := refused(p)
				if len(strings.Fields(r.Text())) < 3 {
					p.Fail("words that explain the refusal, besides the name of the host", r.String())
				}
			},
		},
	}
}

// refused opens a session that the target refuses by 554.
func refused(p *conformance.Probe) (*conformance.Session, conformance.Reply) {
	s := p.Connect()
	r := s.Reply()
	if !r.Is("554") {
		p.Skip("the target does not refuse the session by 554")
	}
	return s, r
}
