package mutants

import "strings"

func rfc5321Minimum() []Mutant {
	const (
		mail       = "rfc5321/4.5.1/mail-rcpt-data"
		rset       = "rfc5321/4.5.1/rset-noop-quit"
		postmaster = "rfc5321/4.5.1/postmaster"
		anybody    = "rfc5321/4.5.1/postmaster-from-anybody"
	)
	return []Mutant{
		{
			Name: "mail-is-unknown", Case: mail, Row: "R5321-4.5.1-a",
			Does:   "It answers MAIL with 502.",
			Filter: answer("502 5.5.1 not implemented", "MAIL"), Surveyed: true,
		},
		{
			Name: "rcpt-is-unknown", Case: mail, Row: "R5321-4.5.1-b",
			Does:   "It answers RCPT with 502.",
			Filter: answer("502 5.5.1 not implemented", "RCPT"), Surveyed: true,
		},
		{
			Name: "data-is-unknown", Case: mail, Row: "R5321-4.5.1-c",
			Does:   "It offers CHUNKING, and answers DATA with 502.",
			Filter: answer("502 5.5.1 say BDAT", "DATA"),
		},
		{
			Name: "data-is-put-off", Case: mail, Row: "R5321-4.5.1-c", Guard: true,
			Does:   "It answers DATA with 451.",
			Filter: answer("451 4.3.0 later", "DATA"),
		},
		{
			Name: "rset-is-unknown", Case: rset, Row: "R5321-4.5.1-d",
			Does:   "It answers RSET with 502.",
			Filter: answer("502 5.5.1 not implemented", "RSET"),
		},
		{
			Name: "noop-is-unknown", Case: rset, Row: "R5321-4.5.1-e",
			Does:   "It answers NOOP with 500.",
			Filter: answer("500 5.5.1 unknown", "NOOP"),
		},
		{
			Name: "quit-is-unknown", Case: rset, Row: "R5321-4.5.1-f",
			Does:   "It answers QUIT with 500.",
			Filter: answer("500 5.5.1 unknown", "QUIT"),
		},
		{
			Name: "vrfy-is-unknown", Case: "rfc5321/4.5.1/vrfy", Row: "R5321-4.5.1-g",
			Does:   "It answers VRFY with 502.",
			Filter: answer("502 5.5.1 not implemented", "VRFY"),
		},
		{
			Name: "vrfy-says-nothing", Case: "rfc5321/4.5.1/vrfy", Row: "R5321-4.5.1-g", Guard: true,
			Does:   "It answers each VRFY with 252.",
			Filter: answer("252 2.5.0 try it", "VRFY"),
		},
		{
			Name: "postmaster-in-small-letters", Case: postmaster, Row: "R5321-4.5.1-h",
			Does: "It knows postmaster in small letters only.",
			Node: breaks("case-sensitive-postmaster"),
		},
		{
			Name: "postmaster-needs-domain", Case: postmaster, Row: "R5321-4.5.1-h",
			Does:   "It does not know postmaster without a domain.",
			Filter: answer("550 5.1.1 unknown", "RCPT TO:<postmaster>"),
		},
		{
			Name: "domain-without-postmaster", Case: postmaster, Row: "R5321-4.5.1-i",
			Does:   "It has no postmaster at its domain.",
			Filter: answer("550 5.1.1 unknown", "RCPT TO:<postmaster@"),
		},
		{
			Name: "postmaster-behind-block-list", Case: anybody, Row: "R5321-4.5.1-j",
			Does: "It refuses mail to postmaster from domains that it does not find.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && strings.Contains(s.Mail, ".invalid>") {
						return "", "550 5.7.1 you are blocked\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "postmaster-without-notifications", Case: anybody, Row: "R5321-4.5.1-j",
			Does:   "It refuses the null reverse-path.",
			Filter: answer("550 5.7.1 no notifications", "MAIL FROM:<>"),
		},
	}
}
