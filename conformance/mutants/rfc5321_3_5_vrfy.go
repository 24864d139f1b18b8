package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

// verifies makes a filter that answers VRFY, or EXPN, of the reference's names itself; a
// name that is none of them is not there.
func verifies(verb string, replies map[string]string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if Verb(line) != verb {
				return line, ""
			}
			_, name, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			if r, ok := replies[strings.Trim(name, "<>")]; ok {
				return "", r + "\r\n"
			}
			return "", "550 5.1.1 no such user\r\n"
		}}
	}
}

// verifying are the replies of a server that does verify.
func verifying(change map[string]string) map[string]string {
	replies := map[string]string{
		"good":              "250 2.1.5 Joe Good <good@local.test>",
		"good@local.test":   "250 2.1.5 Joe Good <good@local.test>",
		"second":            "250 2.1.5 <second@local.test>",
		"second@local.test": "250 2.1.5 <second@local.test>",
		"alias":             "250 2.1.5 <alias@local.test>",
		"alias@local.test":  "250 2.1.5 <alias@local.test>",
		"staff":             "252 2.5.0 that is a list",
		"staff@local.test":  "252 2.5.0 that is a list",
	}
	for name, r := range change {
		replies[name] = r
	}
	return replies
}

// verifiesAs is verifying, but for the reply to one name, with its domain and without.
func verifiesAs(name, r string) func() Filter {
	return verifies("VRFY", verifying(map[string]string{name: r, name + "@local.test": r}))
}

