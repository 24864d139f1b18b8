package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Addressing is about recipients that are not there, not here, or reached by a
// route, RFC 5321 3.3, 3.6, 3.7.3.
func rfc5321Addressing() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.3: a recipient that is known not to exist gets 550. Servers that
			// look only later accept it.
			ID:    "rfc5321/3.3/unknown-recipient",
			Title: "a mailbox that does not exist is refused for good",
			Why:   "With 4yz a wrong address is tried for days before its sender hears of it.",
			Rows:  []string{"R5321-3.3-d"},
			Needs: []conformance.Need{conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown).Want("25z or 5yz"); !r.Is("550") {
					p.Note("a mailbox that does not exist is answered with %d, where 550 is usual", r.Code)
				}
			},
		},
		{
			// RFC 5321 3.3: who looks at recipients only after the data should accept the
			// message and return it, and not refuse it for all because of one.
			ID:    "rfc5321/3.3/late-unknown-recipient",
			Title: "one unknown recipient among two that were accepted is returned to the sender",
			Why:   "A refusal behind the data is for all recipients: the good one gets nothing, or the bad one is never heard of.",
			Rows:  []string{"R5321-3.3-p"},
			Needs: []conformance.Need{conformance.NeedSMTP, conformance.NeedUnknown, conformance.NeedSecond, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				mailFromSecond(p, s)
				acceptsUnknown(p, s)
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				m := p.Message()
				s.Content(m.Text).Want("250")
				p.Arrives("", m.Marker)
				p.Arrives(p.Second, m.Marker)
			},
		},
		{
			// RFC 5321 3.4: mail that cannot be delivered as it is addressed is refused, or
			// returned; 6.1 says that it is not dropped.
			ID:    "rfc5321/3.4/undeliverable-is-not-dropped",
			Title: "mail for a mailbox that does not exist is refused or returned",
			Why:   "A sender who made a mistake in an address has to hear of it.",
			Rows:  []string{"R5321-3.4-d"},
			Needs: []conformance.Need{conformance.NeedUnknown, conformance.NeedSecond, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				mailFromSecond(p, s)
				if r := s.RcptTo(p.Unknown).Want("25z or 4yz or 5yz"); !r.Is("25z") {
					return
				}
				s.Cmd("DATA").Need("354")
				m := p.Message()
				if r := s.Content(m.Text).Want("250 or 4yz or 5yz"); !r.Is("250") {
					return
				}
				p.Arrives(p.Second, m.Marker)
			},
		},
		{
			// RFC 5321 3.3, appendix C: a server may refuse what a source route asks for,
			// but it knows the syntax.
			ID:    "rfc5321/3.3/source-route",
			Title: "a source route to a mailbox of its own is understood",
			Why:   "The syntax is old and still valid; a server that does not know it tells the client that its address is wrong.",
			Rows:  []string{"R5321-3.3-e"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				r := s.RcptTo("@" + domainOf(p.Foreign) + ":" + p.Rcpt)
				if r.Is("500 or 501 or 502 or 503 or 553 or 555") {
					p.Fail("250, or 550 for policy", r.String())
				}
				r.Want("25z or 4yz or 5yz")
				p.Note("a source route is answered with %d", r.Code)
			},
		},
		{
			// RFC 5321 3.6.1: a server may refuse to relay; a route through it is no permission.
			ID:    "rfc5321/3.6.1/route-is-no-permission",
			Title: "a source route through the server does not make it relay",
			Why:   "Who relays what is written as a route relays spam for everybody.",
			Rows:  []string{"R5321-3.6.1-b"},
			Needs: []conformance.Need{conformance.NeedMX, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				refusesForeign(p)
				p.Usable("anybody can send mail to anywhere through this server")
				s := p.Ready()
				s.Mail().Need("250")
				s.RcptTo("@" + p.Domain() + ":" + p.Foreign).Want("4yz or 5yz")
			},
		},
		{
			// RFC 5321 3.3, 3.6.2: a server may refuse mail for domains that it does not
			// serve; it should do so with 550.
			ID:    "rfc5321/3.6.2/relaying-is-refused-with-550",
			Title: "mail for foreign domains is refused with 550",
			Why:   "With a code for syntax errors the one who set up the client looks for the trouble in the wrong place.",
			Rows:  []string{"R5321-3.6.2-a", "R5321-3.3-f"},
			Needs: []conformance.Need{conformance.NeedMX, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				r := refusesForeign(p)
				switch {
				case r.Is("550"):
				case r.Is("551 or 553 or 554 or 4yz"):
					p.Note("relaying is refused with %d, where RFC 5321 3.6.2 has 550", r.Code)
				case r.Is("5yz"):
					r.Want("550")
				default:
					p.Row("R5321-3.3-f")
					p.Fail("a refusal of the recipient, and a session that goes on", r.String())
				}
			},
		},
		{
			// RFC 5321 3.7.3: gateways should take from the Internet all forms of addresses
			// that are valid; so should who relays for us.
			ID:    "rfc5321/3.7.3/addresses-of-every-form",
			Title: "a relay takes quoted local parts, source routes and address literals",
			Why:   "Addresses behind gateways to other systems look strange, and only the system behind knows whether they exist.",
			Rows:  []string{"R5321-3.7.3-a"},
			Needs: []conformance.Need{conformance.NeedRelay},
			Run: func(p *conformance.Probe) {
				there := domainOf(p.Foreign)
				for _, address := range []string{`"first last"@` + there, "@" + there + ":" + p.Foreign, "user@[192.0.2.20]"} {
					s := p.Ready()
					s.Mail().Need("250")
					r := s.RcptTo(address)
					if r.Is("500 or 501 or 502 or 503 or 553 or 555") {
						p.Report("250, or a refusal that is not about the syntax, to "+address, r.String())
						continue
					}
					r.Should("25z or 4yz or 5yz")
				}
			},
		},
	}
}

// refusesForeign says RCPT for a foreign address and gives back the refusal; a target
// that takes it is what the cases about relaying are about.
func refusesForeign(p *conformance.Probe) conformance.Reply {
	s := p.Ready()
	s.Mail().Need("250")
	r := s.RcptTo(p.Foreign)
	if r.Is("25z") {
		p.Skip("the target takes mail from us for foreign domains: RCPT TO:<%s> got %s", p.Foreign, r)
	}
	return r
}

// acceptsUnknown goes on only where RCPT takes an address that is not there.
func acceptsUnknown(p *conformance.Probe, s *conformance.Session) {
	if r := s.RcptTo(p.Unknown); !r.Is("25z") {
		p.Skip("the target refuses %s at RCPT, as it should: %s", p.Unknown, r)
	}
}
