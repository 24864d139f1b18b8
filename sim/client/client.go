// Package client is the SMTP and LMTP client of the simulated nodes: it sends
// one transaction after another over a connection and hands back every reply as
// it came.
//
// # Design
//
// go-smtp's client gives no reply texts, says EHLO as "localhost" before
// STARTTLS, adds BODY=8BITMIME by itself and neither pipelines nor sends BDAT.
// A node that has to be a model citizen, and a report that has to show what was
// said, need all of these, so the client is ours; the servers are go-smtp's.
package client

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Timeouts are the waits of RFC 5321 4.5.3.2, one for each stage. A zero value
// is that section's minimum.
type Timeouts struct {
	Greeting  time.Duration // 5 minutes
	Command   time.Duration // EHLO, MAIL, RCPT, AUTH, STARTTLS: 5 minutes
	DataInit  time.Duration // the reply to DATA: 2 minutes
	DataBlock time.Duration // each block of the body: 3 minutes
	DataEnd   time.Duration // the reply to the final dot: 10 minutes
}

func (t Timeouts) withDefaults() Timeouts {
	set := func(d *time.Duration, least time.Duration) {
		if *d <= 0 {
			*d = least
		}
	}
	set(&t.Greeting, 5*time.Minute)
	set(&t.Command, 5*time.Minute)
	set(&t.DataInit, 2*time.Minute)
	set(&t.DataBlock, 3*time.Minute)
	set(&t.DataEnd, 10*time.Minute)
	return t
}

// Options says who the client is.
type Options struct {
	Host     string // its name in EHLO, HELO and LHLO
	LMTP     bool   // RFC 2033: LHLO, and one reply a recipient after the dot
	Timeouts Timeouts
	Flaws    Flaw // rules that it breaks on purpose
}

// Conn is the client's end of one session. Its methods are for one goroutine.
// An error means that the session is broken (connection lost, timeout, no SMTP
// reply); a refusal is a reply, not an error.
type Conn struct {
	conn net.Conn
	opts Options
	r    *bufio.Reader
	w    *bufio.Writer
	ext  map[string]string
	tls  bool
	auth bool
	over bool // an error, or 421: nothing more is to be had of the server

	mute bool // no command can be said: in a message, or in half a handshake
}

// New starts a session over c; the greeting has still to be read.
func New(c net.Conn, opts Options) *Conn {
	opts.Timeouts = opts.Timeouts.withDefaults()
	s := &Conn{opts: opts}
	s.attach(c)
	return s
}

func (c *Conn) attach(conn net.Conn) {
	c.conn = conn
	if c.r == nil {
		c.r, c.w = readers.Get().(*bufio.Reader), writers.Get().(*bufio.Writer)
	}
	c.r.Reset(conn)
	c.w.Reset(conn)
}

// Sessions are short, so their buffers are used again.
var (
	readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 1024) }}
	writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 4096) }}
)

// close closes the connection and gives the buffers back; the session is over.
func (c *Conn) close() error {
	if c.r != nil {
		c.r.Reset(nil)
		c.w.Reset(nil)
		readers.Put(c.r)
		writers.Put(c.w)
		c.r, c.w = nil, nil
	}
	return c.conn.Close()
}

// errClosed is what a session gives after Quit or Close.
var errClosed = fmt.Errorf("session: %w", net.ErrClosed)

// Greeting reads the server's greeting (RFC 5321 3.1).
func (c *Conn) Greeting() (mail.Reply, error) {
	if !c.flawed(FlawTalksFirst) {
		return c.reply(c.opts.Timeouts.Greeting)
	}
	_ = c.put("NOOP")
	_ = c.flush(c.opts.Timeouts.Command)
	r, err := c.reply(c.opts.Timeouts.Greeting)
	if err == nil && r.Positive() {
		_, err = c.reply(c.opts.Timeouts.Command)
	}
	return r, err
}

// Hello says EHLO, or HELO where the server does not know it (RFC 5321 3.2), or
// LHLO.
func (c *Conn) Hello() (mail.Reply, error) {
	if c.flawed(FlawHELO) {
		return c.command("HELO " + c.opts.Host)
	}
	verb := "EHLO "
	if c.opts.LMTP {
		verb = "LHLO "
	}
	before := c.ext
	c.ext = nil
	r, err := c.command(verb + c.opts.Host)
	if err != nil {
		return r, err
	}
	if r.Class() == 2 {
		c.ext = c.keywords(r.Lines)
		if c.flawed(FlawKeepsExtensions) && c.ext != nil {
			maps.Copy(c.ext, before)
		}
		return r, nil
	}
	// RFC 5321 3.2: a 502, or a 500 of an older server, means "say HELO".
	if !c.opts.LMTP && (r.Code == 500 || r.Code == 502) && !c.flawed(FlawNoHELO) {
		return c.command("HELO " + c.opts.Host)
	}
	return r, nil
}

