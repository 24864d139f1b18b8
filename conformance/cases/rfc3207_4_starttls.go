package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc3207StartTLS is about STARTTLS itself, RFC 3207 4.
func rfc3207StartTLS() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 3207 4: STARTTLS has no parameters, and 501 is for one that has; the session goes
			// on in the clear.
			ID:    "rfc3207/4/no-parameter",
			Title: "STARTTLS with a parameter is a syntax error, and without one it leads to TLS",
			Why:   "A client that gets 220 begins the handshake; where only one side believes in TLS the session hangs.",
			Rows:  []string{"R3207-4-a"},
			Needs: []conformance.Need{conformance.NeedStart},
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				s.Cmd("STARTTLS now").Want("501")
				s.InStep()
				s.Cmd("STARTTLS").Want("220")
				if err := s.Handshake(); err != nil {
					p.Fail("a TLS handshake behind the 220", err.Error())
				}
				s.Hello().Want("250")
			},
		},
		{
			// RFC 3207 4: behind the 220 comes the handshake; where TLS is not to be had for now, 454
			// says so. Whom the certificate names is not in question here.
			ID:    "rfc3207/4/leads-to-tls",
			Title: "STARTTLS, where it is offered, leads to TLS",
			Why:   "Clients that find TLS broken each time send in the clear, or not at all.",
			Rows:  []string{"R3207-4-a"},
			Needs: []conformance.Need{conformance.Keyword("STARTTLS")},
			Run: func(p *conformance.Probe) {
				if p.ImplicitTLS {
					p.Skip("TLS begins with the connection, so there is no STARTTLS")
				}
				p.TLS = p.TLS.Clone()
				p.TLS.InsecureSkipVerify = true
				s := p.Hello()
				r := s.Cmd("STARTTLS")
				if r.Is("454") {
					p.Warn("220 to STARTTLS, which EHLO offers", r.String())
					return
				}
				r.Want("220")
				if err := s.Handshake(); err != nil {
					p.Fail("a TLS handshake behind the 220", err.Error())
				}
				s.Hello().Want("250")
			},
		},
		{
			// RFC 3207 4: a server that is listed for a domain must not demand STARTTLS before it
			// takes mail for it.
			ID:    "rfc3207/4/clear-mail-for-its-domain",
			Title: "a server of a domain takes mail for it without TLS",
			Why:   "Hosts that have no TLS cannot send mail to the domain at all. Some operators want just that.",
			Rows:  []string{"R3207-4-b"},
			Needs: []conformance.Need{conformance.NeedMX, conformance.NeedStart, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				s.Mail().Want("250")
				s.RcptTo(p.Rcpt).Want("25z")
				s.Cmd("DATA").Want("354")
				s.Content(p.Message().Text).Want("250")
			},
		},
		{
			// RFC 3207 4: a server that does demand TLS answers everything with 530, but for NOOP,
			// EHLO, STARTTLS and QUIT.
			ID:    "rfc3207/4/tls-is-demanded",
			Title: "where TLS is demanded MAIL gets 530 before it, and NOOP, EHLO and QUIT work",
			Why:   "530 tells a client to say STARTTLS first; by any other answer it takes the message for refused.",
			Rows:  []string{"R3207-4-c"},
			Needs: []conformance.Need{conformance.NeedStart},
			Run: func(p *conformance.Probe) {
				if !p.MailTLS {
					p.Skip("the target takes MAIL without TLS")
				}
				s := p.Hello()
				r := s.Mail().Want("530")
				if got := r.Enhanced(); got != "" && got != "5.7.0" {
					p.Report("530 5.7.0 to MAIL", r.String())
				}
				s.Cmd("RSET").Want("530 or 250")
				s.Cmd("NOOP").Want("250")
				s.Hello().Want("250")
				s.Cmd("QUIT").Want("221")
			},
		},
		{
			// RFC 3207 4.2: no STARTTLS in the reply to an EHLO under TLS.
			ID:    "rfc3207/4.2/not-offered-again",
			Title: "STARTTLS is not offered under TLS, and refused there",
			Why:   "A client that believes the offer begins a handshake inside the handshake.",
			Rows:  []string{"R3207-4.2-e"},
			Needs: []conformance.Need{conformance.NeedTLS},
			Run: func(p *conformance.Probe) {
				s := p.Encrypted()
				if !s.Secure() {
					p.Skip("the session is not under TLS")
				}
				s.Hello().Want("250")
				if _, ok := s.Offers("STARTTLS"); ok {
					p.Report("no STARTTLS in the reply to "+p.Verb()+" under TLS", "it is there")
				}
				// The RFC forbids the offer to servers, and the command to clients.
				if r := s.Cmd("STARTTLS"); r.Is("220") {
					p.Warn("a refusal of STARTTLS under TLS", r.String())
				} else {
					r.Want("5yz or 454")
				}
			},
		},
	}
}

// rfc3207Reset is about what a server forgets when TLS begins, RFC 3207 4.2.
func rfc3207Reset() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 3207 4.2: the server discards what it has learnt before, such as the argument of
			// EHLO: the session is as it was behind the greeting.
			ID:    "rfc3207/4.2/hello-is-forgotten",
			Title: "the name in an EHLO before TLS counts no more under TLS",
			Why:   "What was said in the clear may come from a man in the middle; it must not stand in the trace of mail that came under TLS.",
			Rows:  []string{"R3207-4.2-a"},
			Needs: []conformance.Need{conformance.NeedStart, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				const before = "before-tls"
				s := p.Greet()
				s.Cmd("%s %s.%s", p.Verb(), before, p.Target.Hello).Need("250")
				s.Cmd("STARTTLS").Need("220")
				if err := s.Handshake(); err != nil {
					p.Skip("the TLS handshake failed: %v", err)
				}
				if r := s.Mail(); !r.Is("250") {
					r.Want("5yz") // 503: EHLO comes first; 530: a login does
					return
				}
				// Some servers take mail without any EHLO; then it must not be the old one that counts.
				if p.Lacks[conformance.NeedMailbox] != "" {
					p.Note("MAIL is taken without EHLO; whether the old one counts cannot be seen")
					return
				}
				m := p.Message()
				if r := s.RcptTo(p.Rcpt); !r.Is("25z") {
					p.Note("MAIL is taken without EHLO, but not RCPT: %s", r)
					return
				}
				s.Cmd("DATA").Need("354")
				s.Content(m.Text).Need("250")
				for _, line := range p.Arrives("", m.Marker).Header.Values("Received") {
					if strings.Contains(line, before) {
						p.Fail("503 to MAIL before EHLO, or a Received field without the old name", line)
					}
				}
			},
		},
		{
			// RFC 3207 4.2: the same goes for a transaction.
			ID:    "rfc3207/4.2/transaction-is-dropped",
			Title: "a transaction that was begun in the clear is gone under TLS",
			Why:   "A man in the middle could begin a transaction whose sender is his, and the client would finish it under TLS.",
			Rows:  []string{"R3207-4.2-b"},
			Needs: []conformance.Need{conformance.NeedStart, conformance.NeedPlain, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				if r := s.Mail(); !r.Is("250") {
					p.Skip("MAIL in the clear got %s", r)
				}
				if r := s.Cmd("STARTTLS"); !r.Is("220") {
					r.Want("5yz") // not in the middle of a transaction: safe as well
					return
				}
				if err := s.Handshake(); err != nil {
					p.Skip("the TLS handshake failed: %v", err)
				}
				s.RcptTo(p.Rcpt).Want("5yz")
				s.Hello().Want("250")
				s.RcptTo(p.Rcpt).Want("5yz")
			},
		},
	}
}
