package mutants

import (
	"github.com/mailsim/mailsim/sim"
)

func rfc5321Rset() []Mutant {
	return []Mutant{
		{
			Name: "rset-keeps-sender", Case: "rfc5321/4.1.1.5/rset-clears-envelope", Row: "R5321-4.1.1.5-a",
			Does: "It keeps the sender at RSET.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Mail == "" && s.Count["RSET"] > 0 {
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "rset-does-nothing", Case: "rfc5321/4.1.1.5/rset-clears-envelope", Row: "R5321-4.1.1.5-a",
			Does:   "It answers RSET with 250 and does nothing.",
			Filter: answer("250 2.0.0 OK", "RSET"),
		},
		{
			Name: "rset-keeps-recipients", Case: "rfc5321/4.1.1.5/rset-drops-recipients", Row: "R5321-4.1.1.5-b",
			Does:   "It keeps the recipients at RSET.",
			Filter: rsetKeepsRecipients,
		},
		{
			Name: "rset-needs-transaction", Case: "rfc5321/4.1.1.5/rset-gets-250", Row: "R5321-4.1.1.5-c",
			Does: "It answers RSET without a transaction with 503.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RSET" && s.Mail == "" {
						return "", "503 5.5.1 there is nothing to reset\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "rset-closes", Case: "rfc5321/4.1.1.5/rset-does-not-close", Row: "R5321-4.1.1.5-d",
			Does:   "It closes the connection behind RSET.",
			Filter: reply("RSET", func(r string) string { return r + "close" }),
		},
		{
			Name: "rset-forgets-ehlo", Case: "rfc5321/4.1.1.5/rset-keeps-greeting", Row: "R5321-4.1.1.5-e",
			Does: "It wants EHLO again behind RSET.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "MAIL" && s.Count["RSET"] > 0 {
						return "", "503 5.5.1 send EHLO first\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "delivers-half-at-reset", Case: "rfc5321/4.1.1.5/reset-connection", Row: "R5321-4.1.1.5-f",
			Does: "It delivers what it has of a message when the connection is lost.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"takes-half"} },
		},
		{
			Name: "delivers-half-at-close", Case: "rfc5321/4.1.1.10/closed-before-dot", Row: "R5321-4.1.1.10-f",
			Does: "It takes the end of the connection for the end of the data.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"takes-half"} },
		},
		{
			Name: "forgets-mail-without-quit", Case: "rfc5321/4.1.1.10/reset-behind-250", Row: "R5321-4.1.1.10-g",
			Does:  "It throws the messages of a session away that ends without QUIT.",
			Store: func([]byte) [][]byte { return nil },
		},
	}
}

// rsetKeepsRecipients does nothing at RSET, and goes on with the transaction at the
// next MAIL.
func rsetKeepsRecipients() Filter {
	open := false
	return Filter{Command: func(s *Session, line string) (string, string) {
		switch verb := Verb(line); {
		case verb == "RSET":
			open = s.Mail != ""
			return "", "250 2.0.0 OK\r\n"
		case verb == "MAIL" && open:
			open = false
			return "", "250 2.1.0 OK\r\n"
		}
		return line, ""
	}}
}
