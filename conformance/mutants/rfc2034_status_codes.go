package mutants

import "strings"

func rfc2034() []Mutant {
	swap := func(prefix, old, with string) func() Filter {
		return reply(prefix, func(r string) string { return strings.Replace(r, old, with, 1) })
	}
	return []Mutant{
		{
			Name: "no-code-at-rset", Case: "rfc2034/4/codes-everywhere", Row: "R2034-4-a",
			Does: "It answers RSET without an enhanced status code.", Filter: swap("RSET", "2.0.0 ", ""),
		},
		{
			Name: "class-does-not-fit", Case: "rfc2034/4/class-and-lines", Row: "R2034-4-b",
			Does: "It answers 550 4.1.1.", Filter: swap("RCPT", "5.1.1", "4.1.1"),
		},
		{
			Name: "code-in-the-first-line-only", Case: "rfc2034/4/class-and-lines", Row: "R2034-4-c",
			Does: "It writes the code into the first line only.", Filter: answer("214-2.0.0 commands:\r\n214 MAIL RCPT DATA", "HELP"),
		},
		{
			Name: "codes-at-354", Case: "rfc2034/4/no-codes", Row: "R2034-4-d",
			Does: "It answers DATA with 354 2.0.0.", Filter: swap("DATA", "354 ", "354 2.0.0 "),
		},
		{
			Name: "zeros-in-codes", Case: "rfc3463/2/form", Row: "R3463-2-a",
			Does: "It writes 5.01.1.", Filter: swap("RCPT", "5.1.1", "5.01.1"),
		},
		{
			Name: "one-code-for-all", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.0.0 for everything.", Filter: swap("RCPT", "5.1.1", "5.0.0"),
		},
		{
			Name: "makes-codes-up", Case: "rfc3463/2/registered", Row: "R5248-2-a",
			Does: "It writes 5.9.9.", Filter: swap("BOGUS", "5.5.2", "5.9.9"),
		},
	}
}
