package sim

import (
	"context"
	"errors"
	"strconv"
	"strings"

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
	remote string // the host that said so; "" where it was this node
}

// attempt tries an entry once: the targets of its next hop in order, until
// every recipient has an answer that another host could not better (RFC 5321 5.1).
func (n *Node) attempt(ctx context.Context, e *entry) outcome {
	it := e.it
	out := outcome{left: append([]pending(nil), e.rcpts...)}
	n.emit(trace.Event{
		Kind: trace.MailAttempt, Mail: it.mail, ID: it.id, From: it.env.From,
		To: joinRecipients(out.left), Attempt: e.tries + 1, Detail: e.to.hop.String(),
	})
	if e.to.hop.local {
		n.attemptLocal(ctx, e, &out)
		return out
	}
	targets, err := n.targets(ctx, e.to.hop, question{mail: it.mail, id: it.id, attempt: e.tries + 1})
	if err != nil {
		var r routeError
		if !errors.As(err, &r) {
			r = routeError{localReply(451, "4.4.3", err.Error())}
		}
		out.hostFailed(r.reply, "")
		n.misread(&out)
		out.giveUp()
		return out
	}
	for i, t := range targets[:min(len(targets), maxTargets)] {
		if len(out.left) == 0 || ctx.Err() != nil || i > 0 && n.is(mutantOneAddress) {
			break
		}
		d := delivery{node: n, entry: e, target: t, flow: it.id + " " + e.to.hop.String() + " " + strconv.Itoa(e.tries) + "." + strconv.Itoa(i), out: &out}
		if unsure := d.run(ctx); unsure {
			break
		}
	}
	n.misread(&out)
	out.giveUp()
	return out
}

// hostFailed notes the same reply for all that are left.
func (o *outcome) hostFailed(r mail.Reply, remote string) {
	for i := range o.left {
		o.left[i].last = r
	}
	o.remote = remote
}

// giveUp moves those whose last answer is a 5yz from left to failed: no host
// was left to ask.
func (o *outcome) giveUp() {
	left := o.left[:0]
	for _, p := range o.left {
		if p.last.Permanent() {
			o.failed = append(o.failed, failure{p.Recipient, p.last, o.remote})
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
