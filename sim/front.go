package sim

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// front is one session: go-smtp's server reads from it and writes to it, by way
// of a seat. It hands over exactly one command line a Read, so that all that is written
// between two Reads is the reply to that command, and so knows the stage of a
// session: faults, EHLO, STARTTLS, the order of commands and the limits act
// here. Message data do not pass through go-smtp: the session takes them from
// body, off the wire in large pieces, DATA and BDAT alike.
//
// Replies are collected and leave when a read from the peer would wait, so a
// pipelined group is answered in one write (RFC 2920 3.2).
//
// A front belongs to one goroutine of go-smtp at a time; only Close, alive and
// what they touch may be used from others.
type front struct {
	r    *receiver
	n    *Node
	raw  net.Conn // the wire
	conn net.Conn // raw, or TLS over it
	name string   // of the session
	addr netip.Addr
	peer string // the client's node name or address

	inbound bool // at the port for other MTAs of a submission server

	room *scratch
	buf  []byte // octets from the peer; those of head to tail are not used yet
	head int
	tail int
	out  []byte // replies that have not left yet
	sent int    // octets of replies that have
	said []byte // what go-smtp has written since it was given a command
	feed []byte // what go-smtp reads next
	echo []byte // storage of feed

	greeting verdict // of the faults at connect
	busy     bool    // over the limit of connections
	unwanted *mail.Reply
	started  bool
	ending   bool        // no more is read
	closed   atomic.Bool // Close was called
	done     chan struct{}

	verb      verb        // the command that go-smtp is at
	line      string      // its argument, for events
	dropping  bool        // a fault: act, then close instead of a reply
	mute      bool        // what go-smtp says next is not for the peer
	garbled   bool        // a fault: garbage instead of the next reply
	instead   *mail.Reply // a fault: what is said instead of the next reply
	words     string      // a fault: how the next reply is written, if not as the front does
	word      string      // the greeting's verb: EHLO, HELO, LHLO
	hello     string      // what the client called itself; "" before EHLO
	offered   []string    // the lines of EHLO; nil before EHLO and after HELO
	esmtp     bool
	secure    bool
	refusing  bool // 554 was the greeting: only QUIT is served
	failures  int  // 5yz replies so far
	authing   bool // the next line belongs to AUTH
	http      bool // the command is a line of HTTP
	mechanism string

	path       mail.Path // of the MAIL or RCPT that go-smtp is at
	given      given     // what its parameters say that go-smtp does not know
	forward    string    // the new address of the RCPT that go-smtp is at, for 251 (RFC 5321 3.4)
	inMail     bool      // MAIL was accepted
	recipients int       // RCPTs accepted
	tried      bool      // there was a RCPT
	chunked    bool      // there was a BDAT
	in         intake    // the message, or its BDATs so far

	tape    *tape // nil: nobody listens
	session session
}

// freelySent is how many octets of replies leave without a deadline.
const freelySent = 16 << 10

// scratch is the memory that one session after the other uses.
type scratch struct {
	in              [inputSize]byte
	out, said, echo []byte
}

// borrow takes memory from a session that has ended.
func (f *front) borrow() {
	room, ok := f.r.scratch.Get().(*scratch)
	if !ok {
		room = &scratch{out: make([]byte, 0, 512), said: make([]byte, 0, 256), echo: make([]byte, 0, 256)}
	}
	f.room, f.buf = room, room.in[:]
	f.out, f.said, f.echo = room.out[:0], room.said[:0], room.echo[:0]
}

// release gives the memory back. Nothing of the session is used afterwards.
func (f *front) release() {
	const most = 4 << 10 // what grew larger is not kept
	if f.room == nil || cap(f.out) > most || cap(f.said) > most || cap(f.echo) > most {
		return
	}
	room := f.room
	room.out, room.said, room.echo = f.out, f.said, f.echo
	f.room, f.buf, f.out, f.said, f.echo, f.feed = nil, nil, nil, nil, nil, nil
	f.head, f.tail = 0, 0
	f.r.scratch.Put(room)
}

// errEnded is what a body gives that the peer did not finish.
var errEnded = errors.New("session ended in the middle of a message")

