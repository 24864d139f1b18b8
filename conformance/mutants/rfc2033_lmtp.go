package mutants

import (
	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

func rfc2033() []Mutant {
	const lmtp = conformance.LMTP
	const each, chunks = "rfc2033/4.2/reply-for-each-recipient", "rfc2033/4.3/reply-to-chunks"
	return []Mutant{
		{
			Name: "lmtp-with-ehlo", Case: "rfc2033/4.1/lhlo", Row: "R2033-4.1-a", Profile: lmtp,
			Does:   "It takes EHLO for LHLO.",
			Filter: rewrite("EHLO", func(line string) string { return "LHLO" + line[len("EHLO"):] }),
		},
		{
			Name: "lmtp-with-helo", Case: "rfc2033/4.1/lhlo", Row: "R2033-4.1-a", Profile: lmtp,
			Does:   "It answers HELO with 250.",
			Filter: answer("250 mx.local.test", "HELO"),
		},
		{
			Name: "lmtp-data-for-nobody", Case: "rfc2033/4.2/data-without-recipient", Row: "R2033-4.2-a", Profile: lmtp,
			Does:   "It takes DATA without a recipient.",
			Filter: answer("354 go ahead", "DATA"),
		},
		{
			Name: "lmtp-data-for-nobody-554", Case: "rfc2033/4.2/data-without-recipient", Row: "R2033-4.2-a", Profile: lmtp,
			Does:   "It answers DATA without a recipient with 554, as SMTP has it.",
			Filter: reply("DATA", func(string) string { return "554 5.5.1 no valid recipients\r\n" }),
		},
		{
			Name: "lmtp-one-reply", Case: each, Row: "R2033-4.2-b", Profile: lmtp,
			Does: "It has one reply for all recipients.",
			Filter: func() Filter {
				return Filter{Reply: func(_ *Session, command, r string) string {
					if command == "" { // one more reply to the same
						return ""
					}
					return r
				}}
			},
		},
		{
			Name: "lmtp-reply-for-refused", Case: each, Row: "R2033-4.2-b", Profile: lmtp,
			Does:   "It has a reply for the recipient that it has refused too.",
			Filter: reply("<dot>", func(r string) string { return r + r }),
		},
		{
			Name: "lmtp-loses-a-copy", Case: each, Row: "R2033-4.2-b", Profile: lmtp,
			Does:  "It answers 250 and delivers nothing.",
			Store: func([]byte) [][]byte { return nil },
		},
		{
			Name: "lmtp-replies-to-each-chunk", Case: chunks, Row: "R2033-4.3-a", Profile: lmtp,
			Does:   "It has a reply for each recipient to every chunk.",
			Filter: reply("BDAT", func(r string) string { return r + r }),
		},
		{
			Name: "lmtp-one-reply-to-chunks", Case: chunks, Row: "R2033-4.3-a", Profile: lmtp,
			Does: "It has one reply to the last chunk.",
			Filter: func() Filter {
				return Filter{Reply: func(_ *Session, command, r string) string {
					if command == "" {
						return ""
					}
					return r
				}}
			},
		},
		{
			Name: "lmtp-chunk-for-nobody", Case: chunks, Row: "R2033-4.3-a", Profile: lmtp,
			Does: "It answers the last chunk of a message for nobody with 503.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "BDAT" && len(s.Rcpts) == 0 {
						return "NOOP\r\n", "503 5.5.1 no valid recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "lmtp-without-pipelining", Case: "rfc2033/5/extensions", Row: "R2033-5-a", Profile: lmtp,
			Does: "It does not offer PIPELINING.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Hide = []string{"PIPELINING"} },
		},
		{
			Name: "lmtp-without-codes", Case: "rfc2033/5/extensions", Row: "R2033-5-a", Profile: lmtp,
			Does: "It does not offer ENHANCEDSTATUSCODES.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Hide = []string{"ENHANCEDSTATUSCODES"} },
		},
		{
			Name: "lmtp-without-8bitmime", Case: "rfc2033/5/extensions", Row: "R2033-5-a", Profile: lmtp,
			Does: "It does not offer 8BITMIME.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Hide = []string{"8BITMIME"} },
		},
		{
			Name: "smtp-with-lhlo", Case: "rfc2033/5/no-lhlo-in-smtp", Row: "R2033-5-a",
			Does:   "It takes LHLO for EHLO.",
			Filter: rewrite("LHLO", func(line string) string { return "EHLO" + line[len("LHLO"):] }),
		},
	}
}
