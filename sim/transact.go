package sim

import (
	"fmt"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// transact offers the recipients that are left and sorts the answers.
func (d *delivery) transact(c *client.Conn) error {
	it := d.entry.it
	if r, ok := cannotSend(c, it); !ok {
		d.out.hostFailed(r, d.out.remote)
		return nil
	}
	t := client.Transfer{From: it.env.From, Params: mailParams(c, it), Content: it.content}
	for _, p := range d.out.left {
		t.To = append(t.To, client.Rcpt{To: p.To, Params: rcptParams(c, p.Recipient)})
	}
	res, err := c.Send(t)
	_, knowsDSN := c.Extension("DSN")
	var left []pending
	var relayed []mail.Recipient
	for i, p := range d.out.left {
		r := finalReply(res, i)
		switch {
		case r.Class() == 2:
			d.node.emit(trace.Event{
				Kind: trace.MailRelayed, Mail: it.mail, ID: it.id, Peer: d.out.remote,
				From: it.env.From, To: p.To, Reply: r.String(), Attempt: d.entry.tries + 1,
			})
			if !knowsDSN {
				relayed = append(relayed, p.Recipient)
			}
		case r.Permanent():
			d.out.failed = append(d.out.failed, failure{p.Recipient, r, d.out.remote})
		default:
			p.last = r
			left = append(left, p)
		}
	}
	served := len(left) < len(d.out.left)
	d.out.left = left
	if served {
		d.node.queue.served(d.entry, d.out)
	}
	d.node.succeeded(it, relayed, mail.ActionRelayed, d.out.remote)
	if err != nil && res.Stage == client.AtDot {
		return fmt.Errorf("%w: %w", errUnsure, err)
	}
	return err
}

// finalReply is the answer that decides about a recipient: the first one that is not
// positive, or that to the dot.
func finalReply(res client.Result, i int) mail.Reply {
	for _, r := range []mail.Reply{res.Mail, res.Rcpt[i]} {
		if !r.Positive() {
			return r
		}
	}
	if res.Data.Code != 354 {
		return res.Data
	}
	return res.Dot[i]
}
