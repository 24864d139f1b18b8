package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
)

func threeSteps() *Scenario {
	return &Scenario{Name: "t", Steps: []Step{
		{Do: &Wait{For: 1}}, {Do: &Phase{Title: "then"}}, {Do: &Wait{For: 2}}, {Do: &Wait{For: 3}},
	}}
}

// verdicts lists the checks of a report as "group verdict reason".
func verdicts(rep reports.Report) []string {
	var all []string
	for _, g := range rep.Groups {
		for _, c := range g.Checks {
			reason, _, _ := strings.Cut(c.Reason, "\n")
			all = append(all, strings.TrimSpace(fmt.Sprint(g.Name, " ", c.Verdict, " ", reason)))
		}
	}
	return all
}

func pass(c *reports.Check) { c.Verdict = reports.Pass }

// What becomes of a run that does not come to its end belongs to the step that
// was under way, and what was decided before stays.
func TestResultTrouble(t *testing.T) {
	stuck := &sim.Stuck{Reason: "deadlock"}
	for _, tt := range []struct {
		name string
		tell func(*result, []*slot)
		err  error
		want []string
		all  reports.Verdict
	}{
		{
			"nothing wrong", func(res *result, slots []*slot) {
				for _, s := range []int{0, 2, 3} {
					res.set(slots[s], time.Now(), pass)
				}
			}, nil,
			[]string{"story pass", "then pass", "then pass"},
			reports.Pass,
		},
		{
			"a step hangs", func(res *result, slots []*slot) {
				res.set(slots[0], time.Now(), pass)
				res.begin(slots[2])
			}, stuck,
			[]string{"story pass", "then error virtual time is stuck: deadlock", "then skip not run: the story ended before it"},
			reports.Error,
		},
		{
			"the end hangs", func(res *result, slots []*slot) {
				res.begin(nil)
			}, errors.New("stuck"),
			[]string{
				"story skip not run: the story ended before it", "then skip not run: the story ended before it",
				"then skip not run: the story ended before it", "run error stuck",
			},
			reports.Error,
		},
		{
			"goroutines are left over", func(res *result, slots []*slot) {
				leaks := res.add(res.group(groupInvariants), reports.Check{ID: "invariant/leaks"})
				for _, s := range []*slot{slots[0], slots[2], slots[3], leaks} {
					res.set(s, time.Now(), pass)
				}
				res.ended()
			}, stuck,
			[]string{"story pass", "then pass", "then pass", "invariants error virtual time is stuck: deadlock"},
			reports.Error,
		},
		{
			"interrupted", func(res *result, slots []*slot) {
				res.set(slots[0], time.Now(), pass)
				res.interrupt()
			}, nil,
			[]string{"story pass", "then skip interrupted", "then skip interrupted"},
			reports.Skip,
		},
	} {
		res, slots := newResult(threeSteps())
		log := new(trace.Log)
		res.running(log)
		log.Add(trace.Event{At: time.Now(), Node: "b"})
		tt.tell(res, slots)
		rep := res.finish(tt.err)
		if diff := cmp.Diff(tt.want, verdicts(rep)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if rep.Verdict != tt.all {
			t.Errorf("%s: verdict %s, want %s", tt.name, rep.Verdict, tt.all)
		}
		if rep.Events.Len() != 1 {
			t.Errorf("%s: %d events, want 1", tt.name, rep.Events.Len())
		}
		// A run that was given up may still move: its report does not.
		res.set(slots[0], time.Now(), func(c *reports.Check) { c.Verdict = reports.Fail })
		if diff := cmp.Diff(tt.want, verdicts(rep)); diff != "" {
			t.Errorf("%s: changed after it was taken (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestRecovered(t *testing.T) {
	err := recovered(func() { panic("oh") })
	if err == nil || !strings.HasPrefix(err.Error(), "bug in mailsim, please report it: panic: oh\n") {
		t.Errorf("recovered: %v", err)
	}
	if err := recovered(func() {}); err != nil {
		t.Errorf("recovered: %v", err)
	}
}
