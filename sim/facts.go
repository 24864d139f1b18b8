package sim

import (
	"bytes"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// maxHeader bounds the header section of a message, in octets.
const maxHeader = 1 << 20

// facts are what a server has to know of a message's header section.
type facts struct {
	name        string   // by Message-ID
	received    int      // Received fields (RFC 5321 6.3)
	date        bool     // there is a Date field
	messageID   bool     // there is a Message-ID field
	mime        bool     // there is a MIME-Version field (RFC 2045 4)
	returnPath  bool     // there is a Return-Path field
	tlsOptional bool     // there is TLS-Required: No (RFC 8689 5)
	deliveredTo []string // the mailboxes of the Delivered-To fields, by key (RFC 9228)
}

// readFacts looks at the fields in place: each hop does it for each message. It
// also tells how long the header section is, with the empty line behind it.
func readFacts(message []byte) (f facts, header int) {
	rest := message
	for {
		name, value, next, ok := cutField(rest)
		if !ok {
			return f, len(message) - len(rest) + emptyLine(rest)
		}
		switch {
		case len(name) == 8 && bytes.EqualFold(name, []byte("Received")):
			f.received++
		case len(name) == 4 && bytes.EqualFold(name, []byte("Date")):
			f.date = true
		case len(name) == 11 && bytes.EqualFold(name, []byte("Return-Path")):
			f.returnPath = true
		case len(name) == 12 && bytes.EqualFold(name, []byte("MIME-Version")):
			f.mime = true
		case len(name) == 12 && bytes.EqualFold(name, []byte("Delivered-To")):
			if a, err := mail.ParseAddress(strings.TrimSpace(string(value))); err == nil {
				f.deliveredTo = append(f.deliveredTo, a.Key())
			}
		case len(name) == 12 && bytes.EqualFold(name, []byte("TLS-Required")):
			f.tlsOptional = strings.EqualFold(strings.TrimSpace(string(value)), "No")
		case len(name) == 10 && bytes.EqualFold(name, []byte("Message-ID")):
			if !f.messageID {
				f.name = tidyName(mail.NameOf(string(value)))
			}
			f.messageID = true
		}
		rest = next
	}
}

// cutField splits the first header field, with its folded lines, from the rest. It
// is false where the header section has ended: at the empty line, or at one that
// cannot belong to it (RFC 5322 2.2).
func cutField(b []byte) (name, value, rest []byte, ok bool) {
	end := 0
	for {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			end = len(b)
			break
		}
		end += i + 1
		if end >= len(b) || b[end] != ' ' && b[end] != '\t' || emptyLine(b) > 0 {
			break
		}
	}
	field := b[:end]
	colon := bytes.IndexByte(field, ':')
	if colon <= 0 || bytes.IndexByte(field[:colon], '\n') >= 0 {
		return nil, nil, nil, false
	}
	return bytes.TrimRight(field[:colon], " \t"), field[colon+1:], b[end:], true
}

// emptyLine is how long the empty line is with which b begins; 0 where it has none.
func emptyLine(b []byte) int {
	switch {
	case bytes.HasPrefix(b, crlfDot[:2]):
		return 2
	case bytes.HasPrefix(b, crlfDot[1:2]):
		return 1
	}
	return 0
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
