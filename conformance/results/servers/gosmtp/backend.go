package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/mailsim/mailsim/sim/mail"
)

// backend is a domain, local.test, with three mailboxes and two addresses that lead to them.
type backend struct {
	dir        string
	submission bool
	count      atomic.Uint64
}

// NewSession begins one.
func (b *backend) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{backend: b, conn: c}, nil
}

// mailboxes are where mail for an address goes; none where it is not taken.
func mailboxes(address string) []string {
	local, domain, _ := strings.Cut(address, "@")
	local = strings.ToLower(local)
	if !strings.EqualFold(domain, "local.test") && (domain != "" || local != "postmaster") {
		return nil // RFC 5321 4.1.1.3: postmaster alone is one of ours, too
	}
	return map[string][]string{
		"good": {"good"}, "second": {"second"}, "postmaster": {"postmaster"}, "alias": {"good"}, "staff": {"good", "second"},
	}[local]
}

// session is one client.
type session struct {
	backend *backend
	conn    *smtp.Conn
	user    string
	from    string
	utf8    bool
	to      []string // as the client said them
}

// AuthMechanisms are those of the example.
func (s *session) AuthMechanisms() []string {
	if !s.backend.submission {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth takes the one user, who acts for nobody else.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if mechanism != sasl.Plain {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return sasl.NewPlainServer(func(as, name, password string) error {
		if name != "good" || password != "secret" || as != "" && as != name {
			return smtp.ErrAuthFailed
		}
		s.user = name
		return nil
	}), nil
}

// Mail wants a login of clients that submit.
func (s *session) Mail(from string, o *smtp.MailOptions) error {
	if s.backend.submission && s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	s.from, s.utf8 = from, o != nil && o.UTF8
	return nil
}

// Rcpt takes mail for the mailboxes that there are, and of users to anywhere.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	_, domain, _ := strings.Cut(to, "@")
	switch ours := domain == "" || strings.EqualFold(domain, "local.test"); {
	case !ours && s.user == "":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Relay not permitted"}
	case ours && mailboxes(to) == nil:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	}
	s.to = append(s.to, to)
	return nil
}

// hops is how many Received fields a message may have (RFC 5321 6.3).
const hops = 100

// Data keeps the message. Mail to other domains goes nowhere.
func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	head, _, _ := bytes.Cut(content, []byte("\r\n\r\n"))
	if bytes.Count(bytes.ToLower(append([]byte("\r\n"), head...)), []byte("\r\nreceived:")) >= hops {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 4, 6}, Message: "Routing loop"}
	}
	id := fmt.Sprintf("%d.%d", time.Now().UnixMicro(), s.backend.count.Add(1))
	var boxes []string
	for _, to := range s.to {
		boxes = append(boxes, mailboxes(to)...)
	}
	slices.Sort(boxes)
	for _, box := range slices.Compact(boxes) {
		if err := s.keep(box, id, content); err != nil {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Mailbox not writable"}
		}
	}
	return nil
}

// keep writes a message into a Maildir, below the fields that final delivery puts on top (RFC 5321 4.4).
func (s *session) keep(box, id string, content []byte) error {
	dir := filepath.Join(s.backend.dir, box)
	var errs []error
	for _, sub := range []string{"tmp", "new", "cur"} {
		errs = append(errs, os.MkdirAll(filepath.Join(dir, sub), 0o700))
	}
	octets := slices.Concat([]byte("Return-Path: <"+quoted(s.from)+">\r\n"), mail.ReceivedField(s.received(id)), withoutReturnPath(content))
	tmp := filepath.Join(dir, "tmp", id)
	errs = append(errs, os.WriteFile(tmp, octets, 0o600), os.Rename(tmp, filepath.Join(dir, "new", id)))
	return errors.Join(errs...)
}

// quoted is an address as a header has it: the library gives it without quotes and lets control characters in.
func quoted(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	address = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, address)
	return mail.Address{Local: address[:at], Domain: address[at+1:]}.String()
}

// withoutReturnPath takes away what a sender should not have put there (RFC 5321 4.4).
func withoutReturnPath(content []byte) []byte {
	header, body, found := bytes.Cut(content, []byte("\r\n\r\n"))
	if !found {
		return content
	}
	var kept [][]byte
	old := false
	for _, line := range bytes.SplitAfter(append(header, "\r\n"...), []byte("\r\n")) {
		if folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t'); !folded {
			old = len(line) > 12 && strings.EqualFold(string(line[:12]), "Return-Path:")
		}
		if !old {
			kept = append(kept, line)
		}
	}
	return slices.Concat(bytes.Join(kept, nil), []byte("\r\n"), body)
}

// received tells how the message came.
func (s *session) received(id string) mail.Received {
	_, secure := s.conn.TLSConnectionState()
	r := mail.Received{
		From: s.conn.Hostname(), By: "mx.local.test", ID: id, Date: time.Now(),
		// The library does not tell EHLO from HELO.
		With: mail.WithProtocol(true, secure, s.user != "", false, s.utf8),
	}
	if host, _, err := net.SplitHostPort(s.conn.Conn().RemoteAddr().String()); err == nil {
		r.FromTCP = "[" + host + "]"
	}
	if len(s.to) == 1 {
		r.For = quoted(s.to[0]) // RFC 5321 7.2: of several, none
	}
	return r
}

// Reset ends the transaction.
func (s *session) Reset() { s.from, s.utf8, s.to = "", false, nil }

// Logout ends the session.
func (s *session) Logout() error { return nil }
