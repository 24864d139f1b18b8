package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// account is one recipient of one mail at one node: what came in and what
// became of it.
type account struct {
	mail, to  string
	accepted  int
	generated int
	expanded  int    // came in: an alias or list gave this recipient
	out       [5]int // by kind, as endings has them
	queued    int
	members   map[string]int // went out: recipients that it gave as an alias or list
}

// endings returns the kinds of event with which a recipient leaves a node.
func endings() [5]Kind {
	return [5]Kind{MailRelayed, MailDelivered, MailBounced, MailExpired, MailDiscarded}
}

// conserve checks that in each node, for each recipient, as much comes to an
// end as comes in: accepted, generated or expanded to; relayed, delivered,
// bounced, expired, discarded, expanded or still queued.
func (c *investigation) conserve() {
	c.accounts = emptied(c.accounts)
	of := func(node, id, mail, to string) *account {
		i := instance{node, id, key(to)}
		a := c.accounts[i]
		if a == nil {
			a = &account{mail: mail, to: to}
			c.accounts[i] = a
		}
		return a
	}
	ends := endings()
	for _, e := range c.events {
		if e.ID == "" {
			continue // not of a mail that the node took
		}
		switch e.Kind {
		case MailAccepted:
			of(e.Node, e.ID, e.Mail, e.To).accepted++
		case MailGenerated:
			of(e.Node, e.ID, e.Mail, e.To).generated++
		case MailExpanded:
			of(e.Node, e.ID, e.Mail, e.To).expanded++
			from := of(e.Node, e.ID, e.Mail, e.From)
			if from.members == nil {
				from.members = make(map[string]int)
			}
			from.members[key(e.To)]++
		case MailRelayed, MailDelivered, MailBounced, MailExpired, MailDiscarded:
			of(e.Node, e.ID, e.Mail, e.To).out[slices.Index(ends[:], e.Kind)]++
		}
	}
	for _, h := range c.queued {
		of(h.Node, h.ID, h.Mail, h.To).queued++
	}
	for i, a := range c.accounts {
		in, out := a.accepted+a.generated+a.expanded, a.ends()
		if in == out {
			continue
		}
		v := Violation{
			Invariant: Lost, Mail: a.mail, Node: i.node,
			Text: fmt.Sprintf("%s came in %s and came to an end %s", a.to, times(in), times(out)),
			Want: "as many ends as beginnings", Got: a.String(),
		}
		if out > in {
			v.Invariant = Duplicates
		}
		c.report(v)
	}
}

// ends counts what became of the recipient. An alias that gave several
// recipients is one end. It may have been expanded more than once in one mail,
// through a list that names it; how often cannot be told from the events where
// it names a member twice, so that what fits is taken.
func (a *account) ends() int {
	n := a.queued
	for _, k := range a.out {
		n += k
	}
	if len(a.members) == 0 {
		return n
	}
	most := 0
	for _, k := range a.members {
		most = max(most, k)
	}
	return n + min(max(a.accepted+a.generated+a.expanded-n, 1), most)
}

// String tells the account: "accepted 1, relayed 1, queued 1".
func (a *account) String() string {
	var parts []string
	add := func(what string, n int) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", what, n))
		}
	}
	add("accepted", a.accepted)
	add("generated", a.generated)
	add("expanded to", a.expanded)
	some := a.queued + len(a.members)
	for i, k := range endings() {
		add(strings.TrimPrefix(string(k), "mail."), a.out[i])
		some += a.out[i]
	}
	if len(a.members) > 0 {
		parts = append(parts, fmt.Sprintf("expanded from to %d", len(a.members)))
	}
	add("queued", a.queued)
	if some == 0 {
		parts = append(parts, "and nothing after that")
	}
	return strings.Join(parts, ", ")
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// traffic is what one node says that it gave to another, and what that one says.
type traffic struct{ relayed, accepted []*Event }

