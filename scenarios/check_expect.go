package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// subject is what an expect or never step looks at.
type subject struct {
	name, about string
	schema      func() *schema
	read        func(d *decoder, e *Expect, t *tree)
	text        func(e *Expect) string // "" when the step has another subject
}

// subjects are in the order in which a key decides: node is also a field of event.
func subjects() []subject {
	return []subject{
		newSubject("mailbox", "the mails in a mailbox", mailboxFields, func(e *Expect) **MailboxCheck { return &e.Mailbox }),
		newSubject("queue", "the mails that wait in a node", queueCheckFields, func(e *Expect) **QueueCheck { return &e.Queue }),
		newSubject("route", "the nodes that accepted a mail", routeFields, func(e *Expect) **RouteCheck { return &e.Route }),
		newSubject("trace", "the events of a mail, in order", traceFields, func(e *Expect) **TraceCheck { return &e.Trace }),
		newSubject("event", "events", eventFields, func(e *Expect) **EventCheck { return &e.Event }),
		newSubject("received", "the Received fields of a delivered mail", receivedFields, func(e *Expect) **ReceivedCheck { return &e.Received }),
		newSubject("wire", "what was said in sessions with a node's server", wireFields, func(e *Expect) **WireCheck { return &e.Wire }),
		newSubject("node", "the state of a node", nodeCheckFields, func(e *Expect) **NodeCheck { return &e.Node }),
	}
}

// checked is a subject that can look over its fields, and name itself.
type checked[T any] interface {
	*T
	check(d *decoder, e *Expect, t *tree)
	String() string
}

func newSubject[T any, P checked[T]](name, about string, fields func() []field[T], at func(*Expect) **T) subject {
	return subject{
		name: name, about: about,
		read: func(d *decoder, e *Expect, t *tree) {
			v := new(T)
			*at(e) = v
			object(article(name)+" check", fields(), v).also(func(d *decoder, t *tree) { P(v).check(d, e, t) }).read(d, t)
		},
		schema: func() *schema { return objectSchema(fields(), new(T)) },
		text: func(e *Expect) string {
			if v := *at(e); v != nil {
				return P(v).String()
			}
			return ""
		},
	}
}

// String says what is looked at, and until when.
func (e *Expect) String() string {
	s := "expect "
	if e.Never {
		s = "never "
	}
	for _, sub := range subjects() {
		s += sub.text(e)
	}
	switch {
	case e.AtEnd:
		s += ", at the end"
	case e.Within > 0:
		s += ", within " + span(e.Within)
	case e.For > 0:
		s += ", for " + span(e.For)
	}
	return s
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func expectVerb(e *Expect) value { return expectation(e) }

func neverVerb(e *Expect) value {
	e.Never = true
	return expectation(e)
}

// expectation splits the time of a step from the fields of its subject.
func expectation(e *Expect) value {
	verb, when, other := "expect", "within", "for"
	if e.Never {
		verb, when, other = "never", "for", "within"
	}
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape != mappingShape {
				d.addf(t.pos, "%s is a mapping with its subject (%s), not %s", verb, strings.Join(subjectNames(), ", "), t.what())
				return
			}
			sub, ok := d.subject(t, verb)
			if !ok {
				return
			}
			rest := *t
			rest.pairs = nil
			seen := map[string]Pos{}
			for _, p := range t.pairs {
				switch p.key.text {
				case when:
					if d.repeated(seen, p.key) {
						continue
					}
					if e.Never {
						period(&e.For).read(d, p.value)
					} else {
						within(e).read(d, p.value)
					}
				case other:
					d.addf(p.key.pos, "%s has no %s: write %s", verb, other, when)
				default:
					rest.pairs = append(rest.pairs, p)
				}
			}
			sub.read(d, e, &rest)
		},
		schema: func() *schema {
			var all []*schema
			for _, sub := range subjects() {
				s := sub.schema()
				s.Title = sub.about
				if e.Never {
					w := *durationSchema()
					w.Description = "it must not hold at any moment of this time; without it: now"
					s.Properties.Set("for", &w)
				} else {
					w := *anyOf(enumSchema([]string{"end"}), durationSchema())
					w.Description = "it must hold at some quiet moment of this time, or at the end; without it: now"
					s.Properties.Set("within", &w)
				}
				all = append(all, s)
			}
			return anyOf(all...)
		},
	}
}

func within(e *Expect) value {
	return value{read: func(d *decoder, t *tree) {
		if t.shape == scalarShape && t.text == "end" {
			e.AtEnd = true
			return
		}
		duration(&e.Within).read(d, t)
	}}
}

func subjectNames() []string {
	var out []string
	for _, s := range subjects() {
		out = append(out, s.name)
	}
	return out
}

// subject finds the one subject of a step.
func (d *decoder) subject(t *tree, verb string) (subject, bool) {
	var found []subject
	var at []pair
	for _, sub := range subjects() {
		if i := slices.IndexFunc(t.pairs, func(p pair) bool { return p.key.text == sub.name }); i >= 0 {
			// Beside another subject, node is a field of it.
			if sub.name == "node" && len(found) > 0 {
				continue
			}
			found = append(found, sub)
			at = append(at, t.pairs[i])
		}
	}
	switch len(found) {
	case 1:
		return found[0], true
	case 0:
		for _, p := range t.pairs {
			if hint := suggest(p.key.text, subjectNames()); hint != "" {
				d.add(p.key.pos, fmt.Sprintf("unknown key %q in %s", p.key.text, verb), hint)
				return subject{}, false
			}
		}
		d.lacks(t, "%s needs a subject: one of %s", verb, strings.Join(subjectNames(), ", "))
	default:
		d.addf(at[1].key.pos, "%s has one subject, not %s and %s", verb, found[0].name, found[1].name)
	}
	return subject{}, false
}
