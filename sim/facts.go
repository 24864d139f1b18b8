package sim

import (
	"bytes"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// facts are what a server has to know of a message's header section.
type facts struct {
	name       string // by Message-ID
	received   int    // Received fields (RFC 5321 6.3)
	date       bool   // there is a Date field
	messageID  bool   // there is a Message-ID field
	returnPath bool   // there is a Return-Path field
	tooLarge   bool   // it has no end within maxHeader
}

// readFacts looks at the fields in place: each hop does it for each message.
// A line that cannot belong to a header section ends it, as the empty line does
// (RFC 5322 2.2).
func readFacts(message []byte) facts {
	var f facts
	rest := message
	for len(rest) > 0 {
		var field []byte
		field, rest = cutField(rest)
		colon := bytes.IndexByte(field, ':')
		if colon <= 0 {
			break
		}
		if len(message)-len(rest) > maxHeader {
			f.tooLarge = true
			break
		}
		name := bytes.TrimRight(field[:colon], " \t")
		switch {
		case len(name) == 8 && bytes.EqualFold(name, []byte("Received")):
			f.received++
		case len(name) == 4 && bytes.EqualFold(name, []byte("Date")):
			f.date = true
		case len(name) == 11 && bytes.EqualFold(name, []byte("Return-Path")):
			f.returnPath = true
		case len(name) == 10 && bytes.EqualFold(name, []byte("Message-ID")):
			if !f.messageID {
				f.name = tidyName(mail.NameOf(string(field[colon+1:])))
			}
			f.messageID = true
		}
	}
	return f
}

// cutField splits the first header field, with its folded lines, from the rest.
func cutField(b []byte) (field, rest []byte) {
	end := 0
	for {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			return b, nil
		}
		end += i + 1
		if end >= len(b) || b[end] != ' ' && b[end] != '\t' {
			return b[:end], b[end:]
		}
	}
}

// tidyName makes a peer's Message-ID fit to be a name.
func tidyName(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most]
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// bareLineEnd reports whether there is a CR or LF that is no part of CRLF.
func bareLineEnd(b []byte) bool {
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			return bytes.IndexByte(b, '\r') >= 0
		}
		if i == 0 || bytes.IndexByte(b[:i], '\r') != i-1 {
			return true
		}
		b = b[i+1:]
	}
	return false
}
