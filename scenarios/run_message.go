package scenarios

import (
	"bytes"
	"io"
	"strings"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // decodes text of any charset

	"github.com/mailsim/mailsim/sim/mail"
)

// message is a stored mail, read for comparison.
type message struct {
	header mail.Header
	source string   // the whole, lines end in LF
	texts  []string // the text parts, decoded, lines end in LF
}

// readMessage reads a stored mail.
func readMessage(c mail.Content) (*message, error) {
	raw, err := mail.ReadAll(c)
	if err != nil {
		return nil, err
	}
	header, _, err := mail.ParseHeader(c, len(raw)+1)
	if err != nil {
		return nil, err
	}
	m := &message{header: header, source: lf(string(raw))}
	e, err := gomessage.Read(bytes.NewReader(raw))
	if e != nil && knownTrouble(err) {
		m.read(e, 0)
	}
	return m, nil
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
	b, err := io.ReadAll(e.Body)
	if err != nil {
		return // the raw source is still compared
	}
	m.texts = append(m.texts, lf(string(b)))
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
		if !m.fitsBody(p) {
			bad = append(bad, "body: has no "+p.Text)
		}
	}
	return bad
}
