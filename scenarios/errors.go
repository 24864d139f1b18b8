package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing that is wrong in a scenario, at its place.
type Error struct {
	Pos
	Msg    string // what is wrong, and what would be right
	Hint   string // the word that was probably meant, or empty
	Source string // the line of the file, for a caret under the column
}

// Error returns "file:line:column: message (did you mean "word"?)".
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Pos.String() + ": " + e.Msg
	}
	return fmt.Sprintf("%s: %s (did you mean %q?)", e.Pos, e.Msg, e.Hint)
}

// Errors is all that is wrong in a scenario, in the order of the file.
type Errors []*Error

// Error returns the messages, one a line.
func (es Errors) Error() string {
	var b strings.Builder
	for i, e := range es {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// Unwrap gives the single errors to errors.As.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// maxErrors bounds a report of what is wrong: a file with more is wrong as a whole.
const maxErrors = 1000

// problems collects errors. The same message at the same place counts once, so
// that a matrix does not repeat what is wrong in all of its combinations.
type problems struct {
	list  Errors
	count int // of errors, with those that are not in the list again
	seen  map[problemKey]bool
	files map[string][]string // lines of the files read, for Error.Source
	order map[string]int      // in which the files were read

	refused map[Pos]bool // places of what was refused: whatever else is wrong there follows from it
}

type problemKey struct {
	pos Pos
	msg string
}

func newProblems() *problems {
	return &problems{seen: map[problemKey]bool{}, files: map[string][]string{}, order: map[string]int{}, refused: map[Pos]bool{}}
}

// file makes the lines of a file known.
func (p *problems) file(name string, data []byte) {
	if _, ok := p.order[name]; !ok {
		p.order[name] = len(p.order)
	}
	p.files[name] = strings.Split(string(data), "\n")
}

// addf adds an error without a hint.
func (p *problems) addf(pos Pos, format string, args ...any) {
	p.add(pos, fmt.Sprintf(format, args...), "")
}

// refuse reports what cannot stand at pos, and keeps quiet about all that is
// wrong there because of it.
func (p *problems) refuse(pos Pos, msg string) {
	p.add(pos, msg, "")
	p.refused[pos] = true
}

func (p *problems) add(pos Pos, msg, hint string) {
	p.count++
	key := problemKey{pos, msg}
	if p.refused[pos] || p.seen[key] || len(p.list) >= maxErrors {
		return
	}
	p.seen[key] = true
	p.list = append(p.list, &Error{Pos: pos, Msg: msg, Hint: hint, Source: p.line(pos)})
}

// ref names an earlier place for a message at pos.
func (p Pos) ref(pos Pos) string {
	if p.File == pos.File {
		return fmt.Sprintf("line %d", p.Line)
	}
	return p.String()
}

// line returns the source line of a place, without its line end.
func (p *problems) line(pos Pos) string {
	lines := p.files[pos.File]
	if pos.Line < 1 || pos.Line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[pos.Line-1], "\r")
}

// err returns the errors in the order of the files, or nil.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b *Error) int {
		return cmp.Or(
			cmp.Compare(p.order[a.File], p.order[b.File]),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return p.list
}
