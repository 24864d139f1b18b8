package conformance

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// Session is one connection to the target. What is written goes out as it is; what
// comes in is read reply by reply. Nothing that a server sends, or does not send,
// makes it fail: see Reply.Problem.
type Session struct {
	p      *Probe
	number int
	raw    net.Conn // the connection itself
	conn   net.Conn // the same, or TLS on it
	in     []byte   // what came and was not read yet
	last   string   // what was written last, for reports
	broken string   // why it cannot be used any more
	stop   func() bool
	over   bool // we have closed it to make room for another one
	secure bool
	words  map[string]string // keywords of the last EHLO
}

// Connect opens a connection and, where the target has implicit TLS, does the
// handshake. The greeting is still to be read. Without a connection the case ends.
func (p *Probe) Connect() *Session {
	s := p.Open()
	if p.ImplicitTLS {
		if err := s.Handshake(); err != nil {
			p.dropped = true
			p.unclear("the TLS handshake failed: %v", err)
		}
	}
	return s
}

// Open opens a bare connection, even where TLS should begin at once.
func (p *Probe) Open() *Session {
	s, err := p.TryOpen()
	if err != nil {
		p.absent, p.dropped = true, true
		p.unclear("connect: %v", err)
	}
	return s
}

// TryOpen is Open for cases in which it is in question whether there is a connection.
func (p *Probe) TryOpen() (*Session, error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.Timeout)
	defer cancel()
	conn, err := p.Dial(ctx)
	if err != nil {
		p.inTime()
		return nil, err
	}
	s := &Session{p: p, number: len(p.sessions) + 1, raw: conn, conn: conn, last: "the connection"}
	s.stop = context.AfterFunc(p.ctx, func() { _ = conn.Close() })
	p.sessions = append(p.sessions, s)
	s.Note("connected")
	return s, nil
}

// Note writes what happened into the transcript.
func (s *Session) Note(format string, args ...any) {
	s.p.transcript.note(s.number, format, args...)
}

// Write sends octets as they are, in one write.
func (s *Session) Write(octets string) {
	s.p.transcript.octets(s.number, "C:", []byte(octets))
	s.last = abridged(s.p.transcript.secret.hide(octets))
	s.needed()
	if s.broken != "" {
		return
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.p.Timeout))
	if _, err := io.WriteString(s.conn, octets); err != nil {
		// What the server said before it closed can still be read.
		s.Note("write: %s", plain(err))
	}
}

// needed ends the case without a judgement if the session was closed to make room.
func (s *Session) needed() {
	if s.over {
		s.p.unclear("the target does not bear two sessions at a time")
	}
}

// WriteSlowly sends octets one by one, each in a segment of its own, with a pause
// between them.
func (s *Session) WriteSlowly(octets string, pause time.Duration) {
	s.p.transcript.octets(s.number, "C:", []byte(octets))
	s.Note("octet by octet")
	s.last = abridged(s.p.transcript.secret.hide(octets))
	for i := range len(octets) {
		_ = s.conn.SetWriteDeadline(time.Now().Add(s.p.Timeout))
		if _, err := io.WriteString(s.conn, octets[i:i+1]); err != nil {
			s.Note("write: %s", plain(err))
			return
		}
		if i < len(octets)-1 {
			s.p.Sleep(pause)
		}
	}
}

// Flood sends n octets made of a pattern again and again, until that is done, the
// server closes, or d is over; it returns how many went out. The transcript has one line of it.
func (s *Session) Flood(pattern string, n int64, d time.Duration) int64 {
	s.Note("%d octets of %q again and again", n, abridged(pattern))
	block := []byte(strings.Repeat(pattern, max(1, 32<<10/len(pattern))))
	_ = s.conn.SetWriteDeadline(time.Now().Add(d))
	var sent int64
	for sent < n {
		k, err := s.conn.Write(block[:min(int64(len(block)), n-sent)])
		sent += int64(k)
		if err != nil {
			s.Note("write: %s after %d octets", plain(err), sent)
			break
		}
	}
	s.last = abridged(pattern) + " ..."
	return sent
}

