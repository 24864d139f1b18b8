package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Order is about the order of commands, RFC 5321 4.1.4.
func rfc5321Order() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.4: an EHLO or HELO in the middle of a session that is accepted clears all
			// buffers, as RSET does.
			ID:    "rfc5321/4.1.4/second-hello-resets",
			Title: "EHLO in a transaction ends it",
			Why:   "Recipients of a transaction that was given up get the next message of the session.",
			Rows:  []string{"R5321-4.1.4-i"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				if r := s.Hello(); !r.Is("250") {
					p.Skip("a second %s was refused: %s", p.Verb(), r)
				}
				s.RcptTo(p.Rcpt).Should("5yz")
				s.Cmd("DATA").Should("5yz")
			},
		},
		{
			// RFC 5321 4.1.1.1, 4.1.4: HELO clears the buffers as EHLO does.
			ID:    "rfc5321/4.1.4/helo-resets",
			Title: "HELO in a transaction ends it",
			Why:   "Recipients of a transaction that was given up get the next message of the session.",
			Rows:  []string{"R5321-4.1.4-j"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				if r := s.Cmd("HELO %s", p.Target.Hello); !r.Is("250") {
					p.Skip("HELO behind EHLO was refused: %s", r)
				}
				s.Cmd("DATA").Want("5yz")
			},
		},
		{
			// RFC 5321 4.1.4: an EHLO that is not acceptable gets 501, 500, 502 or 550; 4.3.2 adds 504,
			// and 421 fits any command.
			ID:    "rfc5321/4.1.4/refused-hello-code",
			Title: "EHLO that is wrong in form gets 501 or a code like it",
			Why:   "Clients fall back to HELO, or to another server, on the codes that they know.",
			Rows:  []string{"R5321-4.1.4-k"},
			Run: func(p *conformance.Probe) {
				for _, argument := range []string{"", " <>", " a.test b.test"} {
					s := p.Greet()
					s.Cmd("%s%s", p.Verb(), argument).Should("250 or 500 or 501 or 502 or 504 or 550 or 421")
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.1.4: if EHLO is refused, the server stays in the state in which it was.
			ID:    "rfc5321/4.1.4/refused-hello-changes-nothing",
			Title: "a transaction goes on behind an EHLO that was refused",
			Why:   "Client and server disagree about whether a transaction is open, and about whom the message is for.",
			Rows:  []string{"R5321-4.1.4-l"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				if r := s.Cmd("%s", p.Verb()); !r.Is("5yz") {
					p.Skip("%s without a name was not refused: %s", p.Verb(), r)
				}
				s.Cmd("DATA").Want("354")
			},
		},
		{
			// RFC 5321 4.1.4: a server may look whether the name in EHLO is that of the client's address,
			// and may write what it found into Received and its reply.
			ID:    "rfc5321/4.1.4/hello-name-does-not-resolve",
			Title: "EHLO with a name that is not in the DNS gets 250",
			Why:   "Clients behind address translation, and laptops, have names that nobody can look up.",
			Rows:  []string{"R5321-4.1.4-m"},
			Run: func(p *conformance.Probe) {
				p.Greet().Cmd("%s no-such-host.mailsim.test", p.Verb()).Want("250")
			},
		},
		{
			// RFC 5321 4.1.4: MAIL in an open transaction is out of order and gets 503.
			ID:    "rfc5321/4.1.4/nested-mail",
			Title: "MAIL in an open transaction gets 503",
			Why:   "A message gets the reverse-path of one transaction and the recipients of another: bounces go to the wrong person.",
			Rows:  []string{"R5321-4.1.4-p"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				s.Cmd("MAIL FROM:<other@%s>", senderDomain(p)).Want("503")
			},
		},
		{
			// RFC 5321 4.1.4: what is answered with 503 has no effect: sender and recipients of the
			// transaction stay.
			ID:    "rfc5321/4.1.4/nested-mail-changes-nothing",
			Title: "a nested MAIL that is refused leaves the reverse-path as it is",
			Why:   "Bounces go to somebody who has not sent the message.",
			Rows:  []string{"R5321-4.1.4-q"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				if r := s.Cmd("MAIL FROM:<other@%s>", senderDomain(p)); !r.Is("5yz") {
					p.Skip("a nested MAIL was not refused: %s", r)
				}
				m := p.Message()
				s.Cmd("DATA").Want("354")
				s.Content(m.Text).Want("250")
				got := p.Arrives("", m.Marker)
				for _, f := range got.Header.Fields {
					if f.Name == "Return-Path" && f.Value() != "<"+p.From+">" {
						p.Fail("Return-Path: <"+p.From+">", "Return-Path: "+f.Value())
					}
				}
			},
		},
		{
			// RFC 5321 4.1.4: a reverse-path that is not acceptable in form gets 501.
			ID:    "rfc5321/4.1.4/bad-reverse-path",
			Title: "a reverse-path that is wrong in form gets 501",
			Why:   "The client must know that its address is at fault and not that the server lacks the command, which 500 says.",
			Rows:  []string{"R5321-4.1.4-r"},
			Run: func(p *conformance.Probe) {
				for _, argument := range []string{"<a@b", "a b", "<a b@" + senderDomain(p) + ">"} {
					s := p.Ready()
					refusedWith(p, "501", "553 or 555", s.Cmd("MAIL FROM:%s", argument))
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.1.4: a MAIL that got 501 has opened nothing.
			ID:    "rfc5321/4.1.4/refused-mail-opens-nothing",
			Title: "no transaction is open behind a MAIL that was refused",
			Why:   "A message is taken without a sender, or the next MAIL of a working client is refused.",
			Rows:  []string{"R5321-4.1.4-s"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if r := s.Cmd("MAIL FROM:<a b@%s>", senderDomain(p)); !r.Is("5yz") {
					p.Skip("a blank in the local part was not refused: %s", r)
				}
				s.RcptTo(p.Rcpt).Want("5yz")
				s.Mail().Want("250")
			},
		},
		{
			// RFC 5321 4.1.4: a command that is out of order gets 503 and leaves the state as it is.
			ID:    "rfc5321/4.1.4/early-data-changes-nothing",
			Title: "a transaction goes on behind a DATA that came too early",
			Why:   "A client that mends its mistake is refused, or its message loses its sender.",
			Rows:  []string{"R5321-4.1.4-t"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.Cmd("DATA"); !r.Is("5yz") {
					p.Skip("DATA without recipients was not refused: %s", r)
				}
				s.RcptTo(p.Rcpt).Want("25z")
				s.Cmd("DATA").Want("354")
			},
		},
		{
			// RFC 5321 3.3, 4.1.4: a session can have one transaction behind the other.
			ID:    "rfc5321/4.1.4/many-transactions",
			Title: "three messages go through one session",
			Why:   "Clients send all that they have for a server in one session; what follows the first message would wait or bounce.",
			Rows:  []string{"R5321-4.1.4-u"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Send(p.Message()).Need("250")
				for range 2 {
					s.Mail().Want("250")
					s.RcptTo(p.Rcpt).Want("25z")
					s.Cmd("DATA").Want("354")
					s.Content(p.Message().Text).Want("250")
				}
			},
		},
	}
}
