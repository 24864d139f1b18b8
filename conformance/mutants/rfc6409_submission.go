package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

func rfc6409() []Mutant {
	const submission = conformance.Submit
	return []Mutant{
		{
			Name: "no-null-submission", Case: "rfc6409/3.2/null-reverse-path", Row: "R6409-3.2-a", Profile: submission,
			Does:   "It refuses MAIL with the null reverse-path.",
			Filter: answer("550 5.7.1 who are you", "MAIL FROM:<>"),
		},
		{
			Name: "submission-for-all", Case: "rfc6409/4.3/login-first", Row: "R6409-4.3-a", Profile: submission,
			Does: "It takes mail for anywhere without a login.",
			Node: func(c *sim.NodeConfig) { c.AuthRequired = false },
		},
		{
			Name: "login-first-at-rcpt", Case: "rfc6409/4.3/login-first", Row: "R6409-4.3-a", Profile: submission,
			Does: "It demands the login at RCPT only.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					switch verb := Verb(line); {
					case verb == "MAIL" && !s.LoggedIn:
						return "", "250 2.1.0 OK\r\n"
					case verb == "RCPT" && !s.LoggedIn:
						return "", "554 5.7.1 log in first\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "login-first-by-550", Case: "rfc6409/4.3/login-first", Row: "R6409-4.3-a", Guard: true, Profile: submission,
			Does:   "It refuses strangers by 550.",
			Filter: reply("MAIL", func(string) string { return "550 5.7.1 no\r\n" }),
		},
		{
			Name: "takes-any-address", Case: "rfc6409/5.1/address-syntax", Row: "R6409-5.1-a", Profile: submission,
			Does:   "It takes whatever stands between < and > in RCPT.",
			Filter: answer("250 2.1.5 OK", "RCPT"),
		},
		{
			Name: "takes-any-sender", Case: "rfc6409/5.1/address-syntax", Row: "R6409-5.1-a", Profile: submission,
			Does:   "It takes whatever stands between < and > in MAIL.",
			Filter: rewrite("MAIL FROM:<a b", func(string) string { return "MAIL FROM:<a@x.test>\r\n" }),
		},
		{
			Name: "refuses-own-address", Case: "rfc6409/6.1/own-reverse-path", Row: "R6409-6.1-a", Profile: submission,
			Does:   "It refuses the reverse-path that the user has.",
			Filter: answer("550 5.7.1 not yours", "MAIL FROM:<sender@mailsim.test>"),
		},
		{
			Name: "refuses-the-address-of-others", Case: "rfc6409/6.1/own-reverse-path", Row: "R6409-6.1-a", Guard: true, Profile: submission,
			Does:   "It refuses the reverse-path of another user.",
			Filter: answer("550 5.7.1 not yours", "MAIL FROM:<second@local.test>"),
		},
		{
			Name: "submission-with-etrn", Case: "rfc6409/7/extensions", Row: "R6409-7-a", Profile: submission,
			Does: "It offers ETRN to users.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Add = []string{"ETRN"} },
		},
		{
			Name: "submission-without-auth", Case: "rfc6409/7/extensions", Row: "R6409-7-a", Profile: submission,
			Does:   "It does not offer AUTH.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "AUTH PLAIN", "XAUTH PLAIN", 1) }),
		},
		{
			Name: "submission-without-dsn", Case: "rfc6409/7/extensions", Row: "R6409-7-a", Profile: submission,
			Does: "It does not offer DSN.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Hide = []string{"DSN"} },
		},
		{
			Name: "two-dates", Case: "rfc6409/8.2/date", Row: "R6409-8.2-a", Profile: submission,
			Does:  "It adds a second Date.",
			Store: stored(`^(Date: .*\r\n)`, "$1$1"),
		},
		{
			Name: "date-of-yesterday", Case: "rfc6409/8.2/date", Row: "R6409-8.2-a", Profile: submission,
			Does:  "It adds a Date of long ago.",
			Store: stored(`^Date: .*\r\n`, "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"),
		},
		{
			Name: "date-in-words", Case: "rfc6409/8.2/date", Row: "R6409-8.2-a", Profile: submission,
			Does:  "It adds a Date that is none.",
			Store: stored(`^Date: .*\r\n`, "Date: today\r\n"),
		},
		{
			Name: "no-date", Case: "rfc6409/8.2/date", Row: "R6409-8.2-a", Guard: true, Profile: submission,
			Does: "It adds nothing.",
			Node: breaks("mends-nothing"),
		},
		{
			Name: "no-message-id", Case: "rfc6409/8.3/message-id", Row: "R6409-8.3-a", Profile: submission,
			Does: "It adds no Message-ID.",
			Node: breaks("mends-nothing"),
		},
		{
			Name: "same-message-id", Case: "rfc6409/8.3/message-id", Row: "R6409-8.3-a", Profile: submission,
			Does:  "It adds the same Message-ID to every message.",
			Store: stored(`^Message-ID: .*\r\n`, "Message-ID: <1@mx.local.test>\r\n"),
		},
	}
}
