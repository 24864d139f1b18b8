package cases

import (
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// RFC 5321 3.5.1: "User Name <local-part@domain>" or "local-part@domain".
var vrfyForm = regexp.MustCompile(`^([^<>]* )?<[^<>]+@[^<>]+>$|^[^\s<>]+@[^\s<>]+$`)

// rfc5321Vrfy is about VRFY, RFC 5321 3.5.
func rfc5321Vrfy() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.5.1: a 250 names the mailbox of the user, and has one of two forms.
			ID:    "rfc5321/3.5.1/vrfy-names-mailbox",
			Title: "a 250 to VRFY names the mailbox, with or without a full name before it",
			Why:   "Programs read the mailbox out of the reply; other words in its place are taken for an address or for nothing.",
			Rows:  []string{"R5321-3.5.1-b", "R5321-3.5.1-c"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				r := p.Ready().Cmd("VRFY %s", p.Rcpt)
				if !r.Is("250") {
					p.Skip("VRFY %s is not answered with 250, but with %s", p.Rcpt, r)
				}
				text := bare(r.Text())
				if !strings.Contains(strings.ToLower(text), strings.ToLower(p.Rcpt)) {
					p.Fail("250 with "+p.Rcpt, r.String())
				}
				p.Row("R5321-3.5.1-c")
				if !vrfyForm.MatchString(text) {
					p.Fail("250 User Name <"+p.Rcpt+"> or 250 "+p.Rcpt, r.String())
				}
			},
		},
		{
			// RFC 5321 3.5.1: at least local mailboxes are recognized as user names, which is
			// something else than the form local-part@domain.
			ID:    "rfc5321/3.5.1/vrfy-knows-local-names",
			Title: "VRFY takes the name of a local mailbox without a domain",
			Why:   "People who look for a user type the name alone; an error tells them that there is no such user.",
			Rows:  []string{"R5321-3.5.1-i"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				if r := verify(p, p.Rcpt); !r.Is("25z") {
					p.Skip("VRFY is of no use here: %s is answered with %s", p.Rcpt, r)
				}
				// 553 says that several users have that name.
				if verify(p, localPart(p.Rcpt)).Want("250 or 251 or 252 or 553").Is("250") {
					if r := verify(p, localPart(p.Unknown)); r.Is("250") {
						p.Fail("another reply for a name that is not there than for one that is", r.String())
					}
				}
			},
		},
		{
			// RFC 5321 3.5.1: hosts with several domains should take local-part@domain; 3.5.3
			// gives 252 for what cannot be told.
			ID:    "rfc5321/3.5.1/vrfy-takes-full-address",
			Title: "VRFY takes local-part@domain, in angle brackets too",
			Why:   "On a host with several domains the name alone does not say which mailbox is meant.",
			Rows:  []string{"R5321-3.5.1-j"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				full, alone := verify(p, p.Rcpt), verify(p, localPart(p.Rcpt))
				if !full.Is("25z") && !alone.Is("25z") {
					p.Skip("VRFY is of no use here: %s is answered with %s, %s with %s", p.Rcpt, full, localPart(p.Rcpt), alone)
				}
				full.Should("250 or 251 or 252")
				verify(p, "<"+p.Rcpt+">").Should("250 or 251 or 252")
			},
		},
		{
			// RFC 5321 3.5.1: hosts may recognize other strings as user names. That they do not is
			// right too.
			ID:    "rfc5321/3.5.1/vrfy-of-full-name",
			Title: "VRFY of a quoted full name is answered, and the session goes on",
			Why:   "Whoever looks for a person must not lose the session over it.",
			Rows:  []string{"R5321-3.5.1-k"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd(`VRFY "Joe Smith"`).Want("25z or 55z or 50z")
				s.InStep()
			},
		},
		{
			// RFC 5321 3.5.1: 250 for a list is for one that takes mail for all its members;
			// else there is an error or 252.
			ID:    "rfc5321/3.5.1/vrfy-of-list",
			Title: "VRFY calls a list good only if it takes mail",
			Why:   "People are told that mail to the list arrives, and it does not.",
			Rows:  []string{"R5321-3.5.1-g"},
			Needs: []conformance.Need{conformance.NeedList},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if r := s.Cmd("VRFY %s", p.List); !r.Is("250") {
					p.Skip("VRFY %s is not answered with 250, but with %s", p.List, r)
				}
				s.Mail().Need("250")
				s.RcptTo(p.List).Want("25z")
			},
		},
		{
			// RFC 5321 3.5.3: 250 is for what was looked up, not for what is merely well formed.
			// A server that can do no more says 500 or 502 (3.5.3), or 252 (7.3).
			ID:    "rfc5321/3.5.3/vrfy-of-unknown",
			Title: "VRFY of a mailbox that is not there is not answered with 250",
			Why:   "A 250 for whatever is well formed tells people that a mailbox exists, and their mail to it is lost.",
			Rows:  []string{"R5321-3.5.3-a", "R5321-3.5.3-c"},
			Needs: []conformance.Need{conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				known, unknown := verify(p, p.Rcpt), verify(p, p.Unknown)
				elsewhere := verify(p, localPart(p.Unknown)+"@no-such-domain.mailsim.test")
				for _, r := range []conformance.Reply{unknown, elsewhere} {
					if r.Is("250") {
						p.Report("another code than 250 for an address that is not there", r.String())
					}
				}
				p.Row("R5321-3.5.3-c")
				switch {
				case known.Is("250") && unknown.Is("250") && elsewhere.Is("250"):
					p.Fail("502, 500 or 252 of a server that only looks at the form", known.String())
				case known.Code == unknown.Code:
					p.Note("VRFY does not tell known from unknown mailboxes: %s", known)
				}
			},
		},
		{
			// RFC 5321 3.5.3: verification of an address should be more thorough with VRFY than with RCPT.
			ID:    "rfc5321/3.5.3/vrfy-agrees-with-rcpt",
			Title: "what RCPT refuses VRFY does not call good",
			Why:   "The reply to VRFY is worth nothing where mail to the same address is refused.",
			Rows:  []string{"R5321-3.5.3-e"},
			Needs: []conformance.Need{conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				for _, address := range []string{p.Rcpt, p.Unknown} {
					s := p.Ready()
					v := s.Cmd("VRFY %s", address)
					s.Mail().Need("250")
					r := s.RcptTo(address)
					if r.Is("55z") && v.Is("250 or 251") {
						p.Report("no 250 to VRFY of "+address+", which RCPT refuses with "+r.String(), v.String())
					}
				}
			},
		},
		{
			// RFC 5321 3.5.3: what looks valid and cannot be verified now, such as an address that
			// the server relays for, gets 252; 3.4 has 251 for what is forwarded.
			ID:    "rfc5321/3.5.3/vrfy-of-relayed",
			Title: "VRFY of an address that is only relayed is answered with 252",
			Why:   "A relay does not know the mailboxes behind it; 250 claims that it does, 550 that they are not there.",
			Rows:  []string{"R5321-3.5.3-d"},
			Needs: []conformance.Need{conformance.NeedRelay},
			Run: func(p *conformance.Probe) {
				p.Ready().Cmd("VRFY %s", p.Foreign).Want("252 or 251")
			},
		},
		{
			// RFC 5321 3.5.2: VRFY may be listed in EHLO, and works whether it is or not.
			ID:    "rfc5321/3.5.2/vrfy-works-where-listed",
			Title: "VRFY is implemented where EHLO lists it",
			Why:   "A client that believes the list sends a command that is not there.",
			Rows:  []string{"R5321-3.5.2-i"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				_, listed := s.Offers("VRFY")
				r := s.Cmd("VRFY %s", p.Rcpt)
				if listed && r.Is("500 or 502") {
					p.Fail("a reply to the VRFY that EHLO lists", r.String())
				}
				if !listed {
					p.Note("VRFY is not listed in EHLO, which is allowed; it gets %s", r)
				}
				s.InStep()
			},
		},
		{
			// RFC 5321 4.1.1.6: VRFY has no effect on the buffers for sender and recipients.
			ID:    "rfc5321/4.1.1.6/vrfy-in-transaction",
			Title: "VRFY leaves an open transaction alone",
			Why:   "A client that verifies a name in between loses its message.",
			Rows:  []string{"R5321-4.1.1.6-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				s.Cmd("VRFY %s", p.Rcpt)
				arrivesOnce(p, s)
			},
		},
		{
			// RFC 5321 4.1.1.6: VRFY has an argument. A server without VRFY need not look at it.
			ID:    "rfc5321/4.1.1.6/vrfy-needs-name",
			Title: "VRFY without a name is not answered with 250",
			Why:   "A 250 verifies nobody.",
			Rows:  []string{"R5321-4.1.1.6-b"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if r := s.Cmd("VRFY").Want("50z or 55z or 252"); !r.Is("501") {
					p.Note("VRFY without a name gets %s; 501 is usual", r)
				}
				s.InStep()
			},
		},
	}
}
