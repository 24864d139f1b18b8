package mutants

import (
	"strings"
	"unicode/utf8"
)

func rfc6531() []Mutant {
	high := func(s string) bool { return strings.ContainsFunc(s, func(r rune) bool { return r > 127 }) }
	refuse := func(bad func(line string) bool, r string) func() Filter {
		return func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				if bad(line) {
					return "", r + "\r\n"
				}
				return line, ""
			}}
		}
	}
	return []Mutant{
		{
			Name: "ignores-body-values", Case: "rfc6152/2/body-values", Row: "R6152-2-a",
			Does:   "It takes any value of BODY.",
			Filter: rewrite("MAIL", func(line string) string { return strings.Replace(line, " BODY=FOO", "", 1) }),
		},
		{
			Name: "breaks-8bit-lines", Case: "rfc6152/3/long-line", Row: "R6152-3-d",
			Does: "It breaks lines of 8-bit text at 500 octets.",
			Filter: text(func(octets string) string {
				half := strings.Repeat("\u00e9", 250)
				return strings.Replace(octets, half, half+"\r\n", 1)
			}),
		},
		{
			Name: "reads-seven-bits", Case: "rfc6152/3/long-line", Row: "R6152-3-d",
			Does: "It clears the eighth bit of each octet.",
			Filter: text(func(octets string) string {
				out := []byte(octets)
				for i := range out {
					out[i] &= 0x7f
				}
				return string(out)
			}),
		},
		{
			Name: "smtputf8-without-8bitmime", Case: "rfc6531/3.1/smtputf8-line", Row: "R6531-3.1-a",
			Does:   "It offers SMTPUTF8, and 8BITMIME no more.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "250-8BITMIME\r\n", "", 1) }),
		},
		{
			Name: "smtputf8-has-a-value", Case: "rfc6531/3.1/no-value", Row: "R6531-3.1-b",
			Does:   "It ignores a value of SMTPUTF8.",
			Filter: rewrite("MAIL", func(line string) string { return strings.Replace(line, "SMTPUTF8=yes", "SMTPUTF8", 1) }),
		},
		{
			Name: "refuses-octets-above-127", Case: "rfc6531/3.2/utf8-addresses", Row: "R6531-3.2-a",
			Does: "It answers 501 to octets above 127.", Filter: refuse(high, "501 5.1.3 bad address"),
		},
		{
			Name: "passes-any-octets", Case: "rfc6531/3.3/invalid-utf8", Row: "R6531-3.2-d",
			Does:   "It takes addresses that are no UTF-8.",
			Filter: refuse(func(line string) bool { return Verb(line) == "MAIL" && !utf8.ValidString(line) }, "250 2.1.0 OK"),
		},
		{
			Name: "takes-utf8-unasked", Case: "rfc6531/3.5/utf8-without-the-parameter", Row: "R6531-3.5-a",
			Does:   "It takes UTF-8 addresses without SMTPUTF8.",
			Filter: refuse(func(line string) bool { return high(line) && !strings.Contains(line, "SMTPUTF8") }, "250 2.1.0 OK"),
		},
		{
			Name: "echoes-raw-addresses", Case: "rfc6531/3.7.4.2/ascii-replies", Row: "R6531-3.7.4.2-a",
			Does:   "It repeats the address in its reply.",
			Filter: refuse(func(line string) bool { return high(line) && Verb(line) == "MAIL" }, "550 5.6.7 <\u7528\u6237@mailsim.test> is not allowed"),
		},
		{
			Name: "folds-in-a-letter", Case: "rfc6532/3.4/long-subject", Row: "R6532-3.4-a",
			Does: "It folds a long field in the middle of a letter.",
			Filter: text(func(octets string) string {
				return strings.Replace(octets, "\u7528\u7528", "\u7528\xe7\r\n \x94\xa8", 1)
			}),
		},
		{
			Name: "knows-rfc822-only", Case: "rfc6533/3/orcpt-utf8", Row: "R6533-3-b",
			Does:   "It takes no ORCPT of the type utf-8.",
			Filter: refuse(func(line string) bool { return strings.Contains(line, "ORCPT=utf-8") }, "501 5.5.4 bad ORCPT"),
		},
		{
			Name: "echoes-raw-users", Case: "rfc6531/3.7.4.2/ascii-replies", Row: "R6531-3.7.4.2-a",
			Does:   "It repeats the name that VRFY asks for.",
			Filter: refuse(func(line string) bool { return high(line) && Verb(line) == "VRFY" }, "550 5.1.1 \u7528\u6237 is not here"),
		},
		{
			Name: "echoes-raw-parameters", Case: "rfc6531/3.7.4.2/ascii-replies", Row: "R6531-3.7.4.2-a",
			Does:   "It repeats a parameter that it does not know.",
			Filter: refuse(func(line string) bool { return high(line) && strings.Contains(line, " X-") }, "555 5.5.4 X-\u7528\u6237 is not known"),
		},
		{
			Name: "has-no-vrfy", Case: "rfc6531/3.7.4.2/ascii-replies", Row: "R6531-3.7.4.2-a", Guard: true,
			Does: "It has neither VRFY nor EXPN.", Filter: answer("502 5.5.1 not here", "VRFY", "EXPN"),
		},
		{
			Name: "vrfy-without-smtputf8", Case: "rfc6531/3.1/vrfy-and-expn", Row: "R6531-3.7.4.2-a",
			Does:   "It takes SMTPUTF8 behind VRFY for a part of the name.",
			Filter: refuse(func(line string) bool { return Verb(line) == "VRFY" && strings.Contains(line, " SMTPUTF8") }, "501 5.1.3 bad name"),
		},
		{
			Name: "expn-without-smtputf8", Case: "rfc6531/3.1/vrfy-and-expn", Row: "R6531-3.7.4.2-a",
			Does:   "It takes SMTPUTF8 behind EXPN for a part of the name.",
			Filter: refuse(func(line string) bool { return Verb(line) == "EXPN" && strings.Contains(line, " SMTPUTF8") }, "501 5.1.3 bad name"),
		},
		{
			Name: "tells-nobody-of-users", Case: "rfc6531/3.1/vrfy-and-expn", Row: "R6531-3.7.4.2-a", Guard: true,
			Does: "It refuses all of VRFY and EXPN by policy.", Filter: answer("550 5.7.1 not for you", "VRFY", "EXPN"),
		},
		{
			Name: "traces-utf8-names", Case: "rfc6531/3.7.3/ascii-trace", Row: "R6531-3.7.3-a",
			Does: "It takes a name in UTF-8 at EHLO, and writes it into Received.",
			Filter: rewrite("EHLO", func(line string) string {
				return strings.Replace(line, "b\u00fccher.mailsim.test", "xn--bcher-kva.mailsim.test", 1)
			}),
			Store: func(m []byte) [][]byte {
				return [][]byte{[]byte(strings.ReplaceAll(string(m), "xn--bcher-kva.mailsim.test", "b\u00fccher.mailsim.test"))}
			},
		},
		{
			Name: "traces-names-by-idna", Case: "rfc6531/3.7.3/ascii-trace", Row: "R6531-3.7.3-a", Guard: true,
			Does: "It takes a name in UTF-8 at EHLO, and writes its form in ASCII.",
			Filter: rewrite("EHLO", func(line string) string {
				return strings.Replace(line, "b\u00fccher.mailsim.test", "xn--bcher-kva.mailsim.test", 1)
			}),
		},
		{
			Name: "refuses-utf8-with-501", Case: "rfc6531/3.5/utf8-without-the-parameter", Row: "R6531-3.5-a", Guard: true,
			Does:   "It answers 501 to addresses in UTF-8 where the parameter is missing.",
			Filter: refuse(func(line string) bool { return high(line) && !strings.Contains(line, "SMTPUTF8") }, "501 5.1.3 bad address"),
		},
	}
}
