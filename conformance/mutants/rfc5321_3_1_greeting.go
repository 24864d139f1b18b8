package mutants

// refusing makes a filter that greets with 554, and answers QUIT with 221 and other
// commands as it is told.
func refusing(greeting, other string) func() Filter {
	return func() Filter {
		return Filter{
			Greeting: func(*Session, string) string { return greeting + "\r\n" },
			Command: func(_ *Session, line string) (string, string) {
				if Verb(line) == "QUIT" {
					return line, ""
				}
				return "", other + "\r\n"
			},
		}
	}
}

func rfc5321Greeting() []Mutant {
	const (
		sorry  = "554 mx.local.test: 198.18.0.1 is on our list of hosts that send spam"
		nobody = "503 5.5.1 no service for you, only QUIT"
	)
	greets := func(text string) func() Filter {
		return func() Filter {
			return Filter{Greeting: func(*Session, string) string { return text }}
		}
	}
	return []Mutant{
		{
			Name: "notice-without-codes", Case: "rfc5321/3.1/greeting-has-any-words", Row: "R5321-3.1-a",
			Does:   "It sends a legal notice behind the greeting, without codes.",
			Filter: greets("220 mx.local.test ESMTP\r\nUnauthorized use is prohibited.\r\n"),
		},
		{
			Name: "greets-with-name-only", Case: "rfc5321/3.1/greeting-has-any-words", Row: "R5321-3.1-a",
			Does:   "It greets with nothing but its name.",
			Guard:  true,
			Filter: greets("220 mx.local.test\r\n"),
		},
		{
			Name: "greets-with-product", Case: "rfc5321/3.1/greeting-has-any-words", Row: "R5321-3.1-a",
			Does:   "It greets with its product and a legal notice.",
			Guard:  true,
			Filter: greets("220-mx.local.test ESMTP Postfix (Debian/GNU) 3.7.11\r\n220 Unauthorized use is prohibited.\r\n"),
		},
		{
			Name: "refuses-and-hangs-up", Case: "rfc5321/3.1/refused-session-waits-for-quit", Row: "R5321-3.1-d",
			Does: "It closes the connection behind a greeting of 554.",
			Filter: func() Filter {
				return Filter{Greeting: func(*Session, string) string { return sorry + "\r\nclose" }}
			},
		},
		{
			Name: "refuses-quit", Case: "rfc5321/3.1/refused-session-waits-for-quit", Row: "R5321-3.1-d",
			Does: "It answers QUIT with 503, too, once it has refused a session.",
			Filter: func() Filter {
				return Filter{
					Greeting: func(*Session, string) string { return sorry + "\r\n" },
					Command:  func(*Session, string) (string, string) { return "", nobody + "\r\n" },
				}
			},
		},
		{
			Name: "refuses-and-waits", Case: "rfc5321/3.1/refused-session-waits-for-quit", Row: "R5321-3.1-c",
			Does:   "It refuses a session as it may.",
			Guard:  true,
			Filter: refusing(sorry, nobody),
		},
		{
			Name: "refuses-and-serves", Case: "rfc5321/3.1/refused-session-serves-nothing", Row: "R5321-3.1-e",
			Does:   "It answers commands with 250 in spite of its greeting.",
			Filter: refusing(sorry, "250 mx.local.test"),
		},
		{
			Name: "refuses-and-says-503", Case: "rfc5321/3.1/refused-session-serves-nothing", Row: "R5321-3.1-e",
			Does:   "It answers commands with 503 after its 554.",
			Guard:  true,
			Filter: refusing(sorry, nobody),
		},
		{
			Name: "refuses-without-a-word", Case: "rfc5321/3.1/refused-session-says-why", Row: "R5321-3.1-f",
			Does:   "Its greeting is a bare 554.",
			Filter: refusing("554", nobody),
		},
	}
}
