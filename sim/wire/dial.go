package wire

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// Dial connects from an address to a listener; local need not be known to
// anybody. Its port is drawn, so that two connections may have the same; what
// tells connections apart is the *Conn. It takes one round trip. The error wraps ECONNREFUSED when nobody
// listens there, ETIMEDOUT when there was no answer for about two minutes, and
// what ctx says when it ends before.
func (f *Fabric) Dial(ctx context.Context, local netip.Addr, remote netip.AddrPort) (*Conn, error) {
	local, remote = local.Unmap(), netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	if !local.IsValid() || !remote.IsValid() {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EADDRNOTAVAIL)}
	}
	key, _ := ctx.Value(keyContext{}).(string)
	h := f.chance(dialKey{local, remote, key})
	d := dial{
		f: f, ctx: ctx, remote: remote, rand: source(h),
		// RFC 6056 wants ports that nobody can guess; here the seed can.
		local: netip.AddrPortFrom(local, 32768+uint16(mix(h)%28232)),
	}
	c, err := d.connect(h)
	if d.timer != nil {
		d.timer.Stop()
	}
	if err != nil {
		return nil, &net.OpError{
			Op: "dial", Net: "tcp", Err: err,
			Source: net.TCPAddrFromAddrPort(d.local), Addr: net.TCPAddrFromAddrPort(remote),
		}
	}
	return c, nil
}

// dial is one connection in the making.
type dial struct {
	f             *Fabric
	ctx           context.Context
	local, remote netip.AddrPort
	rand          source
	timer         *time.Timer
}

func (d *dial) connect(h uint64) (*Conn, error) {
	if err := d.ctx.Err(); err != nil {
		return nil, err
	}
	admitted := false
	begin := d.f.now()
	for wait := synRTO; ; wait *= 2 {
		sent := d.f.now()
		l, a, err := d.syn(admitted)
		switch {
		case err != nil:
			return nil, err
		case a == Refuse:
			return nil, os.NewSyscallError("connect", syscall.ECONNREFUSED)
		case a == Admit && l != nil:
			admitted = true
			if ok, err := d.synAck(l); err != nil {
				return nil, err
			} else if ok {
				return d.established(l, h)
			}
		case a == Ignore:
			wait = synLimit // the answer stands
		}
		// RFC 6298 5.5: the SYN is sent again after 1, 2, 4 ... seconds.
		again := min(sent+int64(wait), begin+int64(synLimit))
		if err := d.sleep(time.Duration(again - d.f.now())); err != nil {
			return nil, err
		}
		if d.f.now()-begin >= int64(synLimit) {
			return nil, os.NewSyscallError("connect", syscall.ETIMEDOUT)
		}
	}
}

// syn sends the first segment and returns who got it, if it was not lost, and
// what is done with it.
func (d *dial) syn(admitted bool) (*Listener, Admission, error) {
	if ok, err := d.travel(d.local.Addr(), d.remote.Addr()); !ok || err != nil {
		return nil, Admit, err
	}
	d.f.mu.Lock()
	l := d.f.listeners[d.remote]
	d.f.mu.Unlock()
	a := Refuse
	if l != nil {
		a = Admit
		if !admitted {
			a = l.ask(d.local)
		}
	}
	if a == Refuse { // the reset may be lost as well
		if ok, err := d.travel(d.remote.Addr(), d.local.Addr()); !ok || err != nil {
			return nil, Admit, err
		}
	}
	return l, a, nil
}

// synAck waits for the listener's answer and reports whether it arrives.
func (d *dial) synAck(l *Listener) (bool, error) {
	if !l.reserve() {
		return false, nil
	}
	ok, err := d.travel(d.remote.Addr(), d.local.Addr())
	if !ok || err != nil {
		l.unreserve()
	}
	return ok, err
}

// established makes the connection; the listener has it when the ACK arrives.
func (d *dial) established(l *Listener, h uint64) (*Conn, error) {
	p := d.f.newPair(d.local, d.remote, h)
	if !d.f.keep(p) {
		l.unreserve()
		return nil, net.ErrClosed
	}
	ack := time.Duration(0)
	if link := p.streams[0].link; !link.Cut {
		link.Loss = 0 // the first data would acknowledge as well
		ack = link.delay(&d.rand)
		d.f.departed(d.f.now() + int64(ack))
	}
	l.put(&p.ends[1], ack)
	return &p.ends[0], nil
}

// travel waits while one segment is under way. It is false when it is lost.
func (d *dial) travel(from, to netip.Addr) (bool, error) {
	link := d.f.link(from, to)
	if link.Cut || link.Loss > 0 && d.rand.float() < link.Loss {
		return false, nil
	}
	link.Loss = 0
	delay := link.delay(&d.rand)
	d.f.departed(d.f.now() + int64(delay))
	return true, d.sleep(delay)
}

// sleep waits; it returns early when the dial is given up.
func (d *dial) sleep(t time.Duration) error {
	if t <= 0 {
		return nil
	}
	if d.timer == nil {
		d.timer = time.NewTimer(t)
	} else {
		d.timer.Reset(t)
	}
	select {
	case <-d.timer.C:
		return nil
	case <-d.ctx.Done():
		return d.ctx.Err()
	case <-d.f.done:
		return net.ErrClosed
	}
}
