package cases

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// clientCommands is about the lines that a sender writes.
func clientCommands() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 2.3.8: lines end in CRLF, and neither CR nor LF stands alone.
			ID:    "client/commands/line-ends",
			Title: "each command line ends in CRLF and has no other CR or LF",
			Why:   "Servers differ in what they make of a bare LF, which is how mail is smuggled.",
			Rows:  []string{"R5321-2.3.8-g"},
			Run: func(p *conformance.Probe) {
				for _, l := range served(p, p.Serve(conformance.Script{})).Lines {
					if text, ok := strings.CutSuffix(l.Text, "\r\n"); !ok || strings.ContainsAny(text, "\r\n") {
						p.Fail("lines that end in CRLF", conformance.Visible([]byte(l.Text)))
					}
				}
			},
		},
		{
			// RFC 5321 3.3, 4.1.1.2: no space stands around the colon; source routes are
			// history (appendix C); the path is printable US-ASCII.
			ID:    "client/commands/paths",
			Title: "MAIL FROM:<...> and RCPT TO:<...> have no blank behind the colon and no source route",
			Why:   "Strict servers refuse the blank as a syntax error, and routes as an attempt to relay.",
			Rows:  []string{"R5321-3.3-i", "R5321-3.3-c", "R5321-3.6.1-a", "R5321-4.1.2-n"},
			Run: func(p *conformance.Probe) {
				path := regexp.MustCompile(`(?i)^(MAIL FROM|RCPT TO):<`)
				for _, l := range served(p, p.Serve(conformance.Script{})).Lines {
					line := strings.TrimRight(l.Text, "\r\n")
					sender, recipient := strings.EqualFold(line[:min(4, len(line))], "MAIL"), strings.EqualFold(line[:min(4, len(line))], "RCPT")
					if !sender && !recipient {
						continue
					}
					p.Row("R5321-3.3-i")
					if !path.MatchString(line) {
						p.Report("MAIL FROM:< or RCPT TO:<", line)
					}
					p.Row("R5321-4.1.2-n")
					if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
						p.Report("printable US-ASCII alone", conformance.Visible([]byte(line+"\r\n")))
					}
					p.Row("R5321-3.3-c")
					if recipient {
						p.Row("R5321-3.6.1-a")
					}
					if strings.Contains(line, "<@") {
						p.Report("a path without a route", line)
					}
				}
			},
		},
		{
			// RFC 5321 3.3: MAIL, RCPT and DATA in this order; 4.1.5: no verbs of one's own.
			ID:    "client/commands/order",
			Title: "a transaction is MAIL, RCPT and DATA, and every command is a known one",
			Why:   "Servers answer 503 to commands out of order, and count unknown ones as attacks.",
			Rows:  []string{"R5321-3.3-u", "R5321-4.1.5-b"},
			Run: func(p *conformance.Probe) {
				verbs := served(p, p.Serve(conformance.Script{})).Verbs()
				p.Row("R5321-4.1.5-b")
				known := []string{"EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP"}
				for _, v := range verbs {
					if !slices.Contains(known, v) && !strings.HasPrefix(v, "X") {
						p.Report("commands of RFC 5321, as nothing else is offered", v)
					}
				}
				p.Row("R5321-3.3-u")
				order := strings.Join(verbs, " ")
				if !regexp.MustCompile(`(^| )MAIL( RCPT)+ DATA( |$)`).MatchString(order) {
					p.Fail("MAIL, one RCPT or more, DATA", order)
				}
			},
		},
		{
			// RFC 5321 4.1.1: DATA, RSET and QUIT have no parameters.
			ID:    "client/commands/no-arguments",
			Title: "DATA, RSET and QUIT stand alone on their lines",
			Why:   "Servers refuse such commands with 501, and the mail with them.",
			Rows:  []string{"R5321-4.1.1-c"},
			Run: func(p *conformance.Probe) {
				for _, l := range p.Session(p.Serve(conformance.Script{})).Lines {
					word, rest, _ := strings.Cut(strings.TrimRight(l.Text, "\r\n"), " ")
					if slices.Contains([]string{"DATA", "RSET", "QUIT"}, strings.ToUpper(word)) && rest != "" {
						p.Fail(word+" alone", word+" "+rest)
					}
				}
			},
		},
		{
			// RFC 5321 2.2.1, 4.1.1.11: parameters of extensions that the server does not offer are not used.
			ID:    "client/commands/no-unoffered-parameters",
			Title: "MAIL and RCPT have no parameters where the server offers no extension",
			Why:   "The server answers 555, and mail that it would have taken comes back.",
			Rows:  []string{"R5321-4.1.1.2-d", "R5321-4.1.1.3-f", "R6152-3-c"},
			Run: func(p *conformance.Probe) {
				v := p.Session(p.Serve(conformance.Script{}))
				line, _ := v.Line("MAIL")
				_, params, _ := strings.Cut(line, ">")
				if strings.Contains(strings.ToUpper(params), "BODY=") {
					p.Row("R6152-3-c")
					p.Report("MAIL without BODY, as 8BITMIME is not offered", line)
				}
				p.Row("R5321-4.1.1.2-d")
				if strings.TrimSpace(params) != "" {
					p.Report("MAIL without parameters", line)
				}
				p.Row("R5321-4.1.1.3-f")
				line, _ = v.Line("RCPT")
				if _, params, _ := strings.Cut(line, ">"); strings.TrimSpace(params) != "" {
					p.Report("RCPT without parameters", line)
				}
			},
		},
		{
			// RFC 2920 3.1: commands go out in groups only where PIPELINING is offered.
			ID:    "client/commands/no-pipelining-unasked",
			Title: "each command waits for the reply to the one before where PIPELINING is not offered",
			Why:   "Servers without PIPELINING lose what comes too early, or close the session.",
			Rows:  []string{"R2920-3.1-d"},
			Run: func(p *conformance.Probe) {
				for _, l := range p.Session(p.Serve(conformance.Script{Hold: p.Quiet / 10})).Lines {
					if l.Early {
						p.Fail("each command after the reply to the one before", conformance.Visible([]byte(l.Text))+" came before it")
					}
				}
			},
		},
	}
}
