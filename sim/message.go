package sim

import (
	"bytes"

	"github.com/mailsim/mailsim/sim/mail"
)

// message is what a server has read: the header section in memory, the body there
// too or in a file of the spool.
type message struct {
	octets   []byte     // the header section; where there is no file, the body too
	header   int        // octets of the header section, with the empty line
	file     *spoolFile // the body, where it is too large for memory
	facts    facts
	measures measures
}

// newMessage is a message that is in memory.
func newMessage(octets []byte) message {
	f, header := readFacts(octets)
	return message{octets: octets, header: header, facts: f, measures: measure(octets, header)}
}

// content is the whole message.
func (m *message) content() mail.Content {
	if m.file != nil {
		return mail.Join(m.octets, m.file)
	}
	return mail.Bytes(m.octets)
}

// without returns the message without the header fields of some names, or the
// same one where it has none of them.
func (m *message) without(names ...string) message {
	var kept []byte // nil as long as nothing was left out
	header := m.octets[:m.header]
	rest := header
	for {
		name, _, next, ok := cutField(rest)
		if !ok {
			break
		}
		field := rest[:len(rest)-len(next)]
		switch {
		case oneOf(name, names):
			if kept == nil {
				kept = append(make([]byte, 0, len(m.octets)), header[:len(header)-len(rest)]...)
			}
		case kept != nil:
			kept = append(kept, field...)
		}
		rest = next
	}
	if kept == nil {
		return *m
	}
	kept = append(kept, rest...) // the empty line
	changed := *m
	changed.header = len(kept)
	kept = append(kept, m.octets[m.header:]...)
	changed.octets = kept
	return changed
}

func oneOf(name []byte, names []string) bool {
	for _, n := range names {
		if len(n) == len(name) && bytes.EqualFold(name, []byte(n)) {
			return true
		}
	}
	return false
}
