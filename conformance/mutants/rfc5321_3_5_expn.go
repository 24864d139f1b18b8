package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// expands makes a filter that answers EXPN of the list with a reply, and other EXPN
// with 550.
func expands(r string) func() Filter {
	return verifies("EXPN", map[string]string{"staff": r, "staff@local.test": r})
}

const members = "250-2.1.5 Joe Good <good@local.test>\r\n250 2.1.5 <second@local.test>"

func rfc5321Expn() []Mutant {
	return []Mutant{
		{
			Name: "expn-is-unknown", Case: "rfc5321/3.5.1/expn-is-known", Row: "R5321-3.5.1-a",
			Does:   "It answers EXPN with 500.",
			Filter: answer("500 5.5.2 command not recognized", "EXPN"),
		},
		{
			Name: "expn-expands", Case: "rfc5321/3.5.1/expn-is-known", Row: "R5321-3.5.1-a", Guard: true,
			Does:   "It expands lists.",
			Filter: expands(members),
		},
		{
			Name: "expn-without-members", Case: "rfc5321/3.5.1/expn-gives-members", Row: "R5321-3.5.1-e",
			Does:   "It answers EXPN with 250 and no members.",
			Filter: expands("250 2.1.5 the list exists"),
		},
		{
			Name: "expn-on-one-line", Case: "rfc5321/3.5.1/expn-gives-members", Row: "R5321-3.5.1-f",
			Does:   "It puts all members on one line of the reply to EXPN.",
			Filter: expands("250 2.1.5 <good@local.test>, <second@local.test>"),
		},
		{
			Name: "expn-gives-names-too", Case: "rfc5321/3.5.1/expn-gives-members", Row: "R5321-3.5.1-f", Guard: true,
			Does:   "It gives the members, a line each, some with their full names.",
			Filter: expands(members),
		},
		{
			Name: "expn-of-user-is-empty", Case: "rfc5321/3.5.1/expn-of-user", Row: "R5321-3.5.1-h",
			Does:   "It answers EXPN of a user with an empty list.",
			Filter: answer("250 2.1.5", "EXPN good"),
		},
		{
			Name: "expn-of-user-is-one", Case: "rfc5321/3.5.1/expn-of-user", Row: "R5321-3.5.1-h", Guard: true,
			Does:   "It answers EXPN of a user with a list of one.",
			Filter: answer("250 2.1.5 Joe Good <good@local.test>", "EXPN good"),
		},
		{
			Name: "expn-of-user-is-refused", Case: "rfc5321/3.5.1/expn-of-user", Row: "R5321-3.5.1-h", Guard: true,
			Does:   "It expands lists only.",
			Filter: answer("550 5.1.1 that is a user name, not a mailing list", "EXPN good"),
		},
		{
			Name: "expn-does-not-look", Case: "rfc5321/3.5.3/expn-of-unknown", Row: "R5321-3.5.3-b",
			Does:   "It answers EXPN of whatever name with 250.",
			Filter: answer("250 2.1.5 <no-such-list-7391@local.test>", "EXPN"),
		},
		{
			Name: "expn-is-not-listed", Case: "rfc5321/3.5.2/expn-is-listed", Row: "R5321-3.5.2-h",
			Does:   "It expands lists, and does not list EXPN in EHLO.",
			Filter: expands(members),
		},
		{
			Name: "expn-is-listed", Case: "rfc5321/3.5.2/expn-is-listed", Row: "R5321-3.5.2-h", Guard: true,
			Does:   "It expands lists, and lists EXPN in EHLO.",
			Node:   func(c *sim.NodeConfig) { c.Extensions.Add = append(c.Extensions.Add, "EXPN") },
			Filter: expands(members),
		},
		{
			Name: "vrfy-without-domain", Case: "rfc5321/3.5.2/verified-mailbox-is-qualified", Row: "R5321-3.5.2-a",
			Does:   "It gives the mailbox without its domain.",
			Filter: verifiesAs("good", "250 <good>"),
		},
		{
			Name: "vrfy-with-host-name", Case: "rfc5321/3.5.2/verified-mailbox-is-qualified", Row: "R5321-3.5.2-a",
			Does:   "It gives a domain that is not fully qualified.",
			Filter: verifiesAs("good", "250 <good@mailhost>"),
		},
		{
			Name: "expn-with-route", Case: "rfc5321/3.5.2/verified-mailbox-is-qualified", Row: "R5321-3.5.2-f",
			Does:   "It gives a member of a list with a source route.",
			Filter: expands("250-2.1.5 <good@local.test>\r\n250 2.1.5 <@relay.test:u@far.test>"),
		},
		{
			Name: "vrfy-qualified", Case: "rfc5321/3.5.2/verified-mailbox-is-qualified", Row: "R5321-3.5.2-a", Guard: true,
			Does:   "It verifies.",
			Filter: verifies("VRFY", verifying(nil)),
		},
		{
			Name: "vrfy-without-brackets", Case: "rfc5321/3.5.2/verified-mailbox-in-brackets", Row: "R5321-3.5.2-c",
			Does:   "It gives the mailbox without angle brackets.",
			Filter: verifiesAs("good", "250 Joe Good good@local.test"),
		},
		{
			Name: "vrfy-with-brackets", Case: "rfc5321/3.5.2/verified-mailbox-in-brackets", Row: "R5321-3.5.2-c", Guard: true,
			Does:   "It verifies.",
			Filter: verifies("VRFY", verifying(nil)),
		},
		{
			Name: "vrfy-in-free-text", Case: "rfc5321/3.5.2/vrfy-in-free-text", Row: "R5321-3.5.2-b",
			Does:   "It answers VRFY with 250 and a text.",
			Filter: verifiesAs("good", "250 Joe is in room 7"),
		},
		{
			Name: "vrfy-send-some-mail", Case: "rfc5321/3.5.2/vrfy-in-free-text", Row: "R5321-3.5.2-b", Guard: true,
			Does:   "It answers VRFY with 252 and a text.",
			Filter: answer("252 2.5.0 send some mail, I'll try my best", "VRFY"),
		},
		{
			Name: "expn-tells-of-filter", Case: "rfc5321/3.5.2/verified-mailbox-takes-mail", Row: "R5321-3.5.2-d",
			Does:   "It gives a program as a member of a list.",
			Filter: expands("250-2.1.5 <good@local.test>\r\n250 2.1.5 <|/usr/bin/filter>"),
		},
		{
			Name: "vrfy-tells-of-what-rcpt-refuses", Case: "rfc5321/3.5.2/verified-mailbox-takes-mail", Row: "R5321-3.5.2-d",
			Does:   "It gives an address of its own domain that RCPT does not know.",
			Filter: verifiesAs("good", "250 <joe.good@local.test>"),
		},
		{
			Name: "expn-of-remote-members", Case: "rfc5321/3.5.2/verified-mailbox-takes-mail", Row: "R5321-3.5.2-d", Guard: true,
			Does:   "It gives members elsewhere, whom it relays to for nobody but the list.",
			Filter: expands("250-2.1.5 <good@local.test>\r\n250 2.1.5 <u@elsewhere.mailsim.test>"),
		},
		{
			Name: "vrfy-tells-of-program", Case: "rfc5321/3.5.2/vrfy-hides-programs", Row: "R5321-3.5.2-e",
			Does:   "It gives the program that an alias leads to.",
			Filter: verifiesAs("alias", `250 "|/usr/bin/vacation"`),
		},
		{
			Name: "vrfy-tells-of-alias", Case: "rfc5321/3.5.2/vrfy-hides-programs", Row: "R5321-3.5.2-e", Guard: true,
			Does:   "It gives the alias itself.",
			Filter: verifies("VRFY", verifying(nil)),
		},
		{
			Name: "expn-adds-recipients", Case: "rfc5321/4.1.1.7/expn-in-transaction", Row: "R5321-4.1.1.7-a",
			Does:   "It adds the members of a list to the recipients.",
			Filter: insteadOf("EXPN", "RCPT TO:<second@local.test>", "250 2.1.5 <second@local.test>"),
		},
		{
			Name: "expn-resets", Case: "rfc5321/4.1.1.7/expn-in-transaction", Row: "R5321-4.1.1.7-a",
			Does:   "It ends the transaction at EXPN.",
			Filter: insteadOf("EXPN", "RSET", "252 2.5.0 cannot tell"),
		},
		{
			Name: "expn-of-all-lists", Case: "rfc5321/4.1.1.7/expn-needs-name", Row: "R5321-4.1.1.7-b",
			Does: "It answers EXPN without a name with all lists.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if strings.EqualFold(strings.TrimSpace(line), "EXPN") {
						return "", "250 2.1.5 <staff@local.test>\r\n"
					}
					return line, ""
				}}
			},
		},
	}
}
