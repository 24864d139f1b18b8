package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

func rfc4954Command() []Mutant {
	const submission, relay = conformance.Submit, conformance.RelayHost
	return []Mutant{
		{
			Name: "offers-unknown-mechanism", Case: "rfc4954/3/mechanisms", Row: "R4954-3-a", Profile: submission,
			Does:   "It offers a mechanism that it answers with 504.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "SCRAM-SHA-256", "SCRAM-SHA-512", 1) }),
		},
		{
			Name: "mechanisms-with-commas", Case: "rfc4954/3/mechanisms", Row: "R4954-3-a", Profile: submission,
			Does:   "It puts commas between the mechanisms.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "PLAIN LOGIN", "PLAIN,LOGIN", 1) }),
		},
		{
			Name: "logs-in-twice", Case: "rfc4954/4/second-login", Row: "R4954-4-a", Profile: submission,
			Does: "It takes a second login in a session.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "AUTH" && s.LoggedIn {
						return "", "235 2.7.0 authentication succeeded\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "rset-logs-out", Case: "rfc4954/4/second-login", Row: "R4954-4-a", Profile: submission,
			Does: "It forgets the login at RSET.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "MAIL" && s.Count["RSET"] > 0 {
						return "", "530 5.7.0 authentication is required\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "login-in-transaction", Case: "rfc4954/4/in-a-transaction", Row: "R4954-4-b", Profile: relay,
			Does: "It takes a login in a transaction.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "AUTH" && s.Mail != "" {
						return "", "235 2.7.0 authentication succeeded\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "auth-ends-transaction", Case: "rfc4954/4/in-a-transaction", Row: "R4954-4-b", Profile: relay,
			Does: "It refuses a login in a transaction, and ends that.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "AUTH" && s.Mail != "" {
						return "RSET\r\n", "503 5.5.1 not in a transaction\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "takes-any-mechanism", Case: "rfc4954/4/unknown-mechanism", Row: "R4954-4-c", Profile: submission,
			Does:   "It begins an exchange of a mechanism that nobody knows.",
			Filter: answer("334 ", "AUTH NOSUCHMECH"),
		},
		{
			Name: "unknown-mechanism-fails", Case: "rfc4954/4/unknown-mechanism", Row: "R4954-4-c", Profile: submission,
			Does:   "It answers a mechanism that it does not know with 535.",
			Filter: answer("535 5.7.8 invalid authentication mechanism", "AUTH NOSUCHMECH"),
		},
		{
			Name: "auth-alone-is-plain", Case: "rfc4954/4/unknown-mechanism", Row: "R4954-4-c", Profile: submission,
			Does:   "It takes AUTH without a mechanism for AUTH PLAIN.",
			Filter: rewrite("AUTH\r\n", func(string) string { return "AUTH PLAIN\r\n" }),
		},
		{
			Name: "no-plain", Case: "rfc4954/4/plain-under-tls", Row: "R4954-4-l", Profile: submission,
			Does:   "It offers LOGIN, but not PLAIN.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "PLAIN LOGIN", "LOGIN", 1) }),
		},
		{
			Name: "plain-fails", Case: "rfc4954/4/plain-under-tls", Row: "R4954-4-l", Profile: submission,
			Does:   "It offers PLAIN, and knows no password.",
			Filter: answer("535 5.7.8 no", "AUTH PLAIN"),
		},
		{
			Name: "no-auth-parameter", Case: "rfc4954/5/auth-parameter", Row: "R4954-5-a", Profile: relay,
			Does:   "It does not know AUTH= of MAIL.",
			Filter: answer("555 5.5.4 unsupported", "MAIL FROM:<sender@mailsim.test> AUTH="),
		},
		{
			Name: "auth-parameter-null-only", Case: "rfc4954/5/auth-parameter", Row: "R4954-5-a", Profile: relay,
			Does:   "It takes AUTH=<> of strangers, and no name.",
			Filter: answer("501 5.5.4 who are you", "MAIL FROM:<sender@mailsim.test> AUTH=e"),
		},
		{
			Name: "auth-parameter-unread", Case: "rfc4954/5/auth-parameter", Row: "R4954-5-a", Profile: relay,
			Does: "It takes AUTH= with whatever is behind it.",
			Filter: rewrite("MAIL", func(line string) string {
				return strings.Replace(line, " AUTH=bad+zz", "", 1)
			}),
		},
		{
			Name: "login-demanded-by-550", Case: "rfc4954/6/login-is-demanded", Row: "R4954-6-a", Profile: submission,
			Does:   "It demands a login by 550.",
			Filter: reply("MAIL", func(string) string { return "550 5.7.1 no\r\n" }),
		},
		{
			Name: "login-demanded-at-rcpt", Case: "rfc4954/6/login-is-demanded", Row: "R4954-6-a", Profile: submission,
			Does:   "It takes MAIL of strangers.",
			Filter: answer("250 2.1.0 OK", "MAIL"),
		},
		{
			Name: "login-demanded-before-noop", Case: "rfc4954/6/login-is-demanded", Row: "R4954-6-a", Profile: submission,
			Does:   "It demands a login before NOOP.",
			Filter: answer("530 5.7.0 authentication is required", "NOOP"),
		},
	}
}
