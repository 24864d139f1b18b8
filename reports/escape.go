package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Escape makes s one line that is safe to show on a terminal: whatever does not
// print (control characters, escape sequences, line ends, text-direction marks,
// octets that are no UTF-8) is written as \n, \x1b, \u202e and so on. Text that
// prints is unchanged, backslashes included.
func Escape(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	return b.String()
}

// escapeLines splits s at its line ends and escapes each line.
func escapeLines(s string) []string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, l := range lines {
		lines[i] = Escape(l)
	}
	return lines
}

// plain says whether s is printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// cells returns how many columns of a terminal s takes. It does not look at the
// locale, so that a report is the same everywhere.
func cells(s string) int {
	if plain(s) {
		return len(s)
	}
	c := runewidth.Condition{}
	return c.StringWidth(s)
}

// clip shortens s to at most n columns, with an ellipsis where it was cut.
func clip(s string, n int) string {
	if cells(s) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	var b strings.Builder
	used := 0
	for _, r := range s {
		w := cells(string(r))
		if used+w > n-1 {
			break
		}
		b.WriteRune(r)
		used += w
	}
	return b.String() + "…"
}

// shorten is clip for names, many of which differ in their ends only: it cuts in
// the middle, and keeps a little more of the beginning.
func shorten(s string, n int) string {
	if cells(s) <= n || n < 3 {
		return clip(s, n)
	}
	head := clip(s, n/2+2) // with its ellipsis
	room := n - cells(head)
	from := len(s)
	for from > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:from])
		if room -= cells(string(r)); room < 0 {
			break
		}
		from -= size
	}
	return head + s[from:]
}

// pad fills s up to n columns on the right.
func pad(s string, n int) string {
	if w := cells(s); w < n {
		return s + strings.Repeat(" ", n-w)
	}
	return s
}

// padLeft fills s up to n columns on the left.
func padLeft(s string, n int) string {
	if w := cells(s); w < n {
		return strings.Repeat(" ", n-w) + s
	}
	return s
}

// wrap breaks s, which is one line, into lines of at most n columns, at spaces
// where there are some. It returns at least one line.
func wrap(s string, n int) []string {
	n = max(n, 1)
	if cells(s) <= n {
		return []string{s}
	}
	var lines []string
	for cells(s) > n {
		end, used, space := 0, 0, -1
		for i, r := range s {
			w := cells(string(r))
			if used+w > n {
				// A space just past the edge is as good as one inside.
				if r == ' ' {
					space = i
				}
				break
			}
			if r == ' ' && i > 0 {
				space = i
			}
			used += w
			end = i + utf8.RuneLen(r)
		}
		if end == 0 { // one rune wider than a line
			_, end = utf8.DecodeRuneInString(s)
		}
		if space > 0 {
			lines = append(lines, strings.TrimRight(s[:space], " "))
			s = strings.TrimLeft(s[space:], " ")
		} else {
			lines = append(lines, s[:end])
			s = s[end:]
		}
	}
	if s != "" || len(lines) == 0 {
		lines = append(lines, s)
	}
	return lines
}

// hang wraps s as wrap does, but keeps its indentation: what a line that begins
// with blanks is too long for stands two columns deeper.
func hang(s string, n int) []string {
	own := len(s) - len(strings.TrimLeft(s, " "))
	if own == 0 || own > n/2 || cells(s) <= n {
		return wrap(s, n)
	}
	lines := wrap(s[own:], n-own-2)
	for i := range lines {
		if i > 0 {
			lines[i] = "  " + lines[i]
		}
		lines[i] = s[:own] + lines[i]
	}
	return lines
}
