package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321Transaction() []Mutant {
	// sink takes DATA and a message for nobody; what it says at the dot is dot.
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

func rfc5321Addressing() []Mutant {
	const (
		unknown = "RCPT TO:<no-such-user-7391@"
		foreign = "RCPT TO:<victim@elsewhere.mailsim.test>"
	)
	knowsLate := func(c *sim.NodeConfig) { c.AcceptUnknown = true }
	return []Mutant{
		{
			Name: "unknown-users-for-now", Case: "rfc5321/3.3/unknown-recipient", Row: "R5321-3.3-d",
			Does:   "It answers 450 for a mailbox that does not exist.",
			Filter: answer("450 4.1.1 no such user", unknown),
		},
		{
			Name: "unknown-users-are-taken", Case: "rfc5321/3.3/unknown-recipient", Row: "R5321-3.3-d",
			Does:  "It accepts all recipients of its domain and looks later.",
			Guard: true,
			Node:  knowsLate,
		},
		{
			Name: "unknown-users-get-553", Case: "rfc5321/3.3/unknown-recipient", Row: "R5321-3.3-d",
			Does:   "It answers 553 for a mailbox that does not exist.",
			Guard:  true,
			Filter: answer("553 5.1.1 no such user", unknown),
		},
		{
			Name: "fails-all-for-one", Case: "rfc5321/3.3/late-unknown-recipient", Row: "R5321-3.3-p",
			Does: "It accepts an unknown recipient, and refuses the message because of it.",
			Filter: func() Filter {
				f := answer("250 2.1.5 OK", unknown)()
				f.Reply = func(_ *Session, command, r string) string {
					if command == "<dot>" {
						return "550 5.1.1 no such user\r\n"
					}
					return r
				}
				return f
			},
		},
		{
			Name: "forgets-late-unknown", Case: "rfc5321/3.3/late-unknown-recipient", Row: "R5321-3.3-p",
			Does:   "It accepts an unknown recipient, and says nothing more about it.",
			Filter: answer("250 2.1.5 OK", unknown),
		},
		{
			Name: "returns-late-unknown", Case: "rfc5321/3.3/late-unknown-recipient", Row: "R5321-3.3-p",
			Does:  "It looks for recipients after the data, and returns mail for those that are not there.",
			Guard: true,
			Node:  knowsLate,
		},
		{
			Name: "drops-undeliverable", Case: "rfc5321/3.4/undeliverable-is-not-dropped", Row: "R5321-3.4-d",
			Does: "It accepts mail for anybody in its domain, and drops what is for nobody.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch {
					case line == "<dot>":
						return "", "250 2.0.0 OK\r\n"
					case Verb(line) == "DATA":
						return "", "354 go ahead\r\n"
					case strings.HasPrefix(line, unknown):
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "returns-undeliverable", Case: "rfc5321/3.4/undeliverable-is-not-dropped", Row: "R5321-3.4-d",
			Does:  "It accepts mail for anybody in its domain, and returns what is for nobody.",
			Guard: true,
			Node:  knowsLate,
		},
		{
			Name: "routes-are-syntax-errors", Case: "rfc5321/3.3/source-route", Row: "R5321-3.3-e",
			Does:   "It answers a source route with 501.",
			Filter: answer("501 5.1.3 bad address", "RCPT TO:<@"),
		},
		{
			Name: "routes-are-refused", Case: "rfc5321/3.3/source-route", Row: "R5321-3.3-e",
			Does:   "It refuses source routes with 550.",
			Guard:  true,
			Filter: answer("550 5.7.1 no source routes", "RCPT TO:<@"),
		},
		{
			Name: "relays-along-routes", Case: "rfc5321/3.6.1/route-is-no-permission", Row: "R5321-3.6.1-b",
			Does:   "It looks at the first host of a route only.",
			Filter: answer("250 2.1.5 OK", "RCPT TO:<@local.test:"),
		},
		{
			Name: "relaying-is-a-syntax-error", Case: "rfc5321/3.6.2/relaying-is-refused-with-550", Row: "R5321-3.6.2-a",
			Does:   "It refuses to relay with 501.",
			Filter: answer("501 5.1.3 bad address", foreign),
		},
		{
			Name: "hangs-up-on-relaying", Case: "rfc5321/3.6.2/relaying-is-refused-with-550", Row: "R5321-3.3-f",
			Does:   "It closes the connection on a foreign recipient.",
			Filter: reply(foreign, func(string) string { return "close" }),
		},
		{
			Name: "relaying-denied-for-now", Case: "rfc5321/3.6.2/relaying-is-refused-with-550", Row: "R5321-3.3-f",
			Does:   "It refuses to relay with 454.",
			Guard:  true,
			Filter: answer("454 4.7.1 relay access denied", foreign),
		},
		{
			Name: "quotes-are-errors", Case: "rfc5321/3.7.3/addresses-of-every-form", Row: "R5321-3.7.3-a",
			Profile: "relay",
			Does:    "It refuses quoted local parts with 501.",
			Filter:  answer("501 5.1.3 bad address", `RCPT TO:<"`),
		},
	}
}