// Cmd sends a line, to which it adds CRLF, and reads the reply.
func (s *Session) Cmd(format string, args ...any) Reply {
	line := format
	if len(args) > 0 {
		line = fmt.Sprintf(format, args...)
	}
	s.Write(line + "\r\n")
	return s.Reply()
}

// Reply reads one reply, for which it waits Target.Timeout.
func (s *Session) Reply() Reply { return s.ReplyWithin(s.p.Timeout) }

// ReplyWithin reads one reply, for which it waits d.
func (s *Session) ReplyWithin(d time.Duration) Reply {
	r := s.read(time.Now().Add(d), d)
	r.asked, r.probe = s.last, s.p
	return r
}

// Silent reports whether nothing comes and the connection stays open for a while,
// Target.Quiet. What came is there for Reply.
func (s *Session) Silent() bool { return s.SilentFor(s.p.Quiet) }

// SilentFor is Silent for d.
func (s *Session) SilentFor(d time.Duration) bool {
	if len(s.in) > 0 || s.broken != "" {
		return false
	}
	err := s.fill(time.Now().Add(d))
	if len(s.in) == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		s.Note("silence for %s", d)
		return true
	}
	s.p.inTime()
	return false
}

// Closed reports whether the server closes the connection within d. Replies that
// come before are taken away; the last of them is returned.
func (s *Session) Closed(d time.Duration) (last Reply, closed bool) {
	end := time.Now().Add(d)
	for range 1000 {
		r := s.read(end, d)
		r.asked, r.probe = s.last, s.p
		if r.Code == 0 {
			return last, s.broken != ""
		}
		last = r
	}
	return last, false
}

// CloseWrite closes our direction of the connection: the server can still answer.
func (s *Session) CloseWrite() {
	s.Note("our side closed")
	if c, ok := s.conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
		return
	}
	_ = s.conn.Close()
}

// Close ends the connection without a word.
func (s *Session) Close() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.stop = nil
	_ = s.raw.Close()
}

// Reset ends the connection with a TCP reset where the system can do that.
func (s *Session) Reset() {
	s.Note("connection reset by us")
	switch c := s.raw.(type) {
	case interface{ SetLinger(sec int) error }:
		_ = c.SetLinger(0)
	case interface{ Reset() }: // of a simulated network
		c.Reset()
	}
	s.Close()
}

// Handshake puts the connection under TLS. Plain octets that came before are lost,
// as RFC 3207 4.2 wants it.
func (s *Session) Handshake() error {
	cfg := s.p.TLS.Clone()
	conn := tls.Client(s.raw, cfg)
	_ = s.raw.SetDeadline(time.Now().Add(s.p.Timeout)) // there may be an old one, of a read
	ctx, cancel := context.WithTimeout(s.p.ctx, s.p.Timeout)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		s.p.inTime()
		s.Note("TLS handshake: %s", plain(err))
		s.broken = "the TLS handshake failed"
		return errors.New(plain(err))
	}
	state := conn.ConnectionState()
	s.Note("%s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	s.conn, s.in, s.secure = conn, nil, true
	return nil
}

// Secure reports whether the session is under TLS.
func (s *Session) Secure() bool { return s.secure }

// State is the state of TLS.
func (s *Session) State() (tls.ConnectionState, bool) {
	c, ok := s.conn.(*tls.Conn)
	if !ok {
		return tls.ConnectionState{}, false
	}
	return c.ConnectionState(), true
}

// plain is an error without the addresses that net puts around it.
func plain(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed"
	case errors.Is(err, net.ErrClosed):
		return "the connection is closed"
	}
	return strings.TrimPrefix(err.Error(), "read: ")
}

// abridged is a command as reports name it: its first line, not too long.
func abridged(octets string) string {
	line, _, more := strings.Cut(octets, "\r\n")
	if len(line) > 60 {
		line, more = line[:57]+"...", true
	}
	line = Visible([]byte(line + "\r\n"))
	if more && !strings.HasSuffix(octets, line+"\r\n") && !strings.HasSuffix(line, "...") {
		line += " ..."
	}
	return line
}
