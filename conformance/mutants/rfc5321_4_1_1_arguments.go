package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// replaced makes a rewrite of the first old in commands that begin with a prefix.
func replaced(prefix, old, by string) func() Filter {
	return rewrite(prefix, func(line string) string { return strings.Replace(line, old, by, 1) })
}

func rfc5321Arguments() []Mutant {
	return []Mutant{
		{
			Name: "data-dislikes-blank", Case: "rfc5321/4.1.1/trailing-blanks", Row: "R5321-4.1.1-a",
			Does:   "It answers DATA with a blank behind it with 501.",
			Filter: answer("501 5.5.4 no argument is allowed here", "DATA "),
		},
		{
			Name: "mail-dislikes-blank", Case: "rfc5321/4.1.1/trailing-blanks", Row: "R5321-4.1.1-a",
			Does: "It answers MAIL with a blank behind it with 501.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if Verb(line) == "MAIL" && strings.HasSuffix(line, " \r\n") {
						return "", "501 5.5.4 what shall this parameter be\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "strips-dots", Case: "rfc5321/4.1.1/local-part-syntax", Row: "R5321-4.1.1-b",
			Does:   "It takes leading dots from local parts.",
			Filter: replaced("RCPT TO:<.", "<.", "<"),
		},
		{
			Name: "merges-dots", Case: "rfc5321/4.1.1/local-part-syntax", Row: "R5321-4.1.1-b",
			Does:   "It takes what is behind two dots from local parts.",
			Filter: replaced("RCPT TO:<good..x", "..x", ""),
		},
		{
			Name: "mail-without-from", Case: "rfc5321/4.1.1.2/mail-needs-from", Row: "R5321-4.1.1.2-c",
			Does:   "It treats MAIL alone as an empty reverse-path.",
			Filter: rewrite("MAIL\r\n", func(string) string { return "MAIL FROM:<>\r\n" }),
		},
		{
			Name: "mail-to", Case: "rfc5321/4.1.1.2/mail-needs-from", Row: "R5321-4.1.1.2-c",
			Does:   "It does not look at the word between MAIL and the path.",
			Filter: replaced("MAIL TO:", "TO:", "FROM:"),
		},
		{
			Name: "refused-mail-begins-transaction", Case: "rfc5321/4.1.1.2/mail-needs-from", Row: "R5321-4.1.1.2-c",
			Does: "It refuses MAIL without a path, and has begun a transaction.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if matchesCommand(line, []string{"MAIL FROM\r\n"}) {
						return "MAIL FROM:<>\r\n", "501 5.5.4 a path is needed\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "dislikes-null-path", Case: "rfc5321/4.1.1.2/null-reverse-path", Row: "R5321-4.1.1.2-b",
			Does:   "It refuses the empty reverse-path.",
			Filter: answer("553 5.1.7 a sender is needed", "MAIL FROM:<>"),
		},
		{
			Name: "loses-mail-from-null-path", Case: "rfc5321/4.1.1.2/null-reverse-path", Row: "R5321-4.1.1.2-b",
			Does: "It accepts mail from the empty reverse-path, and throws it away.",
			Store: func(m []byte) [][]byte {
				if strings.Contains(string(m), "Return-Path: <>") {
					return nil
				}
				return [][]byte{m}
			},
		},
		{
			Name: "keeps-recipients-for-next-mail", Case: "rfc5321/4.1.1.2/recipients-do-not-carry-over", Row: "R5321-4.1.1.2-a",
			Does: "It keeps the recipients of one message for the next.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"keeps-recipients"} },
		},
		{
			Name: "does-not-know-routes", Case: "rfc5321/4.1.1.3/routed-forward-path", Row: "R5321-4.1.1.3-a",
			Does:   "It does not know routes in forward-paths.",
			Filter: answer("501 5.1.3 bad recipient address syntax", "RCPT TO:<@"),
		},
		{
			Name: "declines-routes", Case: "rfc5321/4.1.1.3/routed-forward-path", Row: "R5321-4.1.1.3-a", Guard: true,
			Does:   "It declines the relaying that a route implies.",
			Filter: answer("550 5.7.1 no source routes here", "RCPT TO:<@"),
		},
		{
			Name: "does-not-know-routes-of-senders", Case: "rfc5321/4.1.1.3/routed-reverse-path", Row: "R5321-4.1.1.3-b",
			Does:   "It does not know routes in reverse-paths.",
			Filter: answer("501 5.1.7 bad sender address syntax", "MAIL FROM:<@"),
		},
		{
			Name: "follows-routes", Case: "rfc5321/4.1.1.3/route-is-stripped", Row: "R5321-4.1.1.3-c",
			Does:   "It sends mail to the first host of a route.",
			Filter: replaced("RCPT TO:<@a.test:", "@a.test:good@", "second@"),
		},
		{
			Name: "refused-recipient-clears-others", Case: "rfc5321/4.1.1.3/refused-recipient-between-others", Row: "R5321-4.1.1.3-g",
			Does: "It forgets the recipients so far when it refuses one.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"forgets-recipients"} },
		},
		{
			Name: "refused-recipient-ends-transaction", Case: "rfc5321/4.1.1.3/refused-recipient-between-others", Row: "R5321-4.1.1.3-g",
			Does:   "It ends the transaction when it refuses a recipient.",
			Filter: insteadOf("RCPT TO:<no-such-user-7391", "RSET", "550 5.1.1 no such user"),
		},
		{
			Name: "refused-recipient-changes-sender", Case: "rfc5321/4.1.1.3/refused-recipient-between-others", Row: "R5321-4.1.1.3-g",
			Does: "It delivers with another sender.",
			Store: func(m []byte) [][]byte {
				return [][]byte{[]byte(strings.Replace(string(m), "Return-Path: <sender@", "Return-Path: <no-such-user-7391@", 1))}
			},
		},
		{
			Name: "rcpt-to-nobody", Case: "rfc5321/4.1.1.3/rcpt-needs-path", Row: "R5321-4.1.1.3-h",
			Does:   "It accepts an empty forward-path.",
			Filter: answer("250 2.1.5 OK", "RCPT TO:<>"),
		},
		{
			Name: "rcpt-alone", Case: "rfc5321/4.1.1.3/rcpt-needs-path", Row: "R5321-4.1.1.3-h",
			Does:   "It takes RCPT alone as one for the postmaster.",
			Filter: rewrite("RCPT\r\n", func(string) string { return "RCPT TO:<postmaster>\r\n" }),
		},
		{
			Name: "cuts-off-brackets-blindly", Case: "rfc5321/4.1.1.3/path-without-brackets", Row: "R5321-4.1.1.3-i",
			Does:   "It cuts off the first and the last character of a path without looking at them.",
			Filter: answer("550 5.1.1 <ood@local.tes> is not known here", "RCPT TO:good"),
		},
		{
			Name: "needs-no-brackets", Case: "rfc5321/4.1.1.3/path-without-brackets", Row: "R5321-4.1.1.3-i", Guard: true,
			Does:   "It takes a path without brackets as it is.",
			Filter: replaced("RCPT TO:good@local.test", "good@local.test", "<good@local.test>"),
		},
		{
			Name: "ignores-mail-parameters", Case: "rfc5321/4.1.1.11/unknown-mail-parameter", Row: "R5321-4.1.1.11-a",
			Does:   "It ignores parameters of MAIL that it does not know.",
			Filter: replaced("MAIL", " XUNKNOWN=1", ""),
		},
		{
			Name: "ignores-rcpt-parameters", Case: "rfc5321/4.1.1.11/unknown-rcpt-parameter", Row: "R5321-4.1.1.11-b",
			Does:   "It ignores parameters of RCPT that it does not know.",
			Filter: replaced("RCPT", " XUNKNOWN=1", ""),
		},
		{
			Name: "calls-parameters-syntax-errors", Case: "rfc5321/4.1.1.11/unknown-mail-parameter", Row: "R5321-4.1.1.11-a", Guard: true,
			Does:   "It answers an unknown parameter of MAIL with 501.",
			Filter: answer("501 5.5.4 malformed address", "MAIL FROM:<sender@mailsim.test> XUNKNOWN"),
		},
	}
}
