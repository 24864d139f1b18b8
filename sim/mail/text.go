package mail

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// text is what is known of a text with the line ends of mail.
type text struct {
	Content
	ascii   bool
	valid   bool // UTF-8
	null    bool // has a NUL
	longest int  // octets of the longest line, without its end
}

// textOf makes all line ends of c CRLF, and ends it in one unless it is empty:
// DATA ends a body so (RFC 5321 4.1.1.4), and a body that changed on its way would
// look broken.
func textOf(c Content) (text, error) {
	s := survey{text: text{ascii: true, valid: true}}
	changed := false
	made, err := newCoded(c, func(out *bytes.Buffer) io.WriteCloser { return &normaliser{out: out, changed: &changed} }, &s)
	if err != nil {
		return text{}, err
	}
	s.end()
	if s.Content = c; changed {
		made.by = func(out *bytes.Buffer) io.WriteCloser { return &normaliser{out: out} }
		s.Content = made
	}
	return s.text, nil
}

// stringContent is a text that is not copied.
type stringContent string

func (s stringContent) Open() io.ReadCloser { return io.NopCloser(strings.NewReader(string(s))) }
func (s stringContent) Size() int64         { return int64(len(s)) }

// normaliser makes all line ends CRLF.
type normaliser struct {
	out     *bytes.Buffer
	cr      bool  // the last octet was a CR, for which CRLF is written
	open    bool  // in the middle of a line
	changed *bool // set where anything is not as it was; nil: nobody asks
}

func (n *normaliser) Write(p []byte) (int, error) {
	count := len(p)
	if n.cr && count > 0 {
		n.cr = false
		if p[0] == '\n' {
			p = p[1:]
		} else {
			n.note() // a bare CR
		}
	}
	if len(p) == 0 {
		return count, nil
	}
	n.open = p[len(p)-1] != '\n' && p[len(p)-1] != '\r'
	for at := 0; ; {
		i := bytes.IndexAny(p[at:], "\r\n")
		if i < 0 {
			n.out.Write(p)
			return count, nil
		}
		at += i
		if at+1 < len(p) && p[at] == '\r' && p[at+1] == '\n' {
			at += 2
			continue
		}
		if n.cr = p[at] == '\r' && at == len(p)-1; !n.cr {
			n.note()
		}
		n.out.Write(p[:at])
		n.out.WriteString("\r\n")
		p, at = p[at+1:], 0
	}
}

func (n *normaliser) note() {
	if n.changed != nil {
		*n.changed = true
	}
}

// Close ends the last line.
func (n *normaliser) Close() error {
	if n.cr {
		n.note()
	}
	if n.open {
		n.note()
		n.out.WriteString("\r\n")
	}
	return nil
}

// survey looks at a text with CRLF line ends.
type survey struct {
	text
	line int
	part []byte // of a character that is not there as a whole yet
}

func (s *survey) Write(p []byte) (int, error) {
	s.null = s.null || bytes.IndexByte(p, 0) >= 0
	s.characters(p)
	for rest := p; ; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			s.line += len(rest)
			return len(p), nil
		}
		s.line += i - 1 // all but the CR, which may have come before
		s.longest, s.line = max(s.longest, s.line), 0
		rest = rest[i+1:]
	}
}

func (s *survey) characters(p []byte) {
	if s.ascii && ascii(p) {
		return
	}
	s.ascii = false
	p = append(s.part, p...)
	s.part = nil
	for i := 1; i <= min(len(p), utf8.UTFMax-1); i++ {
		if b := p[len(p)-i:]; utf8.RuneStart(b[0]) {
			if !utf8.FullRune(b) {
				s.part = bytes.Clone(b)
				p = p[:len(p)-i]
			}
			break
		}
	}
	s.valid = s.valid && utf8.Valid(p)
}

func (s *survey) end() {
	s.longest = max(s.longest, s.line)
	s.valid = s.valid && len(s.part) == 0
}
