package scenarios

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// Route explains where mail for an address goes from a node of s, as the network is
// before the first step of the story: to its next hop, and with follow from node to
// node until it is delivered. The error tells of a node that is not there, of an
// address that is none, and of a network that cannot be built.
func (s *Scenario) Route(from, to string, follow bool) (sim.Explanation, error) {
	if err := s.checkRoute(from, to); err != nil {
		return sim.Explanation{}, err
	}
	w, err := newWorld(s)
	if err != nil {
		return sim.Explanation{}, err
	}
	start := s.Start
	if start.IsZero() {
		start = DefaultStart()
	}
	var e sim.Explanation
	var failed error
	err = sim.Virtual(start, func() {
		var net *sim.Network
		net, failed = s.start(w, sim.Config{Resolver: func(string) sim.Resolver { return fakedns.NewResolver(w.dns) }})
		if failed != nil {
			return
		}
		e = net.Node(from).Explain(context.Background(), sim.Inquiry{Address: to, Follow: follow})
		failed = net.Stop()
	})
	return e, errors.Join(err, failed)
}

// checkRoute finds what is wrong with the words of a question for a route.
func (s *Scenario) checkRoute(from, to string) error {
	var names []string
	known := false
	for _, n := range s.Nodes {
		names = append(names, n.Config.Name)
		known = known || n.Config.Name == from
	}
	var wrong []error
	switch near := suggest(from, names); {
	case known:
	case near != "":
		wrong = append(wrong, fmt.Errorf("no node is called %q (did you mean %q?)", from, near))
	case len(names) == 0:
		wrong = append(wrong, fmt.Errorf("no node is called %q: the scenario %s has none", from, s.Name))
	default:
		list := strings.Join(names[:min(len(names), 2*listMost)], ", ")
		if len(names) > 2*listMost {
			list += ", ..."
		}
		wrong = append(wrong, fmt.Errorf("no node is called %q: there is %s", from, list))
	}
	if _, err := mail.ParseAddress(to); err != nil {
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}
