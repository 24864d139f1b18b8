package mutants

import (
	"regexp"
	"strings"
)

func rfc5322() []Mutant {
	const results = "rfc8601/5/forged-results"
	return []Mutant{
		{
			Name: "drops-fields-with-odd-names", Case: "rfc5322/2.2/odd-fields", Row: "R5322-2.2-a",
			Does:  "It drops fields whose names have more than letters, digits and hyphens.",
			Store: stored(`^[A-Za-z-]*[!#$%].*\r\n`, ""),
		},
		{
			Name: "drops-empty-fields", Case: "rfc5322/2.2/odd-fields", Row: "R5322-2.2-a",
			Does:  "It drops fields without a value.",
			Store: stored(`^X-Empty:\r\n`, ""),
		},
		{
			Name: "trims-blank-fields", Case: "rfc5322/2.2/odd-fields", Row: "R5322-2.2-a",
			Does:  "It takes blanks away from the end of fields.",
			Store: stored(`[ \t]+\r\n`, "\r\n"),
		},
		{
			Name: "takes-body-for-header", Case: "rfc5322/2.2/odd-fields", Row: "R5322-2.2-a",
			Does:  "It takes fields behind the empty line into the header.",
			Store: stored(`\r\n\r\nFrom: x`, "\r\nFrom: x\r\n"),
		},
		{
			Name: "knows-four-digits-only", Case: "rfc5322/4/obsolete-forms", Row: "R5322-4-a",
			Does:   "It refuses dates with two digits for the year.",
			Filter: refusesText(" 06 15:04", "554 5.6.0 that is no date"),
		},
		{
			Name: "knows-no-literals", Case: "rfc5322/4/obsolete-forms", Row: "R5322-4-a",
			Does:   "It refuses address literals in To.",
			Filter: refusesText("To: a@[127.0.0.1]", "554 5.6.0 that is no address"),
		},
		{
			Name: "mends-blank-before-colon", Case: "rfc5322/4/obsolete-forms", Row: "R5322-4-a", Guard: true,
			Does:  "It takes the blank before a colon away.",
			Store: stored(`^From :`, "From:"),
		},
		{
			Name: "waits-for-empty-line", Case: "rfc5322/3.5/no-body", Row: "R5322-3.5-a",
			Does: "It gives no reply to a message without an empty line.",
			Filter: func() Filter {
				seen := ""
				return Filter{
					Text: func(_ *Session, octets string) string { seen += octets; return octets },
					Reply: func(_ *Session, command, r string) string {
						if command == "<dot>" && !strings.Contains("\r\n"+seen, "\r\n\r\n") {
							return ""
						}
						return r
					},
				}
			},
		},
		{
			Name: "refuses-what-has-no-header", Case: "rfc5322/3.5/no-body", Row: "R5322-3.5-a", Guard: true,
			Does:   "It refuses a message without a header.",
			Filter: refusesText("This is text, and", "550 5.6.0 that is no message"),
		},
		{
			Name: "stumbles-over-empty-message", Case: "rfc5322/3.5/no-body", Row: "R5322-3.5-a",
			Does: "It closes the connection at a message without octets.",
			Filter: func() Filter {
				return Filter{
					Text: func(s *Session, octets string) string { s.Text += octets; return octets },
					Reply: func(s *Session, command, r string) string {
						if command == "<dot>" && s.Text == ".\r\n" {
							return "close"
						}
						return r
					},
				}
			},
		},
		{
			Name: "forged-return-path-stays", Case: "rfc5321/4.4/forged-return-path", Row: "R5322-3.6.7-b",
			Does: "It leaves a forged Return-Path in the message.",
			Node: breaks("keeps-old-return-path"),
		},
		{
			Name: "forged-return-path-wins", Case: "rfc5321/4.4/forged-return-path", Row: "R5322-3.6.7-b",
			Does:  "It believes the Return-Path that a message comes with.",
			Store: stored(`^Return-Path: <.*>`, "Return-Path: <boss@x.test>"),
		},
		{
			Name: "adds-results", Case: results, Row: "R8601-5-a", Guard: true,
			Does:  "It adds its Authentication-Results, and takes others with its name away.",
			Store: authenticates(`(?mi)^Authentication-Results:\s*(\(x\) )?mx\.local\.test.*\r\n([ \t].*\r\n)*`),
		},
		{
			Name: "adds-results-to-forged", Case: results, Row: "R8601-5-a",
			Does:  "It adds its Authentication-Results to those that have come with its name.",
			Store: authenticates(`\z`),
		},
		{
			Name: "compares-letter-case-of-results", Case: results, Row: "R8601-5-a",
			Does:  "It takes Authentication-Results with its name away, unless that is in capitals.",
			Store: authenticates(`(?m)^Authentication-Results:\s*(\(x\) )?mx\.local\.test.*\r\n([ \t].*\r\n)*`),
		},
		{
			Name: "misses-folded-results", Case: results, Row: "R8601-5-a",
			Does:  "It does not see its name in a line of its own.",
			Store: authenticates(`(?mi)^Authentication-Results: (\(x\) )?mx\.local\.test.*\r\n([ \t].*\r\n)*`),
		},
	}
}

// authenticates makes a Store that takes away what a pattern finds in the header and adds
// Authentication-Results.
func authenticates(forged string) func([]byte) [][]byte {
	re := regexp.MustCompile(forged)
	return func(message []byte) [][]byte {
		message = re.ReplaceAll(message, nil)
		return [][]byte{append([]byte("Authentication-Results: mx.local.test;\r\n\tspf=none\r\n"), message...)}
	}
}
