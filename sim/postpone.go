package sim

import (
	"context"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// postpone keeps recipients whose own mailboxes here could not take a mail for now:
// the node is responsible for them already, so they wait in its queue as those for
// other hosts do, and are neither lost nor bounced (RFC 5321 4.2.5, 4.5.4.1).
func (q *queue) postpone(it *item, left []pending) {
	if len(left) == 0 {
		return
	}
	n := q.node
	now := time.Now()
	e := &entry{it: it, rcpts: left, tries: 1}
	e.due = n.cfg.Queue.next(now, now, e.tries, it.since().Add(n.cfg.Queue.expire()))
	for _, p := range left {
		n.deferred(e, p, "", now)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.enter(e, nextHop{local: true})
	q.ensureRunning()
}

// deferred notes that a recipient waits for the next try.
func (n *Node) deferred(e *entry, p pending, remote string, now time.Time) {
	n.emit(trace.Event{
		Kind: trace.MailDeferred, Mail: e.it.mail, ID: e.it.id, Peer: remote,
		From: e.it.env.From, To: p.To, Reply: p.last.String(), Attempt: e.tries,
		Detail: "next try in " + e.due.Sub(now).Round(time.Second).String(),
	})
}

// attemptLocal tries again to deliver into the node's own mailboxes.
func (n *Node) attemptLocal(ctx context.Context, e *entry, out *outcome) {
	var left []pending
	var delivered []mail.Recipient
	for _, p := range out.left {
		addr, err := mail.ParseAddress(p.To)
		if err == nil && ctx.Err() == nil {
			p.last = n.deliver(e.it, addr)
		}
		switch {
		case ctx.Err() != nil || temporary(p.last):
			left = append(left, p)
		case p.last.Code == 0:
			n.delivered(e.it, p.To)
			delivered = append(delivered, p.Recipient)
		default:
			out.failed = append(out.failed, failure{rcpt: p.Recipient, reply: p.last})
		}
	}
	out.left = left
	n.queue.served(e, out)
	n.succeeded(e.it, delivered, mail.ActionDelivered, "")
}
