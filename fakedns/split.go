package fakedns

import (
	"iter"
	"strings"
)

// entry is one record or directive: a line, or the lines that parentheses join.
type entry struct {
	line int    // from 0
	text string // without the last newline
	bad  string // what is wrong with it as text
	at   int    // and at which octet
	cut  int    // blanks taken off its first line
}

func (e entry) directive() bool { return strings.HasPrefix(e.text, "$") }

// split cuts zone text into entries, without those that are blank or a comment.
// An entry that does not end, by a quote or a parenthesis left open, ends with
// its line, so that the lines after it are still looked at.
func split(text string) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for line := 0; text != ""; {
			e, size, lines := next(text)
			e.line = line
			if e.text != "" && !yield(e) {
				return
			}
			line += lines
			text = text[size:]
		}
	}
}

// next returns the first entry of text, its octets and its lines. A blank entry has no text.
func next(text string) (e entry, size, lines int) {
	var (
		open, first = 0, -1 // parentheses, and where the outermost stands
		quote       = -1
		data        bool
	)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			data = true
			if i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case c == '\n' && quote >= 0:
			return entry{text: text[:i], bad: "the quoted text has no end", at: quote}, i + 1, lines + 1
		case c == '\n':
			lines++
			if open == 0 {
				return trimmed(text[:i], data), i + 1, lines
			}
		case c == '"' && quote >= 0:
			quote = -1
		case c == '"':
			data, quote = true, i
		case quote >= 0:
		case c == ';':
			i = lineEnd(text, i) - 1
		case c == '(':
			if data = true; open == 0 {
				first = i
			}
			open++
		case c == ')':
			data = true
			if open == 0 {
				end := lineEnd(text, i)
				return entry{text: text[:end], bad: `")" without a "(" before it`, at: i}, min(end+1, len(text)), lines + 1
			}
			open--
		case c != ' ' && c != '\t' && c != '\r':
			data = true
		}
	}
	switch {
	case quote >= 0:
		return entry{text: text, bad: "the quoted text has no end", at: quote}, len(text), lines + 1
	case open > 0:
		end := lineEnd(text, first)
		return entry{text: text[:end], bad: `"(" without a ")" after it`, at: first}, min(end+1, len(text)),
			strings.Count(text[:end], "\n") + 1
	}
	return trimmed(text, data), len(text), lines + 1
}

// lineEnd returns the offset of the newline at or behind i, or the length of text.
func lineEnd(text string, i int) int {
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}

func trimmed(text string, data bool) entry {
	if !data {
		return entry{}
	}
	return entry{text: text}
}
