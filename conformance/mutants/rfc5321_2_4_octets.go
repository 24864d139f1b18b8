package mutants

import "strings"

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
