package mutants

import "strings"

func securityLimits() []Mutant {
	return []Mutant{
		{
			Name: "reads-lines-of-512", Case: "security/limits/long-command-lines", Row: "SEC-LEN-1",
			Does: "It reads lines into 512 octets, and takes the rest for the next line.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if len(line) > 512 {
						return "", "500 5.5.6 line too long\r\n250 2.0.0 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "loses-end-behind-long-line", Case: "security/limits/endless-text-lines", Row: "SEC-LEN-2",
			Does: "It misses the end of data behind a line that is longer than its buffer.",
			Filter: func() Filter {
				seen := 0
				return Filter{Text: func(_ *Session, octets string) string {
					if seen += len(octets); seen > 64<<10 {
						return strings.ReplaceAll(octets, "\r\n.\r\n", "\r\n..\r\n")
					}
					return octets
				}}
			},
		},
		{
			Name: "delivers-to-pipes", Case: "security/limits/shell-characters", Row: "SEC-LEN-5",
			Does: "It takes a command for a mailbox.", Filter: answer("250 2.1.5 OK", "RCPT TO:<|"),
		},
		{
			Name: "counts-brackets-unbounded", Case: "security/limits/unbalanced-addresses", Row: "SEC-LEN-6",
			Does: "It crashes at six brackets.", Filter: answer("close", "MAIL FROM:<(((((("),
		},
		{
			Name: "loses-all-for-one-too-many", Case: "security/limits/many-recipients", Row: "SEC-TIME-4",
			Does: "It refuses the message when there was a recipient too many.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					switch {
					case Verb(line) == "RCPT" && s.Count["RCPT"] > 100:
						return "", "552 5.5.3 too many recipients\r\n"
					case Verb(line) == "DATA" && s.Count["RCPT"] > 100:
						return "", "554 5.5.3 too many recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "bears-fifty-recipients", Case: "security/limits/many-recipients", Row: "SEC-TIME-4",
			Does: "It takes 50 recipients.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Count["RCPT"] > 50 {
						return "", "452 4.5.3 too many recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "recurses-into-parts", Case: "security/limits/nested-parts", Row: "SEC-DECOMP-1",
			Does: "It goes into parts without a limit, and never comes back.", Filter: reply("<dot>", func(string) string { return "" }),
		},
	}
}
