package mutants

import "strings"

func rfc5321Transaction() []Mutant {
	// takes makes a server that takes DATA and a message for nobody; what it says at the dot is dot.
	takes := func(dot string) func() Filter {
		return func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				switch {
				case line == "<dot>":
					return "", dot + "\r\n"
				case Verb(line) == "DATA":
					return "", "354 go ahead\r\n"
				}
				return line, ""
			}}
		}
	}
	const badSender = "MAIL FROM:<sender@no-such-domain.invalid>"
	return []Mutant{
		{
			Name: "refuses-senders-with-354", Case: "rfc5321/3.3/refused-sender-has-a-class", Row: "R5321-3.3-a",
			Does:   "It answers a sender that it does not like with a code that says neither yes nor no.",
			Filter: answer("354 let me think", badSender),
		},
		{
			Name: "refuses-senders-for-good-and-for-now", Case: "rfc5321/3.3/refused-sender-has-a-class", Row: "R5321-3.3-a",
			Does:   "Where it cannot look a sender's domain up it says 550, with 4.4.3 behind it.",
			Filter: answer("550 4.4.3 cannot look up the domain", badSender),
		},
		{
			Name: "hangs-up-on-bad-senders", Case: "rfc5321/3.3/refused-sender-has-a-class", Row: "R5321-3.3-a",
			Does:   "It closes the connection on a sender that it does not like.",
			Filter: reply(badSender, func(string) string { return "close" }),
		},
		{
			Name: "refuses-senders-at-mail", Case: "rfc5321/3.3/refused-sender-has-a-class", Row: "R5321-3.3-a",
			Does:   "It refuses senders whose domain it cannot look up, for now.",
			Guard:  true,
			Filter: answer("450 4.1.8 cannot look up the domain", badSender),
		},
		{
			Name: "refuses-senders-at-rcpt", Case: "rfc5321/3.3/refused-sender-has-a-class", Row: "R5321-3.3-b",
			Does:  "It refuses senders that are not there when a recipient comes.",
			Guard: true,
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && strings.HasPrefix(s.Mail, badSender) {
						return "", "550 5.1.8 there is no such sender\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "hangs-up-on-bad-senders-at-rcpt", Case: "rfc5321/3.3/refused-sender-has-a-class", Row: "R5321-3.3-b",
			Does: "It closes the connection on senders that are not there when a recipient comes.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && strings.HasPrefix(s.Mail, badSender) {
						return "", "close"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "rcpt-without-mail", Case: "rfc5321/3.3/rcpt-before-mail", Row: "R5321-3.3-h",
			Does: "It takes RCPT without MAIL.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Mail == "" {
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "rcpt-without-mail-is-unknown", Case: "rfc5321/3.3/rcpt-before-mail", Row: "R5321-3.3-h",
			Does:   "It answers RCPT without MAIL with 550.",
			Filter: reply("RCPT", func(string) string { return "550 5.5.1 no sender\r\n" }),
		},
		{
			Name: "blank-becomes-part-of-address", Case: "rfc5321/3.3/blanks-at-the-colon", Row: "R5321-3.3-j",
			Does:  "It takes the blank behind FROM: for a part of the address.",
			Store: stored(`^Return-Path: <`, "Return-Path: < "),
		},
		{
			Name: "blanks-are-temporary", Case: "rfc5321/3.3/blanks-at-the-colon", Row: "R5321-3.3-j",
			Does:   "It answers a blank before the colon with 451.",
			Filter: answer("451 4.5.0 try again", "MAIL FROM :"),
		},
		{
			Name: "blanks-are-refused", Case: "rfc5321/3.3/blanks-at-the-colon", Row: "R5321-3.3-j",
			Does:   "It refuses blanks on both sides of the colon.",
			Guard:  true,
			Filter: answer("501 5.5.4 MAIL FROM:<address>", "MAIL FROM :", "MAIL FROM: "),
		},
		{
			Name: "blanks-are-ignored", Case: "rfc5321/3.3/blanks-at-the-colon", Row: "R5321-3.3-j",
			Does:  "It ignores blanks on both sides of the colon.",
			Guard: true,
			Filter: rewrite("MAIL FROM", func(line string) string {
				return strings.NewReplacer("FROM :", "FROM:", "FROM: ", "FROM:").Replace(line)
			}),
		},
		{
			Name: "data-without-mail", Case: "rfc5321/3.3/data-before-mail", Row: "R5321-3.3-k",
			Does:   "It answers DATA with 354 at any time.",
			Filter: takes("250 2.0.0 OK"),
		},
		{
			Name: "mail-for-nobody", Case: "rfc5321/3.3/data-before-rcpt", Row: "R5321-3.3-l",
			Does:   "It takes a message that has no recipient.",
			Filter: takes("250 2.0.0 OK"),
		},
		{
			Name: "nobody-is-seen-at-the-dot", Case: "rfc5321/3.3/data-before-rcpt", Row: "R5321-3.3-l",
			Does:   "It refuses a message without recipients when it has read it.",
			Guard:  true,
			Filter: takes("554 5.5.1 no valid recipients"),
		},
		{
			Name: "refused-recipients-count", Case: "rfc5321/3.3/data-after-refused-rcpt", Row: "R5321-3.3-m",
			Does:   "It takes a message for recipients that it has refused.",
			Filter: takes("250 2.0.0 OK"),
		},
		{
			Name: "refused-recipients-are-seen-at-the-dot", Case: "rfc5321/3.3/data-after-refused-rcpt", Row: "R5321-3.3-m",
			Does:   "It refuses a message whose recipients it has refused when it has read it.",
			Guard:  true,
			Filter: takes("554 5.5.1 no valid recipients"),
		},
	}
}
