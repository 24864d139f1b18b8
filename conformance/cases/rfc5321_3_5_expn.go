package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Expn is about EXPN, RFC 5321 3.5, and about what VRFY and EXPN say of mailboxes.
func rfc5321Expn() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.5.1, 3.5.2: EXPN should be there. A site may switch it off, which is not
			// the same: then it says 252 (7.3), or 550 as some do.
			ID:    "rfc5321/3.5.1/expn-is-known",
			Title: "EXPN is implemented",
			Why:   "Without it nobody can find out over mail who is behind a list.",
			Rows:  []string{"R5321-3.5.1-a"},
			Run: func(p *conformance.Probe) {
				name := "staff"
				if p.List != "" {
					name = p.List
				}
				r := p.Ready().Cmd("EXPN %s", name).Want("250 or 252 or 504 or 55z")
				if r.Is("55z") && p.List != "" {
					p.Note("EXPN %s gets %s; RFC 5321 7.3 wants 252 where it is switched off", name, r)
				}
			},
		},
		{
			// RFC 5321 3.5.1: a 250 gives the mailboxes on the list, one a line.
			ID:    "rfc5321/3.5.1/expn-gives-members",
			Title: "a 250 to EXPN names the members, a line each",
			Why:   "Programs read one mailbox from each line; the others are lost.",
			Rows:  []string{"R5321-3.5.1-e", "R5321-3.5.1-f"},
			Needs: []conformance.Need{conformance.NeedList},
			Run: func(p *conformance.Probe) {
				r := p.Ready().Cmd("EXPN %s", p.List)
				if !r.Is("250") {
					p.Skip("EXPN %s is not answered with 250, but with %s", p.List, r)
				}
				if len(told(r.Text())) == 0 {
					p.Fail("250 with the mailboxes on the list", r.String())
				}
				p.Row("R5321-3.5.1-f")
				for _, line := range r.Lines {
					if n := len(likeMailbox.FindAllString(line, -1)); n != 1 {
						p.Fail("exactly one mailbox on each line", strings.TrimSpace("250 "+line))
					}
				}
			},
		},
		{
			// RFC 5321 3.5.1: EXPN of a user may give a list of one, or an error.
			ID:    "rfc5321/3.5.1/expn-of-user",
			Title: "EXPN of a user gives a list of one, or says that it does not",
			Why:   "An empty list says that mail to the user goes nowhere.",
			Rows:  []string{"R5321-3.5.1-h"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				r := s.Cmd("EXPN %s", p.Rcpt).Want("250 or 252 or 50z or 55z")
				if n := len(told(r.Text())); r.Is("250") && n != 1 {
					p.Report("a list of one mailbox", r.String())
				}
				s.InStep()
			},
		},
		{
			// RFC 5321 3.5.3: no 250 without having looked.
			ID:    "rfc5321/3.5.3/expn-of-unknown",
			Title: "EXPN of a list that is not there is not answered with 250",
			Why:   "People are told of a list that does not exist.",
			Rows:  []string{"R5321-3.5.3-b"},
			Run: func(p *conformance.Probe) {
				r := p.Ready().Cmd("EXPN no-such-list-7391")
				if r.Is("250") {
					p.Fail("another code than 250 for a list that is not there", r.String())
				}
			},
		},
		{
			// RFC 5321 3.5.2: EXPN, other than VRFY, is listed where it is supported. 252 and
			// 550 to everything are what servers say that have it switched off.
			ID:    "rfc5321/3.5.2/expn-is-listed",
			Title: "a server that expands lists has EXPN in EHLO",
			Why:   "Clients try EXPN only where it is listed.",
			Rows:  []string{"R5321-3.5.2-h"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				_, listed := s.Offers("EXPN")
				name := "staff"
				if p.List != "" {
					name = p.List
				}
				r := s.Cmd("EXPN %s", name)
				switch {
				case listed:
				case r.Is("250"):
					p.Fail("EXPN in the reply to EHLO, since it is there", "no such keyword, and "+r.String())
				case r.Is("252 or 55z"):
					p.Note("EXPN is not listed in EHLO and gets %s, as where it is switched off", r)
				}
			},
		},
		{
			// RFC 5321 3.5.2: a mailbox in a normal reply is local-part@domain with a fully
			// qualified domain, and no path.
			ID:    "rfc5321/3.5.2/verified-mailbox-is-qualified",
			Title: "mailboxes that VRFY and EXPN tell of have a full domain and no route",
			Why:   "An address without its domain, or with a route, cannot be used by whoever has asked.",
			Rows:  []string{"R5321-3.5.2-a", "R5321-3.5.2-f"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, v := range verifications(p) {
					for _, line := range v.reply.Lines {
						p.Row("R5321-3.5.2-f")
						if strings.Contains(line, "<@") {
							p.Report("no source route in the reply to "+v.command, line)
							continue
						}
						p.Row("R5321-3.5.2-a")
						for _, mailbox := range told(line) {
							domain := mailbox[strings.LastIndexByte(mailbox, '@')+1:]
							if domain == mailbox || !strings.Contains(strings.Trim(domain, "."), ".") && !strings.HasPrefix(domain, "[") {
								p.Report("a mailbox with a fully qualified domain in the reply to "+v.command, line)
							}
						}
					}
				}
			},
		},
		{
			// RFC 5321 3.5.2: addresses should stand in angle brackets.
			ID:    "rfc5321/3.5.2/verified-mailbox-in-brackets",
			Title: "mailboxes that VRFY and EXPN tell of stand in angle brackets",
			Why:   "Without them programs cannot tell the mailbox from the words around it.",
			Rows:  []string{"R5321-3.5.2-c"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, v := range verifications(p) {
					for _, line := range v.reply.Lines {
						if !strings.Contains(line, "<") && likeMailbox.MatchString(line) {
							p.Report("the mailbox in angle brackets in the reply to "+v.command, line)
						}
					}
				}
			},
		},
		{
			// RFC 5321 3.5.2: free-form text may take the place of an address in exceptional
			// circumstances. 252 is meant for it.
			ID:    "rfc5321/3.5.2/vrfy-in-free-text",
			Title: "VRFY is answered with a mailbox, or with a code that promises none",
			Why:   "A program that gets 250 looks for the mailbox in it.",
			Rows:  []string{"R5321-3.5.2-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				r := p.Ready().Cmd("VRFY %s", p.Rcpt)
				if r.Is("250 or 251") && len(told(r.Text())) == 0 {
					p.Warn("a mailbox in the reply to VRFY, but in exceptional circumstances", r.String())
				}
			},
		},
		{
			// RFC 5321 3.5.2: only addresses that can be used in RCPT are returned. What the server
			// refuses to relay to is one.
			ID:    "rfc5321/3.5.2/verified-mailbox-takes-mail",
			Title: "mailboxes that VRFY and EXPN tell of can be used in RCPT",
			Why:   "Whoever has asked wants to send mail there.",
			Rows:  []string{"R5321-3.5.2-d"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				seen := map[string]bool{}
				for _, v := range verifications(p) {
					for _, mailbox := range told(v.reply.Text()) {
						if seen[mailbox] || len(seen) > 20 {
							continue
						}
						seen[mailbox] = true
						s := p.Ready()
						s.Mail().Need("250")
						r := s.RcptTo(mailbox)
						_, domain, _ := strings.Cut(mailbox, "@")
						ours := strings.EqualFold(domain, p.Domain())
						if r.Is("501 or 500 or 553") || ours && r.Is("5yz") {
							p.Report("RCPT TO:<"+mailbox+"> accepted, which "+v.command+" has told of", r.String())
						}
					}
				}
			},
		},
		{
			// RFC 5321 3.5.2: of an address that means a program the mailbox name is given that
			// leads there.
			ID:    "rfc5321/3.5.2/vrfy-hides-programs",
			Title: "VRFY and EXPN do not tell of files and programs",
			Why:   "It cannot be sent mail to, and it tells outsiders what runs on the host.",
			Rows:  []string{"R5321-3.5.2-e"},
			Needs: []conformance.Need{conformance.NeedAlias},
			Run: func(p *conformance.Probe) {
				p.Usable("outsiders learn which programs and files mail is given to")
				for _, v := range verifications(p) {
					for _, mailbox := range told(v.reply.Text()) {
						if strings.ContainsAny(mailbox, `|"`) || strings.HasPrefix(mailbox, "/") {
							p.Report("a mailbox, and no program or file, in the reply to "+v.command, mailbox)
						}
					}
					if strings.Contains(v.reply.Text(), "|") {
						p.Report("no program in the reply to "+v.command, v.reply.String())
					}
				}
			},
		},
		{
			// RFC 5321 4.1.1.7: EXPN has no effect on the buffers: it adds no recipients, and
			// takes none away.
			ID:    "rfc5321/4.1.1.7/expn-in-transaction",
			Title: "EXPN leaves an open transaction alone",
			Why:   "Members of a list would get mail that was meant for somebody else, or nobody would.",
			Rows:  []string{"R5321-4.1.1.7-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				name := p.Rcpt
				if p.List != "" {
					name = p.List
				}
				s := p.Ready()
				s.Mail().Need("250")
				s.Cmd("EXPN %s", name)
				s.Cmd("DATA").Want("5yz") // of which code, RFC 5321 3.3 says

				s = p.Ready()
				s.Envelope()
				s.Cmd("EXPN %s", name)
				arrivesOnce(p, s)
			},
		},
		{
			// RFC 5321 4.1.1.7: EXPN has an argument.
			ID:    "rfc5321/4.1.1.7/expn-needs-name",
			Title: "EXPN without a name is not answered with 250",
			Why:   "Without a name there is nothing to expand; some servers have given away all their lists.",
			Rows:  []string{"R5321-4.1.1.7-b"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if r := s.Cmd("EXPN").Want("50z or 55z or 252"); !r.Is("501 or 502 or 500") {
					p.Note("EXPN without a name gets %s; 501 is usual", r)
				}
				s.InStep()
			},
		},
	}
}
