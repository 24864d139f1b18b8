package mutants

import (
	"bytes"
	"strings"
)

// endsAt makes a mutant that takes a sequence for the end of data.
func endsAt(name, slug, row, octets, does string) Mutant {
	return Mutant{
		Name: name, Case: "security/smuggling/" + slug, Row: row, Does: does,
		Filter: text(func(s string) string { return strings.ReplaceAll(s, octets, "\r\n.\r\n") }),
	}
}

func securitySmuggling() []Mutant {
	return []Mutant{
		endsAt("ends-at-lf-dot-lf", "lf-dot-lf", "SEC-SMUGGLE-IN-1", "\n.\n", "It splits message text at LF."),
		endsAt("ends-at-lf-dot-crlf", "lf-dot-crlf", "SEC-SMUGGLE-IN-2", "\n.\r\n", "It checks only that dot CRLF follows an LF."),
		endsAt("ends-at-crlf-dot-lf", "crlf-dot-lf", "SEC-SMUGGLE-IN-3", "\r\n.\n", "It takes a dot and a bare LF for the last line."),
		endsAt("ends-at-cr-dot-cr", "cr-dot-cr", "SEC-SMUGGLE-IN-4", "\r.\r", "It takes CR for a line end."),
		endsAt("ends-at-cr-dot-lf", "cr-dot-lf", "SEC-SMUGGLE-IN-5", "\r.\n", "It takes CR and LF, alone and together, for line ends."),
		endsAt("ends-at-lf-dot-cr", "lf-dot-cr", "SEC-SMUGGLE-IN-5", "\n.\r", "It takes LF and CR for line ends."),
		endsAt("ends-at-cr-dot-crlf", "cr-dot-crlf", "SEC-SMUGGLE-IN-6", "\r.\r\n", "It makes CRLF of CR before it looks for the dot."),
		endsAt("ends-at-crlf-dot-cr", "crlf-dot-cr", "SEC-SMUGGLE-IN-7", "\r\n.\r", "It ends the data at a dot and CR, without a look at what follows."),
		endsAt("ends-at-dot-cr-crlf", "crlf-dot-cr-crlf", "SEC-SMUGGLE-IN-8", "\r\n.\r\r\n", "It drops CR in front of CRLF behind a dot."),
		endsAt("ends-at-two-cr-crlf", "cr-crlf-dot-cr-crlf", "SEC-SMUGGLE-IN-8", "\r\r\n.\r\r\n", "It collapses runs of CR."),
		endsAt("drops-nul-before-dot", "nul-before-dot", "SEC-SMUGGLE-IN-10", "\r\n\x00.\r\n", "It drops NUL before it looks for the dot."),
		endsAt("compares-c-strings", "nul-behind-dot", "SEC-SMUGGLE-IN-11", "\r\n.\x00\r\n", "It compares lines of message text as C strings."),
		endsAt("trims-blank-behind-dot", "blank-behind-dot", "SEC-SMUGGLE-IN-12", "\r\n. \r\n", "It trims blanks from the ends of lines before it looks for the dot."),
		endsAt("trims-tab-behind-dot", "tab-behind-dot", "SEC-SMUGGLE-IN-12", "\r\n.\t\r\n", "It trims tabs from the ends of lines before it looks for the dot."),
		endsAt("trims-blank-before-dot", "blank-before-dot", "SEC-SMUGGLE-IN-12", "\r\n .\r\n", "It trims blanks in front of lines before it looks for the dot."),
		endsAt("splits-at-vertical-tab", "vertical-tab", "SEC-SMUGGLE-IN-13", "\x0b.\x0b", "It splits message text at vertical tabs."),
		endsAt("splits-at-form-feed", "form-feed", "SEC-SMUGGLE-IN-13", "\x0c.\x0c", "It splits message text at form feeds."),
		endsAt("splits-at-file-separator", "file-separator", "SEC-SMUGGLE-IN-13", "\x1c.\x1c", "It splits message text at file separators."),
		endsAt("splits-at-next-line", "next-line", "SEC-SMUGGLE-IN-13", "\x85.\x85", "It splits message text at 0x85."),
		endsAt("splits-at-utf8-next-line", "utf8-next-line", "SEC-SMUGGLE-IN-13", "\xc2\x85.\xc2\x85", "It splits message text at U+0085."),
		endsAt("splits-at-line-separator", "utf8-line-separator", "SEC-SMUGGLE-IN-13", "\xe2\x80\xa8.\xe2\x80\xa8", "It splits message text at U+2028."),
		endsAt("follows-lf-to-lf-dot-lf", "lf-only-lf-dot-lf", "SEC-SMUGGLE-IN-14", "\n.\n", "It follows the line ends of the first header line, and ends at LF dot LF."),
		endsAt("follows-lf-to-lf-dot-crlf", "lf-only-lf-dot-crlf", "SEC-SMUGGLE-IN-14", "\n.\r\n", "It follows the line ends of the first header line, and ends at LF dot CRLF."),
		{
			Name: "splits-when-it-delivers", Case: "security/smuggling/blank-before-dot", Row: "SEC-SMUGGLE-IN-12",
			Does:  "It replies once, and hands two messages to the mailbox.",
			Store: func(m []byte) [][]byte { return bytes.Split(m, []byte("\r\n .\r\n")) },
		},
		{
			Name: "refuses-pipelining-at-lf-dot-lf", Case: "security/smuggling/lf-dot-lf", Row: "SEC-SMUGGLE-IN-1",
			Does: "It ends at LF dot LF, but refuses what is pipelined and closes then.",
			Filter: func() Filter {
				early := false
				return Filter{
					Text: func(_ *Session, octets string) string {
						if i := strings.Index(octets, "\n.\n"); i >= 0 {
							early = len(octets) > i+3
							return octets[:i] + "\r\n.\r\n"
						}
						return octets
					},
					Reply: func(_ *Session, command, r string) string {
						if command == "<dot>" && early {
							return "500 5.5.1 pipelining not supported\r\nclose"
						}
						return r
					},
				}
			},
		},
		{
			Name: "closes-at-bare-lf", Case: "security/smuggling/lf-dot-lf", Row: "SEC-SMUGGLE-IN-1", Guard: true,
			Does: "It refuses bare LF in message text at once, with 521, and closes.",
			Filter: func() Filter {
				refused := false
				return Filter{
					Text: func(_ *Session, octets string) string {
						if i := strings.Index(octets, "\n.\n"); i >= 0 {
							refused = true
							return octets[:i] + "\r\n.\r\n"
						}
						return octets
					},
					Reply: func(_ *Session, command, r string) string {
						if command == "<dot>" && refused {
							return "521 5.5.2 bare LF is not allowed\r\nclose"
						}
						return r
					},
				}
			},
		},
	}
}
