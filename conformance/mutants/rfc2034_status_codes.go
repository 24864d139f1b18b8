package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

func rfc2034() []Mutant {
	swap := func(prefix, old, with string) func() Filter {
		return reply(prefix, func(r string) string { return strings.Replace(r, old, with, 1) })
	}
	return []Mutant{
		{
			Name: "no-code-at-rset", Case: "rfc2034/4/codes-everywhere", Row: "R2034-4-a",
			Does: "It answers RSET without an enhanced status code.", Filter: swap("RSET", "2.0.0 ", ""),
		},
		{
			Name: "class-does-not-fit", Case: "rfc2034/4/class-and-lines", Row: "R2034-4-b",
			Does: "It answers 550 4.1.1.", Filter: swap("RCPT", "5.1.1", "4.1.1"),
		},
		{
			Name: "code-in-the-first-line-only", Case: "rfc2034/4/class-and-lines", Row: "R2034-4-c",
			Does: "It writes the code into the first line only.", Filter: answer("214-2.0.0 commands:\r\n214 MAIL RCPT DATA", "HELP"),
		},
		{
			Name: "codes-at-354", Case: "rfc2034/4/no-codes", Row: "R2034-4-d",
			Does: "It answers DATA with 354 2.0.0.", Filter: swap("DATA", "354 ", "354 2.0.0 "),
		},
		{
			Name: "zeros-in-codes", Case: "rfc3463/2/form", Row: "R3463-2-a",
			Does: "It writes 5.01.1.", Filter: swap("RCPT", "5.1.1", "5.01.1"),
		},
		{
			Name: "one-code-for-all", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.0.0 for everything.", Filter: swap("RCPT", "5.1.1", "5.0.0"),
		},
		{
			Name: "makes-codes-up", Case: "rfc3463/2/registered", Row: "R5248-2-a",
			Does: "It writes 5.9.9.", Filter: swap("BOGUS", "5.5.2", "5.9.9"),
		},
		{
			Name: "no-code-at-starttls", Case: "rfc2034/4/codes-everywhere", Row: "R2034-4-a",
			Does: "It answers STARTTLS without an enhanced status code.", Filter: swap("STARTTLS", "2.0.0 ", ""),
		},
		{
			Name: "no-code-at-logins", Case: "rfc2034/4/codes-everywhere", Row: "R2034-4-a", Profile: conformance.Submit,
			Does: "It answers a login without an enhanced status code.", Filter: swap("AUTH", "235 2.7.0 ", "235 "),
		},
		{
			Name: "no-code-at-wrong-passwords", Case: "rfc2034/4/codes-everywhere", Row: "R2034-4-a", Profile: conformance.Submit,
			Does: "It answers a wrong password without an enhanced status code.", Filter: swap("AUTH", "535 5.7.8 ", "535 "),
		},
		{
			Name: "wrong-passwords-for-now", Case: "rfc2034/4/class-and-lines", Row: "R2034-4-b", Profile: conformance.Submit,
			Does: "It answers a wrong password with 535 4.7.8.", Filter: swap("AUTH", "535 5.7.8 ", "535 4.7.8 "),
		},
		{
			Name: "codes-at-334", Case: "rfc2034/4/no-codes", Row: "R2034-4-d", Profile: conformance.Submit,
			Does: "It writes a code into its challenges.", Filter: swap("AUTH", "334 ", "334 2.7.0 "),
		},
		{
			Name: "codes-at-helo", Case: "rfc2034/4/no-codes", Row: "R2034-4-d",
			Does: "It answers HELO with a code.", Filter: swap("HELO", "250 ", "250 2.0.0 "),
		},
		{
			Name: "codes-at-ehlo", Case: "rfc2034/4/no-codes", Row: "R2034-4-d",
			Does: "It answers EHLO with a code in front of its name.", Filter: swap("EHLO", "250-", "250-2.0.0 "),
		},
		{
			Name: "no-help-and-no-vrfy", Case: "rfc2034/4/codes-everywhere", Row: "R2034-4-a", Guard: true,
			Does: "It has neither HELP nor VRFY, and says so with 502 5.5.1.", Filter: answer("502 5.5.1 not here", "HELP", "VRFY"),
		},
		{
			Name: "codes-alone", Case: "rfc2034/4/class-and-lines", Row: "R2034-4-c", Guard: true,
			Does: "It has lines that are nothing but the code.", Filter: answer("214-2.0.0\r\n214-2.0.0 MAIL RCPT DATA\r\n214 2.0.0", "HELP"),
		},
		{
			Name: "unknown-users-are-protocol", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.5.1 where there is no such user.", Filter: swap("RCPT", "5.1.1", "5.5.1"),
		},
		{
			Name: "bad-addresses-are-unknown", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.1.1 where an address cannot be read.", Filter: swap("RCPT", "501 5.1.3", "501 5.1.1"),
		},
		{
			Name: "bad-senders-are-recipients", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.1.1 where a reverse-path cannot be read.", Filter: swap("MAIL", "501 5.1.7", "501 5.1.1"),
		},
		{
			Name: "bad-arguments-are-policy", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.7.1 where a parameter is not known.", Filter: swap("MAIL", "555 5.5.4", "555 5.7.1"),
		},
		{
			Name: "large-mail-fills-mailboxes", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.2.2, of a full mailbox, where a message is too large.", Filter: swap("MAIL", "552 5.3.4", "552 5.2.2"),
		},
		{
			Name: "relaying-is-unknown", Case: "rfc3463/3/details", Row: "R3463-3-a",
			Does: "It writes 5.5.0 where it does not relay.", Filter: swap("RCPT", "550 5.7.1", "550 5.5.0"),
		},
		{
			Name: "hides-its-users", Case: "rfc3463/3/details", Row: "R3463-3-a", Guard: true,
			Does: "It writes 5.7.1 where there is no such user.", Filter: swap("RCPT", "550 5.1.1", "550 5.7.1"),
		},
		{
			Name: "bad-addresses-are-arguments", Case: "rfc3463/3/details", Row: "R3463-3-a", Guard: true,
			Does: "It writes 5.5.4 where an address cannot be read.", Filter: swap("RCPT", "501 5.1.3", "501 5.5.4"),
		},
		{
			Name: "busy-for-all", Case: "rfc3463/3/details", Row: "R3463-3-a", Guard: true,
			Does: "It puts all recipients off for now.", Filter: answer("451 4.7.1 greylisted", "RCPT"),
		},
		{
			Name: "too-many-is-full", Case: "rfc3463/3.6/too-many-recipients", Row: "R3463-3-a",
			Does: "It writes 4.3.1, of a full disk, for a recipient too many.", Filter: beyond("452 4.3.1 no room"),
		},
		{
			Name: "too-many-for-good", Case: "rfc3463/3.6/too-many-recipients", Row: "R3463-3-a", Guard: true,
			Does: "It refuses a recipient too many for good, with 5.5.3.", Filter: beyond("550 5.5.3 too many recipients"),
		},
	}
}

// beyond makes a filter that answers RCPT so from the hundred and first on.
func beyond(r string) func() Filter {
	return func() Filter {
		return Filter{Command: func(s *Session, line string) (string, string) {
			if Verb(line) == "RCPT" && s.Count["RCPT"] > 100 {
				return "", r + "\r\n"
			}
			return line, ""
		}}
	}
}
