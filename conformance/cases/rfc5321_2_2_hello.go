package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Hello is about EHLO, HELO and what extensions are, RFC 5321 2.2, 3.2.
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
		{
			// RFC 5321 2.2.1: servers must go on taking HELO, and mail behind it.
			ID:    "rfc5321/2.2.1/helo-transaction",
			Title: "a client that says HELO can send mail",
			Why:   "Devices that print, scan and raise alarms still say HELO; their mail is lost where only EHLO counts.",
			Rows:  []string{"R5321-2.2.1-c"},
			Needs: []conformance.Need{conformance.NeedSMTP, conformance.NeedPlain, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := oldClient(p)
				s.Mail().Want("250")
				s.RcptTo(p.Rcpt).Want("250 or 251")
				s.Cmd("DATA").Want("354")
				s.Content(p.Message().Text).Want("250")
			},
		},
		{
			// RFC 5321 3.2: the reply to HELO is not that to EHLO; it has no list of extensions.
			ID:    "rfc5321/3.2/helo-lists-nothing",
			Title: "the reply to HELO lists no extensions",
			Why:   "A client that said HELO because it knows no extensions, or not how to read long replies, gets what it cannot read.",
			Rows:  []string{"R5321-3.2-b"},
			Needs: []conformance.Need{conformance.NeedSMTP, conformance.NeedPlain},
			Run: func(p *conformance.Probe) {
				r := p.Greet().Cmd("HELO %s", p.Target.Hello).Need("250")
				for i, line := range r.Lines {
					word, _, _ := strings.Cut(line, " ")
					if i > 0 && registered(strings.ToUpper(word)) {
						p.Fail("a reply to HELO without extensions", "the line "+line)
					}
				}
				if len(r.Lines) > 1 {
					p.Note("the reply to HELO has %d lines", len(r.Lines))
				}
			},
		},
		{
			// RFC 5321 2.2.2: what EHLO lists begins with X or is registered with IANA.
			ID:    "rfc5321/2.2.2/keywords-are-registered",
			Title: "every keyword of EHLO is registered with IANA, or begins with X",
			Why:   "Two vendors who invent the same word for different things make clients fail in ways that nobody can explain.",
			Rows:  []string{"R5321-2.2.2-b"},
			Run: func(p *conformance.Probe) {
				var odd []string
				for i, line := range p.Greet().Hello().Need("250").Lines {
					word, _, _ := strings.Cut(line, " ")
					word = strings.ToUpper(word)
					if i > 0 && !strings.HasPrefix(word, "X") && !registered(word) {
						odd = append(odd, word)
					}
				}
				if len(odd) > 0 {
					p.Fail("keywords that are registered with IANA", "not registered: "+strings.Join(odd, ", "))
				}
			},
		},
		{
			// RFC 5321 2.2.2: verbs and parameters outside X come from registered
			// extensions, so one that nobody has registered is not obeyed.
			ID:    "rfc5321/2.2.2/inventions-are-refused",
			Title: "verbs and parameters that do not exist are refused",
			Why:   "A client that is told 250 believes that what it asked for will happen.",
			Rows:  []string{"R5321-2.2.2-c"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("FOOBAR").Want("5yz")
				s.Mail("FOOBAR=1").Want("5yz")
			},
		},
	}
}

// oldClient opens a session with HELO, in which there is neither TLS nor a login.
func oldClient(p *conformance.Probe) *conformance.Session {
	if p.MailAuth || p.Profile == conformance.Submit {
		p.Skip("the target wants a login before mail, and HELO offers none")
	}
	s := p.Greet()
	s.Cmd("HELO %s", p.Target.Hello).Want("250")
	return s
}

// registered reports whether a keyword, in upper case, is in the IANA registry "SMTP
// Service Extensions", up to LIMITS (RFC 9422, 2024), or is VRFY, which RFC 5321 3.5.2
// lets servers list. UTF8SMTP is the keyword of RFC 5336, which SMTPUTF8 has replaced.
func registered(word string) bool {
	switch word {
	case "SEND", "SOML", "SAML", "EXPN", "HELP", "TURN", "8BITMIME", "SIZE", "VERB", "ONEX", "CHUNKING",
		"BINARYMIME", "CHECKPOINT", "DELIVERBY", "PIPELINING", "DSN", "ETRN", "ENHANCEDSTATUSCODES", "STARTTLS",
		"NO-SOLICITING", "MTRK", "SUBMITTER", "ATRN", "AUTH", "FUTURERELEASE", "UTF8SMTP", "SMTPUTF8", "BURL",
		"CONPERM", "CONNEG", "MT-PRIORITY", "RRVS", "REQUIRETLS", "LIMITS", "VRFY":
		return true
	}
	return false
}