// keywords reads the lines behind the first of an EHLO reply (RFC 5321 4.1.1.1).
func (c *Conn) keywords(lines []string) map[string]string {
	if len(lines) < 2 && !c.flawed(FlawKeepsExtensions) {
		return nil
	}
	ext := make(map[string]string, len(lines))
	for _, l := range lines[1:] {
		name, args, _ := strings.Cut(l, " ")
		if !c.flawed(FlawUpperCase) {
			name = strings.ToUpper(name)
		}
		ext[name] = args
	}
	return ext
}

// Extension reports whether the server offered a service extension, and its
// parameters.
func (c *Conn) Extension(name string) (args string, ok bool) {
	args, ok = c.ext[name]
	if c.flawed(FlawBelieves) && name != "STARTTLS" && name != "CHUNKING" {
		return args, true
	}
	return args, ok
}

// Secure reports whether the session is under TLS.
func (c *Conn) Secure() bool { return c.tls }

// Authenticated reports whether the server knows who the client is.
func (c *Conn) Authenticated() bool { return c.auth }

// Handshake puts the session under TLS at once (implicit TLS, RFC 8314 3.3).
func (c *Conn) Handshake(cfg *tls.Config) error {
	t := tls.Client(c.conn, cfg)
	if err := c.conn.SetDeadline(time.Now().Add(c.opts.Timeouts.Command)); err != nil {
		return err
	}
	if err := t.Handshake(); err != nil {
		c.over, c.mute = true, true
		return fmt.Errorf("TLS handshake: %w", err)
	}
	c.attach(t)
	c.tls = true
	return nil
}

// StartTLS asks for TLS and, when the server agrees, puts the session under it.
// EHLO has to be said again (RFC 3207 4.2): what was known of the server is forgotten.
func (c *Conn) StartTLS(cfg *tls.Config) (mail.Reply, error) {
	r, err := c.command("STARTTLS")
	if err != nil || !r.Positive() {
		return r, err
	}
	if c.r.Buffered() > 0 {
		// Octets behind the 220 were sent in the clear and must not be taken
		// for the server's words under TLS (RFC 3207 6; CVE-2011-0411 is the
		// server's side of it).
		c.over = true
		return r, errors.New("STARTTLS: the server sent more than its reply before the handshake")
	}
	if !c.flawed(FlawKeepsExtensions) {
		c.ext = nil
	}
	return r, c.Handshake(cfg)
}

// Usable reports whether another command may follow: the session is in step, and
// the server has not closed it by 421 (RFC 5321 3.8).
func (c *Conn) Usable() bool { return !c.over && c.r != nil }

// Reset says RSET.
func (c *Conn) Reset() (mail.Reply, error) { return c.command("RSET") }

// Quit says QUIT, waits for the reply and closes the connection (RFC 5321 4.1.1.10).
func (c *Conn) Quit() (mail.Reply, error) {
	if c.flawed(FlawNoQuit) {
		return mail.Reply{}, c.close()
	}
	r, err := c.command("QUIT")
	if cerr := c.close(); err == nil {
		err = cerr
	}
	return r, err
}

// Abandon ends a session with a server that is silent or out of step. It says QUIT,
// as a client has to before it closes (RFC 5321 4.1.1.10), save in the middle of a
// message, where that would be a line of it, or of a handshake; and it waits for
// nothing.
func (c *Conn) Abandon() error {
	if c.w != nil && !c.mute && c.put("QUIT") == nil {
		_ = c.flush(time.Second)
	}
	return c.close()
}

// Close ends the session without a word.
func (c *Conn) Close() error { return c.close() }

// command sends one line and reads its reply.
func (c *Conn) command(line string) (mail.Reply, error) {
	if err := c.put(line); err != nil {
		return mail.Reply{}, err
	}
	if err := c.flush(c.opts.Timeouts.Command); err != nil {
		return mail.Reply{}, err
	}
	return c.reply(c.opts.Timeouts.Command)
}

// put writes one line into the buffer. A line break inside it would smuggle a
// second command, so it is refused.
func (c *Conn) put(line string) error {
	if c.w == nil {
		return errClosed
	}
	if c.flawed(FlawAddsWords) && (line == "QUIT" || line == "RSET") {
		line += " please"
	}
	if strings.ContainsAny(line, "\r\n") {
		return fmt.Errorf("send %q: a command has no line breaks", line)
	}
	if _, err := c.w.WriteString(line); err != nil {
		return err
	}
	end := "\r\n"
	if line == "QUIT" && c.flawed(FlawBareLF) {
		end = "\n"
	}
	_, err := c.w.WriteString(end)
	c.mute = c.mute || line == "DATA"
	return err
}

func (c *Conn) flush(timeout time.Duration) error {
	if err := c.deadline(timeout); err != nil {
		return err
	}
	err := c.w.Flush()
	if err != nil {
		c.over = true
	}
	return err
}

// deadline bounds the writes that follow.
func (c *Conn) deadline(timeout time.Duration) error {
	err := c.conn.SetWriteDeadline(time.Now().Add(timeout))
	if err != nil {
		c.over = true
	}
	return err
}
