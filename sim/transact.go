package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// transact offers the recipients that are left: in one transaction, or in several
// where the server takes only so many in one. RFC 5321 4.5.3.1.10 wants the rest to
// be sent at once or later; it goes on at once as long as somebody is served.
func (d *delivery) transact(c *client.Conn) error {
	r := d.cannotSend(c)
	var f form
	if r.Code == 0 {
		f, r = d.form(c)
	}
	if r.Code != 0 {
		d.out.lacks(r, d.out.remote)
		return nil
	}
	var later, rest []pending
	for _, p := range d.out.left {
		if r := cannotReach(c, p.Recipient); r.Code != 0 {
			if !p.waits {
				p.last, p.by = r, ""
			}
			later = append(later, p)
			continue
		}
		rest = append(rest, p)
	}
	d.out.left = slices.Concat(later, rest)
	for len(rest) > 0 {
		now := rest[:min(alike(c, rest), mostRecipients(c))]
		if d.node.is(mutantOneRecipient) {
			now = rest[:1]
		}
		rest = rest[len(now):]
		res, err := d.transaction(c, f, now)
		later = append(later, res.later...)
		if len(res.taken) > 0 && c.Usable() {
			rest = append(res.over, rest...)
		} else {
			later = append(later, res.over...)
		}
		if err != nil || !c.Usable() {
			for _, p := range rest {
				p.last, p.by = res.last, d.out.remote
				later = append(later, p)
			}
			rest = nil
		}
		d.out.left = slices.Concat(later, rest)
		if len(res.taken) > 0 {
			d.node.queue.served(d.entry, d.out)
			d.handedOn(c, res.taken)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mostRecipients is how many recipients the server takes in one transaction, as far
// as it says so (RFC 9422 4.2).
func mostRecipients(c *client.Conn) int {
	args, _ := c.Extension("LIMITS")
	for limit := range strings.FieldsSeq(args) {
		digits, ok := strings.CutPrefix(strings.ToUpper(limit), "RCPTMAX=")
		if n, err := strconv.ParseUint(digits, 10, 31); ok && err == nil && n > 0 {
			return int(n)
		}
	}
	return 1 << 30
}

// sorted is what became of the recipients of one transaction, besides those that
// were refused for good, which are in the outcome.
type sorted struct {
	taken []mail.Recipient // those that were served
	over  []pending        // those that the transaction had no room for
	later []pending        // those that failed for now
	last  mail.Reply       // the last recipient's answer
}

// transaction offers recipients and sorts the answers.
func (d *delivery) transaction(c *client.Conn, f form, rcpts []pending) (s sorted, err error) {
	it := d.entry.it.fitting(c)
	if tunnelled(c, rcpts[0]) {
		f.content = mail.Join(validSinceField(rcpts[0].Recipient), f.content)
	}
	t := client.Transfer{
		From: it.env.From, Params: mailParams(c, it, f), Content: f.content, Chunked: f.chunked, Binary: f.binary,
	}
	for _, p := range rcpts {
		t.To = append(t.To, client.Rcpt{To: p.To, Params: rcptParams(c, p.Recipient)})
	}
	res, err := c.Send(t)
	d.mistake(&res, err)
	accepted := 0
	for i, p := range rcpts {
		r, taken := res.Final(i)
		p.last, p.by, s.last = r, d.out.remote, r
		switch {
		case taken:
			d.node.emit(trace.Event{
				Kind: trace.MailRelayed, Mail: it.mail, ID: it.id, Peer: d.out.remote,
				From: it.env.From, To: p.To, Reply: r.String(), Attempt: d.entry.tries + 1,
			})
			s.taken = append(s.taken, p.Recipient)
		case tooMany(res.Rcpt[i], accepted, t.Params) && !(r.Code == 552 && d.node.is(mutantLiteral552)):
			p.last = as452(r)
			s.over = append(s.over, p)
		case r.Permanent():
			d.out.failed = append(d.out.failed, failure{p.Recipient, r, d.out.remote, d.out.remote})
		default:
			p.waits = true
			s.later = append(s.later, p)
		}
		if res.Rcpt[i].Class() == 2 {
			accepted++
		}
	}
	if err != nil && res.Stage == client.AtDot {
		err = fmt.Errorf("%w: %w", errUnsure, err)
	}
	return s, err
}

// leastRecipients is what every server has to take in one transaction (RFC 5321
// 4.5.3.1.8).
const leastRecipients = 100

// tooMany reports whether a RCPT was refused because the transaction has no room for
// more, which is no fault of the recipient's, when so many before it were accepted.
// By RFC 5321 4.5.3.1.10 the code for it is 452, and a 552 should be read as one. But
// by RFC 1870 6.4 a 552 there says for good, and a 452 for now, that a mail of the
// declared size is too large for that recipient. An enhanced code tells them apart
// (X.5.3, RFC 3463 3.6); without one, a server that was told the size and has not yet
// taken as many as it has to means the size by its 552.
func tooMany(r mail.Reply, accepted int, params []string) bool {
	if accepted == 0 || r.Code != 452 && r.Code != 552 {
		return false
	}
	if r.Enhanced != "" {
		return strings.HasSuffix(r.Enhanced, ".5.3")
	}
	declared := slices.ContainsFunc(params, func(p string) bool { return strings.HasPrefix(p, "SIZE=") })
	return r.Code == 452 || !declared || accepted >= leastRecipients
}

// as452 reads a 552 for too many recipients as the 452 that it should be.
func as452(r mail.Reply) mail.Reply {
	if r.Code == 552 {
		r.Code = 452
		r.Enhanced = strings.Replace(r.Enhanced, "5.", "4.", 1)
	}
	return r
}
