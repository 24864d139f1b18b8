package mutants

import (
	"github.com/mailsim/mailsim/conformance"
)

func rfc5321NamesInReplies() []Mutant {
	greets := func(text string) func() Filter {
		return func() Filter {
			return Filter{Greeting: func(*Session, string) string { return "220 " + text + "\r\n" }}
		}
	}
	moved := func(t *conformance.Target) { t.Alias = "moved@local.test" }
	return []Mutant{
		{
			Name: "welcomes-without-a-name", Case: "rfc5321/4.2/greeting-name", Row: "R5321-4.2-b",
			Does: "Its greeting has a word of welcome instead of its name.", Filter: greets("Welcome to my server"),
		},
		{
			Name: "greets-as-localhost", Case: "rfc5321/4.2/greeting-name", Row: "R5321-4.3.1-d",
			Does: "Its greeting says localhost.", Filter: greets("localhost ESMTP"),
		},
		{
			Name: "just-a-name", Case: "rfc5321/4.2/greeting-name", Row: "R5321-4.2-b", Guard: true,
			Does: "Its greeting is its name and nothing else.", Filter: greets("mx.local.test"),
		},
		{
			Name: "only-says-bye", Case: "rfc5321/4.2.2/closing-name", Row: "R5321-4.2.2-a",
			Does: "Its 221 has no name.", Filter: answer("221 2.0.0 Bye", "QUIT"),
		},
		{
			Name: "nameless-421", Case: "rfc5321/4.2.2/not-available-name", Row: "R5321-4.2.2-b",
			Does: "Its 421 has no name.", Filter: answer("421 4.7.0 bye", "NO-SUCH"),
		},
		{
			Name: "moved-and-no-path", Case: "rfc5321/4.2.2/new-path", Row: "R5321-4.2.2-c",
			Does: "It says 551 and does not say where the user has gone.", Filter: answer("551 5.1.6 user moved", "RCPT TO:<alias"),
		},
		{
			Name: "will-forward", Case: "rfc5321/4.2.2/new-path", Row: "R5321-4.2.2-c", Guard: true,
			Does: "It forwards, and says where to.", Target: moved,
		},
	}
}
