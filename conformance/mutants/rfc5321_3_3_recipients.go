package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

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
