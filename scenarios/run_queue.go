package scenarios

import (
	"fmt"

	"github.com/mailsim/mailsim/sim"
)

// queueSubject looks into a node's queue. Has wants every mail of that name
// there; Count counts mails, not recipients: of those that Has names, or all.
type queueSubject struct {
	run   *run
	check *QueueCheck
	node  *sim.Node

	held   bool
	before int // so many events of the node there must be before another look can change the answer
}

func (q *queueSubject) holds(look bool) bool {
	seen := q.run.index.byNode[q.check.Node] + 1
	if seen < q.before && !look {
		return q.held
	}
	var missing int
	q.held, missing = q.look()
	// A queue changes with an event of its node only, and by one mail. What is told
	// already may still be in it, so that only half of the way is taken on trust.
	q.before = seen + max(1, missing/2)
	return q.held
}

// look judges, and returns by how many mails the queue has to change at least until
// the answer can be another.
func (q *queueSubject) look() (held bool, missing int) {
	ids, there := map[string]bool{}, map[string]bool{}
	for _, e := range q.node.Queue() {
		if q.check.Has == "" || q.run.member(e.Mail, q.check.Has) {
			ids[e.ID] = true
			there[e.Mail] = true
		}
	}
	switch c := q.check.Count; {
	case c != nil && len(ids) < c.Min:
		return false, c.Min - len(ids)
	case c != nil && !c.Holds(len(ids)):
		return false, len(ids) - c.Max
	case c != nil:
		return true, 1
	case q.check.Has == "":
		return len(ids) > 0, 1
	}
	for _, name := range q.run.names(q.check.Has) {
		if !there[name] {
			missing++
		}
	}
	return missing == 0, missing
}

func (q *queueSubject) tell() *finding {
	f := &finding{want: "the queue of " + q.check.Node + " holds "}
	switch {
	case q.check.Count != nil && q.check.Has != "":
		f.want += amount(*q.check.Count, "mail") + " of " + q.check.Has
	case q.check.Count != nil:
		f.want += amount(*q.check.Count, "mail")
	case q.check.Has != "":
		f.want += q.check.Has
	default:
		f.want += "a mail"
	}
	entries := q.node.Queue()
	if len(entries) == 0 {
		f.got = "the queue of " + q.check.Node + " is empty"
	} else {
		f.got = fmt.Sprintf("the queue of %s holds %s:", q.check.Node, plural(queuedMails(q.node), "mail"))
		for i, e := range entries {
			if i == listMost {
				f.line("  and %s", plural(len(entries)-i, "more recipient"))
				break
			}
			f.line("  %s", q.run.queued(e))
		}
	}
	if q.check.Has != "" {
		q.run.follow(f, q.check.Has, func(mail string) bool {
			for _, e := range entries {
				if e.Mail == mail {
					return false
				}
			}
			return true
		})
	} else if len(entries) > 0 {
		f.mails = append(f.mails, entries[0].Mail)
	}
	return f
}
