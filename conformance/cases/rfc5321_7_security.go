package cases

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Security is about what RFC 5321 7 says of safety.
func rfc5321Security() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 7.1: that the envelope and the header name different senders is no reason for
			// a server to refuse: mailing lists, forwarding and redirection all do so.
			ID:    "rfc5321/7.1/sender-and-author-differ",
			Title: "a message is accepted whose author is not its reverse-path",
			Why:   "Every mailing list and every service that sends for somebody else is shut out.",
			Rows:  []string{"R5321-7.1-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				p.Ready().Send(p.MessageWith([]string{"From: <author@elsewhere." + domainOf(p.From) + ">"})).Want("250")
			},
		},
		{
			// RFC 5321 7.2: addresses of the envelope are not to be put into the header: who got a
			// blind copy would be told to all.
			ID:    "rfc5321/7.2/header-without-recipients",
			Title: "no recipients are added to a header, and those that stand there stay",
			Why:   "A server that writes the recipients of the envelope into the header tells everybody who got a blind copy.",
			Rows:  []string{"R5321-7.2-c", "R5321-7.2-d"},
			Needs: []conformance.Need{conformance.NeedMailbox, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				m := p.MessageWith([]string{"To"})
				s.Send(m).Need("250")
				header := p.Arrives("", m.Marker).Header
				for _, name := range []string{"To", "Cc", "Bcc", "Apparently-To"} {
					p.Row("R5321-7.2-c")
					if name == "Apparently-To" {
						p.Row("R5321-7.2-d")
					}
					for _, value := range header.Values(name) {
						if strings.Contains(value, "@") {
							p.Report("no "+name+" in a message that came without", name+": "+value)
						} else {
							p.Note("%s: %s was added", name, value) // "undisclosed-recipients:;" tells nothing
						}
					}
				}
				p.Row("R5321-7.2-c")
				to := "Somebody Else <someone@elsewhere." + domainOf(p.From) + ">"
				m = p.MessageWith([]string{"To: " + to})
				s.Send(m).Need("250")
				if got := p.Arrives("", m.Marker).Header.Values("To"); len(got) != 1 || got[0] != to {
					p.Report("To: "+to, quoted(got))
				}
			},
		},
		{
			// RFC 5321 7.2, 7.6: neither a field with the recipients of the envelope nor the for
			// clause of Received may show one recipient to another.
			ID:    "rfc5321/7.2/recipients-stay-hidden",
			Title: "no copy of a message names the other recipient",
			Why:   "Who got a blind copy is known to everybody who looks at the source of the message.",
			Rows:  []string{"R5321-7.2-a", "R5321-7.6-a"},
			Needs: []conformance.Need{conformance.NeedMailbox, conformance.NeedSecond, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				m := p.MessageWith([]string{"To: undisclosed-recipients:;"})
				p.Ready().Send(m, p.Rcpt, p.Second).Need("250")
				for _, pair := range [][2]string{{p.Rcpt, p.Second}, {p.Second, p.Rcpt}} {
					for _, f := range p.Arrives(pair[0], m.Marker).Header.Fields {
						if !strings.Contains(strings.ToLower(string(f.Raw)), strings.ToLower(pair[1])) {
							continue
						}
						p.Row("R5321-7.2-a")
						if f.Is("Received") {
							p.Row("R5321-7.6-a")
						}
						p.Report("no field with "+pair[1]+" in the mailbox of "+pair[0], string(f.Raw))
					}
				}
			},
		},
		{
			// RFC 5321 7.3: a server with VRFY switched off says 252, and nothing that looks as if
			// it had verified the address, or had found that it is not there.
			ID:    "rfc5321/7.3/vrfy",
			Title: "VRFY tells the truth, or 252",
			Why:   "Who asks about an address and hears 250 or 550 believes it; where that is the same for all addresses it is wrong for some.",
			Rows:  []string{"R5321-7.3-a", "R5321-7.3-d", "R5321-7.3-b"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedUnknown, conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); !r.Is("5yz") {
					p.Skip("RCPT TO:<%s>, an address that should not be there, got %s", p.Unknown, r)
				}
				s = p.Ready()
				good, unknown := s.Cmd("VRFY %s", p.Rcpt), s.Cmd("VRFY %s", p.Unknown)
				got := good.String() + " for " + p.Rcpt + ", and " + unknown.String() + " for " + p.Unknown
				if unknown.Is("250 or 251") {
					p.Report("another code for an address that is not there than 250 and 251", got)
				}

				p.Row("R5321-7.3-d")
				if good.Is("550") {
					p.Report("another code for an address that RCPT takes than 550", got)
				}

				p.Row("R5321-7.3-b")
				if good.Code == unknown.Code && !good.Is("252 or 250 or 251 or 550") {
					p.Report("252 where VRFY is switched off", got)
				}
			},
		},
		{
			// RFC 5321 7.3: so does one with EXPN switched off.
			ID:    "rfc5321/7.3/expn",
			Title: "EXPN shows a list, or gets 252",
			Why:   "A 250 without members looks like an empty list, and 550 like none.",
			Rows:  []string{"R5321-7.3-c"},
			Needs: []conformance.Need{conformance.NeedList, conformance.NeedUnknown, conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				list, unknown := s.Cmd("EXPN %s", p.List), s.Cmd("EXPN %s", p.Unknown)
				got := list.String() + " for " + p.List + ", and " + unknown.String() + " for " + p.Unknown
				switch {
				case list.Is("252"), list.Is("250") && !unknown.Is("250"):
				case list.Is("500 or 502 or 504"):
					p.Note("there seems to be no EXPN: %s", list)
				default:
					p.Fail("252, or a list and another code for an address that is not there", got)
				}
			},
		},
		{
			// RFC 5321 7.8: a server may close the connection on what looks like an attack, such as
			// one who tries out addresses.
			ID:      "rfc5321/7.8/many-unknown-recipients",
			Title:   "who tries out addresses is refused each time, or shut out",
			Why:     "A server that gives up after many errors must not begin to accept everything, or to hang.",
			Rows:    []string{"R5321-7.8-a"},
			Needs:   []conformance.Need{conformance.NeedRcpt, conformance.NeedUnknown},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); r.Is("25z") {
					p.Skip("RCPT TO:<%s>, an address that should not be there, got %s", p.Unknown, r)
				}
				end := time.Now().Add(3 * time.Second)
				for n := 2; n <= 200; n++ {
					r := s.RcptTo(p.Unknown)
					switch {
					case r.Dropped:
						p.Note("the server ends the session at recipient %d: %s", n, r)
						if _, closed := s.Closed(5 * time.Second); !closed {
							p.Fail("a closed connection behind "+r.String(), "it is open")
						}
						return
					case time.Now().After(end) && r.Is("4yz or 5yz"):
						p.Note("the server has slowed down: %d answers in 3 seconds", n)
						return
					}
					r.Want("4yz or 5yz")
				}
				p.Note("there is no limit below 200 unknown recipients")
			},
		},
		{
			// RFC 5321 7.9: a server should be able to restrict for whom it relays. Besides the plain
			// form there are old ones that lead to another host: the percent hack, bang paths and
			// source routes (RFC 5321 F.2), and all of them in quotes.
			ID:    "rfc5321/7.9/relaying",
			Title: "mail for another domain is refused from strangers, in every form of address",
			Why:   "An open relay is found within hours, sends spam for others, and is then blocked everywhere.",
			Rows:  []string{"R5321-7.9-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedUnknown, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				p.Usable("who connects as we do can send mail to anybody through this server")
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Foreign); !r.Is("4yz or 5yz") {
					p.Report("a refusal of "+p.Foreign+"; a server that trusts our address is of another profile (relay)", r.String())
				}
				s = p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); r.Is("25z") {
					p.Note("other forms cannot be judged, since any local part is taken: %s got %s", p.Unknown, r)
					return
				}
				local, other := p.Foreign[:strings.LastIndexByte(p.Foreign, '@')], domainOf(p.Foreign)
				own := domainOf(p.Rcpt)
				for _, a := range []string{
					local + "%" + other + "@" + own,
					"@" + own + ":" + p.Foreign,
					`"` + p.Foreign + `"@` + own,
					other + "!" + local + "@" + own,
					`"` + local + "%" + other + `"@` + own,
				} {
					s := p.Ready()
					s.Mail().Need("250")
					s.RcptTo(a).Should("4yz or 5yz")
				}
			},
		},
		{
			// RFC 5321 7.9: a server may refuse for any reason of its own, and should say so by 550
			// in reply to EHLO, MAIL or RCPT.
			ID:    "rfc5321/7.9/policy",
			Title: "a refusal by policy is 550, and the session goes on",
			Why:   "501 and 503 tell the client that it has made a mistake, and send people looking for it in the wrong place.",
			Rows:  []string{"R5321-7.9-b", "R5321-7.9-c"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				r := s.RcptTo(p.Foreign)
				switch {
				case r.Is("25z"):
					p.Skip("there is no refusal by policy: mail for %s is taken", p.Foreign)
				case r.Is("4yz"):
					p.Note("the refusal is a temporary one: %s", r)
				case r.Is("554 or 551 or 553 or 571"):
					p.Note("the refusal has another code than 550: %s", r)
				default:
					r.Should("550")
				}

				p.Row("R5321-7.9-c")
				if !r.Dropped {
					s.InStep()
					s.RcptTo(p.Rcpt).Want("25z or 4yz or 550 or 554")
				}
			},
		},
	}
}