func rfc5321Vrfy() []Mutant {
	return []Mutant{
		{
			Name: "vrfy-without-mailbox", Case: "rfc5321/3.5.1/vrfy-names-mailbox", Row: "R5321-3.5.1-b",
			Does:   "It answers VRFY with 250 OK and no mailbox.",
			Filter: verifiesAs("good", "250 OK"),
		},
		{
			Name: "vrfy-in-words", Case: "rfc5321/3.5.1/vrfy-names-mailbox", Row: "R5321-3.5.1-c",
			Does:   "It writes words behind the mailbox that VRFY has asked for.",
			Filter: verifiesAs("good", "250 good@local.test exists"),
		},
		{
			Name: "vrfy-with-full-name", Case: "rfc5321/3.5.1/vrfy-names-mailbox", Row: "R5321-3.5.1-c", Guard: true,
			Does:   "It verifies, and gives full name and mailbox.",
			Filter: verifies("VRFY", verifying(nil)),
		},
		{
			Name: "vrfy-wants-domain", Case: "rfc5321/3.5.1/vrfy-knows-local-names", Row: "R5321-3.5.1-i",
			Does: "It answers VRFY without a domain with 501.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if Verb(line) == "VRFY" && !strings.Contains(line, "@") {
						return "", "501 5.1.3 a domain is needed\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "vrfy-knows-every-name", Case: "rfc5321/3.5.1/vrfy-knows-local-names", Row: "R5321-3.5.1-i",
			Does:   "It answers VRFY with 250 for any name.",
			Filter: answer("250 2.1.5 <good@local.test>", "VRFY"),
		},
		{
			Name: "vrfy-ambiguous", Case: "rfc5321/3.5.1/vrfy-knows-local-names", Row: "R5321-3.5.1-i", Guard: true,
			Does: "It verifies, and has several users of one name.",
			Filter: verifies("VRFY", verifying(map[string]string{
				"good": "553-5.1.4 Ambiguous; possibilities are\r\n553-5.1.4 <good@local.test>\r\n553 5.1.4 <good@sales.local.test>",
			})),
		},
		{
			Name: "vrfy-dislikes-domains", Case: "rfc5321/3.5.1/vrfy-takes-full-address", Row: "R5321-3.5.1-j",
			Does: "It answers VRFY with an at-sign with 550.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if Verb(line) == "VRFY" && strings.Contains(line, "@") {
						return "", "550 5.1.1 no such user\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "vrfy-breaks-at-quotes", Case: "rfc5321/3.5.1/vrfy-of-full-name", Row: "R5321-3.5.1-k",
			Does:   "It closes the connection when VRFY has a quoted string.",
			Filter: answer("421 4.3.0 internal error\r\nclose", `VRFY "`),
		},
		{
			Name: "vrfy-not-for-full-names", Case: "rfc5321/3.5.1/vrfy-of-full-name", Row: "R5321-3.5.1-k", Guard: true,
			Does:   "It verifies, and knows no full names.",
			Filter: verifies("VRFY", verifying(nil)),
		},
		{
			Name: "vrfy-calls-closed-list-good", Case: "rfc5321/3.5.1/vrfy-of-list", Row: "R5321-3.5.1-g",
			Does: "It answers VRFY of a list with 250, and takes no mail for it.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch {
					case matchesCommand(line, []string{"VRFY staff"}):
						return "", "250 2.1.5 <staff@local.test>\r\n"
					case matchesCommand(line, []string{"RCPT TO:<staff"}):
						return "", "550 5.7.1 members only\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "vrfy-list-that-takes-mail", Case: "rfc5321/3.5.1/vrfy-of-list", Row: "R5321-3.5.1-g", Guard: true,
			Does:   "It answers VRFY of a list with 250, and takes mail for it.",
			Filter: verifiesAs("staff", "250 2.1.5 <staff@local.test>"),
		},
		{
			Name: "vrfy-looks-at-form-only", Case: "rfc5321/3.5.3/vrfy-of-unknown", Row: "R5321-3.5.3-a",
			Does:   "It answers VRFY with 250 wherever the address is well formed.",
			Filter: answer("250 2.1.5 OK", "VRFY"),
		},
		{
			Name: "vrfy-claims-to-know", Case: "rfc5321/3.5.3/vrfy-of-unknown", Row: "R5321-3.5.3-c",
			Does:   "It cannot look users up, and answers VRFY with 250 instead of 502.",
			Filter: answer("250 2.1.5 exists", "VRFY"),
		},
		{
			Name: "vrfy-not-implemented", Case: "rfc5321/3.5.3/vrfy-of-unknown", Row: "R5321-3.5.3-c", Guard: true,
			Does:   "It cannot look users up, and answers VRFY with 502.",
			Filter: answer("502 5.5.1 not implemented", "VRFY"),
		},
		{
			Name: "vrfy-tells-the-truth", Case: "rfc5321/3.5.3/vrfy-of-unknown", Row: "R5321-3.5.3-a", Guard: true,
			Does:   "It verifies.",
			Filter: verifies("VRFY", verifying(nil)),
		},
		{
			Name: "vrfy-has-old-list", Case: "rfc5321/3.5.3/vrfy-agrees-with-rcpt", Row: "R5321-3.5.3-e",
			Does:   "It verifies users who have left, whom RCPT refuses.",
			Filter: verifiesAs("no-such-user-7391", "250 2.1.5 <no-such-user-7391@local.test>"),
		},
		{
			Name: "vrfy-vouches-for-others", Case: "rfc5321/3.5.3/vrfy-of-relayed", Row: "R5321-3.5.3-d",
			Does: "It verifies addresses of a domain that it relays for.", Profile: conformance.RelayHost,
			Filter: answer("250 2.1.5 <victim@elsewhere.mailsim.test>", "VRFY"),
		},
		{
			Name: "vrfy-listed-and-missing", Case: "rfc5321/3.5.2/vrfy-works-where-listed", Row: "R5321-3.5.2-i",
			Does:   "It lists VRFY in EHLO and answers it with 502.",
			Node:   func(c *sim.NodeConfig) { c.Extensions.Add = append(c.Extensions.Add, "VRFY") },
			Filter: answer("502 5.5.1 not implemented", "VRFY"),
		},
		{
			Name: "vrfy-listed", Case: "rfc5321/3.5.2/vrfy-works-where-listed", Row: "R5321-3.5.2-i", Guard: true,
			Does: "It lists VRFY in EHLO.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Add = append(c.Extensions.Add, "VRFY") },
		},
		{
			Name: "vrfy-resets", Case: "rfc5321/4.1.1.6/vrfy-in-transaction", Row: "R5321-4.1.1.6-a",
			Does:   "It ends the transaction at VRFY.",
			Filter: insteadOf("VRFY", "RSET", "252 2.5.0 cannot tell"),
		},
		{
			Name: "vrfy-of-nobody", Case: "rfc5321/4.1.1.6/vrfy-needs-name", Row: "R5321-4.1.1.6-b",
			Does:   "It answers VRFY without a name with 250.",
			Filter: answer("250 OK", "VRFY\r\n"),
		},
	}
}

// insteadOf makes a filter that does another command where one is said, and answers
// as if it had done that.
func insteadOf(prefix, command, reply string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if matchesCommand(line, []string{prefix}) {
				return command + "\r\n", reply + "\r\n"
			}
			return line, ""
		}}
	}
}
