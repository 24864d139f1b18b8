package fakedns

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Peek returns a resolver that answers as r would now. Asking it changes nothing
// of what r, or anybody else, is told later: it reads the cache of r and has one
// of its own on top, failures do not count its questions as hits, and of a World
// it learns at once what r would have to wait for. It is for who wants to explain
// a look-up in the middle of a run.
func (r *Resolver) Peek() *Resolver {
	below := &r.cache
	if r.below != nil {
		below = r.below
	}
	x := r.x
	if w, ok := x.(*World); ok {
		x = still{w}
	}
	return &Resolver{x: x, opt: r.opt, below: below}
}

// known returns what the cache has, or nil.
func (r *Resolver) known(k cacheKey) *found {
	now := time.Now()
	f := r.cache.get(k, now)
	if f == nil && r.below != nil {
		f = r.below.get(k, now)
	}
	return f
}

// still is a World that does not make who asks wait.
type still struct{ w *World }

// Exchange answers q, or says at once that an answer would come too late.
func (s still) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	if m, wait := s.w.respond(q, Still); m != nil && wait < DefaultTimeout {
		return m, nil
	}
	return nil, os.ErrDeadlineExceeded
}

// Memory tells of an answer that the resolver remembers, a negative one too: over
// which aliases it came, the end of them last, when it was asked for, and for how
// long it is remembered from then on. Of what it does not remember, asked is zero.
func (r *Resolver) Memory(name, rrtype string) (aliases []string, asked time.Time, ttl time.Duration) {
	number, ok := typeNumber(rrtype)
	if !ok {
		return nil, time.Time{}, 0
	}
	f := r.known(cacheKey{strings.TrimSuffix(canonical(name), "."), number})
	if f == nil {
		return nil, time.Time{}, 0
	}
	return f.aliases, f.stored, f.ttl
}
