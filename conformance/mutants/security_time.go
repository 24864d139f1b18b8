package mutants

import "strings"

func securityTime() []Mutant {
	return []Mutant{
		{
			Name: "waits-for-ever", Case: "security/time/idle-session", Row: "SEC-TIME-1",
			Does: "It waits for commands as long as the connection is there.", Serve: serveHasty,
		},
		{
			Name: "restarts-timer-at-each-octet", Case: "security/time/dripping-command", Row: "SEC-TIME-2",
			Does: "It waits for the rest of a line for ever.", Serve: serveHasty,
		},
		{
			Name: "answers-before-greeting", Case: "security/time/talks-before-greeting", Row: "SEC-TIME-5",
			Does: "It answers EHLO before it greets.",
			Filter: func() Filter {
				return Filter{Greeting: func(_ *Session, r string) string { return "250 hello\r\n" + r }}
			},
		},
		{
			Name: "bears-all-errors", Case: "security/time/errors-without-end", Row: "SEC-TIME-6",
			Does: "It counts no errors.", Filter: answer("500 5.5.2 what?", "BOGUS"),
		},
		{
			Name: "panics-at-empty-mail", Case: "security/time/random-octets", Row: "SEC-CRASH-1",
			Does: "It dies at MAIL without an address.",
			Filter: func() func() Filter {
				down := false
				return func() Filter {
					return Filter{
						Greeting: func(_ *Session, reply string) string {
							if down {
								return "close"
							}
							return reply
						},
						Command: func(_ *Session, line string) (string, string) {
							if strings.HasPrefix(line, "MAIL FROM:\r") {
								down = true
							}
							return line, ""
						},
					}
				}
			}(),
		},
	}
}
