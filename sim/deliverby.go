package sim

import (
	"slices"
	"strconv"
	"time"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// tooLate is why a mail is returned that was to be delivered by a time, or not at
// all (RFC 2852 4.1, by-mode R; RFC 3463 3.5).
func tooLate(text string) mail.Reply { return localReply(550, "5.4.7", text) }

// returnsNow reports whether the time is over by which a mail had to be delivered.
func (it *item) returnsNow(now time.Time) bool {
	by := it.env.DeliverBy
	return by != nil && by.Return && !now.Before(by.At)
}

// cannotBeInTime tells why a mail may not be given to a server because of its time;
// code 0 if it may. By-mode R is not for servers that do not keep it (RFC 2852 4.2).
func (it *item) cannotBeInTime(c *client.Conn) mail.Reply {
	by := it.env.DeliverBy
	if by == nil || !by.Return {
		return mail.Reply{}
	}
	left := secondsTo(by.At)
	least, _ := c.Extension("DELIVERBY")
	switch {
	case left <= 0:
		return tooLate("the time for delivery is over")
	case !offers(c, "DELIVERBY"):
		return tooLate("the next hop has no DELIVERBY, which the mail needs to be returned in time")
	case left < leastBy(least):
		return tooLate("the next hop needs more time than is left for delivery")
	}
	return mail.Reply{}
}

// byParameter is BY for the next hop: the time that is left (RFC 2852 4.1.4).
func byParameter(by *mail.DeliverBy) string {
	mode := ";N"
	if by.Return {
		mode = ";R"
	}
	if by.Trace {
		mode += "T"
	}
	const most = 999_999_999 // it has nine digits
	return "BY=" + strconv.FormatInt(min(max(secondsTo(by.At), -most), most), 10) + mode
}

// secondsTo is how many whole seconds are left; below zero once it is over.
func secondsTo(t time.Time) int64 {
	left := time.Until(t)
	seconds := int64(left / time.Second)
	if left%time.Second < 0 {
		seconds--
	}
	return seconds
}

// dueInTime is when an entry is to be tried again: not later than at the time by
// which it was to be delivered, when its sender has to hear of it.
func (e *entry) dueInTime(due, now time.Time) time.Time {
	if by := e.it.env.DeliverBy; by != nil && by.At.After(now) && due.After(by.At) {
		return by.At
	}
	return due
}

// turnsLate reports, once, that the time of a mail is over whose sender is to be
// told of that (RFC 2852 4.1, by-mode N). What was late when it came, another host
// has told.
func (e *entry) turnsLate(now time.Time) bool {
	by := e.it.env.DeliverBy
	if by == nil || by.Return || e.late || now.Before(by.At) || by.At.Before(e.it.arrived) {
		return false
	}
	e.late = true
	return true
}

// late tells the sender that the time for delivery is over, and that tries go on.
// It has asked for that by BY, so NOTIFY need not say DELAY.
func (n *Node) late(it *item, left []pending, end time.Time) {
	var told []mail.ReportRecipient
	for _, p := range left {
		if !never(p.Recipient) {
			r := n.reported(it, p.Recipient, mail.ActionDelayed, p.last, "")
			r.Status, r.RetryUntil = "4.4.7", end // RFC 3463 3.5
			told = append(told, r)
		}
	}
	n.notify(it, told)
}

// handedOn tells the sender what it asked to hear of recipients that a server has
// taken: by NOTIFY=SUCCESS, where that server will tell nothing itself, and by BY,
// where it does not keep the time, or where each hop was to be traced (RFC 2852 4.1).
func (d *delivery) handedOn(c *client.Conn, taken []mail.Recipient) {
	it, by := d.entry.it, d.entry.it.env.DeliverBy
	if by == nil || offers(c, "DELIVERBY") && !by.Trace {
		if !offers(c, "DSN") || d.node.is(mutantAlwaysRelayed) {
			d.node.succeeded(it, taken, mail.ActionRelayed, d.out.remote)
		}
		return
	}
	var told []mail.ReportRecipient
	for _, r := range taken {
		if !never(r) {
			told = append(told, d.node.reported(it, r, mail.ActionRelayed, mail.Reply{}, d.out.remote))
		}
	}
	d.node.notify(it, told)
}

// never reports whether nobody wants to hear anything (NOTIFY=NEVER).
func never(r mail.Recipient) bool { return slices.Contains(r.Notify, "NEVER") }
