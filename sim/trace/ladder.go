package trace

import (
	"strings"
	"time"
)

// Diagram is a mail's way as a sequence diagram: time runs down, one column a node.
type Diagram struct {
	Columns []string // in the order in which they appear
	Rungs   []Rung
}

// Rung is an arrow from one column to another, or a note at From where To is empty.
type Rung struct {
	At       time.Time
	From, To string
	Text     string
	Bad      bool // refused, deferred, bounced or expired
}

// Ladder draws events, which are in canonical order: what was given from node to
// node, and what each node did with it. Sessions and look-ups are left out.
func Ladder(events []*Event) Diagram {
	type hop struct{ from, to, mail, rcpt string }
	taken := make(map[hop]bool)
	mails := make(map[string]bool)
	for _, e := range events {
		if e.Mail != "" {
			mails[e.Mail] = true
		}
		if e.Kind == MailAccepted {
			taken[hop{e.Peer, e.Node, e.Mail, key(e.To)}] = true
		}
	}
	var d Diagram
	seen := make(map[string]bool)
	for _, e := range events {
		// What the next node told of itself says the same.
		if e.Kind == MailRelayed && taken[hop{e.Node, e.Peer, e.Mail, key(e.To)}] {
			continue
		}
		r, ok := rung(e)
		if !ok {
			continue
		}
		if len(mails) > 1 && e.Mail != "" {
			r.Text = e.Mail + ": " + r.Text
		}
		for _, c := range []string{r.From, r.To} {
			if c != "" && !seen[c] {
				seen[c] = true
				d.Columns = append(d.Columns, c)
			}
		}
		d.Rungs = append(d.Rungs, r)
	}
	return d
}

func rung(e *Event) (Rung, bool) {
	r := Rung{At: e.At, From: e.Node}
	arrow := func(from, to string) {
		if from != "" && to != "" && from != to {
			r.From, r.To = from, to
		}
	}
	switch e.Kind {
	case MailAccepted:
		arrow(e.Peer, e.Node)
		r.Text = join("accepted", e.To)
	case MailRefused:
		arrow(e.Peer, e.Node)
		what := "refused"
		if e.Detail != "" {
			what += " at " + e.Detail
		}
		r.Text, r.Bad = join(what, e.To, e.Reply), true
	case MailRelayed:
		arrow(e.Node, e.Peer)
		r.Text = join("relayed", e.To, e.Reply)
	case MailDeferred:
		r.Text, r.Bad = join("deferred", e.To, e.Reply, e.Detail), true
	case MailBounced:
		r.Text, r.Bad = join("bounced", e.To, e.Reply), true
	case MailExpired:
		r.Text, r.Bad = join("expired", e.To, e.Reply), true
	case MailDelivered:
		r.Text = join("delivered", e.To)
	case MailDiscarded:
		r.Text = join("discarded", e.To, e.Detail)
	case MailGenerated:
		r.Text = join("generated for", e.To)
	case MailExpanded:
		r.Text = "expanded " + e.From + " to " + e.To
	case FaultHit:
		r.Text = join("fault", "", e.Detail)
	default:
		return Rung{}, false
	}
	return r, true
}

// join writes what happened, to whom, and after a colon each further text.
func join(what, to string, more ...string) string {
	var b strings.Builder
	b.WriteString(what)
	if to != "" {
		b.WriteString(" " + to)
	}
	for i, m := range more {
		switch {
		case m == "":
		case i == 0 || more[0] == "":
			b.WriteString(": " + m)
		default:
			b.WriteString("; " + m)
		}
	}
	return b.String()
}
