package sim

import (
	"cmp"
	"slices"
	"time"
)

// memo is what a node remembers of peers, senders and the like, by key. It is
// bounded: what was not used for as long as keep is forgotten, and beyond most
// entries the ones that were used longest ago.
//
// It forgets before the first use of an instant, by what was there before it:
// sessions of one instant come in any order, and so find and leave the same.
type memo[V any] struct {
	most int
	keep time.Duration
	last int64 // the instant of the last use
	all  map[string]*memory[V]
}

type memory[V any] struct {
	used  int64
	value V
}

// at returns what is remembered by a key, and notes that it is used now, an
// instant in nanoseconds. It is there afterwards.
func (m *memo[V]) at(key string, now int64) *V {
	if now > m.last && len(m.all) > m.most {
		m.forget(now)
	}
	m.last = max(m.last, now)
	e := m.all[key]
	switch {
	case e == nil:
		if m.all == nil {
			m.all = map[string]*memory[V]{}
		}
		e = new(memory[V])
		m.all[key] = e
	case e.used+int64(m.keep) <= now:
		e.value = *new(V)
	}
	e.used = now
	return &e.value
}

// forget drops what is too old, and then the oldest until a quarter of the room
// is free, so that it need not be done again at once.
func (m *memo[V]) forget(now int64) {
	type old struct {
		key  string
		used int64
	}
	var rest []old
	for key, e := range m.all {
		if e.used+int64(m.keep) <= now {
			delete(m.all, key)
			continue
		}
		rest = append(rest, old{key, e.used})
	}
	room := m.most - m.most/4
	if len(rest) <= room {
		return
	}
	slices.SortFunc(rest, func(a, b old) int {
		return cmp.Or(cmp.Compare(a.used, b.used), cmp.Compare(a.key, b.key))
	})
	for _, o := range rest[:len(rest)-room] {
		delete(m.all, o.key)
	}
}
