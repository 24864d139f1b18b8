package mutants

import (
	"encoding/base64"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// credentialsOf is the initial response of AUTH PLAIN in a line.
func credentialsOf(line string) string {
	octets, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(line, "AUTH PLAIN")))
	if err != nil {
		return ""
	}
	return string(octets)
}

// judging makes a filter that answers AUTH PLAIN by the credentials in it, "" for no answer of its own.
func judging(verdict func(s *Session, line, credentials string) string) func() Filter {
	return func() Filter {
		return Filter{Command: func(s *Session, line string) (string, string) {
			if strings.HasPrefix(line, "AUTH PLAIN") {
				if answer := verdict(s, line, credentialsOf(line)); answer != "" {
					return "", answer + "\r\n"
				}
			}
			return line, ""
		}}
	}
}

func securityAuth() []Mutant {
	return []Mutant{
		{
			Name: "checks-password-before-tls", Case: "security/auth/password-in-the-clear", Row: "SEC-AUTH-1", Profile: conformance.Submit,
			Does: "It checks the password first, and whether there is TLS then.",
			Filter: judging(func(s *Session, _, credentials string) string {
				if !s.Secure && credentials == "\x00user\x00secret" {
					return "538 5.7.11 encryption required"
				}
				return ""
			}),
		},
		{
			Name: "takes-login-in-the-clear", Case: "security/auth/password-in-the-clear", Row: "SEC-AUTH-1", Profile: conformance.Submit,
			Does: "It asks for a user in the clear.", Filter: answer("334 VXNlcm5hbWU6", "AUTH LOGIN"),
		},
		{
			Name: "decodes-without-bounds", Case: "security/auth/malformed-base64", Row: "SEC-AUTH-2", Profile: conformance.Submit,
			Does: "It crashes at base64 of odd length.",
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
							if strings.HasPrefix(line, "AUTH PLAIN hhhhh\r") {
								down = true
								return "", "close"
							}
							return line, ""
						},
					}
				}
			}(),
		},
		{
			Name: "passes-line-ends-to-backend", Case: "security/auth/line-ends-in-credentials", Row: "SEC-AUTH-3", Profile: conformance.Submit,
			Does: "It passes decoded credentials on in lines.",
			Filter: judging(func(_ *Session, _, credentials string) string {
				if strings.Contains(credentials, "\n") {
					return "235 2.7.0 OK"
				}
				return ""
			}),
		},
		{
			Name: "tells-unknown-users", Case: "security/auth/guesses", Row: "SEC-AUTH-4", Profile: conformance.Submit,
			Does: "It says whether the user is unknown or the password is wrong.",
			Filter: judging(func(_ *Session, _, credentials string) string {
				if strings.Contains(credentials, "no-such-user") {
					return "535 5.7.8 unknown user"
				}
				return ""
			}),
		},
		{
			Name: "bears-all-guesses", Case: "security/auth/guesses", Row: "SEC-AUTH-4", Profile: conformance.Submit,
			Does: "It bears any number of bad passwords.", Filter: judging(func(*Session, string, string) string { return "535 5.7.8 no" }),
		},
		{
			Name: "writes-auth-parameter-raw", Case: "security/auth/parameter", Row: "SEC-AUTH-5",
			Does: "It writes the decoded AUTH= into the header of its queue file.",
			Filter: rewrite("MAIL", func(line string) string {
				line, _, _ = strings.Cut(line, " AUTH=x")
				return strings.TrimSpace(line) + "\r\n"
			}),
			Store: func(m []byte) [][]byte { return [][]byte{append([]byte("X-Auth: x\r\nX-Inj: 1\r\n"), m...)} },
		},
	}
}
