package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc3207 is about STARTTLS.
func rfc3207() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 3207 4.2: what was learnt in the clear is thrown away when TLS begins, so
			// commands that came with STARTTLS in one segment are not obeyed under TLS.
			ID:    "security/starttls/injected-command",
			Title: "commands behind STARTTLS in the clear are not obeyed under TLS",
			Why:   "Whoever sits on the wire can put commands of his own in front of those of a client that trusts TLS, and so steal its mail and its password.",
			Rows:  []string{"SEC-TLS-1"},
			Needs: []conformance.Need{conformance.NeedStart},
			Run: func(p *conformance.Probe) {
				p.Usable("a man in the middle can put commands in front of a client's TLS session (CVE-2011-0411)")
				s := p.Hello()
				s.Write("STARTTLS\r\nNOOP\r\n")
				if r := s.Reply(); !r.Is("220") {
					r.Want("5yz") // to refuse what is pipelined behind STARTTLS is safe
					return
				}
				if err := s.Handshake(); err != nil {
					return // safe: the injected octets have spoiled the handshake
				}
				if !s.Silent() {
					p.Fail("silence until a command comes under TLS", s.Reply().String())
				}
				s.Hello().Want("250")
			},
		},
	}
}
