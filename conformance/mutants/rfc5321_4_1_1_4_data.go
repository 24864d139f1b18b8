package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// behindMessage makes a filter that answers commands itself when a message has been
// refused or taken before, as good tells.
func behindMessage(good bool, answers map[string]string) func() Filter {
	return func() Filter {
		ended := false
		return Filter{
			Command: func(_ *Session, line string) (string, string) {
				if a := answers[Verb(line)]; ended && a != "" {
					return "", a + "\r\n"
				}
				return line, ""
			},
			Reply: func(_ *Session, command, r string) string {
				if command == "<dot>" {
					ended = r[0] == '2' == good
				}
				return r
			},
		}
	}
}

func rfc5321Data() []Mutant {
	return []Mutant{
		{
			Name: "waits-for-crlf-before-dot", Case: "rfc5321/4.1.1.4/empty-message", Row: "R5321-4.1.1.4-b",
			Does: "It waits for a CRLF before the dot of an empty message.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch {
					case line == "<dot>":
						return "", ""
					case Verb(line) == "DATA":
						return "", "354 go on\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "refuses-empty-messages", Case: "rfc5321/4.1.1.4/empty-message", Row: "R5321-4.1.1.4-b", Guard: true,
			Does:   "It refuses a message without text.",
			Filter: reply("<dot>", func(string) string { return "554 5.6.0 there is no message\r\n" }),
		},
		{
			Name: "reads-lines-at-lf", Case: "rfc5321/4.1.1.4/bare-lf-is-no-line-end", Row: "R5321-4.1.1.4-e",
			Does: "It takes LF for a line end in message text.",
			Filter: text(func(octets string) string {
				return strings.ReplaceAll(strings.ReplaceAll(octets, "\r\n", "\n"), "\n", "\r\n")
			}),
		},
		{
			Name: "makes-blanks-of-lf", Case: "rfc5321/4.1.1.4/bare-lf-is-no-line-end", Row: "R5321-4.1.1.4-e", Guard: true,
			Does: "It takes a message with LF, which become blanks.",
			Filter: text(func(octets string) string {
				return strings.NewReplacer("\r\n", "\r\n", "\n", " ").Replace(octets)
			}),
		},
		{
			Name: "takes-lf-dot-lf-for-end", Case: "rfc5321/4.1.1.4/lf-dot-lf-is-no-end", Row: "R5321-4.1.1.4-f",
			Does: "It ends a message at LF dot LF.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"lax-end-of-data"} },
		},
		{
			Name: "delivers-and-says-451", Case: "rfc5321/4.1.1.4/success-is-told", Row: "R5321-4.1.1.4-g",
			Does:   "It delivers a message and answers with 451.",
			Filter: reply("<dot>", func(string) string { return "451 4.3.0 try again later\r\n" }),
		},
		{
			Name: "cuts-short-what-is-too-large", Case: "rfc5321/4.1.1.4/failure-is-told", Row: "R5321-4.1.1.4-h",
			Does:   "It takes a message over its limit of size, and cuts it short.",
			Filter: reply("<dot>", func(string) string { return "250 2.0.0 queued\r\n" }),
		},
		{
			Name: "delivers-what-is-too-large", Case: "rfc5321/4.1.1.4/failure-is-told", Row: "R5321-4.1.1.4-h",
			Does: "It refuses a message over its limit of size, and delivers its beginning.",
			Filter: func() Filter {
				ends := false
				return Filter{
					// A message without the octets that are too many.
					Text: func(_ *Session, octets string) string {
						if strings.HasSuffix(octets, "\r\n.\r\n") && len(octets) < 100 {
							ends = true
						}
						return strings.ReplaceAll(octets, strings.Repeat("x", 70), "")
					},
					Reply: func(_ *Session, command, r string) string {
						if command == "<dot>" && ends {
							return "552 5.3.4 too large\r\n"
						}
						return r
					},
				}
			},
		},
		{
			Name: "delivers-before-it-refuses", Case: "rfc5321/4.1.1.4/failure-counts-for-all", Row: "R5321-4.1.1.4-i",
			Does: "It delivers a message that it refuses at its end.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"delivers-what-it-refuses"} },
		},
		{
			Name: "keeps-envelope-behind-message", Case: "rfc5321/4.1.1.4/success-clears-buffers", Row: "R5321-4.1.1.4-k",
			Does:   "It takes a second DATA for the envelope of the message before.",
			Filter: behindMessage(true, map[string]string{"DATA": "354 go on"}),
		},
		{
			Name: "keeps-sender-behind-message", Case: "rfc5321/4.1.1.4/success-clears-buffers", Row: "R5321-4.1.1.4-k",
			Does:   "It takes another recipient behind the end of a message.",
			Filter: behindMessage(true, map[string]string{"RCPT": "250 2.1.5 OK"}),
		},
		{
			Name: "no-recipients-behind-message", Case: "rfc5321/4.1.1.4/success-clears-buffers", Row: "R5321-4.1.1.4-k", Guard: true,
			Does:   "It answers DATA without a transaction with 554.",
			Filter: behindMessage(true, map[string]string{"DATA": "554 5.5.1 no valid recipients"}),
		},
		{
			Name: "stuck-behind-refused-message", Case: "rfc5321/4.1.1.4/failure-clears-buffers", Row: "R5321-4.1.1.4-l",
			Does:   "It answers MAIL behind a message that it has refused with 503.",
			Filter: behindMessage(false, map[string]string{"MAIL": "503 5.5.1 nested MAIL"}),
		},
		{
			Name: "keeps-sender-behind-refused-message", Case: "rfc5321/4.1.1.4/failure-clears-buffers", Row: "R5321-4.1.1.4-l",
			Does:   "It takes another recipient behind a message that it has refused.",
			Filter: behindMessage(false, map[string]string{"RCPT": "250 2.1.5 OK"}),
		},
	}
}
