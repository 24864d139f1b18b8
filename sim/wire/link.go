package wire

import (
	"math"
	"time"
)

// The default link: near enough to feel like one data centre, and with jitter
// wide enough that a thousand connections at the same instant hardly ever tie.
const (
	DefaultLatency = time.Millisecond
	DefaultJitter  = time.Millisecond

	// MinJitter is the jitter of a link that names a latency and no jitter.
	MinJitter = 100 * time.Microsecond

	// Instant as Latency means that bytes arrive at once, without jitter. It is
	// for benchmarks and tests on the real clock: in virtual time it makes
	// ties, and with them an order that differs from run to run.
	Instant time.Duration = -1
)

// Link is one direction between two addresses.
type Link struct {
	Latency time.Duration // one way; 0: the fabric's default, negative: Instant
	Jitter  time.Duration // up to this much more, evenly; 0: MinJitter, or the default beside a default Latency
	Loss    float64       // share of segments that are lost and sent again, 0 to 1; 1 is a cut
	Cut     bool          // nothing arrives until the link is healed
}

// or returns l with what it does not say taken from d.
func (l Link) or(d Link) Link {
	switch {
	case l.Latency < 0:
		l.Latency, l.Jitter = Instant, 0
	case l.Latency == 0:
		l.Latency = d.Latency
		if l.Jitter <= 0 {
			l.Jitter = d.Jitter
		}
	case l.Jitter <= 0:
		l.Jitter = MinJitter
	}
	if !(l.Loss > 0) { // NaN as well
		l.Loss = 0
	}
	if l.Loss >= 1 {
		l.Cut = true
	}
	return l
}

// never is an instant that does not come.
const never = math.MaxInt64

const (
	segmentSize = 1460 // octets in one segment, as over Ethernet
	synRTO      = time.Second
	minRTO      = 200 * time.Millisecond // RFC 6298 2.4 wants 1 s; what hosts really do is 200 ms
	maxRTO      = 2 * time.Minute
	synLimit    = 127 * time.Second // SYN sent 7 times, with 1, 2, 4 ... 64 s between
)

// rto is the retransmission timeout of RFC 6298 2.3 with the mean and the
// variation that the link is known to have.
func (l Link) rto() time.Duration {
	return min(max(2*l.Latency+3*l.Jitter, minRTO), maxRTO)
}

// delay draws how long one segment takes. Lost segments cost retransmissions
// (RFC 6298 5.5: the timeout doubles each time). The link must not be cut.
func (l Link) delay(r *source) time.Duration {
	d := time.Duration(0)
	if l.Latency > 0 {
		d = l.Latency + r.duration(l.Jitter)
	}
	if l.Loss > 0 {
		for rto := l.rto(); r.float() < l.Loss && d < time.Hour; rto = min(2*rto, maxRTO) {
			d += rto
		}
	}
	return d
}

// resent returns when a segment that was lost at lost, and was sent again in
// vain while the link was cut, is sent again for the first time at or after
// healed.
func (l Link) resent(lost, healed int64) int64 {
	at := lost
	for rto := l.rto(); at < healed; rto = min(2*rto, maxRTO) {
		at += int64(rto)
	}
	return at
}

// source is a small random generator (splitmix64), one for each direction of
// each connection.
type source uint64

func (r *source) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *source) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// duration draws from 0 to most, both included.
func (r *source) duration(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(r.next() % (uint64(most) + 1))
}
