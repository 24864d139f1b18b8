package sim

import (
	"container/heap"
	"time"
)

// priority of an entry is that of its mail (RFC 6710); 0 where it has none.
func (e *entry) priority() int {
	if p := e.it.env.Priority; p != nil {
		return *p
	}
	return 0
}

// moreUrgent is the order in which entries are tried that are due: by priority (RFC
// 6710 4.3), and without one as they fell due.
func (e *entry) moreUrgent(o *entry) bool {
	if p, q := e.priority(), o.priority(); p != q {
		return p > q
	}
	return e.earlier(o)
}

// pop takes the entry that is to be tried next off those that wait: of those that
// are due, the most urgent one. Where nobody has a priority that is the first, and
// the second heap stays empty.
func (d *destination) pop(now time.Time) *entry {
	if d.urgent > 0 || d.due.Len() > 0 {
		for len(d.waiting) > 0 && !d.waiting[0].due.After(now) {
			heap.Push(&d.due, heap.Pop(&d.waiting))
		}
	}
	var from heap.Interface = &d.waiting
	if d.due.Len() > 0 {
		from = &d.due
	}
	e := heap.Pop(from).(*entry)
	d.prioritise(e, -1)
	return e
}

// prioritise counts entries with a priority that begin or end to wait.
func (d *destination) prioritise(e *entry, more int) {
	if e.priority() != 0 {
		d.urgent += more
	}
}

// urgentHeap has the entry on top that is the most urgent. All of them are due.
type urgentHeap struct{ dueHeap }

func (h urgentHeap) Less(i, j int) bool { return h.dueHeap[i].moreUrgent(h.dueHeap[j]) }
