package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc3848 is about the word behind with in Received, which tells how a message came.
func rfc3848() []conformance.Case {
	mailbox := []conformance.Need{conformance.NeedMailbox, conformance.NeedSMTP}
	return []conformance.Case{
		{
			// RFC 3848 1: SMTP after HELO, ESMTP after EHLO, and an S behind it for TLS.
			ID:    "rfc3848/1/with-tls",
			Title: "Received says with ESMTP in the clear and with ESMTPS under TLS",
			Why:   "It is the only place where one sees later whether a message came over a wire that others could read.",
			Rows:  []string{"R3848-1-a"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				if p.MailAuth || p.Profile == conformance.Submit {
					p.Skip("the target takes mail after a login only")
				}
				if p.Lacks[conformance.NeedPlain] == "" {
					shouldSay(p, trace(p, p.Hello()), "ESMTP")
					s := p.Greet()
					s.Cmd("HELO %s", p.Target.Hello).Need("250")
					shouldSay(p, trace(p, s), "SMTP")
				}
				if p.Lacks[conformance.NeedTLS] == "" {
					shouldSay(p, trace(p, p.Encrypted()), "ESMTPS")
				}
			},
		},
		{
			// RFC 4954 7, RFC 3848 1: an A behind the word tells of a login.
			ID:    "rfc4954/7/with-login",
			Title: "Received says with ESMTPA, or ESMTPSA under TLS, after a login",
			Why:   "Filters treat what users submit in another way than what strangers send, and tell them apart by this word.",
			Rows:  []string{"R4954-7-a", "R3848-1-a"},
			Needs: append([]conformance.Need{conformance.NeedAuth}, mailbox...),
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				s.Login().Need("235")
				word := "ESMTPA"
				if s.Secure() {
					word = "ESMTPSA"
				}
				r := trace(p, s)
				if shouldSay(p, r, word) {
					return
				}
				p.Row("R3848-1-a")
				shouldSay(p, r, word)
			},
		},
		{
			// RFC 3848 1: the words are for what was really done, not for what was tried.
			ID:    "rfc3848/1/with-what-was-done",
			Title: "Received claims neither TLS nor a login that did not come about",
			Why:   "Whoever reads the trace believes that a message was safe on the wire, or came from a user.",
			Rows:  []string{"R3848-1-c"},
			Needs: mailbox, Sessions: alone,
			Run: func(p *conformance.Probe) {
				if p.MailAuth || p.Profile == conformance.Submit {
					p.Skip("the target takes mail after a login only")
				}
				asked := false
				if p.Lacks[conformance.NeedPlain] == "" && p.Lacks[conformance.NeedStart] == "" {
					asked = true
					s := p.Hello()
					if r := s.Cmd("STARTTLS now"); r.Is("220") {
						p.Skip("STARTTLS with a parameter got %s", r)
					}
					if r := trace(p, s); strings.HasPrefix(withWord(r), "ESMTPS") {
						p.Report("with ESMTP after a STARTTLS that was refused", r.text)
					}
				}
				if p.Lacks[conformance.NeedAuth] == "" {
					asked = true
					s := stranger(p)
					s.Auth("AUTH PLAIN %s", conformance.Plain(p.User, "wrong")).Need(refusedLogin)
					if r := trace(p, s); strings.HasSuffix(withWord(r), "A") {
						p.Report("with no A behind it after an AUTH that failed", r.text)
					}
					forgiven(p)
				}
				if !asked {
					p.Skip("the target offers neither STARTTLS nor AUTH")
				}
			},
		},
		{
			// RFC 3848 1: mail that comes by LMTP is marked so.
			ID:    "rfc3848/1/with-lmtp",
			Title: "Received says with LMTP where mail came by LMTP",
			Why:   "One sees at which host a message has left the network of SMTP, and so where to look for it.",
			Rows:  []string{"R3848-1-b"},
			Needs: []conformance.Need{conformance.NeedLMTP, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m := p.Message()
				s := p.Ready()
				s.Send(m).Need("250")
				got := p.Arrives("", m.Marker)
				if len(got.Header.Values("Received")) == 0 {
					p.Note("no Received field is added")
					return
				}
				word := "LMTP"
				if s.Secure() {
					word += "S"
				}
				if p.MailAuth {
					word += "A"
				}
				shouldSay(p, oldest(p, got), word)
			},
		},
	}
}

// withWord is the word behind with, in capitals.
func withWord(r received) string {
	c, _ := r.clause("with")
	return strings.ToUpper(c.value)
}

// shouldSay judges the word behind with.
func shouldSay(p *conformance.Probe, r received, word string) bool {
	if withWord(r) != word {
		p.Report("with "+word+" in Received", r.text)
		return false
	}
	return true
}
