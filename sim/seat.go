package sim

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// maxSeats bounds how many connections of go-smtp's a node keeps for later
// sessions.
const maxSeats = 8

// seat is the connection that go-smtp serves. One session after the other sits
// on it: buffers and the goroutine's stack, which cost more than a short session,
// are there already. To go-smtp it is one long session, whose state HELO resets.
type seat struct {
	r    *receiver
	next chan *front // the session that comes; closed when there is none

	mu    sync.Mutex
	front *front
}

var (
	_ net.Conn         = (*seat)(nil)
	_ smtp.AuthSession = (*seat)(nil)
	_ smtp.LMTPSession = (*seat)(nil)
)

// sit puts a session on a seat that is free. It is false where there is none.
func (r *receiver) sit(f *front) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.seats)
	if n == 0 {
		return false
	}
	s := r.seats[n-1]
	r.seats = r.seats[:n-1]
	s.next <- f
	return true
}

// rise offers the seat of a session that has ended, and waits for the next one.
func (s *seat) rise() bool {
	s.r.mu.Lock()
	if s.r.server == nil || len(s.r.seats) == maxSeats {
		s.r.mu.Unlock()
		return false
	}
	s.r.seats = append(s.r.seats, s)
	s.r.mu.Unlock()
	f, ok := <-s.next
	if ok {
		s.mu.Lock()
		s.front = f
		s.mu.Unlock()
	}
	return ok
}

// clear sends away the seats that are free; it is for a receiver that stops.
func (r *receiver) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.seats {
		close(s.next)
	}
	r.seats = nil
}

// now is the session that sits there.
func (s *seat) now() *front {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.front
}

// Read gives go-smtp the next command of the session, or of the next session.
func (s *seat) Read(p []byte) (int, error) {
	for {
		n, err := s.front.Read(p)
		if !errors.Is(err, io.EOF) || !s.front.reusable() || !s.rise() {
			return n, err
		}
	}
}

// reusable reports whether go-smtp is between two transactions and has nobody's
// authentication to forget.
func (f *front) reusable() bool {
	return f.verb == verbQuit && f.session.user == "" && f.mechanism == ""
}

// Write takes a part of go-smtp's reply.
func (s *seat) Write(p []byte) (int, error) { return s.front.Write(p) }

// Close ends the session. It may be called from any goroutine.
func (s *seat) Close() error { return s.now().Close() }

// LocalAddr returns the server's address.
func (s *seat) LocalAddr() net.Addr { return s.now().raw.LocalAddr() }

// RemoteAddr returns the client's address.
func (s *seat) RemoteAddr() net.Addr { return s.now().raw.RemoteAddr() }

// SetDeadline does nothing: the front keeps the time itself.
func (s *seat) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (s *seat) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (s *seat) SetWriteDeadline(time.Time) error { return nil }

// Reset passes on: go-smtp calls it, and all that follow, between a Read and the next.
func (s *seat) Reset() { s.front.session.Reset() }

// Logout does nothing: a session ends with its front.
func (s *seat) Logout() error { return nil }

// Mail passes on.
func (s *seat) Mail(from string, o *smtp.MailOptions) error { return s.front.session.Mail(from, o) }

// Rcpt passes on.
func (s *seat) Rcpt(to string, o *smtp.RcptOptions) error { return s.front.session.Rcpt(to, o) }

// Data passes on.
func (s *seat) Data(r io.Reader) error { return s.front.session.Data(r) }

// LMTPData passes on.
func (s *seat) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	return s.front.session.LMTPData(r, status)
}

// AuthMechanisms passes on.
func (s *seat) AuthMechanisms() []string { return s.front.session.AuthMechanisms() }

// Auth passes on.
func (s *seat) Auth(mechanism string) (sasl.Server, error) { return s.front.session.Auth(mechanism) }
