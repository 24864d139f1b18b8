package mail

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// encodeWords writes s as encoded words of RFC 2047, the Q encoding in UTF-8,
// with spaces between them. used is how far the first line is filled: a line
// with encoded words has at most 76 octets (RFC 2047 2), which mime.WordEncoder
// does not see to, since it does not know the name of the field.
func encodeWords(s string, used int) string {
	const begin, end, most = "=?utf-8?q?", "?=", 75
	var b strings.Builder
	room := max(most-used, len(begin)+len(end)+12)
	word := 0 // octets of the word so far
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		var q strings.Builder
		for _, c := range []byte(s[i : i+n]) {
			switch {
			case c == ' ':
				q.WriteByte('_')
			case digit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("!*+-/", c) >= 0: // RFC 2047 5 (3)
				q.WriteByte(c)
			default:
				fmt.Fprintf(&q, "=%02X", c)
			}
		}
		switch {
		case word == 0:
			b.WriteString(begin)
			word = len(begin)
		case word+q.Len()+len(end) > room: // a character stays in one word (RFC 2047 5)
			b.WriteString(end + " " + begin)
			word, room = len(begin), most
		}
		b.WriteString(q.String())
		word += q.Len()
		i += n
	}
	if word > 0 {
		b.WriteString(end)
	}
	return b.String()
}
