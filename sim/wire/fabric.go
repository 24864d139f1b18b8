package wire

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a fabric is made of. The zero value works.
type Config struct {
	Seed uint64 // source of all chance
	Link        // between all addresses that SetLink does not name
}

// Fabric is a network. All addresses are on it.
type Fabric struct {
	seed  uint64
	def   Link
	epoch time.Time
	done  chan struct{} // closed by Close
	last  atomic.Int64  // when the last of all that is on its way arrives
	pool  rings

	mu        sync.Mutex
	closed    bool
	listeners map[netip.AddrPort]*Listener
	links     map[direction]Link
	dialed    map[uint64]uint64 // how many connections there were, by dialKey.hash
	pairs     pair              // head of the ring of those with an open end
}

// direction is from one address to another.
type direction struct{ from, to netip.Addr }

// dialKey tells the connections of a fabric apart, but for their number.
type dialKey struct {
	local  netip.Addr
	remote netip.AddrPort
	key    string
}

// New makes a network. Close it when it is no longer needed.
func New(cfg Config) *Fabric {
	f := &Fabric{
		seed:      cfg.Seed,
		def:       cfg.Link.or(Link{Latency: DefaultLatency, Jitter: DefaultJitter}),
		epoch:     time.Now(),
		done:      make(chan struct{}),
		listeners: map[netip.AddrPort]*Listener{},
		links:     map[direction]Link{},
		dialed:    map[uint64]uint64{},
	}
	f.pairs.prev, f.pairs.next = &f.pairs, &f.pairs
	return f
}

// now returns how many nanoseconds the fabric is old.
func (f *Fabric) now() int64 { return int64(time.Since(f.epoch)) }

// InFlight returns how long it takes until all that is on its way now has
// arrived: 0 when nothing moves. What a cut link holds back does not count.
func (f *Fabric) InFlight() time.Duration {
	return max(0, time.Duration(f.last.Load()-f.now()))
}

// departed notes that something arrives at an instant.
func (f *Fabric) departed(at int64) {
	for last := f.last.Load(); at > last; last = f.last.Load() {
		if f.last.CompareAndSwap(last, at) {
			return
		}
	}
}

// instant turns a deadline into what now will return then.
func (f *Fabric) instant(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return int64(t.Sub(f.epoch))
}

// SetLink changes the link from one address to another, for new and existing
// connections. It says nothing of the way back. A zero Latency is the fabric's.
func (f *Fabric) SetLink(from, to netip.Addr, l Link) {
	d := direction{from.Unmap(), to.Unmap()}
	l = l.or(f.def)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.links[d] = l
	f.relink(d, l)
}

// ResetLink undoes SetLink.
func (f *Fabric) ResetLink(from, to netip.Addr) {
	d := direction{from.Unmap(), to.Unmap()}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.links, d)
	f.relink(d, f.def)
}

func (f *Fabric) relink(d direction, l Link) {
	for p := f.pairs.next; p != &f.pairs; p = p.next {
		for i := range p.streams {
			if c := &p.ends[i]; c.local.Addr() == d.from && c.remote.Addr() == d.to {
				c.in.learn(c.out.relink(l))
			}
		}
	}
}

// link returns the link from one address to another.
func (f *Fabric) link(from, to netip.Addr) Link {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.linkLocked(from, to)
}

func (f *Fabric) linkLocked(from, to netip.Addr) Link {
	if l, ok := f.links[direction{from, to}]; ok {
		return l
	}
	return f.def
}

// keep links the pair, and holds it until both ends are closed. It fails in a
// closed fabric.
func (f *Fabric) keep(p *pair) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	for i := range p.streams {
		p.streams[i].link = f.linkLocked(p.ends[i].local.Addr(), p.ends[i].remote.Addr())
	}
	p.open = 2
	p.prev, p.next = f.pairs.prev, &f.pairs
	p.prev.next, p.next.prev = p, p
	return true
}

// forget notes that c closes; it reports whether it was open.
func (f *Fabric) forget(c *Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.closed {
		return false
	}
	c.closed = true
	if p := c.pair; p.next != nil {
		if p.open--; p.open == 0 {
			p.prev.next, p.next.prev = p.next, p.prev
			p.prev, p.next = nil, nil
		}
	}
	return true
}

// Close closes all listeners and connections, and ends all dials.
func (f *Fabric) Close() error {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return net.ErrClosed
	}
	f.closed = true
	close(f.done)
	var ls []*Listener
	for _, l := range f.listeners {
		ls = append(ls, l)
	}
	var cs []*Conn
	for p := f.pairs.next; p != &f.pairs; p = p.next {
		cs = append(cs, &p.ends[0], &p.ends[1])
	}
	f.mu.Unlock()
	for _, l := range ls {
		l.Close()
	}
	for _, c := range cs {
		c.Close()
	}
	return nil
}

type keyContext struct{}

// WithKey names the connections that are dialed with ctx. What chance does to
// a connection depends on seed, addresses, key, and number of the connection
// among those with the same addresses and key. Whoever dials several at the
// same instant gives each its own key, so that chance does not depend on the
// order in which the goroutines ran.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyContext{}, key)
}

// chance returns the number that all chance of a new connection comes from.
func (f *Fabric) chance(k dialKey) uint64 {
	h := k.hash(f.seed)
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.dialed[h]
	f.dialed[h] = n + 1
	return mix(h + n)
}

// hash mixes all of k into the seed; it is the same in every process.
func (k dialKey) hash(seed uint64) uint64 {
	h := mix(seed ^ 0x6d61696c)
	for _, a := range [...]netip.Addr{k.local, k.remote.Addr()} {
		b := a.As16()
		h = mix(h ^ binary.BigEndian.Uint64(b[:8]))
		h = mix(h ^ binary.BigEndian.Uint64(b[8:]))
	}
	h = mix(h ^ uint64(k.remote.Port()))
	for _, c := range []byte(k.key) {
		h = mix(h ^ uint64(c))
	}
	return h
}
