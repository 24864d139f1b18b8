package mutants

import "strings"

func securityState() []Mutant {
	const members = "250-2.1.0 <good@local.test>\r\n250 2.1.0 <second@local.test>"
	return []Mutant{
		{
			Name: "keeps-recipients-after-rset", Case: "security/state/clean-after-failures", Row: "SEC-STATE-1",
			Does: "It takes RCPT without MAIL once there was a transaction.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Mail == "" && s.Count["RSET"] > 0 {
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "keeps-recipients-after-refusal", Case: "security/state/clean-after-failures", Row: "SEC-STATE-1",
			Does: "It keeps the recipients when it has refused the message.",
			Filter: func() Filter {
				refused := false
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						if refused && Verb(line) == "DATA" {
							return "", "354 go on\r\n"
						}
						return line, ""
					},
					Reply: func(_ *Session, command, r string) string {
						refused = refused || command == "<dot>" && strings.HasPrefix(r, "5")
						return r
					},
				}
			},
		},
		{
			Name: "believes-declared-size", Case: "security/state/lies-about-size", Row: "SEC-SIZE-1",
			Does: "It judges a message by the size that MAIL has declared.", Filter: reply("<dot>", func(string) string { return "250 2.0.0 taken\r\n" }),
		},
		{
			Name: "reserves-declared-size", Case: "security/state/lies-about-size", Row: "SEC-SIZE-1",
			Does: "It reserves what MAIL declares.",
			Filter: func() func() Filter {
				reserved := 0
				return func() Filter {
					return Filter{
						Command: func(_ *Session, line string) (string, string) {
							if strings.Contains(line, " SIZE=1048") {
								reserved++
							}
							return line, ""
						},
						Reply: func(_ *Session, command, r string) string {
							if command == "<dot>" && reserved > 3 {
								return "452 4.3.1 no space\r\n"
							}
							return r
						},
					}
				}
			}(),
		},
		{
			Name: "confirms-everybody", Case: "security/state/vrfy-and-expn", Row: "SEC-VRFY-1",
			Does: "It confirms every address.", Filter: answer("250 2.1.5 <good@local.test>", "VRFY"),
		},
		{
			Name: "shows-members", Case: "security/state/vrfy-and-expn", Row: "SEC-VRFY-1",
			Does: "It shows the members of lists to everybody.", Filter: answer(members, "EXPN"),
		},
		{
			Name: "bears-all-unknown-recipients", Case: "security/state/address-guesses", Row: "SEC-VRFY-2",
			Does: "It refuses any number of unknown recipients.", Filter: answer("550 5.1.1 unknown", "RCPT TO:<guess"),
		},
		{
			Name: "takes-all-recipients", Case: "security/state/address-guesses", Row: "SEC-VRFY-2", Guard: true,
			Does: "It accepts every recipient.", Filter: answer("250 2.1.5 OK", "RCPT"),
		},
	}
}
