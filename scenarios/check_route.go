package scenarios

import (
	"fmt"
	"strings"
)

func queueCheckFields() []field[QueueCheck] {
	return []field[QueueCheck]{
		{"queue", "the node", func(c *QueueCheck) value { return nodeName(&c.Node, serverRoles()...) }, true},
		{"has", "a mail that waits there", func(c *QueueCheck) value { return mailRef(&c.Has) }, false},
		{"count", "how many mails wait: 3, 2.., ..4 or 3..5; default 1..", func(c *QueueCheck) value { return count(&c.Count) }, false},
	}
}

func (c *QueueCheck) check(*decoder, *Expect, *tree) {}

// String says what must wait where.
func (c *QueueCheck) String() string {
	s := "queue " + c.Node
	if c.Has != "" {
		s += " has " + c.Has
	}
	if c.Count != nil {
		s += ", count " + c.Count.String()
	}
	return s
}

func routeFields() []field[RouteCheck] {
	return []field[RouteCheck]{
		{"route", "the name of the mail", func(c *RouteCheck) value { return mailRef(&c.Mail) }, true},
		{"to", "the recipient whose way is meant; default any", func(c *RouteCheck) value { return address(&c.To) }, false},
		{"is", "the nodes that accepted it, first to last", func(c *RouteCheck) value {
			return some(&c.Is, "nodes", func(p *Pattern) value {
				return pattern(p).then(func(d *decoder, t *tree) { d.checkNodePattern(t, *p) })
			})
		}, true},
	}
}

func (c *RouteCheck) check(*decoder, *Expect, *tree) {}

// String says which way is meant.
func (c *RouteCheck) String() string {
	list := make([]string, len(c.Is))
	for i, p := range c.Is {
		list[i] = p.Text
	}
	s := "route " + c.Mail
	if c.To != "" {
		s += " to " + c.To
	}
	return s + " is " + strings.Join(list, ", ")
}

func receivedFields() []field[ReceivedCheck] {
	return []field[ReceivedCheck]{
		{"received", "the name of the mail", func(c *ReceivedCheck) value { return mailRef(&c.Mail) }, true},
		{"at", "the mailbox that has it; default any", func(c *ReceivedCheck) value { return address(&c.At) }, false},
		{"is", "the Received fields, newest first", func(c *ReceivedCheck) value {
			return some(&c.Is, "Received fields", func(r *ReceivedPattern) value { return object("a Received field", hopFields(), r) })
		}, true},
	}
}

func hopFields() []field[ReceivedPattern] {
	plain := func(name, about string, at func(*ReceivedPattern) **Pattern) field[ReceivedPattern] {
		return field[ReceivedPattern]{name, about, func(r *ReceivedPattern) value { return patternTo(at(r), parsePattern) }, false}
	}
	return []field[ReceivedPattern]{
		{"by", "the node that wrote it, or a pattern of the name in it", func(r *ReceivedPattern) value { return nodePattern(&r.By) }, false},
		{"from", "the node that sent, or a pattern of the name in it", func(r *ReceivedPattern) value { return nodePattern(&r.From) }, false},
		plain("with", "the protocol: ESMTP, ESMTPSA, LMTP", func(r *ReceivedPattern) **Pattern { return &r.With }),
		plain("id", "the node's own name for the mail", func(r *ReceivedPattern) **Pattern { return &r.ID }),
		plain("for", "the recipient, without brackets", func(r *ReceivedPattern) **Pattern { return &r.For }),
	}
}

func (c *ReceivedCheck) check(*decoder, *Expect, *tree) {}

// String says which fields are meant.
func (c *ReceivedCheck) String() string {
	s := "received " + c.Mail
	if c.At != "" {
		s += " at " + c.At
	}
	return s + " is " + plural(len(c.Is), "field")
}

func nodeCheckFields() []field[NodeCheck] {
	return []field[NodeCheck]{
		{"node", "the node", func(c *NodeCheck) value { return nodeName(&c.Node, serverRoles()...) }, true},
		{"connections", "open sessions: 3, 2.., ..4 or 3..5", func(c *NodeCheck) value { return count(&c.Connections) }, false},
		{"queued", "mails in its queue: 3, 2.., ..4 or 3..5", func(c *NodeCheck) value { return count(&c.Queued) }, false},
		{"up", "whether it runs", func(c *NodeCheck) value { return optional(&c.Up, yes) }, false},
	}
}

func (c *NodeCheck) check(d *decoder, _ *Expect, t *tree) {
	if t.get("connections") == nil && t.get("queued") == nil && t.get("up") == nil {
		d.lacks(t, "a node check needs one of connections, queued and up")
	}
}

// String says what the node must be like.
func (c *NodeCheck) String() string {
	s := "node " + c.Node
	if c.Connections != nil {
		s += ", connections " + c.Connections.String()
	}
	if c.Queued != nil {
		s += ", queued " + c.Queued.String()
	}
	if c.Up != nil {
		s += fmt.Sprintf(", up %t", *c.Up)
	}
	return s
}
