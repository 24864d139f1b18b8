package wire

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// pair is both ends of a connection, in one piece of memory.
type pair struct {
	ends       [2]Conn   // the dialer's and the listener's
	streams    [2]stream // from the dialer, from the listener
	prev, next *pair     // in Fabric.pairs
	open       int       // ends that are not closed; under Fabric.mu
}

// Conn is one end of a connection. It is a net.Conn; its methods may be called
// from any goroutine of the bubble that its fabric was made in.
type Conn struct {
	pair          *pair
	in, out       *stream
	local, remote netip.AddrPort
	closed        bool // under Fabric.mu
}

var (
	_ net.Conn      = (*Conn)(nil)
	_ io.WriterTo   = (*Conn)(nil)
	_ io.ReaderFrom = (*Conn)(nil)
)

func (f *Fabric) newPair(local, remote netip.AddrPort, key uint64) *pair {
	p := new(pair)
	p.ends[0] = Conn{pair: p, in: &p.streams[1], out: &p.streams[0], local: local, remote: remote}
	p.ends[1] = Conn{pair: p, in: &p.streams[0], out: &p.streams[1], local: remote, remote: local}
	p.streams[0].init(f, source(mix(key+1)))
	p.streams[1].init(f, source(mix(key+2)))
	return p
}

// Read waits until bytes arrive, and gives those that have.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	if err != nil {
		err = c.fail("read", err)
	}
	return n, err
}

// Write sends p. It waits only while 64 KiB are on their way or unread.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	if err != nil {
		err = c.fail("write", err)
	}
	return n, err
}

// WriteTo sends all that arrives to w, for io.Copy.
func (c *Conn) WriteTo(w io.Writer) (int64, error) {
	var total int64
	buf := c.in.f.pool.getBig()
	defer c.in.f.pool.put(buf)
	for {
		n, err := c.Read(buf)
		if n > 0 {
			k, werr := w.Write(buf[:n])
			total += int64(k)
			if werr != nil {
				return total, werr
			}
			if k < n {
				return total, io.ErrShortWrite
			}
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// ReadFrom sends all that r gives, for io.Copy.
func (c *Conn) ReadFrom(r io.Reader) (int64, error) {
	var total int64
	buf := c.in.f.pool.getBig()
	defer c.in.f.pool.put(buf)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			k, werr := c.Write(buf[:n])
			total += int64(k)
			if werr != nil {
				return total, werr
			}
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// Close ends the connection. The peer reads what was sent and then io.EOF; what
// it sends from then on is lost, and once it knows, its writes give EPIPE.
func (c *Conn) Close() error {
	if !c.out.f.forget(c) {
		return c.fail("close", net.ErrClosed)
	}
	at := c.out.closeWrite(finished, net.ErrClosed)
	c.in.closeRead(at, syscall.EPIPE)
	return nil
}

// CloseWrite ends the stream to the peer, which reads io.EOF behind what was
// sent, and may still send.
func (c *Conn) CloseWrite() error {
	if c.out.closedWriter() {
		return c.fail("close", net.ErrClosed)
	}
	c.out.closeWrite(finished, syscall.EPIPE)
	return nil
}

// Reset breaks the connection off, as a crashed host does (RFC 9293 3.5.2): the
// peer loses what it has not read, and gets ECONNRESET. When a cut link is in
// the way, the peer learns of it after the link is healed.
func (c *Conn) Reset() {
	if !c.out.f.forget(c) {
		return
	}
	c.reset()
}

func (c *Conn) reset() {
	at := c.out.closeWrite(aborted, net.ErrClosed)
	c.in.closeRead(at, syscall.ECONNRESET)
}

// LocalAddr returns a *net.TCPAddr.
func (c *Conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr returns a *net.TCPAddr.
func (c *Conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// LocalAddrPort is LocalAddr without an allocation.
func (c *Conn) LocalAddrPort() netip.AddrPort { return c.local }

// RemoteAddrPort is RemoteAddr without an allocation.
func (c *Conn) RemoteAddrPort() netip.AddrPort { return c.remote }

// SetDeadline bounds reads and writes, those that wait as well. Zero: no bound.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline bounds reads.
func (c *Conn) SetReadDeadline(t time.Time) error {
	if !c.in.setReadDeadline(c.in.f.instant(t)) {
		return c.fail("set", net.ErrClosed)
	}
	return nil
}

// SetWriteDeadline bounds writes.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	if !c.out.setWriteDeadline(c.in.f.instant(t)) {
		return c.fail("set", net.ErrClosed)
	}
	return nil
}

// SetTag tells the peer something beside the bytes, at once: PeerTag gives it.
func (c *Conn) SetTag(s string) {
	c.out.mu.Lock()
	c.out.tag = s
	c.out.mu.Unlock()
}

// PeerTag returns what the peer last gave to SetTag.
func (c *Conn) PeerTag() string {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	return c.in.tag
}

// fail makes the errors that package net makes.
func (c *Conn) fail(op string, err error) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	var no syscall.Errno
	if errors.As(err, &no) {
		err = os.NewSyscallError(op, no)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}
