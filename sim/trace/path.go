package trace

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Path is the way of a mail to one of its last recipients.
type Path struct {
	To    string   // the recipient that the mail has at its last node
	Nodes []string // that took the mail, first to last; a user agent that has a name is the first
}

// instance is one recipient of a mail at one node: what a node has to care for.
type instance struct{ node, id, to string }

// Paths follows a mail from its first nodes: by mail.accepted to the next node
// and by mail.expanded to the next recipient. There is one path for each
// recipient that leads no further, in the order in which they were reached.
func Paths(events []*Event, mail string) []Path {
	g := graph{
		names: make(map[instance]string), before: make(map[instance]instance),
		peer: make(map[instance]string), onward: make(map[instance]bool), relays: make(map[edge][]relay),
		last: make(map[[2]string]instance), stays: make(map[instance]bool),
	}
	var of []*Event
	for _, e := range events {
		if e.Mail == mail {
			of = append(of, e)
		}
	}
	Sort(of)
	for _, e := range of {
		if e.Kind == MailRelayed {
			x := edge{e.Node, e.Peer, key(e.To)}
			g.relays[x] = append(g.relays[x], relay{e.At, e.ID})
		}
	}
	for _, e := range of {
		switch e.Kind {
		case MailAccepted:
			g.accepted(e)
		case MailGenerated:
			g.add(instance{e.Node, e.ID, key(e.To)}, e.To)
		case MailExpanded:
			g.expanded(e)
		}
	}
	var paths []Path
	for _, i := range g.order {
		if !g.onward[i] || g.stays[i] {
			paths = append(paths, Path{To: g.names[i], Nodes: g.nodes(i)})
		}
	}
	return paths
}

// edge is what one node gives another for one recipient.
type edge struct{ from, to, rcpt string }

type relay struct {
	at time.Time
	id string
}

type graph struct {
	order  []instance
	names  map[instance]string // recipients as written
	before map[instance]instance
	peer   map[instance]string // of those without one before
	onward map[instance]bool   // those that something came after
	stays  map[instance]bool   // aliases that name themselves too
	relays map[edge][]relay
	last   map[[2]string]instance // by node and recipient
}

func (g *graph) add(i instance, name string) bool {
	if _, ok := g.names[i]; ok {
		return false
	}
	g.names[i] = name
	g.order = append(g.order, i)
	g.last[[2]string{i.node, i.to}] = i
	return true
}

func (g *graph) accepted(e *Event) {
	i := instance{e.Node, e.ID, key(e.To)}
	if g.known(i) {
		return
	}
	before, ok := g.sender(e)
	g.add(i, e.To)
	if !ok {
		g.peer[i] = e.Peer
		return
	}
	g.before[i] = before
	g.onward[before] = true
}

// sender finds what the peer relayed when e was accepted. The peer notes it
// after that, when it has the reply; where it never did, it is what the peer
// got last.
func (g *graph) sender(e *Event) (instance, bool) {
	to := key(e.To)
	x := edge{e.Peer, e.Node, to}
	for n, r := range g.relays[x] {
		if i := (instance{e.Peer, r.id, to}); !r.at.Before(e.At) && g.known(i) {
			g.relays[x] = slices.Delete(slices.Clone(g.relays[x]), n, n+1)
			return i, true
		}
	}
	i, ok := g.last[[2]string{e.Peer, to}]
	return i, ok
}

func (g *graph) known(i instance) bool { _, ok := g.names[i]; return ok }

func (g *graph) expanded(e *Event) {
	from, to := instance{e.Node, e.ID, key(e.From)}, instance{e.Node, e.ID, key(e.To)}
	if from == to {
		g.stays[from] = true
		return
	}
	if !g.add(to, e.To) {
		return // two aliases name one recipient
	}
	if g.known(from) {
		g.before[to] = from
		g.onward[from] = true
	}
}

// nodes goes back from i. Each instance has one before it that was known
// earlier, so that it ends also where a mail went in circles.
func (g *graph) nodes(i instance) []string {
	nodes := []string{i.node}
	for {
		before, ok := g.before[i]
		if !ok {
			break
		}
		if before.node != i.node || before.id != i.id { // not an expansion
			nodes = append(nodes, before.node)
		}
		i = before
	}
	if agent := g.peer[i]; named(agent) {
		nodes = append(nodes, agent)
	}
	slices.Reverse(nodes)
	return nodes
}

// named reports whether a peer is a node, and not an address.
func named(peer string) bool {
	if peer == "" || strings.HasPrefix(peer, "[") {
		return false
	}
	if _, err := netip.ParseAddr(peer); err == nil {
		return false
	}
	_, err := netip.ParseAddrPort(peer)
	return err != nil
}
