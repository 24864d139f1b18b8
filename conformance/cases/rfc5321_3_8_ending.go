package cases

import (
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Ending is about when sessions end, and when not, RFC 5321 3.8.
func rfc5321Ending() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.8: an unknown command is no reason to close the connection. What
			// looks like HTTP or a header is left out: servers may take that for an attack.
			ID:    "rfc5321/3.8/stays-open-after-unknown-command",
			Title: "an unknown command does not end the session",
			Why:   "Clients try commands of extensions; one that is not known must not cost them the whole session.",
			Rows:  []string{"R5321-3.8-a"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("FOOBAR").Want("5yz")
				s.Cmd("XYZZY").Want("5yz")
				s.Cmd("NOOP").Want("250")
			},
		},
		{
			// RFC 5321 3.8: neither is a syntax error in a known one.
			ID:    "rfc5321/3.8/stays-open-after-syntax-error",
			Title: "a syntax error does not end the session",
			Why:   "One address that is written wrong would cost the client all its other mail.",
			Rows:  []string{"R5321-3.8-b"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				afterError(s.Cmd("MAIL FROM:<<>>"), s)

				s = p.Ready()
				s.Mail().Need("250")
				afterError(s.Cmd("RCPT TO:<@@@>"), s)

				s = p.Greet()
				afterError(s.Cmd("%s", p.Verb()), s)
			},
		},
		{
			// RFC 5321 3.8: neither is a recipient that was refused.
			ID:    "rfc5321/3.8/stays-open-after-refusal",
			Title: "a refused recipient does not end the session",
			Why:   "A list with one dead address would never reach the others.",
			Rows:  []string{"R5321-3.8-c"},
			Needs: []conformance.Need{conformance.NeedUnknown, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); r.Is("25z") {
					p.Note("%s, which is not there, is accepted", p.Unknown)
				} else {
					r.Want("4yz or 5yz")
				}
				s.Cmd("RSET").Want("250")
				s.Mail().Want("250")
				s.RcptTo(p.Rcpt).Want("250 or 251")
				s.Cmd("DATA").Want("354")
				s.Content(p.Message().Text).Want("250")
			},
		},
		{
			// RFC 5321 3.8: neither is the end of a transaction; the client may have more mail.
			ID:    "rfc5321/3.8/stays-open-after-message",
			Title: "the end of a message does not end the session",
			Why:   "Who sends many messages would need a connection for each, and be slowed down or shut out for it.",
			Rows:  []string{"R5321-3.8-d"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Send(p.Message()).Need("250")
				if !s.SilentFor(2 * time.Second) {
					p.Fail("a connection that stays open", s.Reply().String())
				}
				s.Cmd("NOOP").Want("250")
			},
		},
	}
}

// afterError judges that the session goes on after a command that was wrong. Which
// code that gets is for others to judge.
func afterError(r conformance.Reply, s *conformance.Session) {
	r.Want("2yz or 5yz")
	s.Cmd("NOOP").Want("250")
}
