package reports

import "strings"

// snippetWidth is how much of a long line is shown around the place meant: with
// an indent, it stays in one line of a terminal with 80 columns, so that the caret
// is where it belongs.
const snippetWidth = 72

// Snippet returns two lines for below an error message: the line of a file,
// escaped and, where it is long, cut on both sides, and a caret under the
// column that is meant. Columns are characters and count from 1; one outside of
// the line is moved to its end.
func Snippet(line string, column int) [2]string {
	chars := []rune(line)
	at := min(max(column-1, 0), len(chars))
	from, to := 0, len(chars)
	before, after := "", ""
	if len(chars) > snippetWidth {
		from = max(0, min(at-snippetWidth/2, len(chars)-snippetWidth))
		to = from + snippetWidth
		if from > 0 {
			before = "…"
		}
		if to < len(chars) {
			after = "…"
		}
	}
	lead := before + Escape(string(chars[from:at]))
	return [2]string{
		lead + Escape(string(chars[at:to])) + after,
		strings.Repeat(" ", cells(lead)) + "^",
	}
}
