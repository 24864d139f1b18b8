package cases

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim/mail"
)

// clientHello is about how a sender opens a session.
func clientHello() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.2, 4.1.4: a session begins with EHLO, or HELO for old servers.
			ID:    "client/hello/ehlo-first",
			Title: "the first command of a session is EHLO",
			Why:   "Without EHLO the server offers no extension: no TLS, no size limit, no 8-bit mail.",
			Rows:  []string{"R5321-2.2.1-b", "R5321-4.1.1.1-k", "R5321-4.1.4-g"},
			Run: func(p *conformance.Probe) {
				verbs := p.Session(p.Serve(conformance.Script{})).Verbs()
				p.Row("R5321-4.1.4-g")
				if len(verbs) > 0 && !strings.HasSuffix(verbs[0], "LO") && verbs[0] != "MAIL" {
					p.Report("EHLO before "+verbs[0], quoted(verbs))
				}
				p.Row("R5321-4.1.1.1-k")
				for _, v := range verbs {
					if v == "EHLO" || v == "HELO" || v == "LHLO" {
						break
					}
					if v == "MAIL" {
						p.Fail("EHLO or HELO before MAIL", quoted(verbs))
					}
				}
				p.Row("R5321-2.2.1-b")
				if len(verbs) == 0 || verbs[0] != "EHLO" && verbs[0] != "LHLO" {
					p.Fail("EHLO as the first command", quoted(verbs))
				}
			},
		},
		{
			// RFC 5321 3.2: where EHLO is not known, HELO opens the session.
			ID:    "client/hello/falls-back-to-helo",
			Title: "a server without EHLO is greeted with HELO and gets the mail",
			Why:   "Old and small servers would never get mail.",
			Rows:  []string{"R5321-2.2.1-d", "R5321-3.2-c"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				m := p.Serve(conformance.Script{Reply: func(_ *conformance.Visit, line string) string {
					if strings.HasPrefix(strings.ToUpper(line), "EHLO") {
						return "502 5.5.1 not known\r\n"
					}
					return ""
				}})
				v := p.Session(m)
				p.Row("R5321-3.2-c")
				if _, ok := v.Line("HELO"); !ok {
					p.Report("HELO after a 502 to EHLO", quoted(v.Verbs()))
				}
				p.Row("R5321-2.2.1-d")
				served(p, m)
			},
		},
		{
			// RFC 5321 2.3.5, 4.1.1.1: the name in EHLO is a fully qualified domain or an address literal.
			ID:    "client/hello/name",
			Title: "the name in EHLO is a qualified domain or an address literal, and nothing else stands there",
			Why:   "Many servers refuse clients that call themselves localhost or by half a name.",
			Rows:  []string{"R5321-2.3.5-a", "R5321-4.1.1.1-b", "R5321-4.1.2-p", "R5321-4.1.3-f"},
			Run: func(p *conformance.Probe) {
				hello := p.Session(p.Serve(conformance.Script{})).Hello()
				_, name, _ := strings.Cut(hello, " ")
				p.Row("R5321-4.1.1.1-b")
				if strings.Contains(name, " ") {
					p.Report("one name behind EHLO", hello)
				}
				name, _, _ = strings.Cut(name, " ")
				if strings.HasPrefix(name, "[") {
					p.Row("R5321-4.1.3-f")
					if _, err := mail.ParseLiteral(name); err != nil {
						p.Report("an address literal such as [192.0.2.1] or [IPv6:2001:db8::1]", hello)
					}
					return
				}
				p.Row("R5321-4.1.2-p")
				if !regexp.MustCompile(`^[A-Za-z0-9.-]*$`).MatchString(name) {
					p.Report("a domain of letters, digits and hyphens", hello)
				}
				p.Row("R5321-2.3.5-a")
				if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(strings.Trim(name, "."), ".") {
					p.Report("a fully qualified domain or an address literal", hello)
				}
			},
		},
		{
			// RFC 5321 4.2, 4.3.1: nothing is sent before the greeting has come, to its last line.
			ID:    "client/hello/waits-for-the-greeting",
			Title: "nothing is said before the last line of the greeting",
			Why:   "Servers take clients that talk first for spam programs and close the session.",
			Rows:  []string{"R5321-4.2-h"},
			Run: func(p *conformance.Probe) {
				m := p.Serve(conformance.Script{Greeting: "220-peer.mailsim.test says\r\n220 one moment\r\n", Pieces: true, Hold: p.Quiet / 5})
				if v := p.Session(m); v.Early {
					p.Fail("silence until \"220 one moment\" has come", "a command came before")
				}
				served(p, m)
			},
		},
		{
			// RFC 5321 4.1.1.1: a one-line 250 to EHLO is a success without extensions.
			ID:    "client/hello/one-line",
			Title: "a one-line 250 to EHLO is taken for a success without extensions",
			Why:   "A client that waits for more lines hangs, and its mail with it.",
			Rows:  []string{"R5321-4.1.1.1-j"},
			Run: func(p *conformance.Probe) {
				served(p, p.Serve(conformance.Script{}))
			},
		},
		{
			// RFC 5321 3.1, 4.1.4: a host that greets with 554 takes no mail; QUIT ends the session.
			ID:    "client/hello/no-service",
			Title: "a greeting of 554 is answered with QUIT",
			Why:   "A client that goes on wastes its time and the server's; one that just closes looks like a broken network.",
			Rows:  []string{"R5321-4.1.4-v"},
			Run: func(p *conformance.Probe) {
				v := unserved(p, p.Serve(conformance.Script{Greeting: "554 5.3.2 no mail here\r\n"}))
				if verbs := v.Verbs(); len(verbs) == 0 || verbs[len(verbs)-1] != "QUIT" {
					p.Fail("QUIT behind a greeting of 554", quoted(verbs)+", then the connection was "+v.End)
				}
			},
		},
	}
}
