package sim

import (
	"slices"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// dispatch takes care of every recipient of an item: aliases and lists are
// expanded, local mailboxes served, the rest is queued. The mailboxes of served
// have the mail already.
func (n *Node) dispatch(it *item, served ...mail.Recipient) {
	e := newExpansion(n, it, map[string]bool{})
	for _, r := range served {
		if addr, err := mail.ParseAddress(r.To); err == nil {
			e.seen[sameKey(addr, n.locate(addr))] = standing{served: r}
		}
	}
	e.run()
}

// expand is dispatch for what lists have led to. Each list is expanded once for a
// mail, however many lists name it: a member gets one copy of it, and lists that
// name each other come to an end.
func (n *Node) expand(it *item, lists map[string]bool) { newExpansion(n, it, lists).run() }

// expansion is one item on its way from its recipients to mailboxes and queue.
type expansion struct {
	node  *Node
	it    *item
	lists map[string]bool     // those that were expanded, by key
	seen  map[string]standing // addresses that have been dealt with, by key

	local  []mail.Recipient
	remote []mail.Recipient
	looped []mail.Recipient // led back to an alias that is being expanded
	failed []failure
	copies []*item // for the members of lists

	delivered, expanded []mail.Recipient // of which the sender may want to hear
}

// standing is where a recipient waits for finish.
type standing struct {
	list   *[]mail.Recipient // nil: nowhere
	index  int
	served mail.Recipient // instead: whose mailbox has the mail
}

func newExpansion(n *Node, it *item, lists map[string]bool) *expansion {
	return &expansion{node: n, it: it, lists: lists, seen: map[string]standing{}}
}

func (e *expansion) run() {
	for _, r := range e.it.env.Recipients {
		e.add(r, nil)
	}
	e.finish()
}

// sameKey is the same for addresses that get one copy: a mailbox has spellings that
// differ in case, but name+detail is an address of its own.
func sameKey(a mail.Address, found *local) string {
	if key := a.Key(); found.class != localMailbox || !strings.EqualFold(key, found.key) {
		return key
	}
	return found.key
}

// add deals with a recipient that the aliases in via have led to. An alias keeps
// envelope and options (RFC 5321 3.9.1, RFC 3461 5.2.7.2); an address that comes
// up again is dealt with once.
func (e *expansion) add(r mail.Recipient, via []string) {
	n := e.node
	addr, err := mail.ParseAddress(r.To)
	if err != nil {
		e.fail(r, 553, "5.1.3", err.Error())
		return
	}
	found := n.locate(addr)
	key := sameKey(addr, found)
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
	if found.class == localMoved || found.class == localDomain && !n.relaysOwn(addr.Domain) {
		e.failed = append(e.failed, failure{rcpt: r, reply: found.unknown(e.it.env.UTF8)})
		return
	}
	if p, ok := e.seen[key]; ok {
		e.again(r, p)
		return
	}
	e.seen[key] = standing{}
	switch found.class {
	case localAlias:
		e.alias(r, found, append(via[:len(via):len(via)], key))
	case localList:
		e.list(r, found)
	case localMailbox:
		if refused := n.newOwner(found.mailbox, r.ValidSince); refused.Code != 0 {
			e.failed = append(e.failed, failure{rcpt: r, reply: refused})
			return
		}
		e.seen[key] = standing{list: &e.local, index: len(e.local)}
		e.local = append(e.local, r)
	default:
		e.seen[key] = standing{list: &e.remote, index: len(e.remote)}
		e.remote = append(e.remote, r)
	}
}

// again drops a recipient that has a copy already, as RFC 5321 3.9 allows. That copy
// is told of as any of its senders' commands has asked for.
func (e *expansion) again(r mail.Recipient, p standing) {
	e.discard(r, "duplicate recipient")
	switch {
	case p.list != nil:
		(*p.list)[p.index] = (*p.list)[p.index].With(r)
	case p.served.To != "" && !p.served.Notifies("SUCCESS"):
		e.delivered = append(e.delivered, r)
	}
}

// alias replaces a recipient by those that it stands for.
func (e *expansion) alias(r mail.Recipient, found *local, via []string) {
	for _, to := range found.members {
		e.node.emit(trace.Event{
			Kind: trace.MailExpanded, Mail: e.it.mail, ID: e.it.id, From: r.To, To: to,
		})
	}
	if len(found.members) > 1 && r.Notifies("SUCCESS") && !e.node.is(mutantAliasKeepsDSN) {
		// RFC 3461 5.2.7.3 (c): the sender hears of the expansion, not of each member.
		e.expanded = append(e.expanded, r)
		r.Notify = withoutSuccess(r.Notify)
	}
	for _, to := range found.members {
		member := r
		member.To = to
		e.node.misexpand(e.it, r.To, &member)
		e.add(member, via)
	}
}

// withoutSuccess is NOTIFY for the members of an alias.
func withoutSuccess(notify []string) []string {
	notify = slices.DeleteFunc(slices.Clone(notify), func(s string) bool { return strings.EqualFold(s, "SUCCESS") })
	if len(notify) == 0 {
		return []string{"NEVER"}
	}
	return notify
}

// list makes a copy for the members, with a reverse-path of its own (RFC 5321 3.9.2).
func (e *expansion) list(r mail.Recipient, found *local) {
	if e.lists[found.key] {
		e.discard(r, "list loop")
		return
	}
	e.lists[found.key] = true
	copied := *e.it
	if !e.node.is(mutantListKeepsDSN) {
		copied.env.EnvelopeID, copied.env.Return = "", ""
	}
	copied.env.DeliverBy = nil                                   // the mail has come to the list in time
	if !copied.env.Null() && !e.node.is(mutantListKeepsSender) { // RFC 5321 4.5.5: what answers nobody must not begin to
		copied.env.From = found.owner
	}
	copied.env.Recipients = nil
	for _, to := range found.members {
		if e.node.is(mutantListSkipsAuthor) && to == e.it.env.From {
			continue
		}
		e.node.emit(trace.Event{
			Kind: trace.MailExpanded, Mail: e.it.mail, ID: e.it.id, From: r.To, To: to, Detail: "list",
		})
		member := mail.Recipient{To: to}
		if e.node.is(mutantListKeepsDSN) {
			member = r
			member.To = to
		}
		copied.env.Recipients = append(copied.env.Recipients, member)
	}
	e.copies = append(e.copies, &copied)
	e.delivered = append(e.delivered, r) // RFC 3461 5.2.7.1: to the list
}

// discard drops a recipient by a rule.
func (e *expansion) discard(r mail.Recipient, why string) {
	e.node.emit(trace.Event{
		Kind: trace.MailDiscarded, Mail: e.it.mail, ID: e.it.id,
		From: e.it.env.From, To: r.To, Detail: why,
	})
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
		e.discard(r, "alias loop")
	}
	var later []pending
	for _, r := range e.local {
		addr, _ := mail.ParseAddress(r.To) // parsed before
		switch failed := n.deliver(it, addr); {
		case failed.Code == 0:
			n.delivered(it, r.To)
			e.delivered = append(e.delivered, r)
		case temporary(failed):
			later = append(later, pending{Recipient: r, last: failed})
		default:
			e.failed = append(e.failed, failure{rcpt: r, reply: failed})
		}
	}
	n.queue.postpone(it, later)
	n.succeeded(it, e.expanded, mail.ActionExpanded, "")
	n.succeeded(it, e.delivered, mail.ActionDelivered, "")
	if len(e.remote) > 0 {
		onward := *it
		onward.env.Recipients = e.remote
		n.queue.add(&onward)
	}
	for _, copied := range e.copies {
		n.expand(copied, e.lists)
	}
	if len(e.failed) > 0 {
		n.bounce(it, e.failed)
	}
}
