package scenarios

import (
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/trace"
)

// index finds the events of a mail without looking through the whole log. It
// belongs to the goroutine that tells the story, and knows what had happened at
// its last refresh.
type index struct {
	log     *trace.Log
	events  []*trace.Event // in the order of their arrival
	byMail  map[string][]int
	byNode  map[string]int // how many events a node has
	arrived int            // events of mail.delivered
	// Events of a session belong to all mails that were seen in it.
	bySession map[string][]int
	sessions  map[string][]string // of a mail, in the order in which it was seen in them
	sorted    map[string]ofMail
}

// ofMail is the canonical list of a mail's events, made when it had so many.
type ofMail struct {
	version int
	events  []*trace.Event
}

func newIndex(log *trace.Log) *index {
	return &index{
		log:       log,
		byMail:    map[string][]int{},
		byNode:    map[string]int{},
		bySession: map[string][]int{},
		sessions:  map[string][]string{},
		sorted:    map[string]ofMail{},
	}
}

// len returns how many events the index knows.
func (x *index) len() int { return len(x.events) }

// stale reports whether there are events that the index does not know.
func (x *index) stale() bool { return x.log.Len() > len(x.events) }

// refresh takes in what has happened since.
func (x *index) refresh() {
	if !x.stale() {
		return
	}
	all, _ := x.log.Since(0)
	for i := len(x.events); i < len(all); i++ {
		e := all[i]
		x.byNode[e.Node]++
		if e.Kind == trace.MailDelivered {
			x.arrived++
		}
		session := ""
		if e.Session != "" {
			session = e.Node + "\x00" + e.Session
		}
		if session != "" && e.Mail != "" && !listed(x.sessions[e.Mail], session) {
			x.sessions[e.Mail] = append(x.sessions[e.Mail], session)
		}
		switch {
		case session != "" && (e.Mail == "" || e.Kind.OfSession()):
			x.bySession[session] = append(x.bySession[session], i)
		case e.Mail != "":
			x.byMail[e.Mail] = append(x.byMail[e.Mail], i)
		}
	}
	x.events = all
}

// listed looks from the end: what is asked for is mostly the newest.
func listed(list []string, s string) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == s {
			return true
		}
	}
	return false
}

// version grows with every event that belongs to a mail.
func (x *index) version(mail string) int {
	n := len(x.byMail[mail])
	for _, s := range x.sessions[mail] {
		n += len(x.bySession[s])
	}
	return n
}

// of returns the events of a mail and of the sessions in which it was seen, in
// canonical order. The slice is shared.
func (x *index) of(mail string) []*trace.Event {
	v := x.version(mail)
	if have, ok := x.sorted[mail]; ok && have.version == v {
		return have.events
	}
	events := make([]*trace.Event, 0, v)
	for _, i := range x.byMail[mail] {
		events = append(events, x.events[i])
	}
	for _, s := range x.sessions[mail] {
		for _, i := range x.bySession[s] {
			events = append(events, x.events[i])
		}
	}
	trace.Sort(events)
	x.sorted[mail] = ofMail{v, events}
	return events
}

// names returns the mails that a name stands for: those of a group, or itself.
func (r *run) names(mail string) []string {
	n, ok := r.groups[mail]
	if !ok {
		return []string{mail}
	}
	all := make([]string, n)
	for i := range all {
		all[i] = mailOf(mail, i+1)
	}
	return all
}

// mailOf is the name of the i-th mail of a group; i counts from 1.
func mailOf(group string, i int) string { return group + "-" + strconv.Itoa(i) }

// member reports whether a mail is the one of that name, or in the group.
func (r *run) member(mail, name string) bool {
	if mail == name {
		return true
	}
	n, ok := r.groups[name]
	if !ok {
		return false
	}
	digits, ok := strings.CutPrefix(mail, name+"-")
	if !ok {
		return false
	}
	i, err := strconv.Atoi(digits)
	return err == nil && i >= 1 && i <= n && digits == strconv.Itoa(i)
}
