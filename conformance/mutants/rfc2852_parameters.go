package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

func rareParameters() []Mutant {
	const submission = conformance.Submit
	return []Mutant{
		{
			Name: "by-in-the-past", Case: "rfc2852/4/by", Row: "R2852-4-a",
			Does:   "It takes BY with mode R and a time that is over.",
			Filter: ignores(" BY=-5;R"),
		},
		{
			Name: "by-without-mode", Case: "rfc2852/4/by", Row: "R2852-4-a",
			Does:   "It takes BY without a mode.",
			Filter: ignores(" BY=120\r\n"),
		},
		{
			Name: "by-twice", Case: "rfc2852/4/by", Row: "R2852-4-a",
			Does:   "It takes BY twice.",
			Filter: ignores(" BY=120;N BY=120;N"),
		},
		{
			Name: "by-without-plus", Case: "rfc2852/4/by", Row: "R2852-4-a",
			Does:   "It does not know a plus before the seconds.",
			Filter: answer("501 5.5.4 that is no number", "MAIL FROM:<sender@mailsim.test> BY=+"),
		},
		{
			Name: "by-in-capitals", Case: "rfc2852/4/by", Row: "R2852-4-a",
			Does:   "It knows the modes of BY in capitals only.",
			Filter: answer("501 5.5.4 no such mode", "MAIL FROM:<sender@mailsim.test> BY=120;nt"),
		},
		{
			Name: "holds-for-too-long", Case: "rfc4865/4.2/hold", Row: "R4865-4-a", Profile: submission,
			Does:   "It takes HOLDFOR beyond what it offers.",
			Filter: ignores(" HOLDFOR=2592001"),
		},
		{
			Name: "holds-for-and-until", Case: "rfc4865/4.2/hold", Row: "R4865-4-a", Profile: submission,
			Does:   "It takes HOLDFOR and HOLDUNTIL, and uses one.",
			Filter: ignores(" HOLDUNTIL=2099-01-01T00:00:00Z"),
		},
		{
			Name: "holds-by-words", Case: "rfc4865/4.2/hold", Row: "R4865-4-a", Profile: submission,
			Does:   "It takes HOLDUNTIL with words.",
			Filter: ignores(" HOLDUNTIL=yesterday"),
		},
		{
			Name: "never-holds", Case: "rfc4865/4.2/hold", Row: "R4865-4-a", Profile: submission,
			Does:   "It offers FUTURERELEASE and does not know HOLDFOR.",
			Filter: answer("555 5.5.4 unsupported", "MAIL FROM:<sender@mailsim.test> HOLDFOR=60\r\n"),
		},
		{
			Name: "priority-clamped", Case: "rfc6710/4.1/mt-priority", Row: "R6710-4.1-a",
			Does:   "It takes 10 for 9.",
			Filter: ignores(" MT-PRIORITY=10"),
		},
		{
			Name: "priority-with-plus", Case: "rfc6710/4.1/mt-priority", Row: "R6710-4.1-a",
			Does:   "It takes a priority with a plus.",
			Filter: ignores(" MT-PRIORITY=+1"),
		},
		{
			Name: "priority-without-minus", Case: "rfc6710/4.1/mt-priority", Row: "R6710-4.1-a",
			Does:   "It does not know priorities below zero.",
			Filter: answer("501 5.5.4 no such priority", "MAIL FROM:<sender@mailsim.test> MT-PRIORITY=-"),
		},
		{
			Name: "rrvs-unread", Case: "rfc7293/3.1/rrvs", Row: "R7293-3.1-a",
			Does: "It offers RRVS and ignores it.",
			Filter: rewrite("RCPT", func(line string) string {
				line, _, _ = strings.Cut(line, " RRVS")
				return strings.TrimRight(line, "\r\n") + "\r\n"
			}),
		},
		{
			Name: "new-owner-is-nobody", Case: "rfc7293/3.1/rrvs", Row: "R7293-3.1-a",
			Does:   "It says that a mailbox with a new owner is not there.",
			Filter: reply("RCPT", func(r string) string { return strings.Replace(r, "5.7.17", "5.1.1", 1) }),
		},
		{
			Name: "requiretls-in-clear", Case: "rfc8689/2/requiretls", Row: "R8689-2-a",
			Does:   "It offers REQUIRETLS without TLS.",
			Filter: alsoOffers("REQUIRETLS", isClear),
		},
		{
			Name: "requiretls-for-clear-mail", Case: "rfc8689/2/requiretls", Row: "R8689-2-a",
			Does: "It takes MAIL with REQUIRETLS in the clear.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if !s.Secure {
						line = strings.Replace(line, " REQUIRETLS", "", 1)
					}
					return line, ""
				}}
			},
		},
		{
			Name: "requiretls-with-value", Case: "rfc8689/2/requiretls", Row: "R8689-2-a",
			Does:   "It takes REQUIRETLS with a value.",
			Filter: ignores(" REQUIRETLS=x"),
		},
		{
			Name: "limits-untrue", Case: "rfc9422/4.2/limits", Row: "R9422-4.2-a",
			Does: "It advertises 1000 recipients and takes 100.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if s.Count["RCPT"] > 100 {
						return "", "452 4.5.3 too many recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "limits-of-transactions-untrue", Case: "rfc9422/4.2/limits", Row: "R9422-4.2-a",
			Does: "It advertises 50 transactions in a session and takes 10.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Add = []string{"LIMITS MAILMAX=50"} },
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "MAIL" && s.Count["MAIL"] > 10 {
						return "", "452 4.5.3 too much mail\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "limits-of-transactions", Case: "rfc9422/4.2/limits", Row: "R9422-4.2-a", Guard: true,
			Does: "It advertises 50 transactions in a session and takes them.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Add = []string{"LIMITS MAILMAX=50"} },
		},
	}
}

// ignores makes a server that passes over a parameter.
func ignores(parameter string) func() Filter {
	return rewrite("MAIL", func(line string) string {
		return strings.TrimRight(strings.Replace(line, parameter, "", 1), "\r\n") + "\r\n"
	})
}
