package wire

import "sync"

const (
	ringMin = 4 << 10
	ringMax = 64 << 10
)

// ring is a queue of bytes. Its length is a power of two, or 0.
type ring struct {
	buf  []byte
	head int // where the first byte is
	n    int // how many bytes there are
}

// write appends as much of p as there is room for, up to ringMax bytes.
func (r *ring) write(p []byte, pool *sync.Pool) int {
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

// read takes up to len(p) bytes, which must not be more than r.n.
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

func (r *ring) grow(want int, pool *sync.Pool) {
	size := max(len(r.buf), ringMin)
	for size < want && size < ringMax {
		size *= 2
	}
	if size == len(r.buf) {
		return
	}
	var next []byte
	if size == ringMin {
		next = pool.Get().(*[ringMin]byte)[:]
	} else {
		next = make([]byte, size)
	}
	n := r.n
	if n > 0 {
		r.read(next[:n])
	}
	r.free(pool)
	r.buf, r.n = next, n
}

// free empties the ring and gives its memory back.
func (r *ring) free(pool *sync.Pool) {
	if len(r.buf) == ringMin {
		pool.Put((*[ringMin]byte)(r.buf))
	}
	*r = ring{}
}
