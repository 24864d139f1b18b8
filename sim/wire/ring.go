package wire

import "sync"

// A ring has one of two sizes, so that both can be used again: small is enough
// for commands, replies and most mails, big for what flows.
const (
	ringSmall = 4 << 10
	ringMax   = 64 << 10
)

// ring is a queue of bytes, at most ringMax of them.
type ring struct {
	buf  []byte // none, ringSmall or ringMax long
	head int    // where the first byte is
	n    int    // how many bytes there are
}

// rings keeps the memory of rings that are empty.
type rings struct{ small, big sync.Pool }

// write appends as much of p as there is room for.
func (r *ring) write(p []byte, pool *rings) int {
	if len(p) > len(r.buf)-r.n && len(r.buf) < ringMax {
		r.grow(r.n+len(p), pool)
	}
	p = p[:min(len(p), len(r.buf)-r.n)]
	at := (r.head + r.n) & (len(r.buf) - 1)
	k := copy(r.buf[at:], p)
	copy(r.buf, p[k:])
	r.n += len(p)
	return len(p)
}

// read takes len(p) bytes, which must not be more than r.n.
func (r *ring) read(p []byte) {
	k := copy(p, r.buf[r.head:])
	copy(p[k:], r.buf)
	r.n -= len(p)
	if r.n == 0 {
		r.head = 0
		return
	}
	r.head = (r.head + len(p)) & (len(r.buf) - 1)
}

func (r *ring) grow(want int, pool *rings) {
	next := ring{n: r.n}
	if want <= ringSmall {
		next.buf = pool.getSmall()
	} else {
		next.buf = pool.getBig()
	}
	if r.n > 0 {
		r.read(next.buf[:r.n])
	}
	r.free(pool)
	*r = next
}

// free empties the ring and gives its memory back.
func (r *ring) free(pool *rings) {
	pool.put(r.buf)
	*r = ring{}
}

func (p *rings) put(b []byte) {
	switch len(b) {
	case ringSmall:
		p.small.Put((*[ringSmall]byte)(b))
	case ringMax:
		p.big.Put((*[ringMax]byte)(b))
	}
}

func (p *rings) getSmall() []byte {
	if b, ok := p.small.Get().(*[ringSmall]byte); ok {
		return b[:]
	}
	return make([]byte, ringSmall)
}

func (p *rings) getBig() []byte {
	if b, ok := p.big.Get().(*[ringMax]byte); ok {
		return b[:]
	}
	return make([]byte, ringMax)
}
