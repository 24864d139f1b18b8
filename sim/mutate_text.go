package sim

import (
	"bytes"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// What mutants do to the text of messages and notifications.

// mistext changes the header section and the body of a message that the node takes.
func (n *Node) mistext(header, body []byte) (h, b []byte) {
	if n.is(mutantDropsFields) {
		header = keepFields(header, "Received", "Return-Path", "Date", "From", "To", "Subject", "Message-ID")
	}
	if n.is(mutantUnfolds) {
		for _, blank := range []string{" ", "\t"} {
			header = bytes.ReplaceAll(header, []byte("\r\n"+blank), []byte(blank))
		}
	}
	if n.is(mutantDoublesDate) {
		header = append([]byte("Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n"), header...)
	}
	return header, n.misline(body)
}

// misline changes lines of a body.
func (n *Node) misline(body []byte) []byte {
	edit := func(change func(line string) string) {
		lines := strings.Split(string(body), "\r\n")
		for i, l := range lines {
			lines[i] = change(l)
		}
		body = []byte(strings.Join(lines, "\r\n"))
	}
	if n.is(mutantStripsBlanks) {
		edit(func(l string) string { return strings.TrimRight(l, " \t") })
	}
	if n.is(mutantCutsAtNUL) {
		edit(func(l string) string { before, _, _ := strings.Cut(l, "\x00"); return before })
	}
	if n.is(mutantCutsLongLines) {
		edit(func(l string) string { return l[:min(len(l), 900)] })
	}
	if n.is(mutantEscapesFrom) {
		edit(func(l string) string {
			if strings.HasPrefix(l, "From ") {
				return ">" + l
			}
			return l
		})
	}
	return body
}

// keepFields takes all header fields away but those of some names.
func keepFields(header []byte, names ...string) []byte {
	var out []byte
	for {
		name, _, next, ok := cutField(header)
		if !ok {
			return append(out, header...)
		}
		if oneOf(name, names) {
			out = append(out, header[:len(header)-len(next)]...)
		}
		header = next
	}
}

// misreport changes a notification about a mail.
func (n *Node) misreport(it *item, message []byte) []byte {
	if n.is(mutantCopiesSubject) {
		if octets, err := mail.ReadAll(it.content); err == nil {
			if subject := keepFields(octets[:newMessage(octets).header], "Subject"); len(subject) > 2 {
				message = replaceFields(message, "Subject", string(subject[:len(subject)-2]))
			}
		}
	}
	if n.is(mutantFormFeeds) {
		message = bytes.Replace(message, []byte("This is the mail"), []byte("\fThis is the mail"), 1)
	}
	if n.is(mutantReturnPathDSN) {
		message = append([]byte("Return-Path: <>\r\n"), message...)
	}
	return message
}

// scanner finds the end of data as dots does.
type scanner func(p []byte, emit func([]byte)) (used int, done bool)

// scanner is how the node looks for the end of data.
func (n *Node) scanner() scanner {
	if n.is(mutantLaxEnd) {
		return new(laxDots).scan
	}
	return (&dots{keep: n.is(mutantKeepsDots)}).scan
}

// laxDots takes for the end of data whatever some library might: a dot between any
// two things that one of them takes for the end of a line, blanks and NULs aside.
type laxDots struct{ line []byte }

func (d *laxDots) scan(p []byte, emit func([]byte)) (used int, done bool) {
	const blank = " \t\x00"
	for i, c := range p {
		if c != '\n' && bytes.HasSuffix(d.line, []byte("\r")) && d.end(blank, emit) {
			return i, true
		}
		d.line = append(d.line, c)
		for _, b := range []string{"\n", "\v", "\f", "\x1c", "\u0085", "\u2028"} {
			if bytes.HasSuffix(d.line, []byte(b)) && d.end(blank, emit) {
				return i + 1, true
			}
		}
		if len(d.line) > maxTextLine {
			d.end(blank, emit)
		}
	}
	return len(p), false
}

// end ends a line, and reports whether the data ends with it.
func (d *laxDots) end(blank string, emit func([]byte)) bool {
	if string(bytes.Trim(d.line, blank+"\r\n\v\f\x1c\u0085\u2028")) == "." {
		return true
	}
	emit(bytes.TrimPrefix(d.line, []byte(".")))
	d.line = d.line[:0]
	return false
}
