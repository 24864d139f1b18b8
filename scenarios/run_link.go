package scenarios

import (
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/wire"
)

// direction is a link: octets go from one node to another.
type direction struct{ from, to string }

// linkAt is how a link is now, and how it will be when a change of it ends.
type linkAt struct {
	mu    sync.Mutex
	now   wire.Link
	until *time.Timer // ends the change
	count int         // of changes; a timer ends its own only
}

// link changes the link in the direction as written; the way back stays as it
// is. Cut, no connection survives for long all the same, as TCP needs both.
func (r *run) link(c *LinkChange) error {
	key := direction{c.From, c.To}
	before := r.plain()
	if at := r.links[key]; at != nil {
		at.mu.Lock()
		before = at.now
		at.mu.Unlock()
	}
	l := before
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
	if err := r.setLink(c.From, c.To, l); err != nil {
		return err
	}
	if c.For > 0 {
		at := r.links[key]
		at.mu.Lock()
		defer at.mu.Unlock()
		change := at.count
		at.until = time.AfterFunc(c.For, func() {
			at.mu.Lock()
			defer at.mu.Unlock()
			if at.count != change {
				return // changed again meanwhile
			}
			at.now = before
			_ = r.net.SetLink(c.From, c.To, before) // the nodes were there before
		})
	}
	return nil
}

// setLink sets a link and ends what was to come of an earlier change.
func (r *run) setLink(from, to string, l wire.Link) error {
	if err := r.net.SetLink(from, to, l); err != nil {
		return err
	}
	at := r.links[direction{from, to}]
	if at == nil {
		at = new(linkAt)
		r.links[direction{from, to}] = at
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	at.count++
	at.now = l
	if at.until != nil {
		at.until.Stop()
		at.until = nil
	}
	return nil
}

// unlinkAll ends the timers of all links, so that none outlives the run.
func (r *run) unlinkAll() {
	for _, at := range r.links {
		at.mu.Lock()
		if at.until != nil {
			at.until.Stop()
		}
		at.mu.Unlock()
	}
}
