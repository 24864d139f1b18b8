package mutants

import "bytes"

func rfc5321Order() []Mutant {
	return []Mutant{
		{
			Name: "second-ehlo-keeps-the-transaction", Case: "rfc5321/4.1.4/second-hello-resets", Row: "R5321-4.1.4-i",
			Does:   "It keeps the open transaction when the client says EHLO again.",
			Filter: inTransaction("250 mx.local.test", "EHLO"),
		},
		{
			Name: "helo-keeps-the-transaction", Case: "rfc5321/4.1.4/helo-resets", Row: "R5321-4.1.4-j",
			Does:   "It keeps the open transaction when the client says HELO.",
			Filter: inTransaction("250 mx.local.test", "HELO"),
		},
		{
			Name: "refuses-ehlo-with-503", Case: "rfc5321/4.1.4/refused-hello-code", Row: "R5321-4.1.4-k",
			Does:   "It answers EHLO without a name with 503.",
			Filter: answer("503 5.5.1 no name", "EHLO\r\n"),
		},
		{
			Name: "refuses-ehlo-with-555", Case: "rfc5321/4.1.4/refused-hello-code", Row: "R5321-4.1.4-k",
			Does:   "It answers EHLO with a strange name with 555.",
			Filter: answer("555 5.5.4 no such parameter", "EHLO <>"),
		},
		{
			Name: "refused-ehlo-resets", Case: "rfc5321/4.1.4/refused-hello-changes-nothing", Row: "R5321-4.1.4-l",
			Does: "It ends the transaction when it refuses EHLO.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if line == "EHLO\r\n" {
						return "RSET\r\n", "501 5.5.4 no name\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "looks-up-ehlo", Case: "rfc5321/4.1.4/hello-name-does-not-resolve", Row: "R5321-4.1.4-m",
			Does:   "It refuses EHLO with a name that is not in the DNS.",
			Filter: answer("550 5.7.1 no such host", "EHLO no-such-host"),
		},
		{
			Name: "tells-of-looked-up-names", Case: "rfc5321/4.1.4/hello-name-does-not-resolve", Row: "R5321-4.1.4-m", Guard: true,
			Does:   "It tells the client that its name is not in the DNS.",
			Filter: answer("250-mx.local.test I find no address of you\r\n250 HELP", "EHLO no-such-host"),
		},
		{
			Name: "second-mail-replaces-sender", Case: "rfc5321/4.1.4/nested-mail", Row: "R5321-4.1.4-p",
			Does:   "It takes a second MAIL and keeps the recipients.",
			Filter: inTransaction("250 2.1.0 OK", "MAIL"),
		},
		{
			Name: "refused-mail-overwrites-sender", Case: "rfc5321/4.1.4/nested-mail-changes-nothing", Row: "R5321-4.1.4-q",
			Does: "It refuses a second MAIL and keeps its reverse-path.",
			Store: func(message []byte) [][]byte {
				return [][]byte{bytes.Replace(message, []byte("Return-Path: <sender@"), []byte("Return-Path: <other@"), 1)}
			},
		},
		{
			Name: "refused-mail-ends-transaction", Case: "rfc5321/4.1.4/nested-mail-changes-nothing", Row: "R5321-4.1.4-q",
			Does: "It ends the transaction when it refuses a second MAIL.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if s.Mail != "" && Verb(line) == "MAIL" {
						return "RSET\r\n", "503 5.5.1 out of order\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "bad-paths-get-500", Case: "rfc5321/4.1.4/bad-reverse-path", Row: "R5321-4.1.4-r",
			Does:   "It answers MAIL with a path that is wrong in form with 500.",
			Filter: answer("500 5.5.2 unknown", "MAIL FROM:<a@b\r\n"),
		},
		{
			Name: "takes-paths-without-brackets", Case: "rfc5321/4.1.4/bad-reverse-path", Row: "R5321-4.1.4-r",
			Does:   "It takes the first word for the reverse-path.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:a b"),
		},
		{
			Name: "bad-paths-get-553", Case: "rfc5321/4.1.4/bad-reverse-path", Row: "R5321-4.1.4-r", Guard: true,
			Does:   "It answers MAIL with a path that is wrong in form with 553.",
			Filter: answer("553 5.1.7 bad address", "MAIL FROM:<a@b\r\n", "MAIL FROM:a b", "MAIL FROM:<a b"),
		},
		{
			Name: "refused-mail-opens-transaction", Case: "rfc5321/4.1.4/refused-mail-opens-nothing", Row: "R5321-4.1.4-s",
			Does: "It opens a transaction for a MAIL that it refuses.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if matchesCommand(line, []string{"MAIL FROM:<a b"}) {
						return "MAIL FROM:<>\r\n", "501 5.1.7 bad address\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "early-data-clears-the-sender", Case: "rfc5321/4.1.4/early-data-changes-nothing", Row: "R5321-4.1.4-t",
			Does: "It ends the transaction at a DATA that comes too early.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "DATA" && len(s.Rcpts) == 0 {
						return "RSET\r\n", "503 5.5.1 no recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "one-message-for-each-ehlo", Case: "rfc5321/4.1.4/many-transactions", Row: "R5321-4.1.4-u",
			Does: "It wants EHLO before each message.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "MAIL" && s.Count["DATA"] > 0 {
						return "", "503 5.5.1 say EHLO first\r\n"
					}
					return line, ""
				}}
			},
		},
	}
}

// inTransaction makes a filter that answers a command in an open transaction, which stays as it is.
func inTransaction(reply, verb string) func() Filter {
	return func() Filter {
		return Filter{Command: func(s *Session, line string) (string, string) {
			if s.Mail != "" && Verb(line) == verb {
				return "NOOP\r\n", reply + "\r\n"
			}
			return line, ""
		}}
	}
}
