package sim

import (
	"bytes"
	"encoding/binary"
)

// measures are what rules ask of a message's octets. They are taken while the
// octets come in, so that no rule has to read a message again.
type measures struct {
	highHeader  bool // an octet of 0x80 or more in the header section
	highBody    bool // and behind it
	bareLineEnd bool // a CR or LF that is no part of CRLF
	null        bool // a NUL
	longestLine int  // octets of the longest line, without its CRLF

	line int  // octets of the line so far
	cr   bool // the last octet was a CR
}

// measure takes the measures of a whole message, of which the first octets are
// the header section.
func measure(octets []byte, header int) measures {
	var m measures
	m.lines(octets)
	m.highHeader = highOctets(octets[:header])
	m.highBody = highOctets(octets[header:])
	m.end()
	return m
}

// Write measures octets behind the header section.
func (m *measures) Write(p []byte) (int, error) {
	m.lines(p)
	m.highBody = m.highBody || highOctets(p)
	return len(p), nil
}

// lines measures what has to do with lines. RFC 5321 2.3.8: CRLF alone ends one.
func (m *measures) lines(p []byte) {
	m.null = m.null || bytes.IndexByte(p, 0) >= 0
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		text := p
		if i >= 0 {
			text = p[:i]
		}
		cr := bytes.IndexByte(text, '\r')
		// A CR from before has to have its LF here, one of this text at its end.
		if m.cr && i != 0 || cr >= 0 && cr != len(text)-1 {
			m.bareLineEnd = true
		}
		m.line += len(text)
		if len(text) > 0 {
			m.cr = text[len(text)-1] == '\r'
		}
		if i < 0 {
			return
		}
		if m.cr {
			m.line--
		} else {
			m.bareLineEnd = true
		}
		m.endLine()
		p = p[i+1:]
	}
}

func (m *measures) endLine() {
	m.longestLine = max(m.longestLine, m.line)
	m.line, m.cr = 0, false
}

// end tells that the message has ended, perhaps in the middle of a line.
func (m *measures) end() {
	m.bareLineEnd = m.bareLineEnd || m.cr
	m.endLine()
}

// highOctets reports whether any octet has its high bit set.
func highOctets(p []byte) bool {
	const high = 0x8080808080808080
	for ; len(p) >= 8; p = p[8:] {
		if binary.LittleEndian.Uint64(p)&high != 0 {
			return true
		}
	}
	for _, c := range p {
		if c >= 0x80 {
			return true
		}
	}
	return false
}
