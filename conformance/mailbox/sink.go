package mailbox

import (
	"fmt"
	"io"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// Sink is a server of our own to which the server under test delivers or relays the
// mail of its mailboxes. What it shows is what was handed to it: nobody has put
// Return-Path on top, so the rules of final delivery cannot be judged. Close it.
type Sink struct {
	Memory
	server *smtp.Server
	addr   net.Addr
	done   chan struct{}
}

// sinkMost is the largest message that a sink takes, in octets.
const sinkMost = 64 << 20

// NewSink listens on an address, host:port or the path of a Unix socket, for SMTP or
// LMTP.
func NewSink(addr string, lmtp bool) (*Sink, error) {
	network := "tcp"
	if _, _, err := net.SplitHostPort(addr); err != nil {
		network = "unix"
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	s := &Sink{addr: l.Addr(), done: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	s.server.Domain = "sink.mailsim.test"
	s.server.LMTP = lmtp
	s.server.MaxMessageBytes = sinkMost
	s.server.ReadTimeout, s.server.WriteTimeout = 5*time.Minute, 5*time.Minute
	s.server.MaxLineLength = 0
	// Not DSN: the server under test is the one to tell of success.
	s.server.EnableSMTPUTF8, s.server.EnableBINARYMIME, s.server.EnableREQUIRETLS = true, true, true
	s.server.ErrorLog = quiet{}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(l)
	}()
	return s, nil
}

// Addr is where it listens.
func (s *Sink) Addr() net.Addr { return s.addr }

// Relayed says that what it shows was not finally delivered.
func (s *Sink) Relayed() bool { return true }

// Close ends the server and its sessions.
func (s *Sink) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}

// sinkSession takes everything.
type sinkSession struct {
	sink *Sink
	to   []string
}

func (s *sinkSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	octets, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		s.sink.Deliver(to, octets)
	}
	return nil
}

func (s *sinkSession) Reset()        { s.to = nil }
func (s *sinkSession) Logout() error { return nil }

// quiet is a log that nobody reads.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