// compareEdges checks what one node relayed to another against what that one
// accepted. Between a node and somebody who is none, nothing can be said.
func (c *investigation) compareEdges() {
	c.edges = emptied(c.edges)
	of := func(h handover) *traffic {
		t := c.edges[h]
		if t == nil {
			t = new(traffic)
			c.edges[h] = t
		}
		return t
	}
	for _, e := range c.events {
		switch {
		case e.Kind == MailRelayed && c.relays(e.Peer):
			t := of(handover{e.Mail, e.Node, e.Peer, key(e.To)})
			t.relayed = append(t.relayed, e)
		case e.Kind == MailAccepted && c.relays(e.Peer):
			t := of(handover{e.Mail, e.Peer, e.Node, key(e.To)})
			t.accepted = append(t.accepted, e)
		}
	}
	open := c.undecided()
	for h, t := range c.edges {
		relayed, accepted := len(t.relayed), len(t.accepted)
		if relayed == accepted {
			continue
		}
		v := Violation{
			Mail: h.mail, Node: h.to, Want: "accepted as often as relayed",
			Got: fmt.Sprintf("relayed %d, accepted %d", relayed, accepted),
		}
		switch {
		case relayed > accepted:
			v.Invariant = Lost
			v.Text = fmt.Sprintf("%s relayed %s %s, and %s accepted it %s", h.from, t.relayed[0].To, times(relayed), h.to, times(accepted))
		case accepted > relayed && accepted-relayed > open.count(h, t.accepted[accepted-1].At):
			v.Invariant = Duplicates
			v.Text = fmt.Sprintf("%s accepted %s %s, and %s relayed it %s", h.to, t.accepted[0].To, times(accepted), h.from, times(relayed))
		default:
			continue
		}
		c.report(v)
	}
}

// pending is what queues hold, and when each node last decided about it.
type pending struct {
	held    map[held]int
	decided map[held]time.Time
}

type held struct{ mail, node, rcpt string }

// undecided finds the recipients that nodes hold and may be just now giving to
// the next: the next one has accepted it, and its reply is on its way.
func (c *investigation) undecided() pending {
	p := pending{held: make(map[held]int), decided: make(map[held]time.Time)}
	for _, h := range c.queued {
		p.held[held{h.Mail, h.Node, key(h.To)}]++
	}
	for _, e := range c.events {
		switch e.Kind {
		case MailRelayed, MailDeferred, MailBounced, MailExpired:
			h := held{e.Mail, e.Node, key(e.To)}
			if p.held[h] > 0 && e.At.After(p.decided[h]) {
				p.decided[h] = e.At
			}
		}
	}
	return p
}

// count returns how many copies of h may be on their way when the last of them
// was accepted at that time.
func (p pending) count(h handover, accepted time.Time) int {
	k := held{h.mail, h.from, h.rcpt}
	if p.decided[k].After(accepted) {
		return 0 // the sender has heard, or given up, and holds it still
	}
	return p.held[k]
}

// compareMailboxes checks mail.delivered against what is in the mailboxes.
func (c *investigation) compareMailboxes() {
	type count struct {
		mail, to     string
		told, stored int
	}
	boxes := make(map[instance]*count)
	of := func(i instance, mail, to string) *count {
		n := boxes[i]
		if n == nil {
			n = &count{mail: mail, to: to}
			boxes[i] = n
		}
		return n
	}
	for _, e := range c.events {
		if e.Kind == MailDelivered {
			of(instance{e.Node, e.ID, key(e.To)}, e.Mail, e.To).told++
		}
	}
	for _, d := range c.delivered {
		of(instance{d.Node, d.ID, key(d.To)}, d.Mail, d.To).stored++
	}
	for i, n := range boxes {
		if n.told == n.stored {
			continue
		}
		v := Violation{
			Invariant: Lost, Mail: n.mail, Node: i.node,
			Text: fmt.Sprintf("%s was delivered %s, and is in the mailbox %s", n.to, times(n.told), times(n.stored)),
			Want: "in the mailbox as often as delivered", Got: fmt.Sprintf("delivered %d, in the mailbox %d", n.told, n.stored),
		}
		if n.stored > n.told {
			v.Invariant = Duplicates
		}
		c.report(v)
	}
}

// repeatedInSession finds what a client that is no node gave once and a server
// took twice: nobody else tells of that client.
func (c *investigation) repeatedInSession() {
	type once struct{ node, session, mail, rcpt string }
	count := make(map[once]int)
	var order []*Event
	for _, e := range c.events {
		if e.Kind != MailAccepted || e.Session == "" || c.relays(e.Peer) {
			continue
		}
		o := once{e.Node, e.Session, e.Mail, key(e.To)}
		if count[o]++; count[o] == 2 {
			order = append(order, e)
		}
	}
	slices.SortStableFunc(order, func(a, b *Event) int { return cmp.Compare(a.Mail, b.Mail) })
	for _, e := range order {
		n := count[once{e.Node, e.Session, e.Mail, key(e.To)}]
		c.report(Violation{
			Invariant: Duplicates, Mail: e.Mail, Node: e.Node,
			Text: fmt.Sprintf("%s accepted %s %s in one session", e.Node, e.To, times(n)),
			Want: "accepted once", Got: fmt.Sprintf("accepted %d", n),
		})
	}
}
