package simtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
)

// HaveRoute succeeds when a *sim.Network has taken the mail to at least one of
// its recipients by exactly these nodes, first to last.
func HaveRoute(mailName string, nodes ...string) types.GomegaMatcher {
	return &haveRoute{mail: mailName, want: nodes}
}

type haveRoute struct {
	mail string
	want []string
	seen [][]string
}

func (h *haveRoute) Match(actual any) (bool, error) {
	n, ok := actual.(*sim.Network)
	if !ok {
		return false, fmt.Errorf("HaveRoute: expected a *sim.Network, got %T", actual)
	}
	events, _ := n.Log().Since(0)
	h.seen = nil
	for _, p := range trace.Paths(events, h.mail) {
		if slices.Equal(p.Nodes, h.want) {
			return true, nil
		}
		h.seen = append(h.seen, p.Nodes)
	}
	return false, nil
}

func (h *haveRoute) FailureMessage(any) string { return h.message("to go") }

func (h *haveRoute) NegatedFailureMessage(any) string { return h.message("not to go") }

func (h *haveRoute) message(verb string) string {
	ways := make([]string, len(h.seen))
	for i, way := range h.seen {
		ways[i] = strings.Join(way, " -> ")
	}
	if len(ways) == 0 {
		ways = []string{"nowhere"}
	}
	return fmt.Sprintf("Expected mail %s %s %s\nIt went %s", h.mail, verb, strings.Join(h.want, " -> "), strings.Join(ways, " | "))
}
