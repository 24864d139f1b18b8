package mutants

import "github.com/mailsim/mailsim/conformance"

func rfc5321Unknown() []Mutant {
	return []Mutant{
		{
			Name: "takes-any-x-command", Case: "rfc5321/4.1.5/private-command", Row: "R5321-4.1.5-a",
			Does: "It answers any command that begins with X with 250.", Filter: answer("250 OK", "X"),
		},
		{
			Name: "turn-gets-550", Case: "rfc5321/4.2.4/not-implemented", Row: "R5321-4.2.4-a",
			Does: "It answers TURN with 550.", Filter: answer("550 5.7.1 no", "TURN"),
		},
		{
			Name: "knows-nothing-of-old", Case: "rfc5321/4.2.4/not-implemented", Row: "R5321-4.2.4-a", Guard: true,
			Does: "It does not recognise the commands of old.", Filter: answer("500 5.5.2 unknown", "TURN", "SEND", "SAML", "SOML"),
		},
		{
			Name: "takes-any-command", Case: "rfc5321/4.2.4/not-recognised", Row: "R5321-4.2.4-b",
			Does: "It answers a command that it does not know with 250.", Filter: answer("250 OK", "FOOBAR"),
		},
		{
			Name: "lists-expn-in-vain", Case: "rfc5321/4.2.4/listed-means-there", Row: "R5321-4.2.4-c",
			Does: "It lists EXPN, and does not have it.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch Verb(line) {
					case "EHLO":
						return line, "250-mx.local.test\r\n250 EXPN\r\n"
					case "EXPN":
						return "", "502 5.5.1 not implemented\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "unknown-mechanism-is-a-login", Case: "rfc5321/4.2.1/parameter-not-implemented", Row: "R5321-4.2.1-g",
			Profile: conformance.Submit,
			Does:    "It answers AUTH with an unknown mechanism with 250.", Filter: answer("250 OK", "AUTH NO-SUCH"),
		},
		{
			Name: "answers-before-it-greets", Case: "rfc5321/4.3.1/early-talker", Row: "R5321-4.3.1-c",
			Does: "It answers what came before its greeting first.",
			Filter: func() Filter {
				return Filter{Greeting: func(_ *Session, reply string) string { return "250 mx.local.test\r\n" + reply }}
			},
		},
		{
			Name: "shuts-out-early-talkers", Case: "rfc5321/4.3.1/early-talker", Row: "R5321-4.3.1-c", Guard: true,
			Does: "It closes on clients that do not wait for the greeting.",
			Filter: func() Filter {
				return Filter{Greeting: func(*Session, string) string { return "554 5.5.0 you talk too early\r\nclose" }}
			},
		},
	}
}
