package wire

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// Admission is what a listener does with a dial.
type Admission int

// The admissions.
const (
	Admit  Admission = iota
	Refuse           // answer with a reset: ECONNREFUSED
	Ignore           // do not answer: the dial times out
)

// backlog is how many connections wait to be accepted; a SYN beyond it is not
// answered.
const backlog = 4096

// Listener takes connections at one address and port. It is a net.Listener.
type Listener struct {
	f    *Fabric
	addr netip.AddrPort

	mu      sync.Mutex
	ready   sync.Cond
	queue   []*Conn
	pending int // connections that will be in the queue when the dialer's ACK arrives
	closed  bool
	admit   func(remote netip.AddrPort) Admission
}

var _ net.Listener = (*Listener)(nil)

// Listen opens addr. Port 0 picks a free one. The error wraps EADDRINUSE when
// somebody listens there.
func (f *Fabric) Listen(addr netip.AddrPort) (*Listener, error) {
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	fail := func(err error) (*Listener, error) {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: net.TCPAddrFromAddrPort(addr), Err: err}
	}
	if !addr.Addr().IsValid() {
		return fail(os.NewSyscallError("bind", syscall.EADDRNOTAVAIL))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fail(net.ErrClosed)
	}
	if addr.Port() == 0 {
		free, ok := f.freePort(addr.Addr())
		if !ok {
			return fail(os.NewSyscallError("bind", syscall.EADDRINUSE))
		}
		addr = free
	} else if f.listeners[addr] != nil {
		return fail(os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	l := &Listener{f: f, addr: addr}
	l.ready.L = &l.mu
	f.listeners[addr] = l
	return l, nil
}

// freePort finds a port of RFC 6335's dynamic range.
func (f *Fabric) freePort(a netip.Addr) (netip.AddrPort, bool) {
	for p := 49152; p <= 65535; p++ {
		if ap := netip.AddrPortFrom(a, uint16(p)); f.listeners[ap] == nil {
			return ap, true
		}
	}
	return netip.AddrPort{}, false
}

// SetAdmit has f asked for each dial, in the dialer's goroutine, when its SYN
// arrives. The answer stands for the whole dial. nil admits all.
func (l *Listener) SetAdmit(f func(remote netip.AddrPort) Admission) {
	l.mu.Lock()
	l.admit = f
	l.mu.Unlock()
}

// Accept waits for a connection.
func (l *Listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if l.closed {
			return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
		}
		if len(l.queue) > 0 {
			c := l.queue[0]
			l.queue[0] = nil
			if l.queue = l.queue[1:]; len(l.queue) == 0 {
				l.queue = nil
			}
			return c, nil
		}
		l.ready.Wait()
	}
}

// Close stops listening. Connections that nobody has accepted are reset.
func (l *Listener) Close() error {
	l.f.mu.Lock()
	if l.f.listeners[l.addr] == l {
		delete(l.f.listeners, l.addr)
	}
	l.f.mu.Unlock()
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return &net.OpError{Op: "close", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
	}
	l.closed = true
	left := l.queue
	l.queue = nil
	l.ready.Broadcast()
	l.mu.Unlock()
	for _, c := range left {
		c.Reset()
	}
	return nil
}

// Addr returns a *net.TCPAddr.
func (l *Listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.addr) }

// AddrPort returns the address that it listens at.
func (l *Listener) AddrPort() netip.AddrPort { return l.addr }

// ask returns what to do with a SYN.
func (l *Listener) ask(remote netip.AddrPort) Admission {
	l.mu.Lock()
	admit, closed := l.admit, l.closed
	l.mu.Unlock()
	switch {
	case closed:
		return Refuse
	case admit == nil:
		return Admit
	}
	return admit(remote)
}

// reserve takes a place in the queue.
func (l *Listener) reserve() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue)+l.pending >= backlog {
		return false
	}
	l.pending++
	return true
}

// put hands c over when the dialer's ACK has arrived, d from now. A listener
// that has closed by then resets it.
func (l *Listener) put(c *Conn, d time.Duration) {
	if d > 0 {
		time.AfterFunc(d, func() { l.put(c, 0) })
		return
	}
	l.mu.Lock()
	l.pending--
	if l.closed {
		l.mu.Unlock()
		c.Reset()
		return
	}
	l.queue = append(l.queue, c)
	l.ready.Signal()
	l.mu.Unlock()
}

// unreserve gives a place in the queue back.
func (l *Listener) unreserve() {
	l.mu.Lock()
	l.pending--
	l.mu.Unlock()
}
