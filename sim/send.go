package sim

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// maxTargets bounds how many addresses one attempt tries; RFC 5321 5.1 wants at
// least two.
const maxTargets = 10

// outcome is what an attempt did with the recipients of an entry; those in
// neither list were relayed.
type outcome struct {
	left   []pending // to be tried again
	failed []failure // refused for good
	remote string    // the host that spoke last
}

// failure is a recipient that was refused for good.
type failure struct {
	rcpt   mail.Recipient
	reply  mail.Reply
	remote string // the host that was asked last; "" for none
	by     string // the host that said so; "" where it was this node
}

// attempt is one try of an entry: the targets of its next hop in order, until every
// recipient has an answer that another host could not better (RFC 5321 5.1).
type attempt struct {
	node    *Node
	entry   *entry
	started time.Time
	targets []target
	at      int // the one whose turn it is
	out     outcome
}

// begin looks for the targets. The error is a routeError.
func (n *Node) begin(ctx context.Context, e *entry) *attempt {
	it := e.it
	a := &attempt{node: n, entry: e, started: time.Now(), out: outcome{left: append([]pending(nil), e.rcpts...)}}
	for i := range a.out.left {
		a.out.left[i].waits = false
	}
	if e.to.hop.held {
		n.release(e, &a.out)
		return a
	}
	if it.returnsNow(a.started) {
		a.out.fail(tooLate("the time for delivery is over"))
		return a
	}
	n.emit(trace.Event{
		Kind: trace.MailAttempt, Mail: it.mail, ID: it.id, From: it.env.From,
		To: joinRecipients(a.out.left), Attempt: e.tries + 1, Detail: e.to.hop.String(),
	})
	n.misremember(a)
	if e.to.hop.local {
		n.attemptLocal(ctx, e, &a.out)
		return a
	}
	targets, err := n.targets(ctx, e.to.hop, question{mail: it.mail, id: it.id, attempt: e.tries + 1})
	if err != nil {
		var r routeError
		if !errors.As(err, &r) {
			r = routeError{localReply(451, "4.4.3", err.Error())}
		}
		a.out.hostFailed(r.reply, "")
		return a
	}
	most := maxTargets
	if n.is(mutantOneAddress) {
		most = 1
	}
	a.targets = targets[:min(len(targets), most)]
	return a
}

// run goes on with an attempt, over a channel that is open where it leads to the
// right host. It reports whether the attempt is at its end, or was put aside until
// there is news of a host; nobody but the queue may touch it then.
func (a *attempt) run(ctx context.Context, ch *channel) (next *channel, ended bool) {
	for a.at < len(a.targets) && len(a.out.left) > 0 && ctx.Err() == nil {
		d := a.delivery()
		unsure, ok := false, false
		if ch.takes(d.target, d.needs()) {
			ch, unsure, ok = d.again(ch)
		}
		if !ok {
			switch way, down := a.node.queue.approach(a); way {
			case parkNow:
				return ch, false
			case notNow:
				a.out.hostFailed(down, a.node.peerName(d.target.addr.Addr()))
			case dialIt:
				ch.leave()
				ch, unsure = d.fresh(ctx)
			}
		}
		a.at++
		if unsure {
			break
		}
	}
	a.node.misread(&a.out)
	a.out.giveUp()
	return ch, true
}

// delivery is the attempt at the target whose turn it is.
func (a *attempt) delivery() delivery {
	e := a.entry
	return delivery{
		node: a.node, entry: e, target: a.targets[a.at], out: &a.out,
		flow: e.it.id + " " + e.to.hop.String() + " " + strconv.Itoa(e.tries) + "." + strconv.Itoa(a.at),
	}
}

// fail gives up all that are left, by this node's own judgement.
func (o *outcome) fail(r mail.Reply) {
	for _, p := range o.left {
		o.failed = append(o.failed, failure{rcpt: p.Recipient, reply: r})
	}
	o.left = nil
}

// hostFailed notes the same reply for all that are left, which no host has said.
func (o *outcome) hostFailed(r mail.Reply, remote string) {
	for i := range o.left {
		o.left[i].last, o.left[i].by = r, ""
		o.left[i].waits = r.Temporary()
	}
	o.remote = remote
}

// hostSaid is hostFailed for what the host has said. That a host takes no mail at all
// (RFC 7504) is not the last word for those that a host before it may take later.
func (o *outcome) hostSaid(r mail.Reply, remote string) {
	for i := range o.left {
		if p := &o.left[i]; !r.Permanent() || !p.waits {
			p.last, p.by, p.waits = r, remote, r.Temporary()
		}
	}
	o.remote = remote
}

// broken notes the end of a connection for those that had no answer in it.
func (o *outcome) broken(r mail.Reply) {
	for i := range o.left {
		if p := &o.left[i]; !p.last.Temporary() {
			p.last, p.by, p.waits = r, "", true
		}
	}
}

// lacks notes that a host cannot take the mail as it has to be taken. For those that
// a host before it may take later that is not the last word: a mail is returned only
// when none of them can have it (RFC 8689 4.2.1, RFC 6531 3.5).
func (o *outcome) lacks(r mail.Reply, remote string) {
	for i := range o.left {
		if !o.left[i].waits {
			o.left[i].last, o.left[i].by = r, ""
		}
	}
	o.remote = remote
}

// giveUp moves those whose last answer is a 5yz from left to failed: no host
// was left to ask.
func (o *outcome) giveUp() {
	left := o.left[:0]
	for _, p := range o.left {
		if p.last.Permanent() {
			o.failed = append(o.failed, failure{p.Recipient, p.last, o.remote, p.by})
		} else {
			left = append(left, p)
		}
	}
	o.left = left
}

func joinRecipients(ps []pending) string {
	if len(ps) == 1 {
		return ps[0].To
	}
	to := make([]string, len(ps))
	for i, p := range ps {
		to[i] = p.To
	}
	return strings.Join(to, ", ")
}

func localReply(code int, enhanced, text string) mail.Reply {
	return mail.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}
}
