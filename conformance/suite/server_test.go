package suite_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/mailbox"
	"github.com/mailsim/mailsim/sim/mail"
)

// inbox is the backend of a small mail server made with go-smtp: it takes mail for
// two mailboxes of local.test and for its postmaster.
type inbox struct {
	mailbox.Memory
}

func (b *inbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{inbox: b, conn: c}, nil
}

type session struct {
	inbox *inbox
	conn  *smtp.Conn
	from  string
	to    []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch strings.ToLower(to) {
	case "good@local.test", "second@local.test", "postmaster@local.test", "postmaster":
		s.to = append(s.to, to)
		return nil
	}
	return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
}

func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(io.LimitReader(r, 16<<20))
	if err != nil {
		return err
	}
	// RFC 5321 4.4: trace fields, which go-smtp leaves to its backend.
	peer, _ := netip.ParseAddrPort(s.conn.Conn().RemoteAddr().String())
	_, secure := s.conn.TLSConnectionState()
	top := fmt.Appendf(nil, "Return-Path: <%s>\r\nReceived: from %s (%s)\r\n\tby mx.local.test with %s; %s\r\n",
		s.from, s.conn.Hostname(), mail.Literal(peer.Addr()), mail.WithProtocol(true, secure, false, false, false), mail.FormatDate(time.Now()))
	for _, to := range s.to {
		s.inbox.Deliver(to, slices.Concat(top, content))
	}
	return nil
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

// start serves on loopback until close is called.
func start() (target conformance.Target, stop func() error) {
	b := new(inbox)
	server := smtp.NewServer(b)
	server.Domain = "mx.local.test"
	server.MaxMessageBytes = 10 << 20
	server.ErrorLog = silent{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // loopback has free ports
	}
	go func() { _ = server.Serve(l) }()
	return conformance.Target{
		Name: "go-smtp", Rcpt: "good@local.test", Second: "second@local.test", Mailbox: b,
		Quiet: 300 * time.Millisecond,
		Dial: func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
		},
	}, server.Close
}

// silent is a log that nobody reads.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
