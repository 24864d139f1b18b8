package mutants

func rfc5321BeforeHello() []Mutant {
	return []Mutant{
		{
			Name: "mail-before-ehlo-is-unknown", Case: "rfc5321/4.1.4/mail-before-hello", Row: "R5321-4.1.4-a",
			Does:   "It answers MAIL before EHLO with 500.",
			Filter: beforeHello("500 5.5.2 unknown", "MAIL"),
		},
		{
			Name: "takes-mail-before-ehlo", Case: "rfc5321/4.1.4/mail-before-hello", Row: "R5321-4.1.4-a", Guard: true,
			Does:   "It takes MAIL before EHLO.",
			Filter: beforeHello("250 2.1.0 OK", "MAIL"),
		},
		{
			Name: "noop-waits-for-ehlo", Case: "rfc5321/4.1.4/noop-and-rset-before-hello", Row: "R5321-4.1.4-b",
			Does:   "It answers NOOP before EHLO with 503.",
			Filter: beforeHello("503 5.5.1 say EHLO first", "NOOP"),
		},
		{
			Name: "rset-waits-for-ehlo", Case: "rfc5321/4.1.4/noop-and-rset-before-hello", Row: "R5321-4.1.4-c",
			Does:   "It answers RSET before EHLO with 503.",
			Filter: beforeHello("503 5.5.1 say EHLO first", "RSET"),
		},
		{
			Name: "help-waits-for-ehlo", Case: "rfc5321/4.1.4/inquiries-before-hello", Row: "R5321-4.1.4-d",
			Does:   "It answers HELP before EHLO with 503.",
			Filter: beforeHello("503 5.5.1 say EHLO first", "HELP"),
		},
		{
			Name: "vrfy-waits-for-ehlo", Case: "rfc5321/4.1.4/inquiries-before-hello", Row: "R5321-4.1.4-e",
			Does:   "It answers VRFY before EHLO with 503.",
			Filter: beforeHello("503 5.5.1 say EHLO first", "VRFY"),
		},
		{
			Name: "expn-waits-for-ehlo", Case: "rfc5321/4.1.4/inquiries-before-hello", Row: "R5321-4.1.4-f",
			Does:   "It answers EXPN before EHLO with 503.",
			Filter: beforeHello("503 5.5.1 say EHLO first", "EXPN"),
		},
	}
}

// beforeHello makes a filter that answers a command as long as there was no EHLO.
func beforeHello(reply, verb string) func() Filter {
	return func() Filter {
		return Filter{Command: func(s *Session, line string) (string, string) {
			if s.Hello == "" && Verb(line) == verb {
				return "", reply + "\r\n"
			}
			return line, ""
		}}
	}
}
