package mutants

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

func rfc4954Login() []Mutant {
	const submission = conformance.Submit
	const wrong, parts, identities = "rfc4954/4/wrong-password", "rfc4616/2/three-parts", "rfc4616/2/identities"
	return []Mutant{
		{
			Name: "wrong-password-is-550", Case: wrong, Row: "R4954-4-j", Profile: submission,
			Does:   "It answers a wrong password with 550.",
			Filter: reply("AUTH", func(r string) string { return strings.Replace(r, "535", "550", 1) }),
		},
		{
			Name: "tells-who-is-known", Case: wrong, Row: "R4954-4-j", Profile: submission,
			Does: "It tells that a user is not known.",
			Filter: func() Filter {
				return Filter{Reply: func(_ *Session, command, r string) string {
					if parts := plainParts(command); len(parts) == 3 && parts[1] != "user" {
						return "535 5.7.8 no such user\r\n"
					}
					return r
				}}
			},
		},
		{
			Name: "login-with-odd-code", Case: wrong, Row: "R4954-4-j", Profile: submission,
			Does:   "It says 5.7.0 where it means 5.7.8.",
			Filter: reply("AUTH", func(r string) string { return strings.Replace(r, "5.7.8", "5.7.0", 1) }),
		},
		{
			Name: "wrong-password-hangs-up", Case: wrong, Row: "R4954-9-a", Profile: submission,
			Does: "It closes the connection behind the first 535.",
			Filter: reply("AUTH", func(r string) string {
				if strings.HasPrefix(r, "535") {
					r += "close"
				}
				return r
			}),
		},
		{
			Name: "empty-password-matches", Case: identities, Row: "R4616-2-a", Profile: submission,
			Does: "It takes an empty password for the right one.",
			Filter: plainly(func(parts []string) []string {
				if len(parts) == 3 && parts[1] == "user" && parts[2] == "" {
					return []string{"", "user", "secret"}
				}
				return parts
			}),
		},
		{
			Name: "takes-two-parts-for-plain", Case: parts, Row: "R4616-2-a", Profile: submission,
			Does: "It needs one NUL in a PLAIN message.",
			Filter: plainly(func(parts []string) []string {
				if len(parts) == 2 {
					return append([]string{""}, parts...)
				}
				return parts
			}),
		},
		{
			Name: "takes-four-parts-for-plain", Case: parts, Row: "R4616-2-a", Profile: submission,
			Does:   "It takes what is behind a third NUL for nothing.",
			Filter: plainly(func(parts []string) []string { return parts[:min(3, len(parts))] }),
		},
		{
			Name: "acts-for-anybody", Case: identities, Row: "R4616-2-a", Profile: submission,
			Does: "It does not look at the authorization identity.",
			Filter: plainly(func(parts []string) []string {
				if len(parts) == 3 {
					parts[0] = ""
				}
				return parts
			}),
		},
		{
			Name: "acts-for-nobody", Case: identities, Row: "R4616-2-a", Profile: submission,
			Does: "It does not let a user act for himself.",
			Filter: plainly(func(parts []string) []string {
				if parts[0] != "" {
					return []string{"somebody-else", "", ""}
				}
				return parts
			}),
		},
		{
			Name: "login-questions-swapped", Case: "rfc4954/3/login-mechanism", Row: "R4954-3-b", Profile: submission,
			Does: "Its LOGIN asks for the password first.",
			Filter: func() Filter {
				first := ""
				return Filter{Command: func(s *Session, line string) (string, string) {
					switch {
					case Verb(line) == "AUTH" && strings.HasPrefix(line, "AUTH LOGIN"):
						first = ""
						return "", challenged("Password:")
					case s.Challenge && first == "":
						first = decoded(line)
						return "", challenged("Username:")
					case s.Challenge && first == "secret" && decoded(line) == "user":
						return "", "235 2.7.0 authentication succeeded\r\n"
					case s.Challenge:
						return "", "535 5.7.8 no\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "login-questions-in-clear", Case: "rfc4954/3/login-mechanism", Row: "R4954-3-b", Profile: submission,
			Does:   "The questions of its LOGIN are not in base64.",
			Filter: reply("AUTH LOGIN\r\n", func(string) string { return "334 Username:\r\n" }),
		},
		{
			Name: "login-questions-of-its-own", Case: "rfc4954/3/login-mechanism", Row: "R4954-3-b", Guard: true, Profile: submission,
			Does:   "Its LOGIN asks in other words.",
			Filter: reply("AUTH LOGIN\r\n", func(string) string { return challenged("User Name\x00") }),
		},
		{
			Name: "cram-challenge-constant", Case: "rfc2195/2/cram-md5", Row: "R2195-2-a", Profile: submission,
			Does: "Its CRAM-MD5 has the same challenge each time.",
			Filter: crams("<1.1@mx.local.test>", func(response, right string) bool {
				return response == right
			}),
		},
		{
			Name: "cram-without-digest", Case: "rfc2195/2/cram-md5", Row: "R2195-2-a", Profile: submission,
			Does: "Its CRAM-MD5 compares as much of the digest as there is.",
			Filter: crams("", func(response, right string) bool {
				return strings.HasPrefix(response, "user ") && strings.HasPrefix(right, response)
			}),
		},
		{
			Name: "cram-in-capitals", Case: "rfc2195/2/cram-md5", Row: "R2195-2-a", Profile: submission,
			Does: "Its CRAM-MD5 wants the digest in capitals.",
			Filter: crams("", func(response, right string) bool {
				return response == "user "+strings.ToUpper(right[len("user "):])
			}),
		},
	}
}

// crams makes a server with a CRAM-MD5 of its own: it has a fixed challenge, "" for those
// of the reference, and takes the responses that takes likes.
func crams(fixed string, takes func(response, right string) bool) func() Filter {
	return func() Filter {
		challenge := ""
		return Filter{
			Command: func(s *Session, line string) (string, string) {
				if !s.Challenge || challenge == "" {
					return line, ""
				}
				mac := hmac.New(md5.New, []byte("secret"))
				mac.Write([]byte(challenge))
				if takes(decoded(line), "user "+hex.EncodeToString(mac.Sum(nil))) {
					return "*\r\n", "235 2.7.0 authentication succeeded\r\n"
				}
				return "*\r\n", "535 5.7.8 no\r\n"
			},
			Reply: func(_ *Session, command, r string) string {
				if matchesCommand(command, []string{"AUTH CRAM-MD5"}) && strings.HasPrefix(r, "334 ") {
					if fixed != "" {
						r = challenged(fixed)
					}
					challenge = decoded(r)
				}
				return r
			},
		}
	}
}
