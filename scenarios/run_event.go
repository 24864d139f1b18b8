package scenarios

import (
	"maps"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// fits reports whether an event is what c asks for, its mail aside.
func fits(c *EventCheck, e *trace.Event) bool {
	return fitsText(c.Event, string(e.Kind)) &&
		fitsNil(c.Node, e.Node) &&
		fitsNil(c.Peer, e.Peer) &&
		fitsAddress(c.From, e.From) &&
		fitsAddress(c.To, e.To) &&
		fitsReply(c.Reply, e.Reply) &&
		fitsNil(c.Detail, e.Detail) &&
		fitsNil(c.Session, e.Session) &&
		fitsNil(c.ID, e.ID) &&
		fitsNil(c.With, e.With) &&
		(c.Attempt == nil || c.Attempt.Holds(e.Attempt))
}

// fitsText is Match, but an absent pattern fits what is empty, and a pattern
// that is not given fits all.
func fitsText(p Pattern, s string) bool {
	switch {
	case p.Absent:
		return s == ""
	case p.Text == "" && p.Regexp == nil:
		return true
	}
	return p.Match(s)
}

func fitsNil(p *Pattern, s string) bool {
	switch {
	case p == nil:
		return true
	case p.Absent:
		return s == ""
	}
	return p.Match(s)
}

// fitsAddress compares addresses: domains without case, the null reverse-path
// written as "" or <>. Of several recipients in one event one is enough.
func fitsAddress(p *Pattern, s string) bool {
	if p == nil || p.Absent || p.Regexp != nil {
		return fitsNil(p, s)
	}
	if sameAddress(p.Text, s) {
		return true
	}
	for one := range strings.SplitSeq(s, ", ") {
		if sameAddress(p.Text, one) {
			return true
		}
	}
	return false
}

// sameAddress compares two mailboxes as RFC 5321 2.4 says: the local part octet
// by octet, the domain without case. Angle brackets do not matter.
func sameAddress(a, b string) bool {
	a, b = bare(a), bare(b)
	if a == b {
		return true
	}
	i, j := strings.LastIndexByte(a, '@'), strings.LastIndexByte(b, '@')
	if i < 0 || j < 0 {
		return i == j && strings.EqualFold(a, b) // postmaster
	}
	return a[:i] == b[:j] && strings.EqualFold(a[i:], b[j:])
}

func bare(a string) string {
	if len(a) >= 2 && a[0] == '<' && a[len(a)-1] == '>' {
		return a[1 : len(a)-1]
	}
	return a
}

// fitsReply compares a reply: a bare code with the code, a bare enhanced code
// behind it with both, all else with the whole text "451 4.3.0 try later".
func fitsReply(p *Pattern, s string) bool {
	if p == nil || p.Absent || p.Regexp != nil {
		return fitsNil(p, s)
	}
	if p.Text == s {
		return true
	}
	words := strings.Fields(p.Text)
	switch {
	case len(words) == 0 || !isCode(words[0]):
		return false
	case len(words) == 1:
		code, _, _ := strings.Cut(s, " ")
		return code == words[0]
	case len(words) == 2 && isEnhanced(words[1]):
		have := strings.Fields(s)
		return len(have) >= 2 && have[0] == words[0] && have[1] == words[1]
	}
	return false
}

func isCode(s string) bool {
	return len(s) == 3 && strings.Trim(s, "0123456789") == ""
}

func isEnhanced(s string) bool {
	return strings.Count(s, ".") == 2 && strings.Trim(s, "0123456789.") == ""
}

// replyText is a reply as events and patterns have it.
func replyText(r mail.Reply) string { return r.String() }

// eventSubject counts events since the beginning of the run. Mail names one
// mail or a group, and then events of the sessions in which it was seen count
// as its own.
type eventSubject struct {
	run   *run
	check *EventCheck
	next  int // first event of the list that was not looked at
	count int
}

func (q *eventSubject) holds(bool) bool {
	q.look()
	if q.check.Count == nil {
		return q.count > 0
	}
	return q.check.Count.Holds(q.count)
}

// look counts what is new. Events of sessions come before anybody knows what
// mail they belong to, so those are counted anew each time.
func (q *eventSubject) look() {
	x := q.run.index
	name := q.check.Mail
	switch {
	case name == nil:
		for ; q.next < len(x.events); q.next++ {
			q.tally(x.events[q.next])
		}
	case q.ofSessions():
		q.count = 0
		for _, e := range q.sessionEvents() {
			q.tally(e)
		}
	case name.Regexp == nil && !name.Absent && q.run.groups[name.Text] == 0:
		list := x.mails().events[name.Text]
		for ; q.next < len(list); q.next++ {
			q.tally(x.events[list[q.next]])
		}
	default:
		for ; q.next < len(x.events); q.next++ {
			if e := x.events[q.next]; q.ofMail(e.Mail) {
				q.tally(e)
			}
		}
	}
}

func (q *eventSubject) tally(e *trace.Event) {
	if fits(q.check, e) {
		q.count++
	}
}

// ofSessions reports whether the check may be about events of a session.
func (q *eventSubject) ofSessions() bool {
	return q.check.Event.Regexp != nil || q.check.Event.Text == "" ||
		strings.HasPrefix(q.check.Event.Text, "session.")
}

// ofMail reports whether a mail is one that the check names.
func (q *eventSubject) ofMail(mail string) bool {
	p := q.check.Mail
	if p.Regexp == nil && !p.Absent {
		return q.run.member(mail, p.Text)
	}
	return fitsNil(p, mail)
}

// sessionEvents returns the events of all mails that the check names and of
// their sessions, each one once.
func (q *eventSubject) sessionEvents() []*trace.Event {
	x := q.run.index
	m := x.mails()
	seen := map[int32]bool{}
	for name, list := range m.events {
		if !q.ofMail(name) {
			continue
		}
		for _, i := range list {
			seen[i] = true
		}
		for _, s := range m.sessions[name] {
			for _, i := range m.ofSession[s] {
				seen[i] = true
			}
		}
	}
	if q.check.Mail.Absent {
		for i, e := range x.events {
			if e.Mail == "" {
				seen[int32(i)] = true
			}
		}
	}
	events := make([]*trace.Event, 0, len(seen))
	for _, i := range slices.Sorted(maps.Keys(seen)) { // events of one instant keep their order
		events = append(events, x.events[i])
	}
	trace.Sort(events)
	return events
}

func (q *eventSubject) tell() *finding {
	f := &finding{want: describe(q.check)}
	if q.check.Count != nil {
		f.want = amount(*q.check.Count, "event") + " " + f.want
	} else {
		f.want = "an event " + f.want
	}
	var same, near []*trace.Event // as asked; of that kind, but not quite as asked
	loose := EventCheck{Event: q.check.Event, Node: q.check.Node}
	for _, e := range canonical(q.candidates()) {
		switch {
		case fits(q.check, e):
			same = append(same, e)
		case fits(&loose, e):
			near = append(near, e)
		}
	}
	switch {
	case len(same) == 0 && len(near) == 0:
		f.got = "no such event"
	case len(same) == 0:
		f.got = "no such event; nearest are:"
		f.events(near)
	default:
		f.got = plural(len(same), "such event") + ":"
		f.events(same)
	}
	if p := q.check.Mail; p != nil && p.Regexp == nil && !p.Absent {
		if q.run.groups[p.Text] == 0 {
			q.run.follow(f, p.Text, func(string) bool { return len(same) == 0 })
		}
		return f
	}
	f.trace = append(f.trace, same...)
	f.trace = append(f.trace, near...)
	return f
}

// candidates returns the events of the mails that the check names.
func (q *eventSubject) candidates() []*trace.Event {
	if q.check.Mail == nil {
		return q.run.index.events
	}
	return q.sessionEvents()
}

// describe writes an event check as one reads it in a scenario.
func describe(c *EventCheck) string {
	var parts []string
	if c.Event.Text != "" {
		parts = append(parts, c.Event.Text)
	}
	for _, f := range c.wanted() {
		parts = append(parts, f.name+": "+f.text())
	}
	if c.Attempt != nil {
		parts = append(parts, "attempt: "+c.Attempt.String())
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
