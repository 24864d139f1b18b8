package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

func rfc2920() []Mutant {
	return []Mutant{
		{
			Name: "flushes-input-after-an-error", Case: "rfc2920/3.2/commands-behind-a-refused-one", Row: "R2920-3.2-a",
			Does: "It throws away what is in its input buffer when it refuses a command.",
			Filter: func() Filter {
				refused := false
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						if refused {
							return "", ""
						}
						return line, ""
					},
					Reply: func(_ *Session, _, r string) string {
						refused = refused || r[0] == '5'
						return r
					},
				}
			},
		},
		{
			Name: "finds-out-about-users-later", Case: "rfc2920/3.2/commands-behind-a-refused-one", Row: "R2920-3.2-a", Guard: true,
			Does:   "It takes mail for unknown users.",
			Filter: answer("250 2.1.5 OK", "RCPT TO:<no-such"),
		},
		{
			Name: "last-rcpt-decides", Case: "rfc2920/3.2/data-needs-a-recipient", Row: "R2920-3.2-b",
			Does: "It refuses DATA if the last RCPT was refused.",
			Filter: func() Filter {
				last := ""
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						if Verb(line) == "DATA" && last != "" && last[0] == '5' {
							return "", "554 5.5.1 no valid recipients\r\n"
						}
						return line, ""
					},
					Reply: func(_ *Session, command, r string) string {
						if Verb(command) == "RCPT" {
							last = r
						}
						return r
					},
				}
			},
		},
		{
			Name: "takes-data-for-nobody", Case: "rfc2920/3.2/data-needs-a-recipient", Row: "R2920-3.2-c",
			Does: "It takes a message that has no recipients.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					switch {
					case Verb(line) == "DATA" && len(s.Rcpts) == 0:
						return "", "354 go on\r\n"
					case line == "<dot>":
						return "", "250 2.0.0 queued\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "decides-at-the-dot", Case: "rfc2920/3.2/data-needs-a-recipient", Row: "R2920-3.2-b",
			Does: "It refuses a message without recipients only at its end.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					switch {
					case Verb(line) == "DATA" && len(s.Rcpts) == 0:
						return "", "354 go on\r\n"
					case line == "<dot>":
						return "", "554 5.5.1 no valid recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "holds-the-last-reply-back", Case: "rfc2920/3.2/prompt-replies", Row: "R2920-3.2-d",
			Does:   "It sends the reply to NOOP with that to the next command.",
			Filter: holding("NOOP"),
		},
		{
			Name: "holds-354-back", Case: "rfc2920/3.2/prompt-replies", Row: "R2920-3.2-d",
			Does:   "It does not send the reply to DATA before text comes.",
			Filter: holding("DATA"),
		},
		{
			Name: "holds-replies-back-until-data", Case: "rfc2920/3.2/replies-when-input-is-empty", Row: "R2920-3.2-e",
			Does:   "It collects the replies to MAIL and RCPT until DATA comes.",
			Filter: holding("MAIL", "RCPT"),
		},
		{
			Name: "keeps-recipients-over-rset", Case: "rfc2920/3.2/reset-in-a-group", Row: "R2920-3.2-f",
			Does: "It keeps the recipients of a group though RSET stands in it.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch {
					case Verb(line) == "RSET":
						return "", "250 2.0.0 OK\r\n"
					case Verb(line) == "MAIL" && !strings.Contains(line, "other-"):
						return "NOOP\r\n", "250 2.1.0 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "flushes-input-behind-the-dot", Case: "rfc2920/3.1/next-transaction-behind-the-dot", Row: "R2920-3.1-f",
			Does: "It throws away what comes with the final dot.",
			Filter: func() Filter {
				dots := 0
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						if dots == 1 {
							return "", ""
						}
						return line, ""
					},
					Reply: func(_ *Session, command, r string) string {
						if command == "<dot>" {
							dots++
						}
						return r
					},
				}
			},
		},
		{
			Name: "pipelines-lmtp", Case: "rfc2920/3.1/next-transaction-behind-the-dot", Row: "R2920-3.1-f", Guard: true,
			Does: "It speaks LMTP.", Profile: conformance.LMTP,
		},
	}
}

// holding keeps the replies to some commands until it has another one to send.
func holding(verbs ...string) func() Filter {
	return func() Filter {
		held := ""
		return Filter{Reply: func(_ *Session, command, r string) string {
			for _, v := range verbs {
				if Verb(command) == v {
					held += r
					return ""
				}
			}
			r, held = held+r, ""
			return r
		}}
	}
}
