package scenarios

import (
	"fmt"
	"strings"
)

func mailboxFields() []field[MailboxCheck] {
	return []field[MailboxCheck]{
		{"mailbox", "the address of the mailbox", func(c *MailboxCheck) value { return address(&c.Address) }, true},
		{"node", "the node that holds it; default any that does", func(c *MailboxCheck) value { return nodeName(&c.Node, serverRoles()...) }, false},
		{"has", "a mail that is in it", func(c *MailboxCheck) value { return mailRef(&c.Has) }, false},
		{"count", "how many mails: 3, 2.., ..4 or 3..5; default 1..", func(c *MailboxCheck) value { return count(&c.Count) }, false},
		{"headers", "patterns of header fields of one mail; a list is all fields of the name, from the top", func(c *MailboxCheck) value { return headerChecks(&c.Headers) }, false},
		{"body", "patterns that match in the text or the source of that mail", func(c *MailboxCheck) value { return some(&c.Body, "patterns", pattern) }, false},
	}
}

func (c *MailboxCheck) check(d *decoder, e *Expect, t *tree) {
	if c.Address == "" || e.Never || c.Count != nil && c.Count.Min == 0 {
		return // that nothing arrives can be said of any address
	}
	if !d.holds(c.Address, c.Node) {
		pos := t.get("mailbox").pos
		if c.Node != "" {
			d.addf(pos, "the node %s has no mailbox %s", c.Node, c.Address)
			return
		}
		d.unknown(pos, "mailbox", c.Address, d.mailboxes)
	}
}

// String says what the mailbox must hold.
func (c *MailboxCheck) String() string {
	s := "mailbox " + c.Address
	if c.Node != "" {
		s += " of " + c.Node
	}
	if c.Has != "" {
		s += " has " + c.Has
	}
	if c.Count != nil {
		s += ", count " + c.Count.String()
	}
	for _, h := range c.Headers {
		s += ", " + h.String()
	}
	for _, b := range c.Body {
		s += ", body " + clip(b.Text, 60)
	}
	return s
}

// String writes the check as a scenario does.
func (h HeaderCheck) String() string {
	list := make([]string, len(h.Is))
	for i, p := range h.Is {
		list[i] = clip(p.Text, 60)
	}
	if h.List {
		return fmt.Sprintf("%s: [%s]", h.Name, strings.Join(list, ", "))
	}
	return h.Name + ": " + strings.Join(list, ", ")
}

// String writes the count as a scenario does.
func (c Count) String() string {
	switch {
	case c.Max < 0:
		return fmt.Sprintf("%d..", c.Min)
	case c.Min == c.Max:
		return fmt.Sprint(c.Min)
	case c.Min == 0:
		return fmt.Sprintf("..%d", c.Max)
	default:
		return fmt.Sprintf("%d..%d", c.Min, c.Max)
	}
}

// headerChecks reads patterns by field name, in their order.
func headerChecks(dst *[]HeaderCheck) value {
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape != mappingShape {
				d.addf(t.pos, "headers is a mapping of names and patterns, not %s", t.what())
				return
			}
			seen := map[string]Pos{}
			for _, p := range t.pairs {
				lower := *p.key
				lower.text = strings.ToLower(lower.text)
				if d.repeated(seen, &lower) || !d.headerName(p.key) {
					continue
				}
				h := HeaderCheck{Name: p.key.text, List: p.value.shape == listShape}
				some(&h.Is, "patterns", pattern).read(d, p.value)
				*dst = append(*dst, h)
			}
		},
		schema: func() *schema { return tableSchema(anyOf(patternSchema(), listSchema(patternSchema(), 1))) },
	}
}
