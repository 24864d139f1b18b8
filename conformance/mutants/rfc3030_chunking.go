package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

func rfc3030() []Mutant {
	return []Mutant{
		{
			Name: "reads-any-count", Case: "rfc3030/2/syntax", Row: "R3030-2-a",
			Does: "It takes a count that it cannot read for 0.",
			Filter: rewrite("BDAT", func(line string) string {
				if strings.Contains(line, " x") {
					return "BDAT 0\r\n"
				}
				return line
			}),
		},
		{
			Name: "ignores-words-behind-last", Case: "rfc3030/2/syntax", Row: "R3030-2-a",
			Does:   "It does not look at what stands behind LAST.",
			Filter: rewrite("BDAT", func(line string) string { return strings.Replace(line, " extra", "", 1) }),
		},
		{
			Name: "closes-at-bad-counts", Case: "rfc3030/2/syntax", Row: "R3030-2-a", Guard: true,
			Does: "It ends the session with 521 where it cannot read BDAT.",
			Filter: reply("BDAT", func(r string) string {
				if strings.HasPrefix(r, "501") {
					return "521 5.5.4 bad BDAT\r\nclose"
				}
				return r
			}),
		},
		{
			Name: "bdat-instead-of-data", Case: "rfc3030/2/data-is-still-there", Row: "R3030-2-b",
			Does:   "It does not know DATA, since it has BDAT.",
			Filter: answer("502 5.5.1 use BDAT", "DATA"),
		},
		{
			Name: "answers-the-last-chunk-only", Case: "rfc3030/2/a-reply-for-each-chunk", Row: "R3030-2-c",
			Does:   "It says nothing to chunks before the last.",
			Filter: reply("BDAT", func(string) string { return "" }),
		},
		{
			Name: "answers-each-chunk-twice", Case: "rfc3030/2/a-reply-for-each-chunk", Row: "R3030-2-c",
			Does:   "It answers the last chunk, and then the end of the message.",
			Filter: reply("<chunk>", func(r string) string { return "250 2.0.0 octets received\r\n" + r }),
		},
		{
			Name: "chunks-begin-transactions", Case: "rfc3030/2/bdat-behind-the-last", Row: "R3030-2-e",
			Does: "It takes a BDAT behind the last one for a new message.",
			Filter: func() Filter {
				return Filter{Reply: func(s *Session, command, r string) string {
					if (Verb(command) == "BDAT" || command == "<chunk>") && strings.HasPrefix(r, "503") {
						return "250 2.0.0 OK\r\n"
					}
					return r
				}}
			},
		},
		{
			Name: "obeys-octets-of-failed-chunks", Case: "rfc3030/2/octets-of-a-failed-chunk", Row: "R3030-2-f",
			Does: "It answers a BDAT that it cannot take at once, and reads its octets as commands.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "BDAT" && len(s.Rcpts) == 0 {
						return "", "503 5.5.1 no recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "obeys-octets-of-later-chunks", Case: "rfc3030/2/chunks-behind-a-failed-one", Row: "R3030-2-g",
			Does: "It reads the octets of the first chunk that fails, and no more.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "BDAT" && len(s.Rcpts) == 0 && s.Count["BDAT"] > 1 {
						return "", "503 5.5.1 no recipients\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "closes-at-failed-chunks", Case: "rfc3030/2/octets-of-a-failed-chunk", Row: "R3030-2-f", Guard: true,
			Does: "It ends the session at a BDAT that it cannot take.",
			Filter: func() Filter {
				return Filter{Reply: func(s *Session, command, r string) string {
					if command == "<chunk>" && len(s.Rcpts) == 0 && r[0] == '5' {
						return "421 4.7.0 bye\r\nclose"
					}
					return r
				}}
			},
		},
		{
			Name: "data-goes-on-with-chunks", Case: "rfc3030/2/data-behind-bdat", Row: "R3030-2-i",
			Does: "It takes DATA behind BDAT.",
			Filter: func() Filter {
				chunked := false
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch {
					case Verb(line) == "BDAT":
						chunked = true
					case Verb(line) == "DATA" && chunked:
						return "", "354 go on\r\n"
					case line == "<dot>":
						return "", "250 2.0.0 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "binary-lines-stop-it", Case: "rfc3030/2/octets-behind-a-short-count", Row: "R3030-2-o",
			Does: "It hangs when a command has binary octets.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
						return "", ""
					}
					return line, ""
				}}
			},
		},
		{
			Name: "waits-for-octets-of-nothing", Case: "rfc3030/2/last-chunk-of-zero", Row: "R3030-2-d",
			Does:   "It waits for octets behind BDAT 0 LAST.",
			Filter: answer("", "BDAT 0 LAST"),
		},
		{
			Name: "refuses-zero-octets", Case: "rfc3030/2/last-chunk-of-zero", Row: "R3030-2-d", Guard: true,
			Does: "It refuses a message of no octets.",
			Filter: func() Filter {
				before := ""
				return Filter{Command: func(_ *Session, line string) (string, string) {
					last := before
					before = Verb(line)
					if strings.HasPrefix(line, "BDAT 0 LAST") && last != "BDAT" {
						return "RSET\r\n", "554 5.6.0 no message\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "keeps-chunks-over-rset", Case: "rfc3030/2/reset-drops-chunks", Row: "R3030-2-j",
			Does: "It keeps the chunks of a transaction that was reset.",
			Filter: func() Filter {
				kept, reset := "", false
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						reset = reset || Verb(line) == "RSET"
						return line, ""
					},
					Chunk: func(_ *Session, octets string) string {
						if reset {
							octets, reset = kept+octets, false
						}
						kept += octets
						return octets
					},
				}
			},
		},
		{
			Name: "unstuffs-chunks", Case: "rfc3030/2/chunks-are-literal", Row: "R3030-2-k",
			Does:   "It takes dots away from lines of chunks.",
			Filter: chunks(func(octets string) string { return strings.ReplaceAll(octets, "\r\n..", "\r\n.") }),
		},
		{
			Name: "ends-chunks-at-a-dot", Case: "rfc3030/2/chunks-are-literal", Row: "R3030-2-k",
			Does: "It takes a line that is a dot for the end of the message.",
			Filter: chunks(func(octets string) string {
				if head, _, ends := strings.Cut(octets, "\r\n.\r\n"); ends {
					return head + "\r\n"
				}
				return octets
			}),
		},
		{
			Name: "breaks-lines-between-chunks", Case: "rfc3030/2/chunk-borders", Row: "R3030-2-p",
			Does:   "It ends a line with each chunk.",
			Filter: chunks(func(octets string) string { return strings.TrimSuffix(octets, "\r\n") + "\r\n" }),
		},
		{
			Name: "begins-lines-with-chunks", Case: "rfc3030/2/chunk-borders", Row: "R3030-2-p",
			Does:   "It takes a dot at the beginning of a chunk for one that was doubled.",
			Filter: chunks(func(octets string) string { return strings.TrimPrefix(octets, ".") }),
		},
		{
			Name: "reads-chunks-as-text", Case: "rfc3030/2/chunk-borders", Row: "R3030-2-p",
			Does:   "It decodes each chunk by itself: a letter in two chunks becomes two question marks.",
			Filter: chunks(func(octets string) string { return strings.ToValidUTF8(octets, "?") }),
		},
		{
			Name: "completes-line-ends-of-chunks", Case: "rfc3030/2/chunk-borders", Row: "R3030-2-p",
			Does: "It makes CRLF of a CR that is the last octet of a chunk.",
			Filter: chunks(func(octets string) string {
				if strings.HasSuffix(octets, "\r") {
					return octets + "\n"
				}
				return octets
			}),
		},
		{
			Name: "binarymime-without-chunking", Case: "rfc3030/3/binarymime-needs-chunking", Row: "R3030-3-a",
			Does: "It offers BINARYMIME, and CHUNKING no more.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Hide = append(c.Extensions.Hide, "CHUNKING") },
		},
		{
			Name: "takes-binary-content-by-data", Case: "rfc3030/3/data-for-binary-content", Row: "R3030-3-b",
			Does: "It takes DATA for binary content.",
			Filter: rewrite("MAIL", func(line string) string {
				return strings.Replace(line, "BINARYMIME", "8BITMIME", 1)
			}),
		},
	}
}

// chunks makes a filter that edits each BDAT chunk by itself.
func chunks(edit func(octets string) string) func() Filter {
	return func() Filter {
		return Filter{Chunk: func(_ *Session, octets string) string { return edit(octets) }}
	}
}
