package mutants

func rfc5321Ending() []Mutant {
	closes := func(string) string { return "close" }
	told := func(r string) string { return r + "close" }
	return []Mutant{
		{
			Name: "hangs-up-on-unknown-commands", Case: "rfc5321/3.8/stays-open-after-unknown-command", Row: "R5321-3.8-a",
			Does:   "It closes the connection behind the first unknown command.",
			Filter: reply("FOOBAR", told),
		},
		{
			Name: "hangs-up-on-mail-with-errors", Case: "rfc5321/3.8/stays-open-after-syntax-error", Row: "R5321-3.8-b",
			Does:   "It closes the connection behind a 501 to MAIL.",
			Filter: reply("MAIL FROM:<<", told),
		},
		{
			Name: "hangs-up-on-rcpt-with-errors", Case: "rfc5321/3.8/stays-open-after-syntax-error", Row: "R5321-3.8-b",
			Does:   "It closes the connection on an RCPT that it cannot read.",
			Filter: reply("RCPT TO:<@@@>", closes),
		},
		{
			Name: "hangs-up-on-ehlo-without-name", Case: "rfc5321/3.8/stays-open-after-syntax-error", Row: "R5321-3.8-b",
			Does:   "It closes the connection behind an EHLO without a name.",
			Filter: reply("EHLO\r\n", told),
		},
		{
			Name: "takes-ehlo-without-a-name", Case: "rfc5321/3.8/stays-open-after-syntax-error", Row: "R5321-3.8-b",
			Does:   "It answers EHLO without a name with 250, which is another rule.",
			Guard:  true,
			Filter: answer("250 mx.local.test", "EHLO\r\n"),
		},
		{
			Name: "hangs-up-on-refused-recipients", Case: "rfc5321/3.8/stays-open-after-refusal", Row: "R5321-3.8-c",
			Does:   "It closes the connection behind a 550 to RCPT.",
			Filter: reply("RCPT TO:<no-such-user", told),
		},
		{
			Name: "takes-one-message-only", Case: "rfc5321/3.8/stays-open-after-message", Row: "R5321-3.8-d",
			Does:   "It closes the connection behind a message.",
			Filter: reply("<dot>", told),
		},
	}
}
