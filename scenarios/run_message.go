package scenarios

import (
	"fmt"
	"io"
	"strings"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // decodes text of any charset

	"github.com/mailsim/mailsim/sim/mail"
)

// message is a stored mail, read for comparison.
type message struct {
	content mail.Content
	header  mail.Header

	loaded bool     // what follows is read when it is first asked for
	source string   // the whole, lines end in LF
	texts  []string // the text parts, decoded, lines end in LF
	cut    bool     // there is more than was read
	err    error
}

// window is how much of a message is compared, in octets: of its source, and of all
// that its text parts decode to.
const window = 4 << 20

// readMessage reads the header of a stored mail.
func readMessage(c mail.Content) (*message, error) {
	header, err := mail.HeaderOf(c, maxHeader)
	if err != nil {
		return nil, err
	}
	return &message{content: c, header: header}, nil
}

// load reads what body patterns are about, up to the window.
func (m *message) load() {
	if m.loaded {
		return
	}
	m.loaded = true
	r := m.content.Open()
	defer r.Close()
	if m.source, m.err = m.some(r, window); m.err != nil {
		return
	}
	again := m.content.Open()
	defer again.Close()
	e, err := gomessage.Read(again)
	if e != nil && knownTrouble(err) {
		m.read(e, 0)
	}
}

// some reads a text up to a bound.
func (m *message) some(r io.Reader, most int) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if len(b) > most {
		b, m.cut = b[:most], true
	}
	return lf(string(b)), err
}

// maxMIMEParts and maxMIMEDepth bound what a hostile message can make of itself.
const (
	maxMIMEParts = 1000
	maxMIMEDepth = 20
)

// read collects the texts of an entity and what is in it.
func (m *message) read(e *gomessage.Entity, depth int) {
	if depth > maxMIMEDepth {
		return
	}
	if parts := e.MultipartReader(); parts != nil {
		for range maxMIMEParts {
			p, err := parts.NextPart()
			if p == nil || !knownTrouble(err) {
				return
			}
			m.read(p, depth+1)
		}
		return
	}
	kind, _, err := e.Header.ContentType()
	if err != nil || kind == "" {
		kind = "text/plain" // RFC 2045 5.2
	}
	if !strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "message/") {
		return
	}
	left := window
	for _, t := range m.texts {
		left -= len(t)
	}
	text, err := m.some(e.Body, max(0, left))
	if err != nil {
		return // the raw source is still compared
	}
	m.texts = append(m.texts, text)
}

// knownTrouble reports whether an entity can be read although there is err: a
// charset or an encoding that is not known leaves the octets as they are.
func knownTrouble(err error) bool {
	return err == nil || gomessage.IsUnknownCharset(err) || gomessage.IsUnknownEncoding(err)
}

// lf replaces CRLF, so that ^ and $ of a pattern find line ends.
func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// fitsHeader reports whether the header is as c says. One pattern fits the value
// of any field of the name, decoded or raw; a list fits all of its fields, from
// the top down, one by one.
func (m *message) fitsHeader(c *HeaderCheck) bool {
	fields := m.header.All(c.Name)
	if c.List {
		if len(fields) != len(c.Is) {
			return false
		}
		for i, f := range fields {
			if !fitsField(c.Is[i], f) {
				return false
			}
		}
		return true
	}
	for _, p := range c.Is {
		if p.Absent {
			if len(fields) > 0 {
				return false
			}
			continue
		}
		if !anyField(p, fields) {
			return false
		}
	}
	return true
}

func anyField(p Pattern, fields []mail.Field) bool {
	for _, f := range fields {
		if fitsField(p, f) {
			return true
		}
	}
	return false
}

func fitsField(p Pattern, f mail.Field) bool {
	return p.Match(f.Decoded()) || p.Match(f.Value())
}

// fitsBody reports whether a pattern fits the decoded text or the raw source. A
// plain text is exact: the whole of a text, or one line of it.
func (m *message) fitsBody(p Pattern) bool {
	m.load()
	if p.Absent {
		for _, t := range m.texts {
			if strings.TrimSpace(t) != "" {
				return false
			}
		}
		return true
	}
	for _, t := range append([]string{m.source}, m.texts...) {
		if p.Regexp != nil {
			if p.Regexp.MatchString(t) {
				return true
			}
			continue
		}
		want := strings.TrimRight(lf(p.Text), "\n")
		if strings.TrimRight(t, "\n") == want {
			return true
		}
		for line := range strings.SplitSeq(t, "\n") {
			if line == want {
				return true
			}
		}
	}
	return false
}

// misfits tells in what a message is not as wanted, a line each.
func (m *message) misfits(headers []HeaderCheck, body []Pattern) []string {
	var bad []string
	for i := range headers {
		c := &headers[i]
		if m.fitsHeader(c) {
			continue
		}
		values := m.header.Values(c.Name)
		if len(values) == 0 {
			bad = append(bad, c.Name+": is absent")
			continue
		}
		for _, v := range values {
			bad = append(bad, c.Name+": "+v)
		}
	}
	for _, p := range body {
		switch m.load(); {
		case m.err != nil:
			bad = append(bad, "body: cannot be read: "+m.err.Error())
		case m.fitsBody(p):
		case m.cut:
			bad = append(bad, fmt.Sprintf("body: has no %s in its first %d MiB, and more is not looked at", p.Text, window>>20))
		default:
			bad = append(bad, "body: has no "+p.Text)
		}
	}
	return bad
}
