package scenarios

import (
	"slices"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/wire"
)

// direction is a link: octets go from one node to another.
type direction struct{ from, to string }

// linkAt is a link: how it is for good, and what changes it for a time.
type linkAt struct {
	mu      sync.Mutex
	base    wire.Link
	passing []*passing // in the order in which they were made
}

// passing is a change that ends by itself.
type passing struct {
	LinkChange
	end *time.Timer
}

// now is the link with all changes, the later ones over the earlier.
func (at *linkAt) now() wire.Link {
	l := at.base
	for _, p := range at.passing {
		l = changed(l, p.LinkChange)
	}
	return l
}

func changed(l wire.Link, c LinkChange) wire.Link {
	if c.Cut != nil {
		l.Cut = *c.Cut
	}
	if c.Latency != nil {
		l.Latency = *c.Latency
	}
	if c.Jitter != nil {
		l.Jitter = *c.Jitter
	}
	if c.Loss != nil {
		l.Loss = *c.Loss
	}
	return l
}

// without takes what another change says from this one.
func (l LinkChange) without(other LinkChange) LinkChange {
	if other.Cut != nil {
		l.Cut = nil
	}
	if other.Latency != nil {
		l.Latency = nil
	}
	if other.Jitter != nil {
		l.Jitter = nil
	}
	if other.Loss != nil {
		l.Loss = nil
	}
	return l
}

// link changes the link in the direction as written; the way back stays as it
// is. Cut, no connection survives for long all the same, as TCP needs both. A
// change for a time lies over what the link is otherwise, and over earlier ones;
// one for good ends what earlier ones say of the same.
func (r *run) link(c *LinkChange) error {
	at := r.linkAt(c.From, c.To)
	at.mu.Lock()
	defer at.mu.Unlock()
	if c.For <= 0 {
		at.base = changed(at.base, *c)
		for _, p := range at.passing {
			p.LinkChange = p.without(*c)
		}
		return r.net.SetLink(c.From, c.To, at.now())
	}
	p := &passing{LinkChange: *c}
	at.passing = append(at.passing, p)
	p.end = time.AfterFunc(c.For, func() {
		at.mu.Lock()
		defer at.mu.Unlock()
		at.passing = slices.DeleteFunc(at.passing, func(o *passing) bool { return o == p })
		_ = r.net.SetLink(c.From, c.To, at.now()) // the nodes were there before
	})
	return r.net.SetLink(c.From, c.To, at.now())
}

// linkAt returns what is known of a link.
func (r *run) linkAt(from, to string) *linkAt {
	at := r.links[direction{from, to}]
	if at == nil {
		at = &linkAt{base: r.plain()}
		r.links[direction{from, to}] = at
	}
	return at
}

// setLink sets how a link is for good.
func (r *run) setLink(from, to string, l wire.Link) error {
	at := r.linkAt(from, to)
	at.mu.Lock()
	defer at.mu.Unlock()
	at.base = l
	return r.net.SetLink(from, to, at.now())
}

// unlinkAll ends the timers of all links, so that none outlives the run.
func (r *run) unlinkAll() {
	for _, at := range r.links {
		at.mu.Lock()
		for _, p := range at.passing {
			p.end.Stop()
		}
		at.mu.Unlock()
	}
}
