package scenarios

import (
	"errors"
	"fmt"
	"time"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
	"github.com/mailsim/mailsim/sim/wire"
)

// day is how long after the last queue has given up the network may still be
// busy: notifications of the expiry travel then.
const day = 24 * time.Hour

// build makes the network of the scenario and starts it. When it fails there is
// no network, and the error joins placedErrors.
func (r *run) build(log *trace.Log) error {
	s := r.scenario
	w, err := newWorld(s)
	if err != nil {
		return err
	}
	r.world = w
	for _, cfg := range w.nodes {
		r.deadline = max(r.deadline, expire(cfg)+day)
	}
	r.resolvers = make(map[string]*fakedns.Resolver, len(w.nodes))
	net, err := s.start(w, sim.Config{Log: log, Maildir: r.options.Maildir, Resolver: func(node string) sim.Resolver {
		r.resolvers[node] = fakedns.NewResolver(w.dns)
		return r.resolvers[node]
	}})
	if err != nil {
		return err
	}
	r.net = net
	for _, l := range s.Network.Links {
		if err := r.setLink(l.From, l.To, r.declared(l)); err != nil {
			return err
		}
	}
	return nil
}

// start makes a network of the nodes of s and starts it.
func (s *Scenario) start(w *world, cfg sim.Config) (*sim.Network, error) {
	cfg.Seed = s.Seed
	cfg.Latency, cfg.Jitter, cfg.Loss = s.Network.Latency, s.Network.Jitter, s.Network.Loss
	net := sim.New(cfg)
	var bad []error
	for i, cfg := range w.nodes {
		if _, err := net.Add(cfg); err != nil {
			bad = append(bad, placedError{s.Nodes[i].Pos, err})
		}
	}
	err := errors.Join(bad...)
	if err == nil {
		if err = net.Start(); err != nil {
			err = placedError{err: err}
		}
	}
	if err != nil {
		// Nodes that did start must not outlive the run.
		return nil, errors.Join(err, net.Stop())
	}
	return net, nil
}

// expire is when a node gives up a mail: 5 days where it does not say
// (RFC 5321 4.5.4.1).
func expire(cfg sim.NodeConfig) time.Duration {
	if cfg.Queue.Expire > 0 {
		return cfg.Queue.Expire
	}
	return 5 * day
}

// declared completes a link of the `network` key: what it does not say is as
// on all other links.
func (r *run) declared(l Link) wire.Link {
	w := r.plain()
	if l.Latency != 0 {
		w.Latency = l.Latency
	}
	if l.Jitter != 0 {
		w.Jitter = l.Jitter
	}
	if l.Loss != 0 {
		w.Loss = l.Loss
	}
	w.Cut = l.Cut
	return w
}

// plain is the link between two nodes of which nothing else is said.
func (r *run) plain() wire.Link {
	n := r.scenario.Network
	return wire.Link{Latency: n.Latency, Jitter: n.Jitter, Loss: n.Loss}
}

// node returns a node that the scenario names; validation has seen to it that
// there is one, a library user may not have.
func (r *run) node(name string) (*sim.Node, error) {
	if nd := r.net.Node(name); nd != nil {
		return nd, nil
	}
	return nil, fmt.Errorf("no node is called %q", name)
}
