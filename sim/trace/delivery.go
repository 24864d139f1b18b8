package trace

import (
	"fmt"
	"net/netip"
	"strings"
)

// checkDeliveries looks at each message in a mailbox: its body, its Return-Path
// and its way, field by field.
func (c *investigation) checkDeliveries() {
	sent := make(map[string][]*Sent)
	for _, s := range c.sent {
		sent[s.Mail] = append(sent[s.Mail], s)
	}
	for _, of := range c.delivered {
		d := *of // a copy, which is forgotten with all that is read
		if d.Read != nil {
			d.Read(&d)
		}
		c.checkBody(&d, sent[d.Mail])
		c.checkReturnPath(&d)
		c.checkReceived(&d, sent[d.Mail])
		c.checkHops(&d)
	}
}

// checkBody compares a body with the one that was sent. Where that is not
// known, as with a notification, there is nothing to compare. Of a mail that was
// converted for a hop that could not take it as it was (RFC 6152 3), what its parts
// decode to is compared.
func (c *investigation) checkBody(d *Delivery, sent []*Sent) {
	if len(sent) == 0 {
		return
	}
	for _, s := range sent {
		if s.BodySum == d.BodySum {
			return
		}
	}
	if c.converted[d.Mail] && d.Parts != nil {
		parts := d.Parts()
		for _, s := range sent {
			if s.Parts == parts && parts != [32]byte{} {
				return
			}
		}
	}
	c.report(Violation{
		Invariant: Body, Mail: d.Mail, Node: d.Node,
		Text: "the body for " + d.To + " is not the one that was sent",
		Want: fmt.Sprintf("SHA-256 %x", sent[0].BodySum[:8]), Got: fmt.Sprintf("SHA-256 %x", d.BodySum[:8]),
	})
}

// checkReturnPath keeps RFC 5321 4.4: final delivery puts the reverse-path on
// top, in exactly one field.
func (c *investigation) checkReturnPath(d *Delivery) {
	v := Violation{
		Invariant: ReturnPath, Mail: d.Mail, Node: d.Node,
		Want: "<" + d.From + ">", Got: strings.Join(d.ReturnPaths, ", "),
	}
	switch {
	case len(d.ReturnPaths) == 0:
		v.Text, v.Got = "no Return-Path for "+d.To, "none"
	case len(d.ReturnPaths) > 1:
		v.Text = fmt.Sprintf("%d Return-Path fields for %s", len(d.ReturnPaths), d.To)
	case !d.ReturnPathFirst:
		v.Text = "Return-Path is not on top for " + d.To
	case !samePath(d.ReturnPaths[0], d.From):
		v.Text = "Return-Path is not the reverse-path for " + d.To
	default:
		return
	}
	c.report(v)
}

func samePath(field, address string) bool {
	field = strings.TrimSpace(field)
	inner, ok := strings.CutPrefix(field, "<")
	if ok {
		inner, ok = strings.CutSuffix(inner, ">")
	}
	return ok && key(inner) == key(address)
}

// checkReceived walks back from the mailbox: each node on the way has put one
// field on top, and the next field is that of the node that it had the mail from.
func (c *investigation) checkReceived(d *Delivery, sent []*Sent) {
	bad := func(text, want, got string) {
		c.report(Violation{Invariant: Trace, Mail: d.Mail, Node: d.Node, Text: text + " (mail for " + d.To + ")", Want: want, Got: got})
	}
	node, id := d.Node, d.ID
	for i := 0; ; i++ {
		left := d.Received[min(i, len(d.Received)):]
		events := c.accepted[taken{node, id}]
		if len(events) == 0 {
			if c.generated[taken{node, id}] == nil {
				bad(fmt.Sprintf("%s has no mail of the id %q", node, id), "an id that the log knows", id)
			} else if len(left) > 0 {
				bad(node+" wrote the mail, and it has older Received fields", "none", left[0].Raw)
			}
			return
		}
		if len(left) == 0 {
			bad("no Received field of "+node, "one field for each hop", fmt.Sprintf("%d fields", len(d.Received)))
			return
		}
		hop, e := left[0], events[0]
		recipients := len(events)
		if i == 0 {
			recipients = max(recipients, d.Recipients)
		}
		if !c.checkHop(hop, e, recipients, bad) {
			return
		}
		if i > 0 && d.Received[i-1].Date.Before(hop.Date) {
			bad("the date of "+node+" is later than that of the hop after it",
				"not after "+d.Received[i-1].Date.UTC().Format(hopDate), hop.Date.UTC().Format(hopDate))
		}
		if !c.relays(e.Peer) {
			c.checkOlder(left[1:], sent, bad)
			return
		}
		var ok bool
		if id, ok = c.idAt(e.Peer, node, d.Mail, events, left[1:]); !ok {
			bad("the Received field behind that of "+node+" is not of "+e.Peer, "a field by "+c.host(e.Peer), rawOf(left[1:]))
			return
		}
		node = e.Peer
	}
}

