package mutants

import "strings"

func securityData() []Mutant {
	return []Mutant{
		{
			Name: "misses-end-behind-cr", Case: "security/data/doubled-cr-before-the-end", Row: "SEC-SMUGGLE-IN-9",
			Does:   "It takes no end of data behind a CR.",
			Filter: text(func(s string) string { return strings.ReplaceAll(s, "\r\r\n.\r\n", "\r\r\n..\r\n") }),
		},
		{
			Name: "refuses-bare-cr", Case: "security/data/doubled-cr-before-the-end", Row: "SEC-SMUGGLE-IN-9", Guard: true,
			Does:   "It refuses a message with a bare CR.",
			Filter: reply("<dot>", func(string) string { return "550 5.6.11 bare CR is not allowed\r\n" }),
		},
		{
			Name: "searches-one-buffer", Case: "security/data/cut-into-segments", Row: "SEC-SMUGGLE-IN-15",
			Does: "It looks for dots at the beginning of lines within one read only.",
			Filter: text(func(s string) string {
				if strings.HasPrefix(s, ".") {
					return "x" + s
				}
				return s
			}),
		},
		{
			Name: "runs-all-it-finds", Case: "security/data/message-before-354", Row: "SEC-SMUGGLE-IN-16",
			Does:  "It never looks whether input is there before it has asked for it.",
			Serve: serveHasty,
		},
		{
			Name: "delivers-the-unfinished", Case: "security/data/end-never-comes", Row: "SEC-BDAT-5",
			Does: "It delivers what it has when the connection ends.",
			Filter: text(func(s string) string {
				if strings.Contains(s, "QUIT\r\n") {
					return strings.Replace(s, "QUIT\r\n", ".\r\n", 1)
				}
				return s
			}),
		},
	}
}
