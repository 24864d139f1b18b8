package sim

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// What mutants do where the rule that they break is more than one condition.
// Every function here leaves things as they are for a node that is no mutant.

// misshape changes a message that the node takes, and what goes on top of it.
func (n *Node) misshape(m message, top []byte) (message, []byte) {
	if len(n.cfg.Mutants) == 0 {
		return m, top
	}
	octets, err := mail.ReadAll(m.content())
	if err != nil {
		return m, top // the spool is gone: whoever reads it next tells
	}
	header, body := n.mistext(slices.Clone(octets[:m.header]), octets[m.header:])
	if n.is(mutantChangesReceived) || n.is(mutantRemovesReceived) {
		instead := "Received: from hidden.invalid by hidden.invalid; Thu, 1 Jan 2026 00:00:00 +0000\r\n"
		if n.is(mutantRemovesReceived) {
			instead = ""
		}
		header = replaceFields(header, "Received", instead)
	}
	if n.is(mutantEditsSubject) {
		header = replaceFields(header, "Subject", "Subject: another one\r\n")
	}
	if n.is(mutantAddsMessageID) && !m.facts.messageID {
		header = append([]byte("Message-ID: <added@"+n.host.Name+">\r\n"), header...)
	}
	_, _, below, _ := cutField(top) // what else stands on top, on a submission server
	switch {
	case n.is(mutantNoReceived):
		top = below
	case n.is(mutantReceivedBelow):
		end := len(header) - emptyLine(header[max(0, len(header)-2):])
		header = slices.Insert(header, end, top[:len(top)-len(below)]...)
		top = below
	}
	if n.is(mutantShortLines) {
		body = shortLines(body)
	}
	if n.is(mutantEditsBody) {
		body = append(slices.Clone(body), "Sent by "+n.host.Name+"\r\n"...)
	}
	return newMessage(append(header, body...)), top
}

// shortLines breaks lines behind 500 octets.
func shortLines(body []byte) []byte {
	var out []byte
	for line := range bytes.Lines(body) {
		for len(line) > 502 {
			out = append(append(out, line[:500]...), "\r\n"...)
			line = line[500:]
		}
		out = append(out, line...)
	}
	return out
}

// misstamp changes what a Received field says.
func (n *Node) misstamp(r *mail.Received) {
	if n.is(mutantWrongWith) {
		r.With = "ESMTPSA"
	}
	if n.is(mutantBelievesHello) && strings.HasPrefix(r.From, "[") {
		r.FromTCP = r.From
	}
	if n.is(mutantOmitsAddress) {
		r.FromTCP = ""
	}
	if n.is(mutantIPv6WithoutTag) {
		r.FromTCP = strings.Replace(r.FromTCP, "[IPv6:", "[", 1)
	}
}

// replaceFields puts a field in the place of each of a name.
func replaceFields(header []byte, name, instead string) []byte {
	var out []byte
	for {
		field, _, next, ok := cutField(header)
		if !ok {
			return append(out, header...)
		}
		if bytes.EqualFold(field, []byte(name)) {
			out = append(out, instead...)
		} else {
			out = append(out, header[:len(header)-len(next)]...)
		}
		header = next
	}
}

// misdeliver changes what goes into a mailbox.
func (n *Node) misdeliver(it *item, to string, c mail.Content) mail.Content {
	if n.is(mutantKeepsReturnPath) {
		as := *it
		as.stored = nil
		return final(&as, to)
	}
	if !n.is(mutantNoReturnPath) && !n.is(mutantTwoReturnPaths) {
		return c
	}
	octets, err := mail.ReadAll(c)
	if err != nil {
		return c // the spool is gone: whoever reads it next tells
	}
	_, _, rest, _ := cutField(octets)
	if n.is(mutantNoReturnPath) {
		return mail.Bytes(rest)
	}
	return mail.Join(octets[:len(octets)-len(rest)], mail.Bytes(octets))
}

// envelopeAddress is an address of the envelope as it goes on.
func (n *Node) envelopeAddress(a mail.Address) string {
	switch {
	case n.is(mutantLowerCases):
		a.Local = strings.ToLower(a.Local)
	case n.is(mutantDropsQuotes) && a.Domain != "":
		return a.Local + "@" + a.Domain
	case n.is(mutantQuotesAll) && a.Domain != "":
		return `"` + a.Local + `"@` + a.Domain
	case n.is(mutantStripsDetail):
		a.Local, _, _ = strings.Cut(a.Local, "+")
	}
	return a.String()
}

