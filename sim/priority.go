package sim

import "time"

// priority of an entry is that of its mail (RFC 6710); 0 where it has none.
func (e *entry) priority() int {
	if p := e.it.env.Priority; p != nil {
		return *p
	}
	return 0
}

// mostUrgent is the place among the waiting of the entry that is to be tried next:
// of those that are due, one with the highest priority (RFC 6710 4.3). Without
// priorities it is the first. Priorities are rare, so that a look at all costs less
// than another order for all would.
func (d *destination) mostUrgent(now time.Time) int {
	best := 0
	if d.urgent == 0 {
		return best
	}
	for i, e := range d.waiting {
		b := d.waiting[best]
		if e.due.After(now) || e.priority() < b.priority() {
			continue
		}
		if e.priority() > b.priority() || e.earlier(b) {
			best = i
		}
	}
	return best
}

// prioritise counts entries with a priority that begin or end to wait.
func (d *destination) prioritise(e *entry, more int) {
	if e.priority() != 0 {
		d.urgent += more
	}
}
