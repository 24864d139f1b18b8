package mutants

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

func rfc1870() []Mutant {
	small := func(c *sim.NodeConfig) { c.Size = 20_000 }
	return []Mutant{
		{
			Name: "size-with-a-unit", Case: "rfc1870/3/size-line", Row: "R1870-3-a",
			Does:   "It advertises SIZE 10M.",
			Filter: reply("EHLO", sizes("SIZE 10M")),
		},
		{
			Name: "two-size-limits", Case: "rfc1870/3/size-line", Row: "R1870-3-a",
			Does:   "It advertises a soft and a hard limit.",
			Filter: reply("EHLO", sizes("SIZE 1000 2000")),
		},
		{
			Name: "size-without-limit", Case: "rfc1870/3/size-line", Row: "R1870-3-a", Guard: true,
			Does:   "It states no limit.",
			Filter: reply("EHLO", sizes("SIZE")),
		},
		{
			Name: "huge-sizes-wrap", Case: "rfc1870/3/huge-size", Row: "R1870-3-b",
			Does: "It keeps the last 64 bits of a declared size.",
			Filter: rewrite("MAIL", func(line string) string {
				return strings.Replace(line, "SIZE=18446744073709551617", "SIZE=1", 1)
			}),
		},
		{
			Name: "huge-sizes-are-negative", Case: "rfc1870/3/huge-size", Row: "R1870-3-b",
			Does: "It takes a declared size of 63 bits and more for a negative one.",
			Filter: rewrite("MAIL", func(line string) string {
				return strings.Replace(line, "SIZE=9223372036854775808", "SIZE=0", 1)
			}),
		},
		{
			Name: "ignores-odd-sizes", Case: "rfc1870/3/malformed-size", Row: "R1870-3-c",
			Does: "It ignores a SIZE that is no number.",
			Filter: rewrite("MAIL", func(line string) string {
				return regexp.MustCompile(` SIZE=[^ 0-9\r]*[a-z-]?[^ \r]*`).ReplaceAllString(line, "")
			}),
		},
		{
			Name: "refuses-odd-sizes-late", Case: "rfc1870/3/malformed-size", Row: "R1870-3-c",
			Does: "It opens a transaction though it has told that SIZE is wrong.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if head, _, odd := strings.Cut(line, " SIZE=abc"); odd {
						return head + "\r\n", "501 5.5.4 bad size\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "believes-declared-sizes", Case: "rfc1870/4/oversized-message", Row: "R1870-4-a",
			Does: "It looks at the size that is declared, never at what comes.",
			Node: func(c *sim.NodeConfig) { c.Size, c.Extensions.Add = 0, []string{"SIZE 20000"} },
			Filter: func() Filter {
				return Filter{Reply: func(_ *Session, command, r string) string {
					if strings.HasPrefix(command, "EHLO") {
						return sizes("SIZE 20000")(r)
					}
					return r
				}}
			},
		},
		{
			Name: "tells-of-large-messages-later", Case: "rfc1870/4/oversized-message", Row: "R1870-4-a", Guard: true,
			Does: "It says 552 and closes the connection.",
			Node: small,
			Filter: reply("<dot>", func(r string) string {
				if strings.HasPrefix(r, "552") {
					return r + "close"
				}
				return r
			}),
		},
		{
			Name: "last-size-wins", Case: "rfc1870/6/two-sizes", Row: "R1870-6-a",
			Does:   "It takes the last of several SIZE parameters.",
			Filter: rewrite("MAIL", func(line string) string { return strings.Replace(line, " SIZE=100", "", 1) }),
		},
		{
			Name: "counts-to-the-declared-size", Case: "rfc1870/6/declared-size-is-no-end", Row: "R1870-6-b",
			Does: "It reads as many octets as were declared, and takes the rest for commands.",
			Filter: func() Filter {
				left := -1
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						if _, err := fmt.Sscanf(line, "MAIL FROM:%s SIZE=%d", new(string), &left); err != nil && Verb(line) == "MAIL" {
							left = -1
						}
						return line, ""
					},
					Text: func(_ *Session, octets string) string {
						if left < 0 || left >= len(octets) {
							return octets
						}
						n := left
						left = -1
						return octets[:n] + "\r\n.\r\n" + octets[n:]
					},
				}
			},
		},
		{
			Name: "refuses-more-than-declared", Case: "rfc1870/6/declared-size-is-no-end", Row: "R1870-6-b", Guard: true,
			Does: "It refuses a message that is larger than was declared.",
			Filter: func() Filter {
				return Filter{Reply: func(s *Session, command, r string) string {
					if command == "<dot>" && strings.HasSuffix(s.Mail, "SIZE=10") {
						return "552 5.3.4 larger than declared\r\n"
					}
					return r
				}}
			},
		},
		{
			Name: "ignores-declared-sizes", Case: "rfc1870/6.1/size-above-limit", Row: "R1870-6.1-a",
			Does: "It accepts every size at MAIL and RCPT.",
			Filter: rewrite("MAIL", func(line string) string {
				return regexp.MustCompile(` SIZE=[0-9]+`).ReplaceAllString(line, "")
			}),
		},
		{
			Name: "looks-at-sizes-with-rcpt", Case: "rfc1870/6.1/size-above-limit", Row: "R1870-6.1-a", Guard: true,
			Does: "It refuses the size at RCPT.",
			Filter: func() Filter {
				large := false
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch Verb(line) {
					case "MAIL":
						head, size, ok := strings.Cut(line, " SIZE=")
						if large = ok && len(size) > 6; ok {
							return head + "\r\n", ""
						}
					case "RCPT":
						if large {
							return "", "552 5.3.4 message too large\r\n"
						}
					}
					return line, ""
				}}
			},
		},
		{
			Name: "takes-half-of-the-size", Case: "rfc1870/6.3/size-is-kept-to", Row: "R1870-6.3-a",
			Does: "It advertises twice the size that it takes.",
			Node: small,
			Filter: func() Filter {
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						if Verb(line) == "MAIL" {
							line, _, _ = strings.Cut(line, " SIZE=")
							line = strings.TrimRight(line, "\r\n") + "\r\n"
						}
						return line, ""
					},
					Reply: func(_ *Session, command, r string) string {
						if strings.HasPrefix(command, "EHLO") {
							return sizes("SIZE 40000")(r)
						}
						return r
					},
				}
			},
		},
		{
			Name: "takes-the-size-exactly", Case: "rfc1870/6.3/size-is-kept-to", Row: "R1870-6.3-a", Guard: true,
			Does: "It takes no more than a few thousand octets, and says so.",
			Node: small,
		},
		{
			Name: "takes-little", Case: "rfc1870/4/oversized-message", Row: "R1870-4-a", Guard: true,
			Does: "It takes no more than a few thousand octets, over LMTP.",
			Node: small, Profile: conformance.LMTP,
		},
	}
}

// sizes writes another SIZE line into a reply to EHLO.
func sizes(line string) func(string) string {
	return func(r string) string {
		return regexp.MustCompile(`SIZE[^\r]*`).ReplaceAllString(r, line)
	}
}
