package mail

import (
	"strings"
	"time"
)

const (
	lineLength = 78  // RFC 5322 2.1.1: what a line should not pass
	maxLine    = 998 // RFC 5322 2.1.1: what a line must not pass
)

// DateFormat is the date-time of RFC 5322 3.3 with a numeric zone.
const DateFormat = "Mon, 2 Jan 2006 15:04:05 -0700"

// FormatDate writes t as a date-time of RFC 5322 3.3.
func FormatDate(t time.Time) string { return t.Format(DateFormat) }

// ReceivedField returns the whole field with its name and line ends.
func ReceivedField(r Received) []byte { return []byte("Received: " + r.String() + "\r\n") }

// String writes the value of the field, folded, without the last line end.
// What would break the field, such as a parenthesis in a name that the client
// gave, is replaced by "?".
func (r Received) String() string {
	f := folder{column: len("Received: "), indent: "\t"}
	if r.From != "" {
		f.group(clause("from", r.From, r.FromTCP)...)
	}
	if r.By != "" {
		f.newLine()
		f.group(clause("by", r.By, r.ByTCP)...)
	}
	if r.Via != "" {
		f.group("via", safeWord(r.Via))
	}
	if r.With != "" {
		f.group("with", safeWord(r.With))
	}
	if r.ID != "" {
		f.group("id", safeWord(r.ID))
	}
	if r.For != "" {
		f.newLine()
		f.group("for", "<"+safeFor(r.For)+">")
	}
	for _, c := range r.Clauses {
		f.group(safeWord(c.Name), safeWord(c.Value))
	}
	for _, c := range r.Comments {
		f.group(strings.Split("("+safeComment(c)+")", " ")...)
	}
	f.append(";")
	f.group(FormatDate(r.Date))
	return f.b.String()
}

func clause(name, value, info string) []string {
	if isTCPInfo(info) {
		domain, literal, two := strings.Cut(info, " ")
		if two {
			return []string{name, safeWord(value), "(" + domain, literal + ")"}
		}
		return []string{name, safeWord(value), "(" + domain + ")"}
	}
	if info != "" {
		return []string{name, safeWord(value), "(" + safeComment(info) + ")"}
	}
	return []string{name, safeWord(value)}
}

// safeWord replaces what ends a word of a Received field.
func safeWord(s string) string {
	if st := (stamp{rest: s}); s != "" {
		if w, err := st.word(); err == nil && w == s {
			return s
		}
	}
	b := []byte(s)
	for i, c := range b {
		if c <= ' ' || c == 0x7f || strings.IndexByte(`();"\`, c) >= 0 {
			b[i] = '?'
		}
	}
	return string(b)
}

// safeFor keeps a mailbox as it is, also one with a quoted local part.
func safeFor(s string) string {
	if _, err := parseAddress(s); err == nil {
		return s
	}
	return safeWord(s)
}

// safeComment escapes nothing in a text that is the inside of a comment, and
// replaces parentheses and backslashes in one that is not.
func safeComment(s string) string {
	if c, n, err := comment("(" + s + ")"); err == nil && n == len(s)+2 {
		return c
	}
	b := []byte(oneLine(s))
	for i, c := range b {
		if c == '(' || c == ')' || c == '\\' {
			b[i] = '?'
		}
	}
	return oneSpace(string(b))
}

// folder writes groups of words into lines. A group goes to a new line when it
// does not fit, and is broken inside only when it does not fit there either.
type folder struct {
	b      strings.Builder
	column int    // octets in the line so far
	indent string // begins each further line
	fresh  bool   // a line was begun and has no word yet
}

func (f *folder) newLine() {
	if f.b.Len() == 0 || f.fresh {
		return
	}
	f.b.WriteString("\r\n" + f.indent)
	f.column = 8 // where a tab leads to
	f.fresh = true
}

func (f *folder) append(s string) {
	f.b.WriteString(s)
	f.column += len(s)
	f.fresh = false
}

func (f *folder) group(words ...string) {
	n := len(words)
	for _, w := range words {
		n += len(w)
	}
	// One octet is kept for the semicolon that may follow.
	if f.column+n >= lineLength {
		f.newLine()
	}
	for _, w := range words {
		if f.column+len(w)+1 >= lineLength {
			f.newLine()
		}
		if !f.fresh && f.b.Len() > 0 {
			f.append(" ")
		}
		f.append(w)
	}
}