// misread changes what the replies of an attempt mean.
func (n *Node) misread(out *outcome) {
	if n.is(mutantRemembersRefusals) {
		for _, f := range out.failed {
			n.refusals.Store(f.rcpt.To, f.reply)
		}
		for _, p := range out.left {
			if p.last.Permanent() {
				n.refusals.Store(p.To, p.last)
			}
		}
	}
	if n.is(mutantTreats4yzAs5yz) {
		for i := range out.left {
			if r := &out.left[i].last; r.Class() == 4 {
				r.Code, r.Enhanced = r.Code+100, strings.Replace(r.Enhanced, "4.", "5.", 1)
			}
		}
	}
	if n.is(mutantTreats5yzAs4yz) {
		for _, f := range out.failed {
			out.left = append(out.left, pending{Recipient: f.rcpt, last: f.reply, by: f.by})
		}
		out.failed = nil
		for i := range out.left {
			if r := &out.left[i].last; r.Class() == 5 {
				r.Code, r.Enhanced = r.Code-100, strings.Replace(r.Enhanced, "5.", "4.", 1)
			}
		}
	}
}

// misremember answers for a host what it once said of a recipient.
func (n *Node) misremember(a *attempt) {
	if !n.is(mutantRemembersRefusals) {
		return
	}
	left := a.out.left[:0]
	for _, p := range a.out.left {
		if r, ok := n.refusals.Load(p.To); ok {
			a.out.failed = append(a.out.failed, failure{rcpt: p.Recipient, reply: r.(mail.Reply)})
			continue
		}
		left = append(left, p)
	}
	a.out.left = left
}

// misroute adds to the targets of a domain what must not be among them.
func (n *Node) misroute(ctx context.Context, domain string, ts []target, err error, q question) ([]target, error) {
	if !n.is(mutantAddressFallback) {
		return ts, err
	}
	addrs, failed := n.lookupAddrs(ctx, domain, q)
	if failed != nil {
		return ts, err
	}
	for _, a := range addrs {
		ts = append(ts, newTarget(domain, a, portSMTP))
	}
	return ts, nil
}

// misdue is when a mutant tries again.
func (n *Node) misdue(due, now time.Time) time.Time {
	if n.is(mutantRetriesAtOnce) {
		return now.Add(time.Minute)
	}
	return due
}

// reportTo is who hears of what became of a mail, "" for nobody.
func (n *Node) reportTo(it *item) string {
	if n.is(mutantNoBounce) {
		return ""
	}
	if n.is(mutantBouncesToHeader) || it.env.Null() && n.is(mutantBouncesNull) {
		if author := headerMailbox(it.content, "From"); author != "" {
			return author
		}
	}
	return it.env.From
}

// tells reports whether a notification names a recipient: RFC 3461 4.1.
func (n *Node) tells(r mail.Recipient) bool {
	return r.Notifies("FAILURE") || n.is(mutantIgnoresNotify)
}

// orcpt is an ORCPT as it goes on: RFC 3461 5.2.1 wants it octet for octet.
func (n *Node) orcpt(s string) string {
	if n.is(mutantDecodesXtext) {
		if decoded, err := mail.DecodeXtext(s); err == nil {
			return decoded
		}
	}
	return s
}

// tellsSuccess is tells for what went well.
func (n *Node) tellsSuccess(r mail.Recipient) bool {
	return (r.Notifies("SUCCESS") || n.is(mutantReportsUnasked)) && !n.is(mutantNoSuccess)
}

// headerMailbox is the first mailbox in the first field of a name; "" for none.
func headerMailbox(c mail.Content, name string) string {
	octets, err := mail.ReadAll(c)
	if err != nil {
		return "" // the spool is gone: whoever reads it next tells
	}
	for rest := octets; ; {
		field, value, next, ok := cutField(rest)
		if !ok {
			return ""
		}
		if bytes.EqualFold(field, []byte(name)) {
			if all := mail.Mailboxes(string(value)); len(all) > 0 {
				return all[0].String()
			}
			return ""
		}
		rest = next
	}
}

// misask changes what MAIL asked for.
func (n *Node) misask(env *mail.Envelope) {
	if n.is(mutantNullsSender) {
		env.From = ""
	}
	if n.is(mutantAddsENVID) && env.EnvelopeID == "" {
		env.EnvelopeID = "added"
	}
}

// misname changes what RCPT asked for.
func (n *Node) misname(r *mail.Recipient) {
	if n.is(mutantAddsNotify) && len(r.Notify) == 0 {
		r.Notify = []string{"FAILURE", "DELAY"}
	}
	if n.is(mutantLowerORCPT) {
		r.ORCPT = strings.ToLower(r.ORCPT)
	}
}

// misexpand changes what an alias leads to.
func (n *Node) misexpand(it *item, alias string, member *mail.Recipient) {
	if n.is(mutantAliasORCPT) {
		member.ORCPT = "rfc822;" + member.To
	}
	if n.is(mutantAliasSender) {
		it.env.From = alias
	}
}

// forgets reports whether a mail is lost although it is accepted.
func (n *Node) forgets(it *item) bool {
	return n.is(mutantLosesMail) || n.is(mutantDiscardsOdd) && headerMailbox(it.content, "From") == ""
}

// inHeader are the recipients that a mail has by its header alone.
func (n *Node) inHeader(it *item) []mail.Recipient {
	if n.is(mutantSendsToBcc) {
		if to := headerMailbox(it.content, "Bcc"); to != "" {
			return []mail.Recipient{{To: to}}
		}
	}
	return nil
}
