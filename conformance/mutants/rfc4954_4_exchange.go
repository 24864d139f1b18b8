package mutants

import (
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// outside64 are the octets that base64 does not have.
var outside64 = regexp.MustCompile(`[^A-Za-z0-9+/=\r\n]`)

func rfc4954Exchange() []Mutant {
	const submission = conformance.Submit
	return []Mutant{
		{
			Name: "challenge-with-words", Case: "rfc4954/4/empty-challenge", Row: "R4954-4-d", Profile: submission,
			Does:   "It writes a text for people into the empty challenge.",
			Filter: reply("AUTH PLAIN\r\n", func(string) string { return "334 Go ahead\r\n" }),
		},
		{
			Name: "challenge-without-space", Case: "rfc4954/4/empty-challenge", Row: "R4954-4-d", Profile: submission,
			Does:   "It leaves the space of the empty challenge out.",
			Filter: reply("AUTH PLAIN\r\n", func(string) string { return "334\r\n" }),
		},
		{
			Name: "no-challenge-for-plain", Case: "rfc4954/4/empty-challenge", Row: "R4954-4-d", Profile: submission,
			Does:   "It wants the response of PLAIN with AUTH itself.",
			Filter: answer("501 5.5.4 an initial response is needed", "AUTH PLAIN\r\n"),
		},
		{
			Name: "cancel-counts-as-failure", Case: "rfc4954/4/cancel", Row: "R4954-4-e", Profile: submission,
			Does:   "It takes * for a response and answers 535.",
			Filter: reply("*", func(string) string { return "535 5.7.8 no\r\n" }),
		},
		{
			Name: "deaf-to-cancel", Case: "rfc4954/4/cancel", Row: "R4954-4-e", Profile: submission,
			Does: "It does not answer a *.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if s.Challenge && line == "*\r\n" {
						return "", ""
					}
					return line, ""
				}}
			},
		},
		{
			Name: "cancel-unknown-to-login", Case: "rfc4954/4/cancel", Row: "R4954-4-e", Profile: submission,
			Does: "It takes * for a password in an exchange of LOGIN.",
			Filter: func() Filter {
				mechanism := ""
				return Filter{Command: func(s *Session, line string) (string, string) {
					switch {
					case Verb(line) == "AUTH":
						mechanism = line
					case s.Challenge && line == "*\r\n" && strings.HasPrefix(mechanism, "AUTH LOGIN"):
						return line, "535 5.7.8 no\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "passes-over-bad-base64", Case: "rfc4954/4/strict-base64", Row: "R4954-4-f", Profile: submission,
			Does: "It passes over what base64 does not have in a response to a challenge.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if s.Challenge && line != "*\r\n" {
						line = outside64.ReplaceAllString(line, "")
					}
					return line, ""
				}}
			},
		},
		{
			Name: "bad-base64-counts-as-failure", Case: "rfc4954/4/strict-base64", Row: "R4954-4-f", Profile: submission,
			Does: "It answers what is no base64 with 535.",
			Filter: reply("", func(r string) string {
				return strings.Replace(r, "501 5.5.2", "535 5.7.8", 1)
			}),
		},
		{
			Name: "initial-response-ignored", Case: "rfc4954/4/server-speaks-first", Row: "R4954-4-g", Profile: submission,
			Does:   "It ignores a response that comes before the challenge.",
			Filter: rewrite("AUTH CRAM-MD5 ", func(string) string { return "AUTH CRAM-MD5\r\n" }),
		},
		{
			Name: "empty-response-is-none", Case: "rfc4954/4/empty-response", Row: "R4954-4-h", Profile: submission,
			Does:   "It takes = for no response, and asks for one.",
			Filter: rewrite("AUTH PLAIN =", func(string) string { return "AUTH PLAIN\r\n" }),
		},
		{
			Name: "short-responses", Case: "rfc4954/4/long-response", Row: "R4954-4-i", Profile: submission,
			Does: "It has room for 512 octets of a response.",
			Filter: responding(func(_ *Session, response string) string {
				if len(response) > 512 {
					return "500 5.5.6 line too long\r\n"
				}
				return ""
			}),
		},
		{
			Name: "long-response-in-two", Case: "rfc4954/4/long-response", Row: "R4954-4-i", Profile: submission,
			Does: "It takes the end of a long response for a command.",
			Filter: responding(func(_ *Session, response string) string {
				if len(response) > 12288 {
					return "501 5.5.2 no base64\r\n500 5.5.2 unknown command\r\n"
				}
				return ""
			}),
		},
		{
			Name: "responses-of-plain-only", Case: "rfc4954/4/long-response", Row: "R4954-4-i", Profile: submission,
			Does: "It has room for 2048 octets of a response.",
			Filter: responding(func(_ *Session, response string) string {
				if len(response) > 2048 {
					return "500 5.5.6 line too long\r\n"
				}
				return ""
			}),
		},
		{
			Name: "long-response-hangs-up", Case: "rfc4954/4/long-response", Row: "R4954-4-i", Profile: submission, Guard: true,
			Does: "It closes the connection at a response of 20000 octets.",
			Filter: responding(func(_ *Session, response string) string {
				if len(response) > 12288 {
					return "421 4.7.0 that is enough\r\nclose"
				}
				return ""
			}),
		},
	}
}
