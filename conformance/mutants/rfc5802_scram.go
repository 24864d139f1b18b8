package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

func rfc5802() []Mutant {
	const name, row = "rfc5802/5/exchange", "R5802-5-a"
	return []Mutant{
		{
			Name: "scram-skips-nonce", Case: name, Row: row, Profile: conformance.Submit,
			Does:   "It does not compare the nonce that comes back.",
			Filter: scrams(nil, func(nonce, final string) bool { return !strings.Contains(final, "r="+nonce+",") }),
		},
		{
			Name: "scram-skips-proof", Case: name, Row: row, Profile: conformance.Submit,
			Does:   "It does not look at the proof, unless the nonce is wrong.",
			Filter: scrams(nil, func(nonce, final string) bool { return strings.Contains(final, "r="+nonce+",") }),
		},
		{
			Name: "scram-adds-no-nonce", Case: name, Row: row, Profile: conformance.Submit,
			Does: "It adds nothing to the client's nonce.",
			Filter: scrams(func(first string) string {
				_, rest, _ := strings.Cut(first, ",")
				return "r=mailsim-probe-1," + rest
			}, nil),
		},
		{
			Name: "scram-with-few-rounds", Case: name, Row: row, Profile: conformance.Submit,
			Does:   "Its iteration count is 100.",
			Filter: scrams(func(first string) string { return strings.Replace(first, "i=4096", "i=100", 1) }, nil),
		},
		{
			Name: "scram-without-signature", Case: name, Row: row, Profile: conformance.Submit,
			Does: "It does not prove that it knows the password.",
			Filter: reply("", func(r string) string {
				if strings.HasPrefix(decoded(r), "v=") {
					return "235 2.7.0 authentication succeeded\r\n"
				}
				return r
			}),
		},
		{
			Name: "scram-with-wrong-signature", Case: name, Row: row, Profile: conformance.Submit,
			Does: "Its proof is none.",
			Filter: reply("", func(r string) string {
				if strings.HasPrefix(decoded(r), "v=") {
					return challenged("v=bm9uZQ==")
				}
				return r
			}),
		},
	}
}

// scrams makes a server that edits its first message, and goes on where a final message of
// the client is wrong but believes likes it.
func scrams(edit func(first string) string, believes func(nonce, final string) bool) func() Filter {
	return func() Filter {
		nonce := ""
		return Filter{Reply: func(_ *Session, command, r string) string {
			first, final := decoded(r), decoded(command)
			switch {
			case strings.HasPrefix(first, "r="):
				nonce, _, _ = strings.Cut(first[len("r="):], ",")
				if edit != nil {
					r = challenged(edit(first))
				}
			case believes != nil && strings.HasPrefix(r, "535") && strings.HasPrefix(final, "c=") && believes(nonce, final):
				r = challenged("v=bm9uZQ==")
			}
			return r
		}}
	}
}
