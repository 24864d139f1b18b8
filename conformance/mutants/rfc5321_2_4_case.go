package mutants

import "strings"

// beginsExactly makes a filter that answers lines which begin with a prefix, letter
// for letter; the server sees only others.
func beginsExactly(reply string, prefixes ...string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			for _, p := range prefixes {
				if strings.HasPrefix(line, p) {
					return "", reply + "\r\n"
				}
			}
			return line, ""
		}}
	}
}

func rfc5321LetterCase() []Mutant {
	return []Mutant{
		{
			Name: "bare-postmaster-is-incomplete", Case: "rfc5321/2.3.5/postmaster-without-domain", Row: "R5321-2.3.5-d",
			Does:   "It wants a domain behind every recipient, postmaster too.",
			Filter: answer("501 5.1.3 a recipient needs a domain", "RCPT TO:<postmaster>"),
		},
		{
			Name: "verbs-in-capitals", Case: "rfc5321/2.4/verbs-in-any-case", Row: "R5321-2.4-a",
			Does:   "It knows no command in small letters.",
			Filter: beginsExactly("500 5.5.2 not recognized", "noop", "mail", "rset", "quit", "eh", "nO", "mA", "rC", "dA", "qU", "eH"),
		},
		{
			Name: "data-in-capitals", Case: "rfc5321/2.4/verbs-in-any-case", Row: "R5321-2.4-a",
			Does:   "It knows DATA in capital letters only.",
			Filter: beginsExactly("500 5.5.2 not recognized", "dA"),
		},
		{
			Name: "from-in-capitals", Case: "rfc5321/2.4/from-and-to-in-any-case", Row: "R5321-2.4-b",
			Does:   "It knows FROM: in capital letters only.",
			Filter: beginsExactly("501 5.5.4 MAIL FROM:<address>", "MAIL f"),
		},
		{
			Name: "to-in-capitals", Case: "rfc5321/2.4/from-and-to-in-any-case", Row: "R5321-2.4-b",
			Does:   "It knows TO: in capital or small letters only.",
			Filter: beginsExactly("501 5.5.4 RCPT TO:<address>", "RCPT To"),
		},
		{
			Name: "parameters-in-capitals", Case: "rfc5321/2.4/parameters-in-any-case", Row: "R5321-2.4-c",
			Does: "It knows SIZE in capital letters only.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if strings.Contains(line, " size=") {
						return "", "555 5.5.4 unknown parameter size\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "domains-as-written", Case: "rfc5321/2.4/domains-in-any-case", Row: "R5321-2.4-f",
			Does:   "It takes its domain in capital letters for a foreign one.",
			Filter: beginsExactly("550 5.7.1 relaying denied", "RCPT TO:<good@LOCAL.TEST>"),
		},
		{
			Name: "answers-half-a-command", Case: "rfc5321/2.4/waits-for-line-end", Row: "R5321-2.4-h",
			Does:  "It answers NOOP as soon as it has seen four letters.",
			Serve: hasty,
		},
	}
}
