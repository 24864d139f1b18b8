package scenarios

import "strings"

func wireFields() []field[WireCheck] {
	return []field[WireCheck]{
		{"wire", "the node whose server was spoken to", func(c *WireCheck) value { return nodeName(&c.Node, serverRoles()...) }, true},
		{"from", "the node that was the client; default any", func(c *WireCheck) value { return nodeName(&c.From) }, false},
		{"mail", "a mail that was sent in the session; default any", func(c *WireCheck) value { return mailRef(&c.Mail) }, false},
		{"has", "lines in this order, others may lie between: C> of the client, S> of the server, D> of a message", func(c *WireCheck) value {
			return some(&c.Has, "lines", pattern)
		}, false},
		{"is", "all lines of the session but those of messages", func(c *WireCheck) value { return some(&c.Is, "lines", pattern) }, false},
		{"count", "in how many sessions this is so: 3, 2.., ..4 or 3..5; default 1..", func(c *WireCheck) value { return count(&c.Count) }, false},
	}
}

func (c *WireCheck) check(d *decoder, _ *Expect, t *tree) {
	has, is := t.get("has"), t.get("is")
	switch {
	case has != nil && is != nil:
		d.addf(t.where("is"), "a wire check has has or is, not both")
	case has == nil && is == nil && t.get("count") == nil:
		d.lacks(t, "a wire check needs one of has, is and count")
	}
	for i, p := range append(c.Has[:len(c.Has):len(c.Has)], c.Is...) {
		if p.Regexp != nil || p.Text == "" && !p.Absent || ofSide(p.Text) {
			continue
		}
		list := has
		if list == nil {
			list = is
		}
		at := list.pos
		if i < len(list.items) {
			at = list.items[i].pos
		}
		d.addf(at, `%q is no line: write "C> DATA" for one of the client, "S> ..." of the server, "D> ..." of a message, or /a pattern/`, p.Text)
	}
}

// String says what must have been said.
func (c *WireCheck) String() string {
	s := "wire " + c.Node
	if c.From != "" {
		s += " from " + c.From
	}
	if c.Mail != "" {
		s += " of " + c.Mail
	}
	word := " has "
	lines := c.Has
	if len(c.Is) > 0 {
		word, lines = " is ", c.Is
	}
	for i, p := range lines {
		if i == 0 {
			s += word
		} else {
			s += ", "
		}
		s += clip(p.Text, 60)
	}
	if c.Count != nil {
		s += ", count " + c.Count.String()
	}
	return s
}

// listensTo reports whether any step looks into the sessions with a node.
func (s *Scenario) listensTo(node string) bool {
	for _, st := range s.Steps {
		if e, ok := st.Do.(*Expect); ok && e.Wire != nil && e.Wire.Node == node {
			return true
		}
	}
	return false
}

// ofSide reports whether a text begins as a line of a recording does.
func ofSide(line string) bool {
	return len(line) > 2 && strings.ContainsRune("CSD", rune(line[0])) && line[1:3] == "> "
}
