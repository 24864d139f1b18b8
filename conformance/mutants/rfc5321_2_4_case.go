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

func rfc5321Octets() []Mutant {
	return []Mutant{
		{
			Name: "loses-undeclared-8-bit-text", Case: "rfc5321/2.4/undeclared-8-bit-text", Row: "R5321-2.4-j",
			Does:  "It takes 8-bit text and forgets it.",
			Store: loses("\xe9"),
		},
		{
			Name: "clears-eighth-bits", Case: "rfc5321/2.4/undeclared-8-bit-text", Row: "R5321-2.4-j",
			Does:  "It clears the eighth bit of each octet.",
			Guard: true,
			Filter: text(func(octets string) string {
				out := []byte(octets)
				for i := range out {
					out[i] &= 0x7f
				}
				return string(out)
			}),
		},
		{
			Name: "refuses-undeclared-8-bit-text", Case: "rfc5321/2.4/undeclared-8-bit-text", Row: "R5321-2.4-j",
			Does:   "It refuses 8-bit text that nobody has announced.",
			Guard:  true,
			Filter: reply("<dot>", func(string) string { return "554 5.6.1 8-bit text was not announced\r\n" }),
		},
		{
			Name: "loses-mislabelled-text", Case: "rfc5321/2.4/mislabelled-8-bit-text", Row: "R5321-2.4-l",
			Does:  "It takes 8-bit text that calls itself 7-bit and forgets it.",
			Store: loses("\xe9"),
		},
		{
			Name: "takes-8-bit-commands", Case: "rfc5321/2.4/8-bit-command", Row: "R5321-2.4-n",
			Does: "It takes addresses in Latin-1.",
			Filter: rewrite("MAIL", func(line string) string {
				return strings.ReplaceAll(line, "\xe9", "e")
			}),
		},
		{
			Name: "hides-8bitmime", Case: "rfc5321/2.4/8bitmime-is-offered", Row: "R5321-2.4-p",
			Does: "It does not offer 8BITMIME.",
			Filter: reply("EHLO", func(r string) string {
				return strings.Replace(r, "250-8BITMIME\r\n", "", 1)
			}),
		},
		{
			Name: "offers-8bitmime-only", Case: "rfc5321/2.4/8bitmime-is-offered", Row: "R5321-2.4-p",
			Does:   "It offers 8BITMIME and does not know BODY.",
			Filter: answer("555 5.5.4 unknown parameter BODY", "MAIL FROM:<sender@mailsim.test> BODY"),
		},
		{
			Name: "hangs-up-on-8bitmime-without-mime", Case: "rfc5321/2.4/8bitmime-without-mime", Row: "R5321-2.4-t",
			Does:   "It closes the connection behind 8BITMIME content that is no MIME.",
			Filter: reply("<dot>", func(string) string { return "close" }),
		},
		{
			Name: "refuses-8bitmime-without-mime", Case: "rfc5321/2.4/8bitmime-without-mime", Row: "R5321-2.4-t",
			Does:   "It refuses 8BITMIME content that is no MIME.",
			Guard:  true,
			Filter: reply("<dot>", func(string) string { return "554 5.6.1 that is no MIME\r\n" }),
		},
	}
}
