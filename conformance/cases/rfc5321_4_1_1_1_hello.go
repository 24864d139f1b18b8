package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Hello is about EHLO and HELO, RFC 5321 2.2.1, 4.1.1.1.
func rfc5321Hello() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 2.2.1: a server must support EHLO, even with no extension to offer.
			ID:    "rfc5321/2.2.1/ehlo-is-known",
			Title: "EHLO is answered with 250",
			Why:   "A client that is told 500 or 502 falls back to HELO and loses every extension, STARTTLS and SIZE among them.",
			Rows:  []string{"R5321-2.2.1-a"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				p.Greet().Hello().Want("250")
			},
		},
	}
}
