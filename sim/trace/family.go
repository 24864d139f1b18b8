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

// families gives the evidence of each family. Events that are of no mail's fate are
// left out: no invariant asks for them.
func (e Evidence) families() iter.Seq[Evidence] {
	f := families{}
	events := make([]*Event, 0, len(e.Events))
	var ofEvents, ofQueued, ofDelivered, ofSent []int32
	for _, v := range e.Events {
		if v.Kind.ofFate() {
			events = append(events, v)
			ofEvents = append(ofEvents, f.of(v.Mail))
		}
	}
	for i := range e.Queued {
		ofQueued = append(ofQueued, f.of(e.Queued[i].Mail))
	}
	for i := range e.Delivered {
		ofDelivered = append(ofDelivered, f.of(e.Delivered[i].Mail))
	}
	for i := range e.Sent {
		ofSent = append(ofSent, f.of(e.Sent[i].Mail))
	}
	n := len(f)
	byEvent, byQueued := sortFamilies(events, ofEvents, n), sortFamilies(e.Queued, ofQueued, n)
	byDelivered, bySent := sortFamilies(e.Delivered, ofDelivered, n), sortFamilies(e.Sent, ofSent, n)
	return func(yield func(Evidence) bool) {
		for i := range int32(n) {
			one := Evidence{
				Events: byEvent.of(i), Queued: byQueued.of(i), Delivered: byDelivered.of(i), Sent: bySent.of(i),
				MaxHops: e.MaxHops,
			}
			if !yield(one) {
				return
			}
		}
	}
}

// ofFate reports whether an event says what became of a mail.
func (k Kind) ofFate() bool {
	switch k {
	case MailAccepted, MailGenerated, MailExpanded, MailConverted, MailRelayed, MailDeferred, MailDelivered, MailBounced, MailExpired, MailDiscarded:
		return true
	}
	return false
}