// Read gives go-smtp the next command that it shall act on, a line a call, and
// io.EOF when the session is over. Everything else it answers itself.
func (f *front) Read(p []byte) (int, error) {
	if len(f.feed) == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.feed)
	f.feed = f.feed[n:]
	return n, nil
}

// next finishes the command before and waits for one that go-smtp shall see.
func (f *front) next() error {
	if f.ending {
		f.finish()
		return io.EOF
	}
	if f.started {
		f.answered()
	} else {
		f.started = true
		f.borrow()
		f.start()
	}
	for !f.ending && len(f.feed) == 0 {
		line, err := f.readLine()
		switch {
		case err == nil:
			if f.linger() {
				f.command(line)
			}
		case errors.Is(err, errLongLine) && f.authing:
			f.authTooLong()
		case errors.Is(err, errLongLine):
			f.verb, f.line = verbUnknown, ""
			f.respond(500, "5.5.6", "line too long")
		default:
			f.verb, f.line = verbUnknown, ""
			f.cut(err)
		}
	}
	if f.ending {
		f.finish()
		return io.EOF
	}
	return nil
}

// cut ends a session whose peer is gone, or silent for too long: that is told
// (RFC 5321 3.8, 4.5.3.2.7).
func (f *front) cut(err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		f.respond(421, "4.4.2", f.n.host.Name+" timeout, closing connection")
	}
	f.ending = true
}

// pass hands a line to go-smtp.
func (f *front) pass(line ...string) {
	f.echo = f.echo[:0]
	for _, s := range line {
		f.echo = append(f.echo, s...)
	}
	f.echo = append(f.echo, '\r', '\n')
	f.feed = f.echo
}

// Write takes a part of go-smtp's reply. Its greeting is not used.
func (f *front) Write(p []byte) (int, error) {
	if f.started {
		f.said = append(f.said, p...)
	}
	return len(p), nil
}

// flush sends the replies so far.
func (f *front) flush() error {
	if len(f.out) == 0 {
		return nil
	}
	// As long as all that was ever sent fits into the buffers on the way, a write
	// cannot wait for a peer that does not read.
	if f.sent += len(f.out); f.sent > freelySent {
		if err := f.conn.SetWriteDeadline(time.Now().Add(f.timeout())); err != nil {
			return err
		}
	}
	if f.tape != nil {
		f.tape.record(ServerLine, f.out, "")
	}
	_, err := f.conn.Write(f.out)
	f.out = f.out[:0]
	return err
}

// finish ends the session in good order: replies leave, TLS says good-bye.
func (f *front) finish() {
	f.in.drop()
	if f.closed.Load() {
		return
	}
	_ = f.flush()
	if t, ok := f.conn.(interface{ CloseWrite() error }); ok && f.secure {
		_ = t.CloseWrite()
	}
	_ = f.Close()
	if !f.n.cfg.LMTP { // there go-smtp may still write replies, to nobody
		f.release()
	}
}

// reset breaks the session off as a crashed host does.
func (f *front) reset() {
	_ = f.flush()
	f.ending = true
	if r, ok := f.raw.(interface{ Reset() }); ok {
		r.Reset()
	}
	_ = f.Close()
}

// Close ends the session. It does not wait, and may be called from any goroutine.
func (f *front) Close() error {
	if !f.closed.CompareAndSwap(false, true) {
		return net.ErrClosed
	}
	close(f.done)
	err := f.raw.Close()
	f.r.forget(f)
	f.n.emit(trace.Event{Kind: trace.SessionClose, Peer: f.peer, Session: f.name})
	return err
}

// pause waits, and reports whether the session is still open afterwards. What was
// answered before does not wait: the client's patience is for one reply.
func (f *front) pause(d time.Duration) bool {
	if d <= 0 {
		return !f.closed.Load()
	}
	_ = f.flush() // where the peer is gone, the next read tells
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-f.done:
		return false
	}
}

// timeout is how long the peer may be silent; RFC 5321 4.5.3.2.7 has 5 minutes.
func (f *front) timeout() time.Duration {
	if d := f.n.cfg.Limits.CommandTimeout; d > 0 {
		return d
	}
	return 5 * time.Minute
}

// tag is the name of the mail that the client is sending, as far as it is known
// before the message comes.
func (f *front) tag() string {
	if t, ok := f.raw.(interface{ PeerTag() string }); ok {
		return t.PeerTag()
	}
	return ""
}
