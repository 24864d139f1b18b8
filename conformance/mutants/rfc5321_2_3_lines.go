package mutants

import "strings"

func rfc5321Lines() []Mutant {
	replaced := func(old, with string) func() Filter {
		return text(func(octets string) string { return strings.ReplaceAll(octets, old, with) })
	}
	return []Mutant{
		{
			Name: "lf-ends-commands", Case: "rfc5321/2.3.8/lf-ends-no-command", Row: "R5321-2.3.8-a",
			Does:   "It reads lines up to LF.",
			Filter: rewrite("NOOP\n", func(string) string { return "NOOP\r\n" }),
		},
		{
			Name: "lf-is-waited-out", Case: "rfc5321/2.3.8/lf-ends-no-command", Row: "R5321-2.3.8-a",
			Does:  "It says nothing to a line that ends in LF until CRLF comes.",
			Guard: true,
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if line == "NOOP\n" {
						return "", ""
					}
					return line, ""
				}}
			},
		},
		{
			Name: "cr-ends-commands", Case: "rfc5321/2.3.8/cr-ends-no-command", Row: "R5321-2.3.8-b",
			Does:   "It takes a lone CR for the end of a line, and answers twice.",
			Filter: answer("250 2.0.0 OK\r\n250 2.0.0 OK", "NOOP\rNOOP"),
		},
		{
			Name: "cr-in-noop-is-fine", Case: "rfc5321/2.3.8/cr-ends-no-command", Row: "R5321-2.3.8-b",
			Does:   "It takes what stands behind NOOP for its argument, with the CR.",
			Guard:  true,
			Filter: answer("250 2.0.0 OK", "NOOP\rNOOP"),
		},
		{
			Name: "lf-dot-crlf-ends-data", Case: "rfc5321/2.3.8/lf-dot-crlf-ends-no-data", Row: "R5321-2.3.8-c",
			Does:   "It takes LF dot CRLF for the end of the data.",
			Filter: replaced("\n.\r\n", "\r\n.\r\n"),
		},
		{
			Name: "hangs-up-on-bare-lf", Case: "rfc5321/2.3.8/lf-dot-crlf-ends-no-data", Row: "R5321-2.3.8-c",
			Does:  "It refuses text with a lone LF as soon as it sees it, and hangs up.",
			Guard: true,
			Filter: func() Filter {
				f := replaced("\n.\r\n", "\r\n.\r\n")()
				f.Reply = func(_ *Session, command, r string) string {
					if command == "<dot>" {
						return "521 5.5.2 mx.local.test error: bare LF received\r\nclose"
					}
					return r
				}
				return f
			},
		},
		{
			Name: "refuses-bare-lf-and-goes-on", Case: "rfc5321/2.3.8/lf-dot-crlf-ends-no-data", Row: "R5321-2.3.8-c",
			Does: "It refuses a message as soon as it sees LF dot CRLF, and obeys what comes behind it.",
			Filter: func() Filter {
				f := replaced("\n.\r\n", "\r\n.\r\n")()
				f.Reply = func(_ *Session, command, r string) string {
					if command == "<dot>" {
						return "550 5.5.2 bare LF received\r\n"
					}
					return r
				}
				return f
			},
		},
		{
			Name: "crlf-dot-lf-ends-data", Case: "rfc5321/2.3.8/crlf-dot-lf-ends-no-data", Row: "R5321-2.3.8-d",
			Does:   "It takes CRLF dot LF for the end of the data.",
			Filter: replaced("\r\n.\n", "\r\n.\r\n"),
		},
		{
			Name: "cr-dot-crlf-ends-data", Case: "rfc5321/2.3.8/cr-and-dot-end-no-data", Row: "R5321-2.3.8-e",
			Does:   "It takes CR dot CRLF for the end of the data.",
			Filter: replaced("\r.\r\n", "\r\n.\r\n"),
		},
		{
			Name: "cr-dot-cr-ends-data", Case: "rfc5321/2.3.8/cr-and-dot-end-no-data", Row: "R5321-2.3.8-e",
			Does:   "It takes CR dot CR for the end of the data.",
			Filter: replaced("\r.\rN", "\r\n.\r\nN"),
		},
		{
			Name: "crlf-dot-cr-ends-data", Case: "rfc5321/2.3.8/cr-and-dot-end-no-data", Row: "R5321-2.3.8-e",
			Does:   "It takes CRLF dot CR for the end of the data.",
			Filter: replaced("\r\n.\rN", "\r\n.\r\nN"),
		},
		{
			Name: "help-ends-in-lf", Case: "rfc5321/2.3.8/replies-end-in-crlf", Row: "R5321-2.3.8-f",
			Does:   "It ends the lines of HELP with LF.",
			Filter: answer("214-commands:\n214 all of them", "HELP"),
		},
		{
			Name: "cr-in-replies", Case: "rfc5321/2.3.8/replies-end-in-crlf", Row: "R5321-2.3.8-f",
			Does:   "It has a lone CR in the reply to unknown commands.",
			Filter: answer("500 5.5.2 what is \rFOOBAR?", "FOOBAR"),
		},
		{
			Name: "blocks-on-long-lines", Case: "rfc5321/2.3.8/endless-command", Row: "R5321-2.3.8-h",
			Does:   "It says nothing any more after a very long line.",
			Filter: reply("NOOP x", func(string) string { return "" }),
		},
		{
			Name: "cuts-long-lines-in-two", Case: "rfc5321/2.3.8/endless-command", Row: "R5321-2.3.8-h",
			Does:   "It takes the rest of a very long line for another one.",
			Filter: reply("NOOP x", func(string) string { return "250 2.0.0 OK\r\n500 5.5.2 not recognized\r\n" }),
		},
		{
			Name: "hangs-up-on-long-lines", Case: "rfc5321/2.3.8/endless-command", Row: "R5321-2.3.8-h",
			Does:   "It refuses a very long line with 500, and hangs up with 421.",
			Guard:  true,
			Filter: reply("NOOP x", func(string) string { return "500 5.5.6 line too long\r\n421 4.7.0 too many errors\r\nclose" }),
		},
	}
}
