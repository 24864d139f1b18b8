package sim

import (
	"slices"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// final is the message as it goes into a mailbox: on top the reverse-path, in
// exactly one Return-Path field (RFC 5321 4.4), and under it the address that it
// came for (RFC 9228).
func final(it *item, to string) mail.Content {
	top := make([]byte, 0, len("Return-Path: <>\r\nDelivered-To: \r\n")+len(it.env.From)+len(to))
	top = append(top, "Return-Path: <"...)
	top = append(top, it.env.From...)
	top = append(top, ">\r\nDelivered-To: "...)
	top = append(top, to...)
	top = append(top, "\r\n"...)
	if it.stored != nil {
		return mail.Join(top, it.stored)
	}
	return mail.Join(top, it.content)
}

// deliver puts a message into the mailbox of an address. The reply is that of
// the failure; its code is 0 when all went well.
func (n *Node) deliver(it *item, to mail.Address) mail.Reply {
	address := to.String()
	if known := it.facts.deliveredTo; len(known) > 0 && slices.Contains(known, to.Key()) {
		// It was in this very mailbox, and whoever took it out sends it back. No RFC
		// asks for this; RFC 9228 1 tells what the field is used for.
		return localReply(554, "5.4.6", "the mail was delivered to "+address+" before, this is a loop")
	}
	l := n.locate(to)
	if l.class != localMailbox {
		l = n.directory.mailboxOf(to) // an alias that is a mailbox too
	}
	return n.store.deliver(l.mailbox, Stored{
		Mail: it.mail, ID: it.id, From: it.env.From, To: address,
		At: time.Now(), Content: n.misdeliver(it, address, final(it, address)), file: it.file,
	})
}

// delivered notes a delivery.
func (n *Node) delivered(it *item, to string) {
	n.emit(trace.Event{Kind: trace.MailDelivered, Mail: it.mail, ID: it.id, From: it.env.From, To: to})
}

// temporary reports whether what failed may go well later: 4yz.
func temporary(r mail.Reply) bool { return r.Class() == 4 }
