package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// bounce reports recipients that failed for good to the sender (RFC 5321 4.2.5,
// 6.1).
func (n *Node) bounce(it *item, failed []failure) {
	if len(failed) == 0 {
		return
	}
	var told []mail.ReportRecipient
	for _, f := range failed {
		n.emit(trace.Event{
			Kind: trace.MailBounced, Mail: it.mail, ID: it.id, Peer: f.remote,
			From: it.env.From, To: f.rcpt.To, Reply: f.reply.String(), Detail: untold(it, f.rcpt),
		})
		if n.tells(f.rcpt) {
			told = append(told, n.reported(it, f.rcpt, mail.ActionFailed, f.reply, f.by))
		}
	}
	n.notify(it, told)
}

// untold says why nobody will hear of a failure (RFC 5321 4.5.5, 6.1; RFC 3461
// 5.2.6), so that the log does, which is all that postmaster gets of it (RFC 3461
// 5.2).
func untold(it *item, r mail.Recipient) string {
	switch {
	case it.env.Null():
		return "nobody is told: the reverse-path is null"
	case !r.Notifies("FAILURE"):
		return "nobody is told: NOTIFY=" + strings.Join(r.Notify, ",")
	}
	return ""
}

// expire reports recipients whose time in the queue is over (RFC 5321 4.5.4.1).
func (n *Node) expire(it *item, left []pending, remote string) {
	now := time.Now()
	var told []mail.ReportRecipient
	for _, p := range left {
		detail := "in the queue for " + now.Sub(it.arrived).Round(time.Second).String()
		if why := untold(it, p.Recipient); why != "" {
			detail += "; " + why
		}
		n.emit(trace.Event{
			Kind: trace.MailExpired, Mail: it.mail, ID: it.id, Peer: remote,
			From: it.env.From, To: p.To, Reply: p.last.String(), Detail: detail,
		})
		if n.tells(p.Recipient) {
			r := n.reported(it, p.Recipient, mail.ActionFailed, p.last, p.by)
			r.Status = "4.4.7" // RFC 3463 3.5: delivery time expired
			told = append(told, r)
		}
	}
	n.notify(it, told)
}

// delayed tells the sender that recipients are still being tried (RFC 3461 4.1,
// 5.2.5).
func (n *Node) delayed(it *item, left []pending, end time.Time) {
	var told []mail.ReportRecipient
	for _, p := range left {
		if p.Notifies("DELAY") || n.is(mutantWarnsUnasked) {
			r := n.reported(it, p.Recipient, mail.ActionDelayed, p.last, p.by)
			r.RetryUntil = end
			told = append(told, r)
		}
	}
	n.notify(it, told)
}

// succeeded reports to a sender that asked for it by NOTIFY=SUCCESS what went
// well: delivered; relayed, to a server that sends no notifications itself; or
// expanded (RFC 3461 5.2.2, 5.2.3, 5.2.7.3).
func (n *Node) succeeded(it *item, rcpts []mail.Recipient, action, remote string) {
	var told []mail.ReportRecipient
	for _, r := range rcpts {
		if n.tellsSuccess(r) {
			told = append(told, n.reported(it, r, action, mail.Reply{}, remote))
		}
	}
	n.notify(it, told)
}

