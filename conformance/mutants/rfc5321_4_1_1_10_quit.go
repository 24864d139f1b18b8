package mutants

import (
	"strings"
	"time"
)

func rfc5321Quit() []Mutant {
	return []Mutant{
		{
			Name: "help-is-unknown", Case: "rfc5321/4.1.1.8/help", Row: "R5321-4.1.1.8-b",
			Does:   "It answers HELP with 500.",
			Filter: answer("500 5.5.2 command not recognized", "HELP"),
		},
		{
			Name: "help-says-ok", Case: "rfc5321/4.1.1.8/help-about-command", Row: "R5321-4.1.1.8-a",
			Does:   "It answers HELP with 250.",
			Filter: answer("250 2.0.0 OK", "HELP"),
		},
		{
			Name: "help-has-no-argument", Case: "rfc5321/4.1.1.8/help-about-command", Row: "R5321-4.1.1.8-a", Guard: true,
			Does:   "It has no help about single commands.",
			Filter: answer("504 5.5.4 no help about that", "HELP MAIL"),
		},
		{
			Name: "help-resets", Case: "rfc5321/4.1.1.8/help-in-transaction", Row: "R5321-4.1.1.8-c",
			Does:   "It ends the transaction at HELP.",
			Filter: insteadOf("HELP", "RSET", "214 2.0.0 see RFC 5321"),
		},
		{
			Name: "noop-not-in-transaction", Case: "rfc5321/4.1.1.9/noop-gets-250", Row: "R5321-4.1.1.9-a",
			Does: "It answers NOOP inside a transaction with 503.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "NOOP" && s.Mail != "" {
						return "", "503 5.5.1 not now\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "noop-resets", Case: "rfc5321/4.1.1.9/noop-in-transaction", Row: "R5321-4.1.1.9-b",
			Does:   "It ends the transaction at NOOP.",
			Filter: insteadOf("NOOP", "RSET", "250 2.0.0 OK"),
		},
		{
			Name: "noop-clears-recipients", Case: "rfc5321/4.1.1.9/noop-in-transaction", Row: "R5321-4.1.1.9-b",
			Does: "It clears the recipients at NOOP.",
			Filter: func() Filter {
				cleared := false
				return Filter{Command: func(s *Session, line string) (string, string) {
					switch Verb(line) {
					case "NOOP":
						cleared = len(s.Rcpts) > 0
					case "DATA":
						if cleared {
							return "", "503 5.5.1 say RCPT first\r\n"
						}
					}
					return line, ""
				}}
			},
		},
		{
			Name: "noop-has-no-argument", Case: "rfc5321/4.1.1.9/noop-with-text", Row: "R5321-4.1.1.9-c",
			Does:   "It answers NOOP with text behind it with 501.",
			Filter: answer("501 5.5.4 no argument is allowed here", "NOOP "),
		},
		{
			Name: "quit-without-221", Case: "rfc5321/4.1.1.10/quit", Row: "R5321-4.1.1.10-a",
			Does:   "It closes at QUIT without a word.",
			Filter: answer("close", "QUIT"),
		},
		{
			Name: "quit-not-in-transaction", Case: "rfc5321/4.1.1.10/quit", Row: "R5321-4.1.1.10-a",
			Does: "It answers QUIT inside a transaction with 503.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "QUIT" && s.Mail != "" {
						return "", "503 5.5.1 the message is missing\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "quit-stays-open", Case: "rfc5321/4.1.1.10/quit", Row: "R5321-4.1.1.10-b",
			Does:   "It keeps the connection open behind 221.",
			Filter: answer("221 2.0.0 closing connection", "QUIT"),
		},
		{
			Name: "quit-says-more", Case: "rfc5321/4.1.1.10/quit", Row: "R5321-4.1.1.10-b",
			Does:   "It writes another reply behind 221.",
			Filter: reply("QUIT", func(r string) string { return r + "250 2.0.0 OK\r\n" }),
		},
		{
			Name: "closes-at-errors", Case: "rfc5321/4.1.1.10/errors-do-not-close", Row: "R5321-4.1.1.10-c",
			Does: "It closes the connection at the second error, without 421.",
			Filter: func() Filter {
				errors := 0
				return Filter{Reply: func(_ *Session, _, r string) string {
					if strings.HasPrefix(r, "5") {
						errors++
					}
					if errors > 1 {
						return r + "close"
					}
					return r
				}}
			},
		},
		{
			Name: "closes-at-silence", Case: "rfc5321/4.1.1.10/silence-does-not-close", Row: "R5321-4.1.1.10-c",
			Does: "It closes the connection without a word when a client is silent for ten seconds.",
			Filter: func() Filter {
				var last time.Time
				return Filter{Command: func(_ *Session, line string) (string, string) {
					silent := !last.IsZero() && time.Since(last) > 10*time.Second
					last = time.Now()
					if silent {
						return "", "close"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "quit-delivers-empty-message", Case: "rfc5321/4.1.1.10/quit-in-transaction", Row: "R5321-4.1.1.10-i",
			Does: "It delivers an empty message at QUIT.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "QUIT" && len(s.Rcpts) > 0 {
						return "BDAT 0 LAST\r\n", "221 2.0.0 closing connection\r\nclose"
					}
					return line, ""
				}}
			},
		},
	}
}
