package conformance

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// The bounds of a transcript: what is beyond them is counted and not kept.
const (
	entryMost      = 2 << 10  // octets of one entry that are kept: its beginning, and a little of its end
	transcriptMost = 64 << 10 // octets of a case
	linesMost      = 2000
)

// Transcript is what was said in the sessions of a case, in its order.
type Transcript struct {
	mu    sync.Mutex
	lines []string
	size  int
	left  int // lines that were left out

	secret secret // is not in it
}

// Lines returns it as text: "C: " before what we sent, "S: " before what came, "-- "
// before what happened otherwise. Of a line that ends in CRLF the end is not shown;
// any other line end, and every other control octet, is written as an escape.
func (t *Transcript) Lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := append([]string(nil), t.lines...)
	if t.left > 0 {
		out = append(out, fmt.Sprintf("-- %d more lines", t.left))
	}
	return out
}

// note records what happened otherwise.
func (t *Transcript) note(session int, format string, args ...any) {
	t.add(session, "--", fmt.Sprintf(format, args...))
}

func (t *Transcript) add(session int, mark string, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := mark + " " + t.secret.hide(text)
	if session > 1 {
		line = strconv.Itoa(session) + "." + line
	}
	if t.size+len(line) > transcriptMost || len(t.lines) >= linesMost {
		t.left++
		return
	}
	t.size += len(line)
	t.lines = append(t.lines, line)
}

// octets records what a side sent, line by line.
func (t *Transcript) octets(session int, mark string, p []byte) {
	if t.secret != "" {
		p = []byte(t.secret.hide(string(p))) // before it is cut into pieces
	}
	if n := len(p) - entryMost; n > 256 {
		t.lineByLine(session, mark, p[:entryMost-256])
		t.add(session, mark, fmt.Sprintf("... %d octets ...", n))
		p = p[len(p)-256:]
	}
	t.lineByLine(session, mark, p)
}

func (t *Transcript) lineByLine(session int, mark string, p []byte) {
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n') + 1
		if n == 0 {
			n = len(p)
		}
		t.add(session, mark, Visible(p[:n]))
		p = p[n:]
	}
}

// Visible writes octets for people. A CRLF at the end is left out; where there is
// none, "(no CRLF)" says so; a bare CR or LF is written as \r or \n, any other
// control octet as \x00, and a backslash as it is.
func Visible(p []byte) string {
	whole, ended := bytes.CutSuffix(p, []byte("\r\n"))
	var b strings.Builder
	for len(whole) > 0 {
		r, n := utf8.DecodeRune(whole)
		switch {
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError && n == 1, r < ' ', r >= 0x7f && r < 0xa0, !strconv.IsPrint(r) && r != 0xa0:
			for _, c := range whole[:n] {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			b.Write(whole[:n])
		}
		whole = whole[n:]
	}
	if !ended && !bytes.HasSuffix(p, []byte("\n")) {
		b.WriteString(" (no CRLF)")
	}
	return b.String()
}
