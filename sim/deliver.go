package sim

import (
	"bytes"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// final is the message as it goes into a mailbox: the reverse-path on top, in
// exactly one Return-Path field. One from before is removed (RFC 5321 4.4).
func final(it *item, hasReturnPath bool) mail.Content {
	top := []byte("Return-Path: <" + it.env.From + ">\r\n")
	if !hasReturnPath {
		return mail.Join(top, it.content)
	}
	octets, err := mail.ReadAll(it.content)
	if err != nil {
		return mail.Join(top, it.content)
	}
	for rest := octets; len(rest) > 0; {
		field, after := cutField(rest)
		colon := bytes.IndexByte(field, ':')
		if colon <= 0 { // the end of the header section
			top = append(top, rest...)
			break
		}
		if !bytes.EqualFold(bytes.TrimRight(field[:colon], " \t"), []byte("Return-Path")) {
			top = append(top, field...)
		}
		rest = after
	}
	return mail.Bytes(top)
}

// hasReturnPath reports whether a message has a Return-Path field.
func hasReturnPath(c mail.Content) bool {
	octets, err := mail.ReadAll(c)
	return err == nil && readFacts(octets).returnPath
}

// deliver puts a message into the mailbox of an address. The reply is that of
// the failure; its code is 0 when all went well.
func (n *Node) deliver(it *item, to mail.Address, message mail.Content) mail.Reply {
	l := n.locate(to)
	if l.class != localMailbox {
		l = n.directory.mailboxOf(to) // an alias that is a mailbox too
	}
	err := n.store.deliver(l.mailbox, Stored{
		Mail: it.mail, ID: it.id, From: it.env.From, To: to.String(),
		At: time.Now(), Content: message,
	})
	if err != nil {
		return replyOf(err)
	}
	return mail.Reply{}
}

// delivered notes a delivery.
func (n *Node) delivered(it *item, to string) {
	n.emit(trace.Event{Kind: trace.MailDelivered, Mail: it.mail, ID: it.id, From: it.env.From, To: to})
}
