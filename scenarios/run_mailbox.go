package scenarios

import (
	"time"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// mailboxSubject looks into a mailbox. Has wants every mail of that name there;
// Count counts the messages that Has names, or all; Headers and Body hold if one
// of those messages satisfies all of them.
type mailboxSubject struct {
	run   *run
	check *MailboxCheck
	nodes []*sim.Node // that may hold the mailbox

	held   bool
	before int                 // so many deliveries there must be before another look can change the answer
	judged map[storedAt]misfit // of messages: they never change
}

// storedAt is the place of a message: the node's index and the message's.
type storedAt struct{ node, message int }

// misfit tells in what a message is not as wanted; empty where it is.
type misfit struct{ lines []string }

// mailbox makes what looks into a mailbox: on the node that the check names, or
// on every node that has mailboxes.
func (r *run) mailbox(c *MailboxCheck) (observer, error) {
	q := &mailboxSubject{run: r, check: c, judged: map[storedAt]misfit{}}
	if c.Node != "" {
		nd, err := r.node(c.Node)
		q.nodes = []*sim.Node{nd}
		return q, err
	}
	for _, nd := range r.net.Nodes() {
		if mayHold(nd, c.Address) {
			q.nodes = append(q.nodes, nd)
		}
	}
	return q, nil
}

// mayHold reports whether a node may have mail in a mailbox: its own ones, or the
// postmaster's, which every server has (RFC 5321 4.5.1). An empty address is any.
func mayHold(nd *sim.Node, address string) bool {
	cfg := nd.Config()
	if len(cfg.Mailboxes) > 0 || address == "" {
		return true
	}
	a, err := mail.ParseAddress(address)
	return err == nil && a.IsPostmaster()
}

func (q *mailboxSubject) holds(look bool) bool {
	// Only a delivery changes a mailbox, and each one brings one message.
	if q.run.index.arrived < q.before && !look {
		return q.held
	}
	var missing int
	q.held, missing = q.look()
	q.before = q.run.index.arrived + max(1, missing)
	return q.held
}

// found is a message that the check is about.
type found struct {
	at storedAt
	sim.Stored
}

// messages returns the messages that Has names, or all.
func (q *mailboxSubject) messages() []found {
	var all []found
	for n, nd := range q.nodes {
		for i, m := range nd.Mailbox(q.check.Address) {
			if q.check.Has == "" || q.run.member(m.Mail, q.check.Has) {
				all = append(all, found{storedAt{n, i}, m})
			}
		}
	}
	return all
}

// look judges, and returns how many deliveries it takes at least until the
// answer can be another.
func (q *mailboxSubject) look() (held bool, missing int) {
	all := q.messages()
	switch c := q.check.Count; {
	case c != nil && len(all) < c.Min:
		return false, c.Min - len(all)
	case c != nil && !c.Holds(len(all)):
		return false, 1
	case c != nil && len(all) == 0:
		return true, 1 // nothing is wanted and nothing is there
	case c == nil && q.check.Has != "":
		there := map[string]bool{}
		for _, m := range all {
			there[m.Mail] = true
		}
		if n := len(q.run.names(q.check.Has)) - len(there); n > 0 {
			return false, n
		}
	case c == nil && len(all) == 0:
		return false, 1
	}
	if len(q.check.Headers)+len(q.check.Body) == 0 {
		return true, 1
	}
	for _, m := range all {
		if len(q.misfit(m).lines) == 0 {
			return true, 1
		}
	}
	return false, 1
}

// misfit compares a message, once.
func (q *mailboxSubject) misfit(m found) misfit {
	if v, ok := q.judged[m.at]; ok {
		return v
	}
	var v misfit
	if msg, err := readMessage(m.Content); err != nil {
		v.lines = []string{"cannot be read: " + err.Error()}
	} else {
		v.lines = msg.misfits(q.check.Headers, q.check.Body)
	}
	q.judged[m.at] = v
	return v
}

func (q *mailboxSubject) tell() *finding {
	c := q.check
	f := &finding{want: "mailbox " + c.Address + " holds "}
	switch {
	case c.Count != nil && c.Has != "":
		f.want += amount(*c.Count, "copy") + " of " + c.Has
	case c.Count != nil:
		f.want += amount(*c.Count, "message")
	case c.Has != "":
		f.want += c.Has
	default:
		f.want += "a message"
	}
	if len(c.Headers)+len(c.Body) > 0 {
		f.want += ", one of them with:"
		for i := range c.Headers {
			f.want += "\n  " + wantedHeader(&c.Headers[i])
		}
		for _, p := range c.Body {
			f.want += "\n  body: " + p.Text
		}
	}
	q.tellHeld(f)
	if len(q.nodes) == 0 {
		f.line("no node has mailboxes")
	}
	all := q.messages()
	switch {
	case c.Has != "":
		there := map[string]bool{}
		for _, m := range all {
			there[m.Mail] = true
		}
		q.run.follow(f, c.Has, func(mail string) bool { return !there[mail] })
		if len(f.mails) == 0 && len(all) > 0 {
			f.mails = append(f.mails, all[len(all)-1].Mail)
		}
	case len(all) > 0:
		f.mails = append(f.mails, all[len(all)-1].Mail)
	default:
		f.address = c.Address
	}
	return f
}

// tellHeld tells what is in the mailbox.
func (q *mailboxSubject) tellHeld(f *finding) {
	c := q.check
	n := 0
	for _, nd := range q.nodes {
		n += len(nd.Mailbox(c.Address))
	}
	if n == 0 {
		f.line("mailbox %s is empty", c.Address)
		return
	}
	f.line("mailbox %s holds %s:", c.Address, plural(n, "message"))
	told := 0
	for i, nd := range q.nodes {
		for j, m := range nd.Mailbox(c.Address) {
			if told++; told > listMost {
				f.line("  and %d more", n-listMost)
				return
			}
			f.line("  %s, delivered by %s at %s", orUnnamed(m.Mail), nd.Name(), q.run.clock(m.At))
			if len(c.Headers)+len(c.Body) == 0 || c.Has != "" && !q.run.member(m.Mail, c.Has) {
				continue
			}
			for _, line := range q.misfit(found{storedAt{i, j}, m}).lines {
				f.line("    %s", line)
			}
		}
	}
}

// wantedHeader writes a header check as in a scenario.
func wantedHeader(h *HeaderCheck) string {
	if !h.List && len(h.Is) == 1 {
		return h.Name + ": " + h.Is[0].Text
	}
	s := h.Name + ": ["
	for i, p := range h.Is {
		if i > 0 {
			s += ", "
		}
		s += p.Text
	}
	return s + "]"
}

// clock writes a moment as time since the run began.
func (r *run) clock(t time.Time) string {
	return "+" + span(t.Sub(r.res.start).Truncate(time.Millisecond))
}
