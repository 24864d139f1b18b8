package scenarios

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/conformance/simulated"
	"github.com/mailsim/mailsim/reports"
)

// conform asks a node the cases of the suite. What is broken stands as checks of its
// own behind the story; the step's check says how many there are.
func (r *run) conform(c *Conform) (f *finding, err error) {
	if _, err := r.node(c.Node); err != nil {
		return nil, err
	}
	target, err := simulated.Target(r.net, c.Node)
	if err != nil {
		return nil, err
	}
	if c.Profile != "" && c.Profile != receiver {
		target.Profile = c.Profile
	}
	list, err := conformance.Select(cases.All(), c.Only, c.Skip)
	if err != nil {
		return nil, err
	}
	options := conformance.Options{Strict: c.Strict, Stop: r.interrupted, Slow: !r.scenario.Wall}
	if !r.scenario.Wall {
		options.Parallel = 1 // waiting takes no time, and one after the other is always the same
	}
	for _, id := range slices.Sorted(maps.Keys(c.Waive)) {
		options.Waivers = append(options.Waivers, conformance.Waiver{ID: id, Reason: c.Waive[id]})
	}
	var result *conformance.Result
	r.interruptible(func(ctx context.Context) {
		result, err = conformance.Run(ctx, target, list, options)
	})
	if err != nil || r.interrupted() {
		return nil, err
	}
	return r.conformed(c, result), nil
}

// conformed reports the cases that were not passed, or are waived.
func (r *run) conformed(c *Conform, result *conformance.Result) *finding {
	rep := result.Report()
	var broken []string
	for _, g := range rep.Groups {
		for _, check := range g.Checks {
			switch {
			case check.Verdict == reports.Pass, check.Verdict == reports.Skip && !strings.HasPrefix(check.Reason, "waived"):
				continue // mailsim conform tells of these
			case check.Verdict.Bad():
				broken = append(broken, check.ID)
			}
			check.At += result.Start.Sub(r.res.start)
			r.res.add(r.res.group("conform "+c.Node), check)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	f := &finding{want: "every rule that must be kept is kept"}
	f.line("%s", rep.Counts())
	f.line("broken: %s", strings.Join(broken, ", "))
	return f
}
