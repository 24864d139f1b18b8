package scenarios

import "regexp"

// Pattern is a compared value: plain text is exact, /.../ is a regular
// expression, absent says that the thing must not be there.
type Pattern struct {
	Text   string         // as written
	Regexp *regexp.Regexp // for /.../
	Absent bool
}

// Match reports whether s fits. An absent pattern matches nothing.
func (p Pattern) Match(s string) bool {
	switch {
	case p.Absent:
		return false
	case p.Regexp != nil:
		return p.Regexp.MatchString(s)
	default:
		return p.Text == s
	}
}

// Count is a number or a range: 3, 2.., ..4, 3..5. Max is -1 where open.
type Count struct{ Min, Max int }

// Holds reports whether n is in the range.
func (c Count) Holds(n int) bool { return n >= c.Min && (c.Max < 0 || n <= c.Max) }
