package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/trace"
)

// index finds events without looking through the whole log. It belongs to the
// goroutine that tells the story, and knows what had happened at its last refresh.
type index struct {
	log     *trace.Log
	events  []*trace.Event // in the order of their arrival
	byNode  map[string]int // how many events a node has
	arrived int            // events of mail.delivered
	byMail  mailIndex
}

// mailIndex finds the events of a mail. It takes in what has happened when a check
// asks for a mail, which after a load of a hundred thousand may be never.
type mailIndex struct {
	known  int // so many events of the index
	events map[string][]int32
	// Events of a session belong to all mails that were seen in it.
	ofSession map[session][]int32
	sessions  map[string][]session // of a mail, in the order in which it was seen in them
	sorted    map[string]ofMail
}

// session names a server session among all nodes.
type session struct{ node, name string }

// ofMail is the canonical list of a mail's events, made when it had so many.
type ofMail struct {
	version int
	events  []*trace.Event
}

func newIndex(log *trace.Log) *index {
	return &index{
		log:    log,
		byNode: map[string]int{},
		byMail: mailIndex{
			events:    map[string][]int32{},
			ofSession: map[session][]int32{},
			sessions:  map[string][]session{},
			sorted:    map[string]ofMail{},
		},
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
	for _, e := range all[len(x.events):] {
		x.byNode[e.Node]++
		if e.Kind == trace.MailDelivered {
			x.arrived++
		}
	}
	x.events = all
}

// mails returns what finds the events of mails, up to the last refresh.
func (x *index) mails() *mailIndex {
	m := &x.byMail
	for ; m.known < len(x.events); m.known++ {
		e := x.events[m.known]
		s := session{e.Node, e.Session}
		if e.Session != "" && e.Mail != "" && !listed(m.sessions[e.Mail], s) {
			m.sessions[e.Mail] = append(m.sessions[e.Mail], s)
		}
		switch {
		case e.Session != "" && (e.Mail == "" || e.Kind.OfSession()):
			m.ofSession[s] = append(m.ofSession[s], int32(m.known))
		case e.Mail != "":
			m.events[e.Mail] = append(m.events[e.Mail], int32(m.known))
		}
	}
	return m
}

// listed looks from the end: what is asked for is mostly the newest.
func listed(list []session, s session) bool {
	for _, other := range slices.Backward(list) {
		if other == s {
			return true
		}
	}
	return false
}

// version grows with every event that belongs to a mail.
func (x *index) version(mail string) int {
	m := x.mails()
	n := len(m.events[mail])
	for _, s := range m.sessions[mail] {
		n += len(m.ofSession[s])
	}
	return n
}

// of returns the events of a mail and of the sessions in which it was seen, in
// canonical order. The slice is shared.
func (x *index) of(mail string) []*trace.Event {
	v := x.version(mail)
	m := x.mails()
	if have, ok := m.sorted[mail]; ok && have.version == v {
		return have.events
	}
	events := make([]*trace.Event, 0, v)
	for _, i := range m.events[mail] {
		events = append(events, x.events[i])
	}
	for _, s := range m.sessions[mail] {
		for _, i := range m.ofSession[s] {
			events = append(events, x.events[i])
		}
	}
	trace.Sort(events)
	m.sorted[mail] = ofMail{v, events}
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