const hopDate = "2006-01-02 15:04:05"

func rawOf(hops []Hop) string {
	if len(hops) == 0 {
		return "none"
	}
	return hops[0].Raw
}

func (c *investigation) host(node string) string {
	if n := c.nodes[node]; n != nil && n.Host != "" {
		return n.Host
	}
	return node
}

// idAt finds under which ID the node had the mail that it gave to the next one.
// The next field says it; the mail has to be known there by that ID. Without
// such a field, it may be a mail of the node's own.
func (c *investigation) idAt(node, next, mail string, events []*Event, left []Hop) (string, bool) {
	if len(left) > 0 {
		t := taken{node, left[0].ID}
		if es := c.accepted[t]; len(es) > 0 && es[0].Mail == mail && sameName(left[0].By, c.host(node)) {
			return t.id, true
		}
	}
	for _, e := range events {
		for _, r := range c.relayed[handover{mail, node, next, key(e.To)}] {
			if c.generated[taken{node, r.ID}] != nil {
				return r.ID, true
			}
		}
	}
	// The connection may have broken before the node knew that it had relayed.
	id, ok := c.wrote[taken{node, mail}]
	return id, ok && len(left) == 0
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// checkHop compares one field with the event of its hop; others of the same
// transaction are counted. It reports false where the field is not of that hop.
func (c *investigation) checkHop(h Hop, e *Event, recipients int, bad func(text, want, got string)) bool {
	switch host := c.host(e.Node); {
	case h.Date.IsZero() && h.By == "":
		bad("a Received field that cannot be read", "RFC 5321 4.4", h.Raw)
		return false
	case !sameName(h.By, host):
		bad("by is not the node that accepted the mail", host, h.By)
		return false
	case h.ID != e.ID:
		bad("id is not that of "+e.Node, e.ID, h.ID)
		return false
	}
	if h.Date.IsZero() {
		bad("the field of "+e.Node+" has no date", "a date", h.Raw)
	}
	if e.With != "" && !strings.EqualFold(h.With, e.With) {
		bad("with is not the protocol of the session with "+e.Node, e.With, h.With)
	}
	if peer := c.nodes[e.Peer]; peer != nil && peer.Role != "external" {
		if !sameName(h.From, c.host(e.Peer)) {
			bad("from is not the node that gave the mail to "+e.Node, c.host(e.Peer), h.From)
		}
		if len(peer.Addrs) > 0 && !hasAddr(peer.Addrs, h.FromAddr) {
			bad("the address in from is not that of "+e.Peer, strings.Join(peer.Addrs, " or "), h.FromAddr)
		}
	}
	switch {
	case h.For == "":
	case recipients > 1:
		bad("for, and "+e.Node+" accepted several recipients", "no for", h.For) // RFC 5321 7.2
	case key(strings.Trim(h.For, "<>")) != key(e.To):
		bad("for is not the recipient that "+e.Node+" accepted", e.To, h.For)
	}
	return true
}

// hasAddr looks for the address of a TCP-info such as "x [IPv6:2001:db8::1]".
func hasAddr(addrs []string, info string) bool {
	info = info[strings.LastIndexByte(info, '[')+1:]
	info = strings.TrimSuffix(info, "]")
	if len(info) > 5 && strings.EqualFold(info[:5], "IPv6:") {
		info = info[5:]
	}
	got, err := netip.ParseAddr(info)
	if err != nil {
		return false
	}
	for _, a := range addrs {
		if want, err := netip.ParseAddr(a); err == nil && want.Unmap() == got.Unmap() {
			return true
		}
	}
	return false
}

// checkOlder compares the fields that a mail had when it was handed in (RFC
// 5321 4.4: no server changes what is there).
func (c *investigation) checkOlder(left []Hop, sent []*Sent, bad func(text, want, got string)) {
	if len(sent) == 0 {
		return // it came from somebody of whom nothing is known
	}
	for _, s := range sent {
		if sameFields(left, s.Received) {
			return
		}
	}
	s := sent[0]
	for i := range max(len(left), len(s.Received)) {
		want, got := "no field", "no field"
		if i < len(s.Received) {
			want = s.Received[i]
		}
		if i < len(left) {
			got = left[i].Raw
		}
		if want != got {
			bad("the Received fields that were there before it was sent have changed", want, got)
			return
		}
	}
}

func sameFields(hops []Hop, fields []string) bool {
	if len(hops) != len(fields) {
		return false
	}
	for i, h := range hops {
		if h.Raw != fields[i] {
			return false
		}
	}
	return true
}

// visit is a mail's being at a node, for one recipient.
type visit struct{ node, mail, rcpt string }

// lastVisit is how often it was there, and under which ID at last.
type lastVisit struct {
	times int
	id    string
}

// checkLoops keeps RFC 5321 6.3: a message with too many Received fields is not
// taken, so that no node can see it more often than that.
func (c *investigation) checkLoops() {
	c.visits = emptied(c.visits)
	for t, events := range c.accepted { // all of one ID, then all of another
		for _, e := range events {
			v := visit{e.Node, e.Mail, key(e.To)}
			if n := c.visits[v]; n.times == 0 || n.id != t.id {
				c.visits[v] = lastVisit{n.times + 1, t.id}
			}
		}
	}
	for v, n := range c.visits {
		if most := c.hops(v.node); n.times > most {
			c.report(Violation{
				Invariant: Loops, Mail: v.mail, Node: v.node,
				Text: v.node + " accepted the mail for " + v.rcpt + " too often",
				Want: fmt.Sprintf("at most %s", times(most)), Got: times(n.times),
			})
		}
	}
}

// checkHops is the same for what has arrived.
func (c *investigation) checkHops(d *Delivery) {
	if most := c.hops(d.Node); len(d.Received) > most {
		c.report(Violation{
			Invariant: Loops, Mail: d.Mail, Node: d.Node,
			Text: "too many Received fields on the mail for " + d.To,
			Want: fmt.Sprintf("at most %d", most), Got: fmt.Sprint(len(d.Received)),
		})
	}
}

// checkNullSender keeps RFC 5321 4.5.5: about a mail with a null reverse-path
// nothing is sent back. A notification is named after its mail: plan/dsn-mx1
// is about plan. A list gives its copies a reverse-path of their own.
func (c *investigation) checkNullSender() {
	if len(c.generated) == 0 {
		return
	}
	type meeting struct{ node, mail string }
	known, answerable := make(map[meeting]bool), make(map[meeting]bool)
	for _, e := range c.events {
		switch e.Kind {
		case MailAccepted, MailGenerated, MailBounced, MailExpired, MailDeferred, MailDelivered, MailRelayed:
			m := meeting{e.Node, e.Mail}
			known[m] = true
			if e.From != "" {
				answerable[m] = true
			}
		}
	}
	for _, e := range c.events {
		if e.Kind != MailGenerated {
			continue
		}
		at := strings.LastIndex(e.Mail, "/dsn")
		if at < 0 {
			continue
		}
		m := meeting{e.Node, e.Mail[:at]}
		if known[m] && !answerable[m] {
			c.report(Violation{
				Invariant: NullSender, Mail: e.Mail, Node: e.Node,
				Text: e.Node + " sent a notification about " + m.mail + ", whose reverse-path is null",
				Want: "no notification", Got: "one to " + e.To,
			})
		}
	}
}
