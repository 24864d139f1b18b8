package cases

import (
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// inside matches what shows the inside of a server: paths, programs, databases.
var inside = regexp.MustCompile(`/etc/|/var/|/usr/|/home/|\.py\b|\.c:\d|Traceback|SELECT |SQLSTATE|(?i:syntax error near|sql error)|errno|uid=\d|\b10\.\d+\.\d+\.\d+|\b192\.168\.|0x[0-9a-f]{6,}`)

// securityVerbs is about commands that are for others, or for nobody.
func securityVerbs() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 2.2: XCLIENT and XFORWARD are extensions by which proxies that are trusted
			// tell who the client is. Nobody else may say that.
			ID:    "security/verbs/xclient",
			Title: "XCLIENT and XFORWARD are neither offered to strangers nor obeyed",
			Why:   "Whoever can say who he is gets past every rule for addresses, relay among them.",
			Rows:  []string{"SEC-XCLIENT-1"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can pass for another client, and for a user who is logged in")
				s := p.Ready()
				for _, word := range []string{"XCLIENT", "XFORWARD"} {
					if _, ok := s.Offers(word); ok {
						p.Report("no "+word+" in the reply to EHLO", "it is offered to us")
					}
				}
				s.Cmd("XCLIENT ADDR=127.0.0.1 NAME=localhost LOGIN=admin").Want("5yz or 421")
				p.Ready().Cmd("XFORWARD ADDR=127.0.0.1").Want("5yz or 421")
			},
		},
		{
			// RFC 5321 3.1: a session begins with the greeting. A header of the PROXY protocol in
			// front of it is for servers behind a proxy only.
			ID:    "security/verbs/proxy-header",
			Title: "a header of the PROXY protocol is not believed",
			Why:   "Whoever can say where he connects from gets past every rule for addresses, relay among them.",
			Rows:  []string{"SEC-XCLIENT-2"},
			Needs: []conformance.Need{conformance.NeedMX, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				if p.ImplicitTLS {
					p.Skip("TLS begins with the connection")
				}
				p.Usable("anybody can pass for another client, and relay in its name")
				for _, header := range []string{
					"PROXY TCP4 127.0.0.1 127.0.0.1 4000 25\r\n",
					"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x01\x7f\x00\x00\x01\x0f\xa0\x00\x19",
				} {
					s := p.Connect()
					s.Write(header)
					if r := s.Reply(); !r.Is("220") {
						continue // a refusal of what talks before the greeting
					}
					r := s.Cmd("EHLO %s", p.Target.Hello)
					if !r.Is("250") || len(r.Lines) < 2 {
						continue // an answer to the header as to a command
					}
					s.Mail()
					foreign := s.RcptTo(p.Foreign)
					if foreign.Is("25z") && !p.MailAuth {
						if _, trusted := relays(p, attempt{to: "<" + p.Foreign + ">"}); !trusted {
							p.Fail("a refusal of a foreign recipient", foreign.String()+", behind a PROXY header")
						}
					}
					p.Warn("an error for the PROXY header, which is no command", "the header was taken away")
				}
			},
		},
		{
			// RFC 1985 5: ETRN asks for a run of the queue for a domain, and for nothing else.
			ID:    "security/verbs/etrn",
			Title: "ETRN with shell and database text is answered as any other",
			Why:   "The argument goes to databases and programs; what was pasted together there could be commanded from outside (CVE-2025-26794).",
			Rows:  []string{"SEC-ETRN-1"},
			Needs: []conformance.Need{conformance.Keyword("ETRN")},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can put commands into the server's database or shell")
				for _, arg := range []string{"x.mailsim.test", "#a;true", `" OR 1=1 --`, "' OR '1'='1", "@`true`"} {
					r := p.Ready().Cmd("ETRN %s", arg)
					if inside.MatchString(r.Text()) {
						p.Fail("a reply that shows nothing of the inside", r.String())
					}
					r.Want("25z or 4yz or 5yz")
				}
			},
		},
		{
			// RFC 5321 4.1.1, F.1, F.6: TURN and SEND, SOML, SAML are gone; DEBUG and WIZ were holes.
			ID:    "security/verbs/old-verbs",
			Title: "old and dangerous verbs are not implemented",
			Why:   "TURN hands the mail of others to anybody; the others were ways into the host.",
			Rows:  []string{"SEC-CMD-1"},
			Run: func(p *conformance.Probe) {
				for _, line := range []string{
					"DEBUG", "WIZ", "KILL", "SHELL", "TURN", "ATRN", "SEND FROM:<" + p.From + ">", "SOML FROM:<" + p.From + ">",
					"SAML FROM:<" + p.From + ">", "ONEX", "VERB", "XQUE", "XADR",
				} {
					s := p.Ready()
					if r := s.Cmd("%s", line); r.Is("2yz or 3yz") {
						p.Report("a refusal of "+line, r.String())
					}
					s.Close()
				}
			},
		},
		{
			// RFC 5321 7.5: what a reply shows of the server helps those who attack it.
			ID:    "security/verbs/internal-details",
			Title: "replies show no paths, programs, database errors or addresses of the inside",
			Why:   "They tell attackers which holes to try.",
			Rows:  []string{"SEC-INFO-1"},
			Run: func(p *conformance.Probe) {
				var seen []conformance.Reply
				s := p.Greet()
				seen = append(seen, s.Hello(), s.Cmd("HELP"), s.Cmd("BOGUS"))
				s = p.Ready()
				seen = append(seen, s.Cmd("MAIL FROM:<a@b@c>"), s.Cmd("VRFY '"), s.Mail())
				if p.Unknown != "" {
					seen = append(seen, s.RcptTo(p.Unknown))
				}
				s = p.Ready()
				seen = append(seen, s.Cmd("EXPN '"), s.Mail("SIZE=999999999999"), s.RcptTo(`"a'b"@`+p.Domain()))
				for _, r := range seen {
					if found := inside.FindString(strings.Join(r.Lines, "\n")); found != "" {
						p.Report("nothing of the inside in replies", found+" in "+r.String())
					}
				}
				if version := regexp.MustCompile(`\d+\.\d+(\.\d+)?`).FindString(p.Greeting); version != "" {
					p.Note("the greeting may show a version: %s", p.Greeting)
				}
			},
		},
	}
}
