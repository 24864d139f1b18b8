package scenarios

import (
	"errors"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim"
)

// observer looks at the subject of an expectation: one of the fields of Expect.
type observer interface {
	// holds judges at a quiet moment. It may answer as it did before where
	// nothing that happened since can matter; with look set it must look.
	holds(look bool) bool
	// tell says what was wanted, what is there, and whose events show it. It is
	// called after a look, at the same moment.
	tell() *finding
}

// lateCheck is an expectation that is judged at the end of the story.
type lateCheck struct {
	at *slot
	do *Expect
	on observer
}

// expect judges an expectation, now or as time passes, or puts it off to the end.
func (r *run) expect(e *Expect, at *slot, began time.Time) error {
	on, err := r.subject(e)
	if err != nil {
		return err
	}
	if e.AtEnd {
		r.late = append(r.late, lateCheck{at, e, on})
		return nil
	}
	if e.Never {
		r.settle(e, at, began, on, r.await(e.For, on.holds)) // at any moment
	} else {
		r.settle(e, at, began, on, r.awaitCalm(e.Within, on.holds))
	}
	return nil
}

// settle decides the check of an expectation that held or did not.
func (r *run) settle(e *Expect, at *slot, began time.Time, on observer, held bool) {
	if held != e.Never {
		r.judge(at, began, nil)
		return
	}
	f := on.tell()
	before := ", "
	if strings.Contains(f.want, "\n") {
		before = "\n" // not to be read as part of the last pattern
	}
	switch {
	case e.Never:
		f.want = "never: " + f.want
		if e.For > 0 {
			f.want += before + "for " + short(e.For)
		}
	case e.Within > 0:
		f.want += before + "within " + short(e.Within)
	}
	r.judge(at, began, f)
}

// judgeLate judges what was put off to the end: when no session is open and no
// queue holds a mail, or when every queue should have given up.
func (r *run) judgeLate() {
	if len(r.late) == 0 {
		return
	}
	r.quiet()
	for _, l := range r.late {
		began := time.Now()
		r.res.begin(l.at)
		r.settle(l.do, l.at, began, l.on, r.await(0, l.on.holds))
	}
	r.res.begin(nil)
}

// subject makes what looks at the subject of an expectation.
func (r *run) subject(e *Expect) (observer, error) {
	switch {
	case e.Mailbox != nil:
		return r.mailbox(e.Mailbox)
	case e.Queue != nil:
		nd, err := r.node(e.Queue.Node)
		return &queueSubject{run: r, check: e.Queue, node: nd}, err
	case e.Route != nil:
		return &routeSubject{run: r, check: e.Route}, nil
	case e.Trace != nil:
		return &traceSubject{run: r, check: e.Trace}, nil
	case e.Event != nil:
		return &eventSubject{run: r, check: e.Event}, nil
	case e.Received != nil:
		return &receivedSubject{run: r, check: e.Received}, nil
	case e.Wire != nil:
		nd, err := r.node(e.Wire.Node)
		return &wireSubject{run: r, check: e.Wire, node: nd}, err
	case e.Node != nil:
		nd, err := r.node(e.Node.Node)
		return &nodeSubject{check: e.Node, node: nd}, err
	}
	return nil, errors.New("an expectation without a subject: give it one of mailbox, queue, route, trace, event, received, wire, node")
}

// nodeSubject looks at a node.
type nodeSubject struct {
	check *NodeCheck
	node  *sim.Node
}

func (n *nodeSubject) holds(bool) bool {
	c := n.check
	return (c.Connections == nil || c.Connections.Holds(n.node.Connections())) &&
		(c.Queued == nil || c.Queued.Holds(queuedMails(n.node))) &&
		(c.Up == nil || *c.Up == n.node.Up())
}

func (n *nodeSubject) tell() *finding {
	f := &finding{}
	if c := n.check.Connections; c != nil {
		f.and(amount(*c, "open connection"), plural(n.node.Connections(), "open connection"))
	}
	if c := n.check.Queued; c != nil {
		f.and(amount(*c, "queued mail"), plural(queuedMails(n.node), "queued mail"))
	}
	if up := n.check.Up; up != nil {
		f.and(upOrDown(*up), upOrDown(n.node.Up()))
	}
	f.want = "node " + n.check.Node + ": " + f.want
	f.got = "node " + n.check.Node + ": " + f.got
	return f
}

func upOrDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

// queuedMails counts the mails in a node's queue; a queue lists recipients.
func queuedMails(nd *sim.Node) int {
	ids := map[string]bool{}
	for _, q := range nd.Queue() {
		ids[q.ID] = true
	}
	return len(ids)
}
