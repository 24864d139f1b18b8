package mutants

import "strings"

func rfc5321Hello() []Mutant {
	return []Mutant{
		{
			Name: "ehlo-is-unknown", Case: "rfc5321/2.2.1/ehlo-is-known", Row: "R5321-2.2.1-a",
			Does:   "It answers EHLO with 502.",
			Filter: answer("502 5.5.1 not implemented", "EHLO"),
		},
		{
			Name: "helo-is-unknown", Case: "rfc5321/2.2.1/helo-transaction", Row: "R5321-2.2.1-c",
			Does:   "It answers HELO with 502.",
			Filter: answer("502 5.5.1 say EHLO", "HELO"),
		},
		{
			Name: "helo-is-not-enough", Case: "rfc5321/2.2.1/helo-transaction", Row: "R5321-2.2.1-c",
			Does: "It takes no MAIL from clients that said HELO.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "MAIL" && strings.HasPrefix(s.Hello, "HELO") {
						return "", "503 5.5.1 say EHLO first\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "helo-is-ehlo", Case: "rfc5321/3.2/helo-lists-nothing", Row: "R5321-3.2-b",
			Does:   "It answers HELO as if it were EHLO.",
			Filter: rewrite("HELO", func(line string) string { return "EHLO" + line[4:] }),
		},
		{
			Name: "helo-in-two-lines", Case: "rfc5321/3.2/helo-lists-nothing", Row: "R5321-3.2-b",
			Does:   "It greets a HELO in two lines, neither of which is an extension.",
			Guard:  true,
			Filter: reply("HELO", func(r string) string { return "250-mx.local.test\r\n250 pleased to meet you\r\n" }),
		},
		{
			Name: "offers-supermail", Case: "rfc5321/2.2.2/keywords-are-registered", Row: "R5321-2.2.2-b",
			Does: "It offers SUPERMAIL.",
			Filter: reply("EHLO", func(r string) string {
				return strings.Replace(r, "250-", "250-mx.local.test\r\n250-SUPERMAIL\r\n250-", 1)
			}),
		},
		{
			Name: "offers-xsupermail", Case: "rfc5321/2.2.2/keywords-are-registered", Row: "R5321-2.2.2-b",
			Does:   "It offers xSUPERMAIL, as may be done between friends, and vrfy.",
			Guard:  true,
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "250 ", "250-xSUPERMAIL 7\r\n250-vrfy\r\n250 ", 1) }),
		},
		{
			Name: "takes-any-verb", Case: "rfc5321/2.2.2/inventions-are-refused", Row: "R5321-2.2.2-c",
			Does:   "It answers verbs that it does not know with 250.",
			Filter: answer("250 2.0.0 OK", "FOOBAR"),
		},
		{
			Name: "takes-any-parameter", Case: "rfc5321/2.2.2/inventions-are-refused", Row: "R5321-2.2.2-c",
			Does:   "It ignores parameters of MAIL that it does not know.",
			Filter: rewrite("MAIL", func(line string) string { return strings.Replace(line, " FOOBAR=1", "", 1) }),
		},
	}
}
