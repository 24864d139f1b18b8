package mutants

import (
	"bytes"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321Security() []Mutant {
	const (
		header = "rfc5321/7.2/header-without-recipients"
		hidden = "rfc5321/7.2/recipients-stay-hidden"
		vrfy   = "rfc5321/7.3/vrfy"
		expn   = "rfc5321/7.3/expn"
		tries  = "rfc5321/7.8/many-unknown-recipients"
		relay  = "rfc5321/7.9/relaying"
		policy = "rfc5321/7.9/policy"
	)
	return []Mutant{
		{
			Name: "wants-author-as-sender", Case: "rfc5321/7.1/sender-and-author-differ", Row: "R5321-7.1-a",
			Does:   "It refuses messages whose author is not their reverse-path.",
			Filter: refusesText("From: <author@", "550 5.7.1 From is not the sender"),
		},
		{
			Name: "adds-to", Case: header, Row: "R5321-7.2-c",
			Does:  "It adds a To field with the recipient of the envelope.",
			Store: withoutTo("To: <good@local.test>\r\n"),
		},
		{
			Name: "adds-apparently", Case: header, Row: "R5321-7.2-d",
			Does:  "It adds an Apparently-To field with the recipient of the envelope.",
			Store: withoutTo("Apparently-To: <good@local.test>\r\n"),
		},
		{
			Name: "replaces-to", Case: header, Row: "R5321-7.2-c",
			Does:  "It puts the recipient of the envelope into the To field.",
			Store: stored(`^To: .*\r\n`, "To: <good@local.test>\r\n"),
		},
		{
			Name: "adds-undisclosed-recipients", Case: header, Row: "R5321-7.2-c", Guard: true,
			Does:  "It adds a To field that names nobody.",
			Store: withoutTo("To: undisclosed-recipients:;\r\n"),
		},
		{
			Name: "adds-envelope-to", Case: hidden, Row: "R5321-7.2-a",
			Does:  "It adds a field with all recipients of the envelope.",
			Store: stored(`^From: `, "X-Envelope-To: good@local.test, second@local.test\r\nFrom: "),
		},
		{
			Name: "names-recipients-in-trace", Case: hidden, Row: "R5321-7.6-a",
			Does: "It names a recipient in Received where there are several.",
			Node: breaks("reveals-for"),
		},
		{
			Name: "vrfy-echoes", Case: vrfy, Row: "R5321-7.3-a",
			Does:   "It repeats the argument of VRFY behind 250, for any address.",
			Filter: answer("250 2.1.5 <good@local.test>", "VRFY"),
		},
		{
			Name: "vrfy-knows-nobody", Case: vrfy, Row: "R5321-7.3-d",
			Does:   "It answers each VRFY with 550.",
			Filter: answer("550 5.1.1 unknown", "VRFY"),
		},
		{
			Name: "vrfy-is-off", Case: vrfy, Row: "R5321-7.3-b",
			Does:   "It answers VRFY with 502, since it is switched off.",
			Filter: answer("502 5.5.1 switched off", "VRFY"),
		},
		{
			Name: "vrfy-verifies", Case: vrfy, Row: "R5321-7.3-a", Guard: true,
			Does: "It answers VRFY with 250 and 550.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch {
					case matchesCommand(line, []string{"VRFY good@"}):
						return "", "250 2.1.5 <good@local.test>\r\n"
					case Verb(line) == "VRFY":
						return "", "550 5.1.1 unknown\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "expn-echoes", Case: expn, Row: "R5321-7.3-c",
			Does:   "It answers each EXPN with 250.",
			Filter: answer("250 2.1.5 <staff@local.test>", "EXPN"),
		},
		{
			Name: "expn-knows-no-list", Case: expn, Row: "R5321-7.3-c",
			Does:   "It answers each EXPN with 550.",
			Filter: answer("550 5.7.2 prohibited", "EXPN"),
		},
		{
			Name: "expn-is-not-there", Case: expn, Row: "R5321-7.3-c", Guard: true,
			Does:   "It has no EXPN.",
			Filter: answer("502 5.5.1 not implemented", "EXPN"),
		},
		{
			Name: "gives-in-after-20-tries", Case: tries, Row: "R5321-7.8-a",
			Does:   "It accepts each recipient after it has refused 20.",
			Filter: afterTwenty("250 2.1.5 OK\r\n"),
		},
		{
			Name: "falls-silent-after-20-tries", Case: tries, Row: "R5321-7.8-a",
			Does:   "It answers no more after it has refused 20 recipients.",
			Filter: afterTwenty(""),
		},
		{
			Name: "shuts-out-after-20-tries", Case: tries, Row: "R5321-7.8-a", Guard: true,
			Does:   "It ends the session after it has refused 20 recipients, by 421.",
			Filter: afterTwenty("421 4.7.0 too many errors\r\nclose"),
		},
		{
			Name: "relays-for-strangers", Case: relay, Row: "R5321-7.9-a",
			Does: "It relays for everybody.",
			Node: breaks("unsafe-relay"),
		},
		{
			Name: "knows-the-percent-hack", Case: relay, Row: "R5321-7.9-a",
			Does:   "It relays what has the other domain behind a percent sign.",
			Filter: answer("250 2.1.5 OK", "RCPT TO:<victim%"),
		},
		{
			Name: "knows-the-quoted-hack", Case: relay, Row: "R5321-7.9-a",
			Does:   "It relays what has the other address in quotes.",
			Filter: answer("250 2.1.5 OK", `RCPT TO:<"victim@`),
		},
		{
			Name: "knows-bang-paths", Case: relay, Row: "R5321-7.9-a",
			Does:   "It relays what has the other host before an exclamation mark.",
			Filter: answer("250 2.1.5 OK", "RCPT TO:<elsewhere.mailsim.test!"),
		},
		{
			Name: "follows-source-routes", Case: relay, Row: "R5321-7.9-a",
			Does:   "It relays along source routes that begin with itself.",
			Filter: answer("250 2.1.5 OK", "RCPT TO:<@local.test:"),
		},
		{
			Name: "takes-all-of-its-domain", Case: relay, Row: "R5321-7.9-a", Guard: true,
			Does: "It takes any local part of its own domain.",
			Node: func(c *sim.NodeConfig) { c.Mailboxes = append(c.Mailboxes, "*@local.test") },
		},
		{
			Name: "policy-as-syntax-error", Case: policy, Row: "R5321-7.9-b",
			Does:   "It refuses to relay with 501.",
			Filter: answer("501 5.7.1 no relaying", "RCPT TO:<victim@"),
		},
		{
			Name: "policy-ends-session", Case: policy, Row: "R5321-7.9-c",
			Does:   "It closes the connection behind a refusal, without a word.",
			Filter: closesAt("550 5.7.1 no relaying", "RCPT TO:<victim@"),
		},
		{
			Name: "policy-by-554", Case: policy, Row: "R5321-7.9-b", Guard: true,
			Does:   "It refuses to relay with 554, as Postfix does.",
			Filter: answer("554 5.7.1 no relaying", "RCPT TO:<victim@"),
		},
		{
			Name: "policy-of-greylisting", Case: policy, Row: "R5321-7.9-c", Guard: true,
			Does:   "It refuses everybody at first, by 450.",
			Filter: answer("450 4.7.1 come again", "RCPT"),
		},
	}
}

// withoutTo makes a Store that puts a field before a header that has no To.
func withoutTo(field string) func([]byte) [][]byte {
	return func(m []byte) [][]byte {
		if bytes.Contains(m, []byte("\r\nTo:")) {
			return [][]byte{m}
		}
		return [][]byte{append([]byte(field), m...)}
	}
}

// afterTwenty makes a filter that answers RCPT in another way from the 21st on.
func afterTwenty(answer string) func() Filter {
	return func() Filter {
		return Filter{Command: func(s *Session, line string) (string, string) {
			if Verb(line) == "RCPT" && s.Count["RCPT"] > 20 {
				return "", answer
			}
			return line, ""
		}}
	}
}

// closesAt makes a filter that answers commands which begin with a prefix and closes the connection.
func closesAt(reply, prefix string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if matchesCommand(line, []string{prefix}) {
				return "", reply + "\r\nclose"
			}
			return line, ""
		}}
	}
}
