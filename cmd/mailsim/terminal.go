package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// colourMode is the value of --color. The empty mode is auto.
type colourMode string

const (
	colourAuto   colourMode = "auto"
	colourAlways colourMode = "always"
	colourNever  colourMode = "never"
)

// String, Set and Type make a colourMode a flag.
func (m *colourMode) String() string {
	if *m == "" {
		return string(colourAuto)
	}
	return string(*m)
}

// Set takes auto, always or never.
func (m *colourMode) Set(s string) error {
	switch mode := colourMode(s); mode {
	case colourAuto, colourAlways, colourNever:
		*m = mode
		return nil
	}
	return fmt.Errorf("want auto, always or never")
}

// Type names the values in the help text.
func (m *colourMode) Type() string { return "when" }

// coloured says whether text to w is coloured. NO_COLOR (no-color.org) and a
// terminal that cannot are overruled by --color always only.
func (p *program) coloured(w io.Writer) bool {
	if p.noColour {
		return false
	}
	switch p.colour {
	case colourAlways:
		return true
	case colourNever:
		return false
	}
	if no, _ := p.env("NO_COLOR"); no != "" {
		return false
	}
	if kind, _ := p.env("TERM"); kind == "dumb" {
		return false
	}
	_, ok := terminal(w)
	return ok
}

// terminal says whether w is a terminal and how wide it is; 0 where it does
// not tell.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		width = 0
	}
	return width, true
}
