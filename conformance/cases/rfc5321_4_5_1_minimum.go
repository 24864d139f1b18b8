package cases

import (
	"cmp"
	"slices"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Minimum is about the commands and the mailbox that every server has, RFC 5321 4.5.1.
func rfc5321Minimum() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.5.1: MAIL, RCPT and DATA are among the commands that every server must support.
			ID:    "rfc5321/4.5.1/mail-rcpt-data",
			Title: "MAIL, RCPT and DATA are known commands",
			Why:   "Without them no mail can be sent; a server that offers CHUNKING and not DATA shuts out most clients.",
			Rows:  []string{"R5321-4.5.1-a", "R5321-4.5.1-b", "R5321-4.5.1-c"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				supported(p, s.Mail())
				p.Row("R5321-4.5.1-b")
				supported(p, s.RcptTo(cmp.Or(p.Rcpt, "postmaster"))) // to whom does not matter here
				p.Row("R5321-4.5.1-c")
				supported(p, s.Cmd("DATA"))
			},
		},
		{
			// RFC 5321 4.5.1: so are RSET, NOOP and QUIT.
			ID:    "rfc5321/4.5.1/rset-noop-quit",
			Title: "RSET, NOOP and QUIT are known commands",
			Why:   "Clients use them between messages and for keeping connections open, and take an error for a broken session.",
			Rows:  []string{"R5321-4.5.1-d", "R5321-4.5.1-e", "R5321-4.5.1-f"},
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				supported(p, s.Cmd("RSET"))
				p.Row("R5321-4.5.1-e")
				supported(p, s.Cmd("NOOP"))
				p.Row("R5321-4.5.1-f")
				supported(p, s.Cmd("QUIT"))
			},
		},
		{
			// RFC 5321 4.5.1: so is VRFY. A server that does not want to verify says 252 (7.3).
			ID:    "rfc5321/4.5.1/vrfy",
			Title: "VRFY is a known command",
			Why:   "A server that gives nothing away has 252 to say so; 502 tells that it is not finished.",
			Rows:  []string{"R5321-4.5.1-g"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				supported(p, p.Ready().Cmd("VRFY %s", cmp.Or(p.Rcpt, "postmaster")))
			},
		},
		{
			// RFC 5321 4.5.1: postmaster is there at each domain that the server serves, and, other
			// than other local parts, in any letter case; RCPT takes it without a domain, too.
			ID:    "rfc5321/4.5.1/postmaster",
			Title: "postmaster is accepted in any letter case, at each domain, and without one",
			Why:   "It is the one address that strangers know when mail does not work.",
			Rows:  []string{"R5321-4.5.1-i", "R5321-4.5.1-h"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				var domains []string
				for _, a := range []string{p.Rcpt, p.Second, p.Alias, p.List} {
					if d := domainOf(a); d != "" && !slices.Contains(domains, d) {
						domains = append(domains, d)
					}
				}
				for _, d := range domains {
					s := p.Ready()
					s.Mail().Need("250")
					s.RcptTo("postmaster@" + d).Should("25z")
				}

				p.Row("R5321-4.5.1-h")
				for _, a := range []string{"POSTMASTER@" + domains[0], "PostMaster@" + domains[0], "Postmaster"} {
					s := p.Ready()
					s.Mail().Need("250")
					s.RcptTo(a).Should("25z")
				}
			},
		},
		{
			// RFC 5321 4.5.1: mail to postmaster may be blocked where that averts an attack, and
			// should not be blocked more than that.
			ID:    "rfc5321/4.5.1/postmaster-from-anybody",
			Title: "postmaster takes mail from senders who look odd",
			Why:   "Whoever is blocked by mistake has to be able to ask why.",
			Rows:  []string{"R5321-4.5.1-j"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				postmaster := "postmaster@" + domainOf(p.Rcpt)
				for _, from := range []string{"", "nobody@does-not-exist.invalid"} {
					p.Target.Hello, p.From = "odd-name.invalid", from
					if !p.Greet().Hello().Should("250") {
						continue
					}
					s := p.Ready()
					if s.Mail().Should("250") {
						s.RcptTo(postmaster).Should("25z")
					}
				}
			},
		},
	}
}

// supported judges that a command is known: whatever its reply says, it is not that the
// command is unknown or not implemented.
func supported(p *conformance.Probe, r conformance.Reply) {
	if r.Is("500 or 502 or 504") {
		p.Report("another code than 500, 502 and 504, which tell of a command that is not there", r.String())
		return
	}
	r.Should("2yz or 3yz or 4yz or 5yz")
}
