package mutants

func rfc5321Codes() []Mutant {
	return []Mutant{
		{
			Name: "greets-with-250", Case: "rfc5321/4.3.2/greeting-codes", Row: "R5321-4.3.2-a",
			Does: "Its greeting has the code 250.",
			Filter: func() Filter {
				return Filter{Greeting: func(*Session, string) string { return "250 mx.local.test ESMTP\r\n" }}
			},
		},
		{
			Name: "helo-gets-220", Case: "rfc5321/4.3.2/hello-codes", Row: "R5321-4.3.2-b",
			Does: "It answers HELO with 220.", Filter: answer("220 mx.local.test", "HELO probe"),
		},
		{
			Name: "mail-gets-350", Case: "rfc5321/4.3.2/mail-codes", Row: "R5321-4.3.2-c",
			Does: "It answers MAIL with the null path with 350.", Filter: answer("350 go on", "MAIL FROM:<>"),
		},
		{
			Name: "rcpt-gets-252", Case: "rfc5321/4.3.2/rcpt-codes", Row: "R5321-4.3.2-d",
			Does: "It answers RCPT with 252.", Filter: answer("252 2.1.5 perhaps", "RCPT TO:<good@"),
		},
		{
			Name: "common-codes-for-rcpt", Case: "rfc5321/4.3.2/rcpt-codes", Row: "R5321-4.3.2-d", Guard: true,
			Does: "It refuses to relay with 554.", Filter: answer("554 5.7.1 relaying denied", "RCPT TO:<victim@"),
		},
		{
			Name: "early-data-gets-250", Case: "rfc5321/4.3.2/data-codes", Row: "R5321-4.3.2-e",
			Does: "It answers DATA with 250.", Filter: answer("250 2.0.0 OK", "DATA"),
		},
		{
			Name: "end-of-data-gets-221", Case: "rfc5321/4.3.2/end-of-data-codes", Row: "R5321-4.3.2-f",
			Does: "It answers the end of data with 221.", Filter: reply("<dot>", func(string) string { return "221 2.0.0 taken\r\n" }),
		},
		{
			Name: "rset-gets-200", Case: "rfc5321/4.3.2/rset-codes", Row: "R5321-4.3.2-g",
			Does: "It answers RSET with 200.", Filter: answer("200 OK", "RSET"),
		},
		{
			Name: "vrfy-gets-350", Case: "rfc5321/4.3.2/vrfy-codes", Row: "R5321-4.3.2-h",
			Does: "It answers VRFY with 350.", Filter: answer("350 which one", "VRFY"),
		},
		{
			Name: "expn-gets-251", Case: "rfc5321/4.3.2/expn-codes", Row: "R5321-4.3.2-i",
			Does: "It answers EXPN with 251.", Filter: answer("251 2.1.5 elsewhere", "EXPN"),
		},
		{
			Name: "help-gets-250", Case: "rfc5321/4.3.2/help-codes", Row: "R5321-4.3.2-j",
			Does: "It answers HELP with 250.", Filter: answer("250 2.0.0 read the RFC", "HELP"),
		},
		{
			Name: "noop-gets-200", Case: "rfc5321/4.3.2/noop-codes", Row: "R5321-4.3.2-k",
			Does: "It answers NOOP with 200.", Filter: answer("200 OK", "NOOP"),
		},
		{
			Name: "quit-gets-250", Case: "rfc5321/4.3.2/quit-codes", Row: "R5321-4.3.2-l",
			Does: "It answers QUIT with 250.", Filter: answer("250 2.0.0 bye", "QUIT"),
		},
		{
			Name: "ignores-arguments-of-data", Case: "rfc5321/4.3.2/data-argument", Row: "R5321-4.3.2-m",
			Does: "It takes DATA with an argument.", Filter: rewrite("DATA ", func(string) string { return "DATA\r\n" }),
		},
		{
			Name: "ignores-arguments-of-rset", Case: "rfc5321/4.3.2/rset-argument", Row: "R5321-4.3.2-n",
			Does: "It takes RSET with an argument.", Filter: rewrite("RSET ", func(string) string { return "RSET\r\n" }),
		},
		{
			Name: "ignores-arguments-of-quit", Case: "rfc5321/4.3.2/quit-argument", Row: "R5321-4.3.2-o",
			Does: "It takes QUIT with an argument.", Filter: rewrite("QUIT ", func(string) string { return "QUIT\r\n" }),
		},
	}
}
