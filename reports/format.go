package reports

import (
	"io"
)

// Format is one way to write a run.
type Format struct {
	Name  string // "json"
	About string // one line for help texts
	Write func(w io.Writer, run Run) error
}

// Formats returns every format, by name. A new format is a new line here.
func Formats() []Format {
	return []Format{
		{Name: "json", About: "everything, every event included, for programs", Write: WriteJSON},
		{Name: "junit", About: "JUnit XML, for CI servers", Write: WriteJUnit},
		{Name: "markdown", About: "Markdown, for pull requests", Write: WriteMarkdown},
		{Name: "text", About: "plain text for people", Write: Text{}.Write},
	}
}
