package scenarios

import (
	"context"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
)

// waysMost is how many next hops one failed check explains.
const waysMost = 3

// spot is a recipient of a mail at a node that finds it a next hop.
type spot struct {
	node, to string
	id       string // of the mail at the node
	attempt  int    // whose order of equal preferences is meant
}

// ways explains, for the mails of a finding, the next hops that matter as they are
// now. Nothing of the run changes by it: no cache, no failure, no event.
func (r *run) ways(f *finding) []string {
	spots := f.astray
	for i, name := range f.mails {
		if i == waysMost {
			break
		}
		spots = append(spots, r.spots(name)...)
	}
	seen := map[[2]string]bool{}
	var lines []string
	for _, s := range spots {
		nd := r.net.Node(s.node)
		at := [2]string{s.node, s.to}
		if nd == nil || seen[at] {
			continue
		}
		if len(seen) == waysMost {
			lines = append(lines, "and others")
			break
		}
		seen[at] = true
		e := nd.Explain(context.Background(), sim.Inquiry{
			Address: s.to, ID: s.id, Attempt: s.attempt,
			Resolver: func(node string) sim.Resolver { return r.resolvers[node].Peek() },
		})
		lines = append(lines, e.Lines()...)
	}
	return lines
}

// spots finds where a mail is stuck: in queues, or returned. Of one that is neither
// it is where the mail was last sent from, and of one that was sent from nowhere
// where it was taken.
func (r *run) spots(name string) []spot {
	var stuck, sent, taken []spot
	for _, nd := range r.net.Nodes() {
		for _, q := range nd.Queue() {
			if q.Mail == name {
				stuck = append(stuck, spot{nd.Name(), q.To, q.ID, q.Attempts + 1})
			}
		}
	}
	tries := map[[2]string]int{} // by node and id
	for _, e := range r.index.of(name) {
		at := [2]string{e.Node, e.ID}
		s := spot{e.Node, e.To, e.ID, max(tries[at], 1)}
		switch e.Kind {
		case trace.MailAttempt:
			tries[at] = max(tries[at], e.Attempt)
		case trace.MailBounced, trace.MailExpired:
			stuck = append(stuck, s)
		case trace.MailRelayed:
			sent = replaceTo(sent, s)
		case trace.MailAccepted, trace.MailGenerated:
			taken = replaceTo(taken, s)
		}
	}
	switch {
	case len(stuck) > 0:
		return stuck
	case len(sent) > 0:
		return sent
	}
	return taken
}

// replaceTo puts a spot in the place of the one with its recipient, or behind all.
func replaceTo(list []spot, s spot) []spot {
	for i := range list {
		if list[i].to == s.to {
			list[i] = s
			return list
		}
	}
	return append(list, s)
}

// turn finds where a mail left the way that was wanted: the last node before.
func (q *routeSubject) turn(p trace.Path) (s spot, ok bool) {
	nodes := p.Nodes
	if len(nodes) > 0 && q.run.isAgent(nodes[0]) && !(len(q.check.Is) > 0 && q.check.Is[0].Match(nodes[0])) {
		nodes = nodes[1:]
	}
	last := -1
	for i := 0; i < len(nodes) && i < len(q.check.Is) && q.check.Is[i].Match(nodes[i]); i++ {
		last = i
	}
	if last < 0 || last == len(nodes)-1 && last == len(q.check.Is)-1 {
		return spot{}, false
	}
	s = spot{node: nodes[last], to: p.To, attempt: 1}
	return s, true
}
