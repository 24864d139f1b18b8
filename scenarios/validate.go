package scenarios

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// parseStart reads a date, or a date and time. Before 2000 the virtual clock cannot start.
func parseStart(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		if t, err = time.Parse(time.DateOnly, s); err != nil {
			return t, fmt.Errorf("%q is no date: write 2026-01-05 or 2026-01-05T09:00:00Z", s)
		}
	}
	if t.Year() < 2000 || t.Year() > 2200 {
		return t, fmt.Errorf("%q: the clock starts between the years 2000 and 2200", s)
	}
	return t.UTC(), nil
}

func startSchema() *schema {
	return &schema{Type: "string", Pattern: `^2[0-9]{3}-[0-9]{2}-[0-9]{2}|` + paramPart}
}

// zones reads the zone text of all files.
func (d *decoder) zones(s *Scenario, roots []*tree) {
	s.Zones, d.world = d.readZones(roots)
}

// host notes the host of a node: two nodes with one would have one address.
func (d *decoder) host(n *nodeSource, t *tree, h string) {
	low := strings.ToLower(strings.TrimSuffix(h, "."))
	first, ok := d.names.hosts[low]
	if !ok {
		d.names.hosts[low] = n.name.text
		return
	}
	pos := n.name.pos
	if v := t.get("host"); v != nil {
		pos = v.pos
	}
	d.addf(pos, "the host %s is that of the node %s too: two nodes would have one address", h, first)
}

// node reads the fields of one node.
func (d *decoder) node(n *nodeSource) (Node, bool) {
	t := n.merged
	name := n.name.text
	spec := &nodeSpec{}
	spec.Name = name
	before := d.count
	if r := t.get("role"); r != nil && r.text == external {
		d.addf(r.pos, "not available yet: role external (a real server)")
		return Node{}, false
	}
	fields := make([]field[nodeSpec], len(d.nodeTable))
	for i, f := range d.nodeTable {
		fields[i] = f.field
	}
	object("a node", fields, spec).read(d, t)
	if n.broken && (t.get("role") == nil || t.wrong) {
		return Node{}, false
	}
	if t.get("role") == nil {
		d.addf(n.name.pos, "the node %s needs a role: mua, msa, mta or mda", name)
		return Node{}, false
	}
	for _, f := range d.nodeTable {
		v := t.get(f.name)
		if spec.role == "" || v == nil || f.roles == "" || contains(strings.Fields(f.roles), spec.role) {
			continue
		}
		d.addf(t.where(f.name), "%s is for %s, and %s is of role %s", f.name, strings.Join(strings.Fields(f.roles), ", "), name, spec.role)
	}
	if d.count > before {
		return Node{}, false
	}
	d.defaults(spec, t)
	if d.count > before {
		return Node{}, false
	}
	return Node{Pos: n.name.pos, Config: spec.NodeConfig}, true
}

// defaults turns the fields of a node into what the engine takes.
func (d *decoder) defaults(n *nodeSpec, t *tree) {
	n.Role = sim.Role(n.role)
	n.TLS = n.tls
	if n.Host == "" {
		n.Host = n.Name
		if err := mail.CheckDomain(n.Host); err != nil {
			d.addf(t.pos, "the node %s needs a host: its name is none (%v)", n.Name, err)
		}
	}
	n.LMTP = n.protocol == "lmtp"
	n.AuthRequired = n.auth == "required" || n.auth == "" && n.Role == sim.MSA
	n.Extensions = sim.Extensions{Only: n.extensions.only, Hide: n.extensions.hide, Add: n.extensions.add}
	if q := &n.Queue; q.DelayNotice > 0 && q.Expire > 0 && q.DelayNotice >= q.Expire {
		d.addf(t.get("queue").where("delay-notice"), "delay-notice comes after expire")
	}
	if senders := t.get("senders"); senders != nil {
		for _, p := range senders.pairs {
			if _, ok := n.Users[p.key.text]; !ok {
				d.unknown(p.key.pos, "user", p.key.text, slices.Sorted(maps.Keys(n.Users)))
			}
		}
	}
	d.checkLocal(n, t)
	if n.Role != sim.MUA {
		return
	}
	sub := sim.Submit{Via: n.submit}
	if n.user != "" {
		mech := n.mechanism
		if mech == "" {
			mech = "PLAIN"
		}
		sub.Auth = &sim.Auth{User: n.user, Password: n.password, Mechanism: mech}
		if t.get("password") == nil {
			d.addf(t.where("user"), "the node %s has a user and no password", n.Name)
		}
	} else if t.get("password") != nil {
		d.addf(t.where("password"), "the node %s has a password and no user", n.Name)
	}
	n.Submit = &sub
	d.muas[n.Name] = sub
}

// checkLocal looks whether an address is declared twice, and whether the
// mailboxes of the quota are there. An alias may be a mailbox too: it keeps a copy.
func (d *decoder) checkLocal(n *nodeSpec, t *tree) {
	type place struct {
		field string
		pos   Pos
	}
	seen := map[string]place{}
	declare := func(field string, at *tree) {
		key := addressName(at.text)
		first, ok := seen[key]
		if ok && (first.field != "mailboxes" || field != "aliases") {
			d.addf(at.pos, "%s is declared twice (first at %s)", at.text, first.pos.ref(at.pos))
		}
		if !ok || field == "aliases" {
			seen[key] = place{field, at.pos}
		}
	}
	if m := t.get("mailboxes"); m != nil {
		for _, it := range m.items {
			declare("mailboxes", it)
		}
	}
	for _, field := range []string{"aliases", "lists", "forwards"} {
		if m := t.get(field); m != nil {
			for _, p := range m.pairs {
				declare(field, p.key)
			}
		}
	}
	if q := t.get("quota"); q != nil {
		boxes := map[string]bool{}
		for _, m := range n.Mailboxes {
			boxes[strings.ToLower(addressName(m))] = true
		}
		for _, p := range q.pairs {
			if !boxes[strings.ToLower(addressName(p.key.text))] {
				d.unknown(p.key.pos, "mailbox", p.key.text, n.Mailboxes)
			}
		}
	}
}

