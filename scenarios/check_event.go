package scenarios

import (
	"slices"
	"strings"

	"github.com/mailsim/mailsim/sim/trace"
)

// eventKinds are the names of the events, in the order in which a mail meets them.
func eventKinds() []string {
	kinds := []trace.Kind{
		trace.SessionOpen, trace.SessionTLS, trace.SessionAuth, trace.SessionClose,
		trace.MailAccepted, trace.MailRefused, trace.MailGenerated, trace.MailExpanded,
		trace.MailAttempt, trace.MailConverted, trace.MailRelayed, trace.MailDeferred, trace.MailDelivered,
		trace.MailBounced, trace.MailExpired, trace.MailDiscarded, trace.DNSQuery, trace.FaultHit,
	}
	return texts(kinds)
}

// eventName is the name of an event, or a pattern that some name matches.
func eventName(dst *Pattern) value {
	return value{
		read: func(d *decoder, t *tree) {
			n := d.count
			pattern(dst).read(d, t)
			switch {
			case d.count > n:
			case dst.Regexp == nil && !slices.Contains(eventKinds(), dst.Text):
				d.unknown(t.pos, "event", dst.Text, eventKinds())
			case dst.Regexp != nil && !slices.ContainsFunc(eventKinds(), dst.Regexp.MatchString):
				d.addf(t.pos, "no event has a name that matches %s", dst.Text)
			}
		},
		schema: func() *schema {
			return anyOf(enumSchema(eventKinds()), &schema{Type: "string", Pattern: "^/.*/$"})
		},
	}
}

// eventFields are those of an event check; items of a trace check have no count.
func eventFields() []field[EventCheck] {
	return append(eventItemFields(), field[EventCheck]{
		"count", "how many events: 3, 2.., ..4 or 3..5; default 1..", func(c *EventCheck) value { return count(&c.Count) }, false,
	})
}

func eventItemFields() []field[EventCheck] {
	plain := func(name, about string, at func(*EventCheck) **Pattern) field[EventCheck] {
		return field[EventCheck]{name, about, func(c *EventCheck) value { return patternTo(at(c), parsePattern) }, false}
	}
	return []field[EventCheck]{
		{"event", "the name of the event", func(c *EventCheck) value { return eventName(&c.Event) }, true},
		{"node", "the node that acted", func(c *EventCheck) value { return nodePattern(&c.Node) }, false},
		{"mail", "the name of the mail", func(c *EventCheck) value { return mailPattern(&c.Mail) }, false},
		plain("peer", "the other node, or its address", func(c *EventCheck) **Pattern { return &c.Peer }),
		plain("from", "the reverse-path; of mail.expanded the alias or list", func(c *EventCheck) **Pattern { return &c.From }),
		plain("to", "the forward-path", func(c *EventCheck) **Pattern { return &c.To }),
		{"reply", "the reply; a bare code stands for all replies with it", func(c *EventCheck) value { return patternTo(&c.Reply, replyPattern) }, false},
		plain("detail", "what else is known", func(c *EventCheck) **Pattern { return &c.Detail }),
		{"attempt", "which try: 3, 2.., ..4 or 3..5", func(c *EventCheck) value { return count(&c.Attempt) }, false},
		plain("session", "the name of the session", func(c *EventCheck) **Pattern { return &c.Session }),
		plain("id", "the node's own name for the mail", func(c *EventCheck) **Pattern { return &c.ID }),
		plain("with", "the protocol of the session: ESMTP, ESMTPSA, LMTP", func(c *EventCheck) **Pattern { return &c.With }),
	}
}

func (c *EventCheck) check(*decoder, *Expect, *tree) {}

// wanted is a field that an event must have.
type wanted struct {
	name string
	*Pattern
}

// text is the pattern as a scenario has it.
func (w wanted) text() string {
	if w.Text == "" {
		return `""`
	}
	return w.Text
}

// wanted returns what is asked of the texts of an event, its name aside.
func (c *EventCheck) wanted() []wanted {
	var list []wanted
	for _, f := range []wanted{
		{"node", c.Node},
		{"mail", c.Mail},
		{"peer", c.Peer},
		{"from", c.From},
		{"to", c.To},
		{"reply", c.Reply},
		{"detail", c.Detail},
		{"session", c.Session},
		{"id", c.ID},
		{"with", c.With},
	} {
		if f.Pattern != nil {
			list = append(list, f)
		}
	}
	return list
}

// String says which events are meant.
func (c *EventCheck) String() string {
	var b strings.Builder
	b.WriteString("event " + c.Event.Text)
	for _, f := range c.wanted() {
		b.WriteString(", " + f.name + " " + clip(f.text(), 60))
	}
	if c.Attempt != nil {
		b.WriteString(", attempt " + c.Attempt.String())
	}
	if c.Count != nil {
		b.WriteString(", count " + c.Count.String())
	}
	return b.String()
}

func traceFields() []field[TraceCheck] {
	return []field[TraceCheck]{
		{"trace", "the name of the mail", func(c *TraceCheck) value { return mailRef(&c.Mail) }, true},
		{"has", "events in their order; others may come between", func(c *TraceCheck) value {
			return some(&c.Has, "events", func(e *EventCheck) value { return object("an event", eventItemFields(), e) })
		}, true},
	}
}

func (c *TraceCheck) check(*decoder, *Expect, *tree) {}

// String says which events the trace must have.
func (c *TraceCheck) String() string {
	list := make([]string, len(c.Has))
	for i, e := range c.Has {
		list[i] = e.Event.Text
		if e.Node != nil {
			list[i] = e.Node.Text + " " + list[i]
		}
	}
	return "trace " + c.Mail + " has " + strings.Join(list, ", ")
}
