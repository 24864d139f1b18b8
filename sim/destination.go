package sim

import (
	"container/heap"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// entry is one copy of an item for one next hop: it is tried as a whole.
type entry struct {
	it      *item
	to      *destination
	number  uint64    // in the order in which entries came
	rcpts   []pending // those still to be served
	tries   int
	due     time.Time
	noticed bool     // the delay was notified
	late    bool     // that its time is over was notified (RFC 2852)
	paused  *attempt // one that has begun and waits for news of a host

	form    *mail.Converted // as it was last converted; nil: it was not
	formFor mail.Transport
}

// earlier is the order in which entries are tried: the one that is due first, and
// of those due at one instant the one whose mail has the smaller id. Which came
// first says nothing at one instant: goroutines run in any order.
func (e *entry) earlier(o *entry) bool {
	switch {
	case !e.due.Equal(o.due):
		return e.due.Before(o.due)
	case e.it.id != o.it.id:
		return e.it.id < o.it.id
	}
	return e.number < o.number
}

// destination is one next hop and what a queue has for it.
type destination struct {
	hop     nextHop
	entries int        // those that wait and those that are tried
	urgent  int        // those of them that wait and have a priority
	running int        // tries that go on
	waiting dueHeap    // the others
	due     urgentHeap // those of them that were due when one was last taken by priority
	at      int        // its place in destinations.ready, -1: none
}

// destinations are the next hops of a queue. Every step costs the logarithm of
// how many there are, and of how much waits for one of them.
type destinations struct {
	byHop   map[nextHop]*destination
	ready   destHeap // those with an entry that may be tried once it is due
	perHost int      // tries at once to one of them
}

// of finds or makes the destination of a next hop.
func (ds *destinations) of(hop nextHop) *destination {
	d := ds.byHop[hop]
	if d == nil {
		if ds.byHop == nil {
			ds.byHop = map[nextHop]*destination{}
		}
		d = &destination{hop: hop, at: -1}
		ds.byHop[hop] = d
	}
	return d
}

// add takes an entry for its destination. It waits.
func (ds *destinations) add(e *entry) {
	e.to.entries++
	ds.put(e)
}

// put lets an entry wait until it is due.
func (ds *destinations) put(e *entry) {
	e.to.prioritise(e, 1)
	heap.Push(&e.to.waiting, e)
	ds.order(e.to)
}

// first returns the entry that is to be tried next, or nil.
func (ds *destinations) first() *entry {
	if len(ds.ready) == 0 {
		return nil
	}
	return ds.ready[0].first()
}

// first returns the entry of a destination that comes first, or nil.
func (d *destination) first() *entry {
	switch {
	case d.due.Len() > 0:
		return d.due.dueHeap[0]
	case len(d.waiting) > 0:
		return d.waiting[0]
	}
	return nil
}

// take begins a try of the first entry of a destination.
func (ds *destinations) take(d *destination) *entry {
	e := d.pop(time.Now())
	d.running++
	ds.order(d)
	return e
}

// tried ends a try.
func (ds *destinations) tried(d *destination) {
	d.running--
	ds.order(d)
	ds.tidy(d)
}

// drop forgets an entry that does not wait.
func (ds *destinations) drop(e *entry) {
	e.to.entries--
	ds.tidy(e.to)
}

// tidy forgets a destination that has nothing to do.
func (ds *destinations) tidy(d *destination) {
	if d.entries == 0 && d.running == 0 {
		delete(ds.byHop, d.hop)
	}
}

// order puts a destination where its first entry belongs.
func (ds *destinations) order(d *destination) {
	may := d.first() != nil && d.running < ds.perHost
	switch {
	case may && d.at < 0:
		heap.Push(&ds.ready, d)
	case may:
		heap.Fix(&ds.ready, d.at)
	case d.at >= 0:
		heap.Remove(&ds.ready, d.at)
	}
}

// dueHeap has the entry that comes first on top.
type dueHeap []*entry

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].earlier(h[j]) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(*entry)) }

func (h *dueHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}

// destHeap has the destination of the entry that comes first on top.
type destHeap []*destination

func (h destHeap) Len() int           { return len(h) }
func (h destHeap) Less(i, j int) bool { return h[i].first().earlier(h[j].first()) }

func (h destHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

func (h *destHeap) Push(x any) {
	d := x.(*destination)
	d.at = len(*h)
	*h = append(*h, d)
}

func (h *destHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	last.at = -1
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
