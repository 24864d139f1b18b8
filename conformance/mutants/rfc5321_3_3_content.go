package mutants

import (
	"bytes"
	"strings"
)

// finds makes a filter that refuses, at the dot, messages that a function finds wrong.
func finds(refusal string, wrong func(message string) bool) func() Filter {
	return func() Filter {
		var seen strings.Builder
		return Filter{
			Text: func(_ *Session, octets string) string {
				seen.WriteString(octets)
				return octets
			},
			Reply: func(_ *Session, command, r string) string {
				if command != "<dot>" {
					return r
				}
				message := "\r\n" + seen.String()
				seen.Reset()
				if wrong(message) {
					return refusal + "\r\n"
				}
				return r
			},
		}
	}
}

func rfc5321Content() []Mutant {
	lacks := func(part string) func(string) bool {
		return func(m string) bool { return !strings.Contains(m, part) }
	}
	return []Mutant{
		{
			Name: "wants-a-date", Case: "rfc5321/3.3/faulty-header", Row: "R5321-3.3-q",
			Does:   "It refuses messages without a Date field.",
			Filter: finds("554 5.6.0 no Date", lacks("\r\nDate:")),
		},
		{
			Name: "wants-a-header", Case: "rfc5321/3.3/faulty-header", Row: "R5321-3.3-q",
			Does:   "It refuses messages without a header.",
			Filter: refusesText("This is a message without", "554 5.6.0 no header"),
		},
		{
			Name: "wants-one-subject", Case: "rfc5321/3.3/faulty-header", Row: "R5321-3.3-q",
			Does:   "It refuses messages with two Subject fields.",
			Filter: finds("554 5.6.0 two Subjects", func(m string) bool { return strings.Count(m, "\r\nSubject:") > 1 }),
		},
		{
			Name: "wants-whole-multiparts", Case: "rfc5321/3.3/faulty-mime", Row: "R5321-3.3-r",
			Does: "It refuses a multipart without its last boundary.",
			Filter: finds("554 5.6.0 no last boundary", func(m string) bool {
				return strings.Contains(m, "\r\n--cut\r\n") && !strings.Contains(m, "\r\n--cut--")
			}),
		},
		{
			Name: "wants-true-base64", Case: "rfc5321/3.3/faulty-mime", Row: "R5321-3.3-r",
			Does:   "It refuses base64 that it cannot decode.",
			Filter: refusesText("\r\n!!!", "554 5.6.0 bad base64"),
		},
		{
			Name: "wants-whole-resent-blocks", Case: "rfc5321/3.3/faulty-resent-fields", Row: "R5321-3.3-s",
			Does: "It refuses messages whose Resent- fields are not equal in number.",
			Filter: finds("554 5.6.0 inconsistent Resent headers", func(m string) bool {
				return strings.Count(m, "\r\nResent-From:") != strings.Count(m, "\r\nResent-Date:")
			}),
		},
		{
			Name: "wants-resent-from", Case: "rfc5321/3.3/faulty-resent-fields", Row: "R5321-3.3-t",
			Does: "It refuses Resent-To without Resent-From.",
			Filter: finds("554 5.6.0 no Resent-From", func(m string) bool {
				return strings.Contains(m, "\r\nResent-To:") && !strings.Contains(m, "\r\nResent-From:")
			}),
		},
		{
			Name: "wants-dates-in-received", Case: "rfc5321/3.7.2/strange-received-accepted", Row: "R5321-3.7.2-c",
			Does:   "It refuses a Received field without a date.",
			Filter: refusesText("with ESMTP id 1\r\n", "554 5.6.0 bad Received"),
		},
		{
			Name: "wants-words-in-received", Case: "rfc5321/3.7.2/strange-received-accepted", Row: "R5321-3.7.2-c",
			Does:   "It refuses a Received field that it cannot read.",
			Filter: refusesText("Received: garbage", "554 5.6.0 bad Received"),
		},
		{
			Name: "falls-over-open-comments", Case: "rfc5321/3.7.2/strange-received-delivered", Row: "R5321-3.7.2-d",
			Does:   "It crashes on a comment in a Received field that is not closed.",
			Filter: reply("<dot>", func(string) string { return "close" }),
		},
		{
			Name: "refuses-8-bit-received", Case: "rfc5321/3.7.2/strange-received-delivered", Row: "R5321-3.7.2-d",
			Does:   "It refuses messages with 8-bit octets that nobody has announced.",
			Guard:  true,
			Filter: refusesText("\xe9", "554 5.6.1 8-bit octets were not announced"),
		},
		{
			Name: "repairs-8-bit-received", Case: "rfc5321/3.7.2/strange-received-delivered", Row: "R5321-3.7.2-d",
			Does: "It puts question marks for 8-bit octets of Received fields.",
			Store: func(message []byte) [][]byte {
				return [][]byte{bytes.ReplaceAll(message, []byte("\xe9"), []byte("?"))}
			},
		},
		{
			Name: "drops-empty-received", Case: "rfc5321/3.7.2/strange-received-delivered", Row: "R5321-3.7.2-d",
			Does: "It takes empty Received fields away.",
			Store: func(message []byte) [][]byte {
				return [][]byte{bytes.ReplaceAll(message, []byte("\r\nReceived:\r\n"), []byte("\r\n"))}
			},
		},
	}
}