// reported is what a notification says of one recipient. RFC 3464 2.3.1: it names
// the original recipient where the sender did, by ORCPT; 2.3.5, 2.3.6: a remote host
// and its reply only where that host has replied.
func (n *Node) reported(it *item, r mail.Recipient, action string, reply mail.Reply, remote string) mail.ReportRecipient {
	p := mail.ReportRecipient{To: r.To, Action: action, LastAttempt: time.Now(), LogID: it.id}
	if r.ORCPT != "" {
		p.OriginalType, p.Original, _ = mail.ParseORCPT(r.ORCPT) // the server has checked it
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
	to := n.reportTo(it)
	if len(told) == 0 || to == "" {
		return
	}
	if len(told) > 1 && (n.is(mutantNoticeEach) || n.is(mutantReportsFirst)) {
		n.notify(it, told[:1])
		if n.is(mutantNoticeEach) {
			n.notify(it, told[1:])
		}
		return
	}
	name := n.notificationName(it.mail)
	report := mail.Report{
		MessageID:    mail.MessageID(name),
		Host:         n.host.Name,
		To:           to,
		Date:         time.Now(),
		Arrival:      it.arrived,
		ReceivedFrom: it.client,
		EnvelopeID:   decodedENVID(it.env.EnvelopeID),
		Recipients:   told,
		Original:     it.content,
		// RFC 8689 5: what may travel by TLS alone does not come back in the clear.
		Full: (it.env.Return != "HDRS" || n.is(mutantIgnoresRET)) && !it.env.RequireTLS,
	}
	// RFC 6533 1: the form that only SMTPUTF8 can carry is for what needs it.
	report.UTF8 = it.env.UTF8 && report.International()
	message, err := report.Message()
	if err != nil {
		n.emit(trace.Event{Kind: trace.MailDiscarded, Mail: name, To: to, Detail: "no notification could be written: " + err.Error()})
		return
	}
	message = n.misreport(it, message)
	notice := &item{
		id: n.newID(name), mail: name, arrived: report.Date, generated: true,
		content: mail.Bytes(message),
		// RFC 3461 6.1: the null reverse-path, no RET, and no notification about it.
		env:      mail.Envelope{Recipients: []mail.Recipient{{To: to, Notify: []string{"NEVER"}}}, UTF8: report.UTF8, Priority: it.env.Priority},
		measures: newMessage(message).measures,
	}
	if notice.measures.highHeader || notice.measures.highBody { // of the mail that is returned
		notice.env.Body = "8BITMIME" // RFC 6152 3
		report.SevenBit = true
		if plain, err := report.Message(); err == nil { // the sender's address may need SMTPUTF8
			notice.plain = mail.Bytes(plain)
		}
	}
	if n.is(mutantBounceSender) {
		notice.env.From = "postmaster@" + n.host.Name
	}
	n.emit(trace.Event{
		Kind: trace.MailGenerated, Mail: name, ID: notice.id, To: to,
		Detail: told[0].Action + " notification about " + it.mail,
	})
	n.dispatch(notice)
}

// decodedENVID is what Original-Envelope-Id shows (RFC 3461 6.3).
func decodedENVID(s string) string {
	if decoded, err := mail.DecodeXtext(s); err == nil {
		return decoded
	}
	return s
}

// fitting is a mail in the form that a server can take: a notification that is not
// ASCII has one that travels without 8BITMIME and SMTPUTF8 (RFC 6533 3).
func (it *item) fitting(c *client.Conn) *item {
	_, eight := c.Extension("8BITMIME")
	_, utf8 := c.Extension("SMTPUTF8")
	if it.plain == nil || eight && (utf8 || !it.env.UTF8) {
		return it
	}
	fits := *it
	fits.content, fits.plain = it.plain, nil
	fits.env.Body, fits.env.UTF8 = "", false
	fits.measures.highHeader, fits.measures.highBody = false, false
	return &fits
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
	name := idLeft(about) + "/dsn-" + n.cfg.Name
	if c := n.notices[about]; c > 1 {
		name += fmt.Sprintf("-%d", c)
	}
	return name
}

// idLeft makes the name of a mail the left side of a Message-ID (RFC 5322 3.6.4),
// in ASCII and on one line. A name that loses more than its @ keeps a hash, so that
// names stay different.
func idLeft(name string) string {
	const most = 120
	left := strings.ReplaceAll(name, "@", ".")
	fit := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r) {
			return r
		}
		return '_'
	}, left)
	fit = strings.Trim(fit[:min(len(fit), most)], ".")
	for strings.Contains(fit, "..") {
		fit = strings.ReplaceAll(fit, "..", ".")
	}
	if fit == left {
		return fit
	}
	sum := sha256.Sum256([]byte(name))
	return fit + "-" + hex.EncodeToString(sum[:4])
}
