package conformance

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Message is one that a case sends. Its marker stands in it and in no other.
type Message struct {
	Marker string
	Text   string // header and body, lines end in CRLF, dots not doubled
}

// Marker makes a word that no other message has.
func (p *Probe) Marker() string {
	p.markers++
	return fmt.Sprintf("%s-%d", p.name, p.markers)
}

// Message makes a message with lines as its body, or with one of its own.
func (p *Probe) Message(body ...string) Message {
	return p.MessageWith(nil, body...)
}

// MessageWith makes a message with header fields besides the usual ones; "Subject:
// x" replaces the usual one, and "Date" alone takes it away.
func (p *Probe) MessageWith(fields []string, body ...string) Message {
	m := Message{Marker: p.Marker()}
	header := []string{
		"From: <" + p.From + ">",
		"To: <" + p.Rcpt + ">",
		"Date: " + mail.FormatDate(time.Now()),
		"Message-ID: <" + m.Marker + "@" + p.Target.Hello + ">",
		"Subject: mailsim " + p.c.ID,
		"X-Mailsim-Probe: " + m.Marker,
	}
	for _, f := range fields {
		name, value, given := strings.Cut(f, ":")
		at := -1
		for i, h := range header {
			if n, _, _ := strings.Cut(h, ":"); strings.EqualFold(n, strings.TrimSpace(name)) {
				at = i
			}
		}
		switch {
		case at >= 0 && !given:
			header = append(header[:at], header[at+1:]...)
		case at >= 0:
			header[at] = name + ":" + value
		case given:
			header = append(header, f)
		}
	}
	if len(body) == 0 {
		body = []string{"This is a test of mailsim; " + m.Marker + "."}
	}
	m.Text = strings.Join(header, "\r\n") + "\r\n\r\n" + strings.Join(body, "\r\n") + "\r\n"
	return m
}

// Stored is a message as it lies in a mailbox.
type Stored struct {
	Octets []byte
	Header mail.Header
	Body   string // behind the empty line
}

func stored(octets []byte) Stored {
	s := Stored{Octets: octets}
	if _, body, ok := bytes.Cut(octets, []byte("\r\n\r\n")); ok {
		s.Body = string(body)
	}
	if h, err := mail.HeaderOf(mail.Bytes(octets), mail.DefaultHeaderLimit); err == nil {
		s.Header = h
	}
	return s
}

// Lines are those of the body.
func (s Stored) Lines() []string {
	return strings.Split(strings.TrimSuffix(s.Body, "\r\n"), "\r\n")
}
