package mutants

import (
	"bytes"
	"strings"
)

func rfc5321Paths() []Mutant {
	return []Mutant{
		{
			Name: "paths-end-at-any-bracket", Case: "rfc5321/4.1.2/quoted-local-part", Row: "R5321-4.1.2-a",
			Does:   "It takes the first > for the end of a path, in quotes too.",
			Filter: answer("501 5.1.3 no closing quote", `RCPT TO:<"a>`),
		},
		{
			Name: "paths-end-at-any-blank", Case: "rfc5321/4.1.2/quoted-local-part", Row: "R5321-4.1.2-a",
			Does:   "It takes a blank in quotes for the end of a path.",
			Filter: answer("555 5.5.4 unknown parameter", `MAIL FROM:<"a b`, `RCPT TO:<"no `),
		},
		{
			Name: "forbids-odd-local-parts", Case: "rfc5321/4.1.2/quoted-local-part", Row: "R5321-4.1.2-a", Guard: true,
			Does:   "It reads quoted local parts, and wants no mail from or for such.",
			Filter: answer("553 5.7.1 no such names here", `MAIL FROM:<"`, `RCPT TO:<"`),
		},
		{
			Name: "mailbox-names-with-quotes", Case: "rfc5321/4.1.2/quotes-do-not-count", Row: "R5321-4.1.2-b",
			Does:   "It looks for a mailbox whose name has the quotes in it.",
			Filter: answer("550 5.1.1 no such user", `RCPT TO:<"`),
		},
		{
			Name: "mailbox-names-with-backslashes", Case: "rfc5321/4.1.2/quotes-do-not-count", Row: "R5321-4.1.2-b",
			Does:   "It takes quotes away, and leaves the backslashes.",
			Filter: answer("550 5.1.1 no such user", `RCPT TO:<"\`),
		},
		{
			Name: "loses-mail-for-quoted-names", Case: "rfc5321/4.1.2/quotes-do-not-count", Row: "R5321-4.1.2-b",
			Does: "It takes mail for quoted names and does not find the mailbox afterwards.",
			Store: func(message []byte) [][]byte {
				if bytes.Contains(message, []byte("rfc5321/4.1.2/quotes-do-not-count")) {
					return nil
				}
				return [][]byte{message}
			},
		},
		{
			Name: "any-dots-in-local-parts", Case: "rfc5321/4.1.2/dots-part-atoms", Row: "R5321-4.1.2-e",
			Does:   "It takes two dots in a row in a local part.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:<a..b@"),
		},
		{
			Name: "letters-and-digits-only", Case: "rfc5321/4.1.2/atom-characters", Row: "R5321-4.1.2-f",
			Does:   "It knows letters, digits, dots and hyphens in local parts, and no more.",
			Filter: answer("501 5.1.7 bad address", "MAIL FROM:<!"),
		},
		{
			Name: "empty-domain-labels", Case: "rfc5321/4.1.2/domain-labels", Row: "R5321-4.1.2-g",
			Does:   "It takes two dots in a row in a domain.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:<a@x..test>"),
		},
		{
			Name: "bad-domains-get-550", Case: "rfc5321/4.1.2/domain-labels", Row: "R5321-4.1.2-g", Guard: true,
			Does:   "It finds no such domain in the DNS, and so need not look at its form.",
			Filter: answer("550 5.1.8 no such domain", "MAIL FROM:<a@"),
		},
		{
			Name: "completes-recipients", Case: "rfc5321/4.1.2/whole-mailbox", Row: "R5321-4.1.2-h",
			Does:   "It completes a recipient without a domain with its own.",
			Filter: rewrite("RCPT TO:<good>", func(string) string { return "RCPT TO:<good@local.test>\r\n" }),
		},
		{
			Name: "senders-without-local-part", Case: "rfc5321/4.1.2/whole-mailbox", Row: "R5321-4.1.2-h",
			Does:   "It takes a reverse-path that has a domain only.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:<@"),
		},
		{
			Name: "cuts-commands-at-nul", Case: "rfc5321/4.1.2/control-characters", Row: "R5321-4.1.2-o",
			Does: "It cuts a command line off at a NUL and takes what is left.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if before, _, cut := strings.Cut(line, "\x00"); cut {
						return before + "@local.test>\r\n", ""
					}
					return line, ""
				}}
			},
		},
		{
			Name: "tabs-in-quotes", Case: "rfc5321/4.1.2/control-characters", Row: "R5321-4.1.2-o",
			Does:   "It takes tabs in quoted local parts.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:<\"a\tb"),
		},
		{
			Name: "semicolons-in-domains", Case: "rfc5321/4.1.2/domain-characters", Row: "R5321-4.1.2-r",
			Does:   "It takes a semicolon in the domain of a recipient.",
			Filter: answer("250 2.1.5 OK", "RCPT TO:<u@foo;"),
		},
	}
}
