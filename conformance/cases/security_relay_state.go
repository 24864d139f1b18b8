package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// untrusted skips a case where the target relays for us anyway.
func untrusted(p *conformance.Probe) {
	if p.MailAuth {
		p.Skip("MAIL is taken after AUTH only")
	}
	if _, trusted := relays(p, attempt{to: "<" + p.Foreign + ">"}); trusted {
		p.Skip("the target relays for us whatever we write; see security/relay/plain-address")
	}
	p.Usable(openRelay)
}

// relayMixed asks for relay beside a local recipient.
func relayMixed() conformance.Case {
	return conformance.Case{
		// RFC 5321 3.6.1: each recipient is judged for itself.
		ID:    "security/relay/mixed-transaction",
		Title: "a foreign recipient beside a local one is refused, and the local one is served",
		Why:   "A check of the first recipient only is no check.",
		Rows:  []string{"SEC-RELAY-15"},
		Needs: []conformance.Need{conformance.NeedMX, conformance.NeedRcpt},
		Run: func(p *conformance.Probe) {
			untrusted(p)
			s := p.Ready()
			s.Envelope()
			s.RcptTo(p.Foreign).Want("4yz or 5yz")
			s.RcptTo(p.Rcpt).Should("250")
			s.Cmd("DATA").Want("354")
			m := p.Message()
			s.Content(m.Text).Want("250")
			if readable(p) {
				p.Arrives("", m.Marker)
			}
		},
	}
}

// relayAfterLogin asks for relay after a login that failed, and under TLS.
func relayAfterLogin() conformance.Case {
	return conformance.Case{
		// RFC 4954 6: only a 235 makes a client one that is known. TLS without a certificate of
		// the client makes it none.
		ID:    "security/relay/failed-login",
		Title: "neither a failed login nor TLS alone opens the relay",
		Why:   "Spammers try passwords all day; a flag that is set too early lets all of them in.",
		Rows:  []string{"SEC-RELAY-16"},
		Needs: []conformance.Need{conformance.NeedMX, conformance.NeedRcpt},
		Run: func(p *conformance.Probe) {
			untrusted(p)
			if p.Lacks[conformance.NeedTLS] == "" {
				s := p.Encrypted()
				s.Mail().Need("250")
				s.RcptTo(p.Foreign).Want("4yz or 5yz")
			}
			s := p.Ready()
			if _, ok := s.Offers("AUTH"); !ok && p.Lacks[conformance.NeedTLS] == "" && !s.Secure() {
				s = p.Encrypted()
			}
			r := s.Cmd("AUTH PLAIN %s", conformance.Plain("no-such-user-7391", "wrong"))
			if r.Code == 0 || r.Dropped {
				return
			}
			r.Want("4yz or 5yz")
			s.Mail().Need("250 or 5yz")
			s.RcptTo(p.Foreign).Want("4yz or 5yz")
		},
	}
}

// relayAfterRefusal asks for relay with what may be left of a refused message.
func relayAfterRefusal() conformance.Case {
	return conformance.Case{
		// RFC 5321 4.1.1.4: after the reply to the end of data the buffers are clear, whatever
		// the reply is.
		ID:    "security/relay/refused-message",
		Title: "a refused message leaves no transaction behind",
		Why:   "Where the sender that was checked lives on, a recipient can be added that was never checked.",
		Rows:  []string{"SEC-RELAY-17"},
		Needs: []conformance.Need{conformance.NeedMX, conformance.NeedRcpt},
		Run: func(p *conformance.Probe) {
			untrusted(p)
			s, refused := refusedMessage(p)
			if !refused {
				p.Skip("the target has refused no small message at its end")
			}
			if r := s.RcptTo(p.Foreign); r.Code != 0 && !r.Dropped {
				r.Want("4yz or 5yz")
				s.Cmd("DATA").Want("5yz")
			}
		},
	}
}

// refusedMessage opens a session and has a message refused at its end, if the target
// refuses any that is small.
func refusedMessage(p *conformance.Probe) (*conformance.Session, bool) {
	for _, bad := range []string{"bare\rCR and\nLF", strings.Repeat("Received: from a by b; Mon, 5 Jan 2026 09:00:00 +0000\r\n", 150)} {
		s := p.Ready()
		s.Begin()
		text := p.Message(bad).Text
		if strings.HasPrefix(bad, "Received") {
			text = bad + p.Message().Text
		}
		if r := s.Content(text); r.Is("5yz") && !r.Dropped {
			return s, true
		}
		s.Close()
	}
	p.Note("the target has refused no small message at its end")
	return nil, false
}
