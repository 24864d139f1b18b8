package sim

import (
	"bytes"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// final is the message as it goes into a mailbox: the reverse-path on top, in
// exactly one Return-Path field. One from before is removed (RFC 5321 4.4).
func final(it *item) mail.Content {
	top := []byte("Return-Path: <" + it.env.From + ">\r\n")
	octets, err := mail.ReadAll(it.content)
	if err != nil || !readFacts(octets).returnPath {
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

// deliver puts a message into the mailbox of an address. The reply is that of
// the failure; its code is 0 when all went well.
func (n *Node) deliver(it *item, to mail.Address, message mail.Content) mail.Reply {
	err := n.store.deliver(n.directory.find(to).mailbox, Stored{
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

// dispatch takes care of every recipient of an item: aliases and lists are
// expanded, local mailboxes served, the rest is queued.
func (n *Node) dispatch(it *item) {
	e := expansion{node: n, it: it, seen: map[string]bool{}}
	for _, r := range it.env.Recipients {
		e.add(r)
	}
	e.finish()
}

// expansion is one item on its way from its recipients to mailboxes and queue.
type expansion struct {
	node *Node
	it   *item
	seen map[string]bool // addresses that have been dealt with, by key

	local  []mail.Recipient
	remote []mail.Recipient
	looped []mail.Recipient // led back to an alias that is being expanded
	failed []failure
	copies []*item // of lists
}

// add deals with one recipient. An alias keeps envelope and options (RFC 5321
// 3.9.1, RFC 3461 5.2.7.1); all that it leads to is dealt with once.
func (e *expansion) add(r mail.Recipient) { e.addFrom(r, nil) }

// addFrom deals with a recipient that the aliases in via have led to.
func (e *expansion) addFrom(r mail.Recipient, via []string) {
	n := e.node
	addr, err := mail.ParseAddress(r.To)
	if err != nil {
		e.fail(r, 553, "5.1.3", err.Error())
		return
	}
	key := addr.Key()
	found := n.directory.find(addr)
	for _, v := range via {
		if v != key {
			continue
		}
		if found = n.directory.mailboxOf(addr); found.class != localMailbox {
			e.looped = append(e.looped, r)
			return
		}
		key += "\x00" // an alias that is a mailbox too: its own copy
		break
	}
	if e.seen[key] {
		n.emit(trace.Event{
			Kind: trace.MailDiscarded, Mail: e.it.mail, ID: e.it.id,
			From: e.it.env.From, To: r.To, Detail: "duplicate recipient",
		})
		return
	}
	e.seen[key] = true
	switch found.class {
	case localAlias:
		e.alias(r, found, append(via[:len(via):len(via)], key))
	case localList:
		e.list(r, found)
	case localMailbox:
		e.local = append(e.local, r)
	case localDomain:
		if !n.relaysOwn(addr.Domain) {
			e.fail(r, 550, "5.1.1", "no such user here")
			return
		}
		e.remote = append(e.remote, r)
	default:
		e.remote = append(e.remote, r)
	}
}

// alias replaces a recipient by those that it stands for.
func (e *expansion) alias(r mail.Recipient, found *local, via []string) {
	for _, to := range found.members {
		e.node.emit(trace.Event{
			Kind: trace.MailExpanded, Mail: e.it.mail, ID: e.it.id, From: r.To, To: to,
		})
	}
	for _, to := range found.members {
		member := r
		member.To = to
		e.addFrom(member, via)
	}
}

// list makes a copy for the members, with a reverse-path of its own (RFC 5321 3.9.2).
func (e *expansion) list(r mail.Recipient, found *local) {
	copied := *e.it
	copied.env.From, copied.env.EnvelopeID, copied.env.Return = found.owner, "", ""
	copied.env.Recipients = nil
	for _, to := range found.members {
		e.node.emit(trace.Event{
			Kind: trace.MailExpanded, Mail: e.it.mail, ID: e.it.id, From: r.To, To: to, Detail: "list",
		})
		copied.env.Recipients = append(copied.env.Recipients, mail.Recipient{To: to})
	}
	e.copies = append(e.copies, &copied)
}

func (e *expansion) fail(r mail.Recipient, code int, enhanced, text string) {
	e.failed = append(e.failed, failure{rcpt: r, reply: mail.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}})
}

// finish serves mailboxes, tells of failures, and queues what goes on.
func (e *expansion) finish() {
	n, it := e.node, e.it
	for _, r := range e.looped {
		if len(e.local)+len(e.remote)+len(e.copies) == 0 {
			// RFC 3463 3.5: nobody at all would get the mail.
			e.fail(r, 554, "5.4.6", "the alias leads back to itself")
			continue
		}
		n.emit(trace.Event{
			Kind: trace.MailDiscarded, Mail: it.mail, ID: it.id,
			From: it.env.From, To: r.To, Detail: "alias loop",
		})
	}
	if len(e.local) > 0 {
		message := final(it)
		for _, r := range e.local {
			addr, _ := mail.ParseAddress(r.To) // parsed before
			if failed := n.deliver(it, addr, message); failed.Code != 0 {
				e.failed = append(e.failed, failure{rcpt: r, reply: failed})
			} else {
				n.delivered(it, r.To)
			}
		}
	}
	if len(e.remote) > 0 {
		onward := *it
		onward.env.Recipients = e.remote
		n.queue.add(&onward)
	}
	for _, c := range e.copies {
		n.dispatch(c)
	}
	if len(e.failed) > 0 {
		n.bounce(it, e.failed)
	}
}
