package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Arguments is about what stands behind the verbs of the envelope, RFC 5321 4.1.1, 4.1.1.2, 4.1.1.3 and 4.1.1.11.
func rfc5321Arguments() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.1: servers should tolerate white space before the line end.
			ID:    "rfc5321/4.1.1/trailing-blanks",
			Title: "blanks at the end of a command do no harm",
			Why:   "Some clients write them, and could send no mail.",
			Rows:  []string{"R5321-4.1.1-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("NOOP  ").Should("250")
				s.Cmd("RSET ").Should("250")
				if !s.Mail("").Should("250") {
					s = p.Ready()
					s.Mail().Need("250")
				}
				if !s.RcptTo(p.Rcpt, "").Should("25z") {
					s.RcptTo(p.Rcpt).Need("25z")
				}
				s.Cmd("DATA ").Want("354")
				s.Content(p.Message().Text).Want("250")
			},
		},
		{
			// RFC 5321 4.1.1, 4.1.2: a local part is a string of atoms with single dots between
			// them, if it is not quoted, and one that the receiving site has.
			ID:    "rfc5321/4.1.1/local-part-syntax",
			Title: "a local part with dots at its beginning or side by side is refused",
			Why:   "Mail for one address goes to whoever has another that looks like it.",
			Rows:  []string{"R5321-4.1.1-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				s.RcptTo(localPart(p.Rcpt) + "..x@" + p.Domain()).Should("5yz")
				s.RcptTo("." + p.Rcpt).Should("5yz")
			},
		},
		{
			// RFC 5321 4.1.1.2: MAIL is followed by FROM: and a reverse-path.
			ID:    "rfc5321/4.1.1.2/mail-needs-from",
			Title: "MAIL without FROM: and a path is refused",
			Why:   "A message without a sender that was asked for cannot be returned.",
			Rows:  []string{"R5321-4.1.1.2-c"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, command := range []string{"MAIL", "MAIL FROM", "MAIL TO:<" + p.From + ">"} {
					s := p.Ready()
					s.Cmd("%s", command).Want("500 or 501 or 502 or 503 or 553 or 555")
					s.RcptTo(p.Rcpt).Want("5yz")
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.1.1.2, 4.5.5: an empty reverse-path is valid; reports about mail have it.
			ID:    "rfc5321/4.1.1.2/null-reverse-path",
			Title: "mail from the empty reverse-path is accepted and delivered",
			Why:   "Reports that mail could not be delivered have it: without them mail is lost in silence.",
			Rows:  []string{"R5321-4.1.1.2-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				r := s.Cmd("MAIL FROM:<>")
				if p.Profile == conformance.Submit && r.Is("55z") {
					p.Skip("a submission server may want a sender (RFC 6409 6.1): %s", r)
				}
				r.Want("250")
				s.RcptTo(p.Rcpt).Want("25z")
				arrivesOnce(p, s)
			},
		},
		{
			// RFC 5321 4.1.1.2: MAIL begins with empty buffers.
			ID:    "rfc5321/4.1.1.2/recipients-do-not-carry-over",
			Title: "recipients of one message do not get the next of the session",
			Why:   "Mail is shown to people whom it is not for.",
			Rows:  []string{"R5321-4.1.1.2-a"},
			Needs: []conformance.Need{conformance.NeedSecond, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Send(p.Message(), p.Rcpt).Need("250")
				m := p.Message()
				s.Send(m, p.Second).Want("250")
				p.Arrives(p.Second, m.Marker)
				p.Absent(p.Rcpt, m.Marker)
			},
		},
		{
			// RFC 5321 4.1.1.3, Appendix C: servers must be prepared to meet source routes.
			ID:    "rfc5321/4.1.1.3/routed-forward-path",
			Title: "a source route before a recipient is understood",
			Why:   "Old clients write them; the mailbox behind the route is a good one.",
			Rows:  []string{"R5321-4.1.1.3-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				// To decline the relaying that it implies is allowed.
				s.RcptTo("@a.test,@b.test:" + p.Rcpt).Want("25z or 550 or 551 or 554")
			},
		},
		{
			// RFC 5321 4.1.1.2, Appendix C: so must they in a reverse-path.
			ID:    "rfc5321/4.1.1.3/routed-reverse-path",
			Title: "a source route before the sender is understood",
			Why:   "Old clients write them; their mail would be refused for its form.",
			Rows:  []string{"R5321-4.1.1.3-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Ready().Cmd("MAIL FROM:<@a.test:%s>", p.From).Want("250 or 55z")
			},
		},
		{
			// RFC 5321 3.6.1, 4.1.1.3: the route should be stripped off, and the domain of the mailbox
			// used.
			ID:    "rfc5321/4.1.1.3/route-is-stripped",
			Title: "mail with a source route before a local mailbox is delivered there",
			Why:   "The hosts of the route have nothing to do with the mail, or are long gone.",
			Rows:  []string{"R5321-4.1.1.3-c"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo("@a.test:" + p.Rcpt); !r.Is("25z") {
					p.Skip("the target declines source routes: %s", r)
				}
				arrivesOnce(p, s)
			},
		},
		{
			// RFC 5321 4.1.1.3: each RCPT appends one recipient, and one that is refused none.
			ID:    "rfc5321/4.1.1.3/refused-recipient-between-others",
			Title: "a recipient that is refused leaves the others and the sender alone",
			Why:   "One address that is gone takes the mail from all others.",
			Rows:  []string{"R5321-4.1.1.3-g"},
			Needs: []conformance.Need{conformance.NeedSecond, conformance.NeedUnknown, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				s.RcptTo(p.Rcpt).Need("25z")
				if r := s.RcptTo(p.Unknown); !r.Is("5yz") {
					p.Skip("the target refuses no recipient: %s gets %s", p.Unknown, r)
				}
				s.RcptTo(p.Second).Want("25z")
				m := finishes(p, s)
				for _, address := range []string{p.Rcpt, p.Second} {
					stored := p.Arrives(address, m.Marker)
					if path := stored.Header.Get("Return-Path"); path != "" && !strings.Contains(path, p.From) {
						p.Fail("the sender "+p.From+" in Return-Path", path)
					}
				}
			},
		},
		{
			// RFC 5321 4.1.1.3: RCPT is followed by TO: and a forward-path, which is not empty.
			ID:    "rfc5321/4.1.1.3/rcpt-needs-path",
			Title: "RCPT without TO: and a path is refused",
			Why:   "Mail is accepted for nobody, and lost.",
			Rows:  []string{"R5321-4.1.1.3-h"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, command := range []string{"RCPT", "RCPT TO:", "RCPT TO:<>"} {
					s := p.Ready()
					s.Mail().Need("250")
					s.Cmd("%s", command).Want("5yz")
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.1.1.3, 4.1.2: a path stands in angle brackets. Many servers take it
			// without them, and then they have to take it as it is.
			ID:    "rfc5321/4.1.1.3/path-without-brackets",
			Title: "a recipient without angle brackets is a syntax error, or taken as it is",
			Why:   "A server that cuts off the first and last character sends mail elsewhere.",
			Rows:  []string{"R5321-4.1.1.3-i"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.Cmd("RCPT TO:%s", p.Rcpt).Want("25z or 50z or 553 or 555"); r.Is("25z") {
					p.Note("a recipient without angle brackets is accepted: %s", r)
				}
			},
		},
		{
			// RFC 5321 4.1.1.11: a parameter of MAIL that is not recognized gets 555.
			ID:    "rfc5321/4.1.1.11/unknown-mail-parameter",
			Title: "MAIL with an unknown parameter is refused with 555",
			Why:   "The client relies on something that the server does not do.",
			Rows:  []string{"R5321-4.1.1.11-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				noted555(p, p.Ready().Mail("XUNKNOWN=1"))
			},
		},
		{
			// RFC 5321 4.1.1.11: so does one of RCPT.
			ID:    "rfc5321/4.1.1.11/unknown-rcpt-parameter",
			Title: "RCPT with an unknown parameter is refused with 555",
			Why:   "The client relies on something that the server does not do.",
			Rows:  []string{"R5321-4.1.1.11-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				noted555(p, s.RcptTo(p.Rcpt, "XUNKNOWN=1"))
			},
		},
	}
}

// noted555 judges the reply to a parameter that nobody knows.
func noted555(p *conformance.Probe, r conformance.Reply) {
	if r.Want("5yz"); !r.Is("555") {
		p.Note("an unknown parameter gets %s; RFC 5321 4.1.1.11 has 555 for it", r)
	}
}