// addressName is what two spellings of one address have in common.
func addressName(s string) string {
	if a, err := mail.ParseAddress(s); err == nil {
		return a.Key()
	}
	return s
}

// holdsMailbox says whether a list of mailboxes takes an address: as it is, without
// looking at case as nodes do, without its detail (RFC 5233), or by *@domain.
func holdsMailbox(mailboxes []string, addr string) bool {
	if slices.Contains(mailboxes, addr) {
		return true
	}
	a, err := mail.ParseAddress(addr)
	if err != nil {
		return false
	}
	base, _, detail := a.Detail()
	for _, m := range mailboxes {
		if domain, ok := strings.CutPrefix(m, "*@"); ok {
			if strings.EqualFold(domain, a.Domain) {
				return true
			}
			continue
		}
		if b, err := mail.ParseAddress(m); err == nil && (sameMailbox(a, b) || detail && sameMailbox(base, b)) {
			return true
		}
	}
	return false
}

func sameMailbox(a, b mail.Address) bool { return strings.EqualFold(a.Key(), b.Key()) }

// finishNodes does the checks that need all nodes.
func (d *decoder) finishNodes(s *Scenario) {
	tls := map[string]sim.TLSMode{}
	d.boxes = map[string][]string{}
	for _, n := range s.Nodes {
		tls[n.Config.Name] = n.Config.TLS
		d.boxes[n.Config.Name] = n.Config.Mailboxes
		d.mailboxes = append(d.mailboxes, n.Config.Mailboxes...)
	}
	for i := range s.Nodes {
		c := &s.Nodes[i].Config
		if c.Role != sim.MUA {
			continue
		}
		switch tls[c.Submit.Via] {
		case sim.TLSOffered, sim.TLSRequired:
			c.Submit.TLS = sim.ClientStartTLS
		case sim.TLSImplicit:
			c.Submit.TLS = sim.ClientImplicit
		default:
			c.Submit.TLS = sim.ClientPlain
		}
		d.muas[c.Name] = *c.Submit
	}
	d.checkAddresses(s)
}

// holds says whether a node, or any, has the mailbox of an address. Every server
// has a postmaster (RFC 5321 4.5.1).
func (d *decoder) holds(addr, node string) bool {
	if a, err := mail.ParseAddress(addr); err == nil && a.IsPostmaster() {
		return true
	}
	if node != "" {
		boxes, ok := d.boxes[node]
		return !ok || holdsMailbox(boxes, addr)
	}
	if len(d.boxes) < len(d.names.nodes) {
		return true // some node could not be read: it may hold it
	}
	return holdsMailbox(d.mailboxes, addr)
}

// checkAddresses finds hosts that the zones name without an address, and hosts
// that have one address.
func (d *decoder) checkAddresses(s *Scenario) {
	owner := map[netip.Addr]*Node{}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		addrs := d.world.Addrs(n.Config.Host)
		if len(addrs) == 0 && d.world.Mentions(n.Config.Host) {
			d.addf(n.Pos, "the zones name the host %s of the node %s, and give it no address: add an A or AAAA record", n.Config.Host, n.Config.Name)
		}
		for _, a := range addrs {
			first, ok := owner[a]
			switch {
			case !ok:
				owner[a] = n
			case first != n && !strings.EqualFold(first.Config.Host, n.Config.Host):
				d.addf(n.Pos, "the node %s has the address %s of the node %s", n.Config.Name, a, first.Config.Name)
			}
		}
	}
}

// network reads the network key.
func (d *decoder) network(s *Scenario, t *tree) {
	if t != nil {
		object("network", networkFields(), &s.Network).read(d, t)
	}
}

func networkFields() []field[Links] {
	return []field[Links]{
		{"latency", "the time that octets need from a node to another", func(l *Links) value { return duration(&l.Latency) }, false},
		{"jitter", "the most that chance adds to the latency", func(l *Links) value { return duration(&l.Jitter) }, false},
		{"loss", "the share of segments that are lost and sent again: 0.01 or 1%", func(l *Links) value { return share(&l.Loss) }, false},
		{"links", "single links, each in one direction", func(l *Links) value { return list(&l.Links, "links", link) }, false},
	}
}

func link(l *Link) value {
	v := object("a link", []field[Link]{
		{"from", "the node that sends", func(l *Link) value { return nodeName(&l.From) }, true},
		{"to", "the node that is sent to", func(l *Link) value { return nodeName(&l.To) }, true},
		{"latency", "the time that octets need", func(l *Link) value { return duration(&l.Latency) }, false},
		{"jitter", "the most that chance adds to the latency", func(l *Link) value { return duration(&l.Jitter) }, false},
		{"loss", "the share of segments that are lost and sent again", func(l *Link) value { return share(&l.Loss) }, false},
		{"cut", "true: nothing passes", func(l *Link) value { return yes(&l.Cut) }, false},
	}, l)
	return value{read: func(d *decoder, t *tree) {
		l.Pos = t.pos
		v.read(d, t)
		if l.From != "" && l.From == l.To {
			d.addf(t.where("to"), "%s is both ends of the link", l.To)
		}
	}, schema: v.schema}
}
