package scenarios

import (
	"github.com/mailsim/mailsim/sim/trace"
)

// traceSubject looks for events of a mail in the order of the check; others may
// lie between. Of a group, every mail must have them.
type traceSubject struct {
	run   *run
	check *TraceCheck
	found memory[int] // how many of the wanted events are there, in order
	mails group
}

func (q *traceSubject) holds(look bool) bool {
	find := func(mail string) int { return q.find(q.run.index.of(mail)) }
	return q.mails.all(q.run, q.check.Mail, func(mail string) bool {
		return q.found.of(q.run.index, mail, look, find) >= len(q.check.Has)
	})
}

// find returns how many of the wanted events are there in order. Taking the
// earliest fit of each leaves most for those behind it.
func (q *traceSubject) find(events []*trace.Event) int {
	n := 0
	for _, e := range events {
		if n == len(q.check.Has) {
			break
		}
		c := &q.check.Has[n]
		if fits(c, e) && (c.Mail == nil || fitsNil(c.Mail, e.Mail)) {
			n++
		}
	}
	return n
}

func (q *traceSubject) tell() *finding {
	f := &finding{want: "the trace of " + q.check.Mail + " has, in this order:"}
	for i := range q.check.Has {
		f.want += "\n  " + describe(&q.check.Has[i])
	}
	told := 0
	for _, name := range q.run.names(q.check.Mail) {
		events := q.run.index.of(name)
		n := q.find(events)
		if n == len(q.check.Has) && q.run.groups[q.check.Mail] > 0 {
			continue
		}
		if told++; told > listMost {
			f.line("and other mails of %s", q.check.Mail)
			break
		}
		f.mails = append(f.mails, name)
		switch {
		case len(events) == 0:
			f.line("nothing happened with %s", name)
		case n == len(q.check.Has):
			f.line("%s has them all", name)
		case n == 0:
			f.line("%s has no %s", name, describe(&q.check.Has[0]))
		default:
			f.line("%s has %d of %d: there is no %s after %s", name, n, len(q.check.Has),
				describe(&q.check.Has[n]), describe(&q.check.Has[n-1]))
		}
		if n < len(q.check.Has) {
			f.line("%s", q.run.whereabouts(name))
		}
	}
	return f
}
