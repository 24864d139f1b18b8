package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321Recipients() []Mutant {
	const (
		hundred = "rfc5321/4.5.3.1.8/hundred-recipients"
		many    = "rfc5321/4.5.3.1.10/too-many-recipients"
		limit   = "452 4.5.3 too many recipients"
	)
	return []Mutant{
		{
			Name: "fifty-recipients", Case: hundred, Row: "R5321-4.5.3.1.8-a",
			Does:   "It refuses the 51st recipient with 452.",
			Filter: limited(50, limit),
		},
		{
			Name: "forgets-recipient-99", Case: hundred, Row: "R5321-4.5.3.1.8-a",
			Does: "It accepts a hundred recipients and delivers to the first of them only.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Count["RCPT"] > 1 && s.Count["RCPT"] <= 100 {
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "refuses-recipients-by-552", Case: many, Row: "R5321-4.5.3.1.10-b",
			Does:   "It refuses the 201st recipient with 552.",
			Filter: limited(200, "552 5.5.3 too many recipients"),
		},
		{
			Name: "drops-at-too-many-recipients", Case: many, Row: "R5321-4.5.3.1.10-b",
			Does:   "It ends the session at the 201st recipient.",
			Filter: limited(200, "421 4.5.3 too many recipients\r\nclose"),
		},
		{
			Name: "forgets-first-recipients", Case: many, Row: "R5321-4.5.3.1.8-e",
			Does: "It forgets the first recipient when it refuses others.",
			Filter: func() Filter {
				f := limited(200, limit)()
				inner := f.Command
				f.Command = func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Count["RCPT"] == 1 {
						return "", "250 2.1.5 OK\r\n"
					}
					return inner(s, line)
				}
				return f
			},
		},
		{
			Name: "refuses-data-for-too-many-recipients", Case: many, Row: "R5321-4.5.3.1.8-e",
			Does: "It refuses DATA when it has refused a recipient with 452.",
			Filter: func() Filter {
				f := limited(200, limit)()
				inner := f.Command
				f.Command = func(s *Session, line string) (string, string) {
					if Verb(line) == "DATA" && len(s.Rcpts) >= 200 {
						return "", "503 5.5.1 too many recipients\r\n"
					}
					return inner(s, line)
				}
				return f
			},
		},
		{
			Name: "site-limit-of-fifty", Case: many, Row: "R5321-4.5.3.1.10-c",
			Does:   "It refuses the 51st recipient by policy.",
			Filter: limited(50, "550 5.7.1 site limit 50"),
		},
		{
			Name: "site-limit-of-two-hundred", Case: many, Row: "R5321-4.5.3.1.10-c", Guard: true,
			Does:   "It refuses the 201st recipient by policy.",
			Filter: limited(200, "550 5.7.1 site limit 200"),
		},
		{
			Name: "unlimited-recipients", Case: many, Row: "R5321-4.5.3.1.10-b", Guard: true,
			Does: "It has a table for 2000 recipients.",
			Node: func(c *sim.NodeConfig) { c.Limits.Recipients = 2000 },
		},
		{
			Name: "counts-addresses-in-header", Case: "rfc5321/4.5.3.1.8/many-addresses-in-header", Row: "R5321-4.5.3.1.8-d",
			Does:   "It refuses messages with more than a hundred addresses in To.",
			Filter: refusesText("<someone-100@", "550 5.7.1 too many addresses"),
		},
		{
			Name: "checks-from-field", Case: "rfc5321/4.5.3.1.8/odd-header", Row: "R5321-4.5.3.1.8-c",
			Does:   "It refuses messages whose From field is not well formed.",
			Filter: refusesText("<a@b@", "550 5.6.0 invalid From"),
		},
		{
			Name: "checks-date-field", Case: "rfc5321/4.5.3.1.8/odd-header", Row: "R5321-4.5.3.1.8-c",
			Does:   "It refuses messages whose Date field is not well formed.",
			Filter: refusesText("Date: yesterday", "550 5.6.0 invalid Date"),
		},
	}
}

// limited makes a filter that refuses recipients when there are n.
func limited(n int, refusal string) func() Filter {
	if !strings.HasSuffix(refusal, "close") {
		refusal += "\r\n"
	}
	return func() Filter {
		return Filter{Command: func(s *Session, line string) (string, string) {
			if Verb(line) == "RCPT" && len(s.Rcpts) >= n {
				return "", refusal
			}
			return line, ""
		}}
	}
}

// refusesText makes a filter that refuses messages in which a text stands.
func refusesText(text, refusal string) func() Filter {
	return func() Filter {
		seen := ""
		return Filter{
			Text: func(_ *Session, octets string) string { seen += octets; return octets },
			Reply: func(_ *Session, command, r string) string {
				if command == "<dot>" && strings.Contains(seen, text) {
					r = refusal + "\r\n"
				}
				if command == "<dot>" {
					seen = ""
				}
				return r
			},
		}
	}
}
