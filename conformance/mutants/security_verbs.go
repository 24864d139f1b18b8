package mutants

import "strings"

func securityVerbs() []Mutant {
	return []Mutant{
		{
			Name: "obeys-xclient", Case: "security/verbs/xclient", Row: "SEC-XCLIENT-1",
			Does: "It obeys XCLIENT from everyone.", Filter: answer("220 2.0.0 mx.local.test ESMTP", "XCLIENT"),
		},
		{
			Name: "offers-xforward", Case: "security/verbs/xclient", Row: "SEC-XCLIENT-1",
			Does:   "It offers XFORWARD to everyone.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "250-SIZE", "250-XFORWARD ADDR\r\n250-SIZE", 1) }),
		},
		{
			Name: "parses-proxy-headers", Case: "security/verbs/proxy-header", Row: "SEC-XCLIENT-2",
			Does: "It believes a PROXY header on its public port.",
			Filter: func() Filter {
				trusted := false
				relay := relaysIf(func(*Session, string) bool { return trusted })().Command
				return Filter{Command: func(s *Session, line string) (string, string) {
					if strings.HasPrefix(line, "PROXY ") {
						trusted = true
						return "", ""
					}
					return relay(s, line)
				}}
			},
		},
		{
			Name: "pastes-sql", Case: "security/verbs/etrn", Row: "SEC-ETRN-1", Surveyed: true,
			Does: "It pastes the argument of ETRN into a database query.",
			Filter: func() Filter {
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						switch {
						case Verb(line) != "ETRN":
							return line, ""
						case strings.Contains(line, "'"):
							return "", "451 4.3.0 SQL error: syntax error near '1'\r\n"
						}
						return "", "250 2.0.0 queuing started\r\n"
					},
					Reply: func(_ *Session, command, r string) string {
						if Verb(command) == "EHLO" {
							return strings.Replace(r, "250-SIZE", "250-ETRN\r\n250-SIZE", 1)
						}
						return r
					},
				}
			},
		},
		{
			Name: "takes-turn", Case: "security/verbs/old-verbs", Row: "SEC-CMD-1",
			Does: "It implements TURN.", Filter: answer("250 2.0.0 turning", "TURN"),
		},
		{
			Name: "shows-exceptions", Case: "security/verbs/internal-details", Row: "SEC-INFO-1",
			Does: "It puts the text of exceptions into its replies.", Filter: answer(`451 4.3.0 Traceback: File "/usr/lib/smtp/server.py", line 7`, "BOGUS"),
		},
	}
}
