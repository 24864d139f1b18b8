package mutants

import "strings"

func rfc5321Transparency() []Mutant {
	return []Mutant{
		{
			Name: "leaves-doubled-dots", Case: "rfc5321/4.5.2/dot-stuffing", Row: "R5321-4.5.2-c",
			Does: "It delivers lines with the dots that the client has doubled.",
			Node: breaks("keeps-dots"),
		},
		{
			Name: "takes-doubled-dots-only", Case: "rfc5321/4.5.2/dot-stuffing", Row: "R5321-4.5.2-d",
			Does: "It takes a leading dot away only where there are two.",
			Filter: text(func(octets string) string {
				return strings.ReplaceAll(octets, "\r\n.x", "\r\n..x")
			}),
		},
		{
			Name: "needs-end-in-one-segment", Case: "rfc5321/4.5.2/end-in-pieces", Row: "R5321-4.5.2-e",
			Does: "It finds the end of a message only if that comes in one segment.",
			Filter: text(func(octets string) string {
				if octets == "." {
					return "x"
				}
				return octets
			}),
		},
		{
			Name: "loses-command-behind-end", Case: "rfc5321/4.5.2/end-in-pieces", Row: "R5321-4.5.2-e",
			Does: "It loses a command that comes with the end of a message.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "NOOP" && s.Count["NOOP"] == 2 {
						return "", ""
					}
					return line, ""
				}}
			},
		},
		{
			Name: "strips-trailing-blanks", Case: "rfc5321/4.5.2/all-characters", Row: "R5321-4.5.2-f",
			Does: "It takes away the blanks at the ends of lines.",
			Node: breaks("strips-blanks"),
		},
		{
			Name: "strips-control-characters", Case: "rfc5321/4.5.2/all-characters", Row: "R5321-4.5.2-f",
			Does:  "It takes away control characters.",
			Store: stored("[\x01-\x08]", ""),
		},
		{
			Name: "cuts-lines-at-nul", Case: "rfc5321/4.5.2/nul", Row: "R5321-4.5.2-g",
			Does: "It cuts each line off at a NUL.",
			Node: breaks("cuts-at-nul"),
		},
		{
			Name: "refuses-nul", Case: "rfc5321/4.5.2/nul", Row: "R5321-4.5.2-g", Guard: true,
			Does:   "It refuses messages with a NUL.",
			Filter: reply("<dot>", func(string) string { return "554 5.6.0 a NUL\r\n" }),
		},
		{
			Name: "escapes-from-lines", Case: "rfc5321/4.5.2/storage", Row: "R5321-4.5.2-h",
			Does:  "It writes >From for lines that begin with From, and does not take the > away.",
			Store: stored("^From ", ">From "),
		},
		{
			Name: "drops-blank-lines", Case: "rfc5321/4.5.2/storage", Row: "R5321-4.5.2-h",
			Does:  "It makes lines of blanks empty.",
			Store: stored("^ +\r\n", "\r\n"),
		},
	}
}
