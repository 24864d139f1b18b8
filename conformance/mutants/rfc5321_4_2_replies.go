package mutants

import "strings"

func rfc5321Replies() []Mutant {
	return []Mutant{
		{
			Name: "answers-noop-twice", Case: "rfc5321/4.2/one-reply-each", Row: "R5321-4.2-a",
			Does: "It sends a second reply to NOOP.", Filter: answer("250 2.0.0 OK\r\n250 2.0.0 OK", "NOOP\r\n"),
		},
		{
			Name: "never-answers-empty-lines", Case: "rfc5321/4.2/one-reply-each", Row: "R5321-4.2-a",
			Does: "It does not answer an empty line.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					return strings.TrimPrefix(line, "\r\n"), ""
				}}
			},
		},
		{
			Name: "colons-behind-codes", Case: "rfc5321/4.2/reply-line", Row: "R5321-4.2-c",
			Does: "It has a colon behind the code.", Filter: answer("250: OK", "RSET\r\n"),
		},
		{
			Name: "text-glued-to-codes", Case: "rfc5321/4.2/reply-line", Row: "R5321-4.2-c",
			Does: "It has the text right behind the code.", Filter: answer("250OK", "RSET\r\n"),
		},
		{
			Name: "codes-of-two-digits", Case: "rfc5321/4.2/reply-line", Row: "R5321-4.3.2-p",
			Does: "It sends a code of two digits.", Filter: answer("25 OK", "RSET\r\n"),
		},
		{
			Name: "codes-of-four-digits", Case: "rfc5321/4.2/reply-line", Row: "R5321-4.3.2-p",
			Does: "It sends a code of four digits.", Filter: answer("2500 OK", "RSET\r\n"),
		},
		{
			Name: "echoes-raw-octets", Case: "rfc5321/4.2/reply-text", Row: "R5321-4.2-d",
			Does: "It repeats a command that it does not know as it came.", Filter: answer("500 5.5.2 FOO\xe4 is unknown", "FOO"),
		},
		{
			Name: "second-digit-nine", Case: "rfc5321/4.2/reply-code", Row: "R5321-4.2-e",
			Does: "It sends the code 590.", Filter: answer("590 5.5.2 unknown", "NO-SUCH"),
		},
		{
			Name: "first-digit-one", Case: "rfc5321/4.2/reply-code", Row: "R5321-4.2-s",
			Does: "It says that it works on a command with 150.", Filter: answer("150 working", "NOOP x"),
		},
		{
			Name: "codes-of-its-own", Case: "rfc5321/4.2/known-codes", Row: "R5321-4.2-i",
			Does: "It refuses with 558.", Filter: answer("558 5.7.1 policy", "RCPT"),
		},
		{
			Name: "nothing-behind-the-code", Case: "rfc5321/4.2/code-without-text", Row: "R5321-4.2-m",
			Does: "It sends a code and a blank alone.", Filter: answer("250 ", "NOOP"),
		},
		{
			Name: "not-even-a-blank", Case: "rfc5321/4.2/code-without-text", Row: "R5321-4.2.1-c",
			Does: "It sends a code alone.", Filter: answer("250", "NOOP"),
		},
		{
			Name: "changes-code-in-a-reply", Case: "rfc5321/4.2.1/many-lines", Row: "R5321-4.2.1-e",
			Does: "Its HELP ends with a line of another code.", Filter: answer("214-ask the postmaster\r\n250 or nobody", "HELP"),
		},
		{
			Name: "reply-without-a-last-line", Case: "rfc5321/4.2.1/many-lines", Row: "R5321-4.2.1-f",
			Does: "It has a hyphen on the last line of EHLO.", Filter: answer("250-mx.local.test\r\n250-HELP", "EHLO"),
		},
		{
			Name: "reply-of-last-lines", Case: "rfc5321/4.2.1/many-lines", Row: "R5321-4.2.1-f",
			Does: "It has a blank on every line of HELP.", Filter: answer("214 ask the postmaster\r\n214 or nobody", "HELP"),
		},
		{
			Name: "many-lines-to-anything", Case: "rfc5321/4.2.1/many-lines", Row: "R5321-4.2.1-e", Guard: true,
			Does: "Its refusals have several lines.", Filter: answer("500-5.5.2 unknown\r\n500 5.5.2 ask for HELP", "NO-SUCH"),
		},
	}
}
