package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Old is about commands of RFC 821 that nobody uses any more, RFC 5321 appendix F.
func rfc5321Old() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 F.1: TURN, which turns the roles round, should not be there without strong
			// authentication: a client can claim any name.
			ID:    "rfc5321/F.1/turn",
			Title: "TURN from a stranger is refused",
			Why:   "Whoever says the name of a domain in EHLO and then TURN is given the mail that waits for it.",
			Rows:  []string{"R5321-F.1-a"},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can have the mail that waits for another domain")
				s := p.Hello()
				s.Cmd("TURN").Want("5yz or 4yz")
				s.InStep()
			},
		},
		{
			// RFC 5321 F.6: SEND, SOML and SAML may be there, but then they are listed in EHLO and
			// do what RFC 821 3.4 says: they open a transaction as MAIL does.
			ID:    "rfc5321/F.6/send-soml-saml",
			Title: "SEND, SOML and SAML are unknown, or are listed in EHLO and work like MAIL",
			Why:   "A command that half works leaves a session of which client and server think differently.",
			Rows:  []string{"R5321-F.6-d", "R5321-F.6-c", "R5321-F.6-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, verb := range []string{"SEND", "SOML", "SAML"} {
					s := p.Ready()
					p.Row("R5321-F.6-b")
					r := s.Cmd("%s FROM:<%s>", verb, p.From)
					r.Want("250 or 4yz or 5yz")
					if !r.Is("250") {
						s.InStep()
						continue
					}
					p.Row("R5321-F.6-d")
					if _, ok := s.Offers(verb); !ok {
						p.Report(verb+" in the list of EHLO", "it is not there, and "+r.String()+" to "+verb)
					}
					p.Row("R5321-F.6-c")
					s.RcptTo(p.Rcpt).Want("25z")
					s.Cmd("RSET").Want("250")
					if r := s.RcptTo(p.Rcpt); !r.Is("503") {
						p.Fail("503 to RCPT, for RSET has ended what "+verb+" began", r.String())
					}
					s.Cmd("%s FROM:<%s>", verb, p.From).Want("250")
					s.RcptTo(p.Rcpt).Want("25z")
					s.Cmd("DATA").Want("354")
					s.Content(strings.TrimSuffix(p.Message().Text, "\r\n")).Want("250")
				}
			},
		},
	}
}
