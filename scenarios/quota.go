package scenarios

import "github.com/mailsim/mailsim/sim"

// quota reads the bounds of a mailbox: a size, or a mapping.
func quota(q *sim.Quota) value {
	short := size(&q.Size)
	long := object("quota", []field[sim.Quota]{
		{"size", "octets of all its messages", func(q *sim.Quota) value { return size(&q.Size) }, false},
		{"messages", "how many messages", func(q *sim.Quota) value { return whole(&q.Messages, 1, 1_000_000_000) }, false},
		{"reply", "what a full mailbox answers: 552 (default), 452, or a reply such as 452 4.2.2 come back", func(q *sim.Quota) value { return refusal(&q.Reply) }, false},
	}, q).also(func(d *decoder, t *tree) {
		switch size, messages := t.get("size"), t.get("messages"); {
		case size == nil && messages == nil:
			d.addf(t.pos, "a quota bounds size or messages, or both")
		case size != nil && messages != nil:
			if n, err := parseSize(size.text); err == nil && n == 0 {
				d.addf(size.pos, "a mailbox of no size takes no messages: leave one of them out")
			}
		}
	})
	return either(func(t *tree) value {
		if t.shape == mappingShape {
			return long
		}
		return short
	}, short, long)
}
