package fakedns

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxErrors is how many errors of one text are told.
const maxErrors = 100

// ParseError is something wrong with a record or a line of zone-file text.
type ParseError struct {
	File         string // as given to Load; "" for a single record
	Line, Column int    // from 1; of Line the file's, of Column the characters of the text's line
	Msg          string
}

// Error returns "file:line:column: message", or the message alone for a single record.
func (e *ParseError) Error() string {
	if e.File == "" {
		return e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

// Errors is everything wrong with a zone text, in the order of its lines.
type Errors []*ParseError

// Error returns the errors, one a line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors, for errors.As.
func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

func (es Errors) sort() {
	slices.SortStableFunc(es, func(a, b *ParseError) int { return cmp.Compare(a.Line, b.Line) })
}

// atRecord makes err, if there is one, the error of a single record.
func atRecord(err error, text string) error {
	if err == nil {
		return nil
	}
	return &ParseError{Line: 1, Column: 1, Msg: fmt.Sprintf("record %q: %v", shorten(text), err)}
}

// shorten keeps quoted input readable in a message.
func shorten(s string) string {
	const most = 120
	s = strings.TrimSpace(s)
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
