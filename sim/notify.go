package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// bounce reports recipients that failed for good to the sender (RFC 5321 4.2.5,
// 6.1).
func (n *Node) bounce(it *item, failed []failure) {
	if len(failed) == 0 {
		return
	}
	now := time.Now()
	var told []mail.ReportRecipient
	for _, f := range failed {
		n.emit(trace.Event{
			Kind: trace.MailBounced, Mail: it.mail, ID: it.id, Peer: f.remote,
			From: it.env.From, To: f.rcpt.To, Reply: f.reply.String(),
		})
		if f.rcpt.Notifies("FAILURE") {
			told = append(told, n.reported(f.rcpt, mail.ActionFailed, f.reply, f.remote, now))
		}
	}
	n.notify(it, told)
}

// expire reports recipients whose time in the queue is over (RFC 5321 4.5.4.1).
func (n *Node) expire(it *item, left []pending, remote string) {
	now := time.Now()
	var told []mail.ReportRecipient
	for _, p := range left {
		n.emit(trace.Event{
			Kind: trace.MailExpired, Mail: it.mail, ID: it.id, Peer: remote,
			From: it.env.From, To: p.To, Reply: p.last.String(),
			Detail: "in the queue for " + now.Sub(it.arrived).Round(time.Second).String(),
		})
		if p.Notifies("FAILURE") {
			r := n.reported(p.Recipient, mail.ActionFailed, p.last, remote, now)
			r.Status = "4.4.7" // RFC 3463 3.5: delivery time expired
			told = append(told, r)
		}
	}
	n.notify(it, told)
}

// delayed tells the sender that recipients are still being tried (RFC 3461 4.1, DELAY).
func (n *Node) delayed(it *item, left []pending, end time.Time) {
	now := time.Now()
	var told []mail.ReportRecipient
	for _, p := range left {
		if p.Notifies("DELAY") {
			r := n.reported(p.Recipient, mail.ActionDelayed, p.last, "", now)
			r.RetryUntil = end
			told = append(told, r)
		}
	}
	n.notify(it, told)
}

// succeeded reports to a sender that asked for it by NOTIFY=SUCCESS what went
// well: delivered; relayed, to a server that sends no notifications itself; or
// expanded (RFC 3461 5.2.3, 5.2.7.2, 6.3).
func (n *Node) succeeded(it *item, rcpts []mail.Recipient, action, remote string) {
	now := time.Now()
	var told []mail.ReportRecipient
	for _, r := range rcpts {
		if r.Notifies("SUCCESS") {
			told = append(told, n.reported(r, action, mail.Reply{}, remote, now))
		}
	}
	n.notify(it, told)
}

func (n *Node) reported(r mail.Recipient, action string, reply mail.Reply, remote string, now time.Time) mail.ReportRecipient {
	p := mail.ReportRecipient{
		To: r.To, OriginalType: r.ORCPTType, Original: r.ORCPT,
		Action: action, LastAttempt: now,
	}
	if nd := n.network.byName[remote]; nd != nil {
		remote = nd.host.Name
	}
	if p.RemoteMTA = remote; remote != "" {
		p.Reply = reply
	} else {
		p.Status, p.Diagnostic = reply.Enhanced, reply.Text()
	}
	return p
}

// notify sends one notification about recipients of it. A mail with a null
// reverse-path causes none, so that notifications cannot loop (RFC 5321 4.5.5).
func (n *Node) notify(it *item, told []mail.ReportRecipient) {
	if len(told) == 0 || it.env.Null() {
		return
	}
	name := n.notificationName(it.mail)
	now := time.Now()
	message, err := mail.Report{
		MessageID:  mail.MessageID(name),
		Host:       n.host.Name,
		To:         it.env.From,
		Date:       now,
		Arrival:    it.arrived,
		EnvelopeID: it.env.EnvelopeID,
		Recipients: told,
		Original:   it.content,
		Full:       it.env.Return != "HDRS",
		UTF8:       it.env.UTF8,
	}.Message()
	if err != nil {
		n.emit(trace.Event{Kind: trace.MailDiscarded, Mail: name, To: it.env.From, Detail: "no notification could be written: " + err.Error()})
		return
	}
	report := &item{
		id: n.newID(name), mail: name, arrived: now, generated: true,
		content: mail.Bytes(message),
		// RFC 3461 6.1: the null reverse-path, and no notification about it.
		env: mail.Envelope{Recipients: []mail.Recipient{{To: it.env.From}}, UTF8: it.env.UTF8},
	}
	if hasHighOctets(report.content) { // of the mail that is returned
		report.env.Body = "8BITMIME" // RFC 6152 3
	}
	n.emit(trace.Event{
		Kind: trace.MailGenerated, Mail: name, ID: report.id, To: it.env.From,
		Detail: told[0].Action + " notification about " + it.mail,
	})
	n.dispatch(report)
}

// notificationName names a notification after its mail and this node:
// plan/dsn-mx1, plan/dsn-mx1-2.
func (n *Node) notificationName(about string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.notices == nil {
		n.notices = map[string]int{}
	}
	n.notices[about]++
	// The name becomes the left side of a Message-ID, which has no second @.
	name := strings.ReplaceAll(about, "@", ".") + "/dsn-" + n.cfg.Name
	if c := n.notices[about]; c > 1 {
		name += fmt.Sprintf("-%d", c)
	}
	return name
}
