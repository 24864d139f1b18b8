package mutants

import (
	"bytes"
	"strings"
)

// splitCommands runs what stands on both sides of a separator in a line as two commands.
func splitCommands(separator string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if body := strings.TrimSuffix(line, "\r\n"); strings.Contains(body, separator) {
				return "", strings.Repeat("250 2.0.0 OK\r\n", 1+strings.Count(body, separator))
			}
			return line, ""
		}}
	}
}

// cutAtNUL drops what stands in front of the end of a path behind a NUL.
func cutAtNUL(line string) string {
	if head, _, ok := strings.Cut(line, "\x00"); ok {
		return head + ">\r\n"
	}
	return line
}

func securityOctets() []Mutant {
	return []Mutant{
		{
			Name: "reads-commands-to-lf", Case: "security/octets/lf-in-commands", Row: "SEC-CRLF-1",
			Does:   "It reads commands up to LF.",
			Filter: rewrite("", func(line string) string { return strings.TrimRight(line, "\r\n") + "\r\n" }),
		},
		{
			Name: "splits-commands-at-cr", Case: "security/octets/cr-in-commands", Row: "SEC-CRLF-2",
			Does: "It splits command lines at CR.", Filter: splitCommands("\r"),
		},
		{
			Name: "keeps-cr-in-hello", Case: "security/octets/cr-in-commands", Row: "SEC-CRLF-2",
			Does: "It takes a name with a CR in EHLO, and writes it into the trace.",
			Filter: rewrite("EHLO", func(line string) string {
				return strings.ReplaceAll(strings.TrimSuffix(line, "\r\n"), "\r", "") + "\r\n"
			}),
			Store: func(m []byte) [][]byte {
				return [][]byte{bytes.Replace(m, []byte("ab.test"), []byte("a\rb.test"), 1)}
			},
		},
		{
			Name: "makes-lines-of-cr", Case: "security/octets/cr-in-header", Row: "SEC-CRLF-3",
			Does: "It makes a line end of a bare CR.",
			Filter: text(func(s string) string {
				return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\r"), "\r", "\r\n")
			}),
		},
		{
			Name: "cuts-sender-at-nul", Case: "security/octets/nul-in-commands", Row: "SEC-NUL-1",
			Does: "It reads MAIL as a C string.", Filter: rewrite("MAIL", cutAtNUL),
		},
		{
			Name: "cuts-recipient-at-nul", Case: "security/octets/nul-in-commands", Row: "SEC-NUL-1",
			Does: "It reads RCPT as a C string.", Filter: rewrite("RCPT", cutAtNUL),
		},
		{
			Name: "masks-the-eighth-bit", Case: "security/octets/eight-bit-message", Row: "SEC-8BIT-1",
			Does: "It keeps seven bits of each octet.",
			Store: func(m []byte) [][]byte {
				out := bytes.Clone(m)
				for i := range out {
					out[i] &= 0x7f
				}
				return [][]byte{out}
			},
		},
		{
			Name: "refuses-eight-bit", Case: "security/octets/eight-bit-message", Row: "SEC-8BIT-1", Guard: true,
			Does: "It refuses messages with 8-bit octets that were not announced.", Filter: reply("<dot>", func(string) string { return "550 5.6.0 8-bit octets\r\n" }),
		},
		{
			Name: "echoes-raw", Case: "security/octets/control-octets-in-commands", Row: "SEC-8BIT-2",
			Does: "It repeats in its refusals what it was told, as it came.",
			Filter: func() Filter {
				return Filter{Reply: func(_ *Session, command, r string) string {
					if r[0] == '5' {
						return "500 5.5.2 cannot do " + strings.TrimSpace(command) + "\r\n"
					}
					return r
				}}
			},
		},
		{
			Name: "takes-control-octets", Case: "security/octets/control-octets-in-commands", Row: "SEC-8BIT-2",
			Does: "It takes an escape sequence for a local part.", Filter: answer("250 2.1.0 OK", "MAIL FROM:<\x1b"),
		},
		{
			Name: "crashes-at-utf8", Case: "security/octets/utf8-without-smtputf8", Row: "SEC-8BIT-3",
			Does: "It loses its state at a UTF-8 address that was not announced, and crashes at DATA.",
			Filter: func() Filter {
				lost := false
				return Filter{
					Command: func(_ *Session, line string) (string, string) {
						lost = lost || strings.Contains(line, "\xc3")
						if lost && Verb(line) == "DATA" {
							return "", "close"
						}
						return line, ""
					},
				}
			},
		},
	}
}
