package trace

import (
	"iter"
	"strings"
)

// Nothing that one mail does is judged by what another does, but for a notification
// and the mail that it is about. So the evidence is put into order by families, and
// judged family by family: what is looked up of a hundred thousand mails never has
// to be in memory at once.

// families numbers the families of mails.
type families map[string]int32

// of returns the family of a mail: plan/dsn-mx1 is of the family of plan.
func (f families) of(mail string) int32 {
	name, _, _ := strings.Cut(mail, "/dsn")
	n, ok := f[name]
	if !ok {
		n = int32(len(f))
		f[name] = n
	}
	return n
}

// sorted is a list with the members of each family side by side, in the order that
// they had.
type sorted[T any] struct {
	items []T
	ends  []int32 // of each family in items
}

// of returns the members of a family.
func (s sorted[T]) of(family int32) []T {
	from := int32(0)
	if family > 0 {
		from = s.ends[family-1]
	}
	return s.items[from:s.ends[family]]
}

// sortFamilies sorts a list by counting; of[i] is the family of list[i], one of n.
func sortFamilies[T any](list []T, of []int32, n int) sorted[T] {
	s := sorted[T]{items: make([]T, len(list)), ends: make([]int32, n)}
	next := make([]int32, n+1) // where the next member of each family goes
	for _, f := range of {
		next[f+1]++
	}
	for f := range n {
		next[f+1] += next[f]
		s.ends[f] = next[f+1]
	}
	for i, f := range of {
		s.items[next[f]] = list[i]
		next[f]++
	}
	return s
}

// family is the evidence of one family.
type family struct {
	events    []*Event
	queued    []*Held
	delivered []*Delivery
	sent      []*Sent
}

// families gives the evidence of each family. Events that are of no mail's fate are
// left out: no invariant asks for them.
func (e Evidence) families() iter.Seq[family] {
	f := families{}
	events := make([]*Event, 0, len(e.Events))
	ofEvents := make([]int32, 0, len(e.Events))
	for _, v := range e.Events {
		if v.Kind.ofFate() {
			events = append(events, v)
			ofEvents = append(ofEvents, f.of(v.Mail))
		}
	}
	queued, ofQueued := pointers(f, e.Queued, func(h *Held) string { return h.Mail })
	delivered, ofDelivered := pointers(f, e.Delivered, func(d *Delivery) string { return d.Mail })
	sent, ofSent := pointers(f, e.Sent, func(s *Sent) string { return s.Mail })
	n := len(f)
	byEvent, byQueued := sortFamilies(events, ofEvents, n), sortFamilies(queued, ofQueued, n)
	byDelivered, bySent := sortFamilies(delivered, ofDelivered, n), sortFamilies(sent, ofSent, n)
	return func(yield func(family) bool) {
		for i := range int32(n) {
			if !yield(family{byEvent.of(i), byQueued.of(i), byDelivered.of(i), bySent.of(i)}) {
				return
			}
		}
	}
}

// pointers returns pointers into a list, and the family of each.
func pointers[T any](f families, list []T, mail func(*T) string) (all []*T, of []int32) {
	all, of = make([]*T, len(list)), make([]int32, len(list))
	for i := range list {
		all[i], of[i] = &list[i], f.of(mail(&list[i]))
	}
	return all, of
}

// ofFate reports whether an event says what became of a mail.
func (k Kind) ofFate() bool {
	switch k {
	case MailAccepted, MailGenerated, MailExpanded, MailConverted, MailRelayed, MailDeferred, MailDelivered, MailBounced, MailExpired, MailDiscarded:
		return true
	}
	return false
}
