package scenarios_test

import (
	"runtime"
	"testing"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// Every example passes, and one seed gives one report, byte for byte, however
// many cores there are.
func TestExamplesRun(t *testing.T) {
	for _, e := range scenarios.ExampleList() {
		t.Run(e.Name, func(t *testing.T) {
			var first [][]byte
			for i, procs := range []int{1, 2} {
				before := runtime.GOMAXPROCS(procs)
				for j, rep := range runExample(t, e) {
					if i == 0 {
						logFailures(t, rep)
						first = append(first, jsonOf(rep))
					} else if d := difference(first[j], jsonOf(rep)); d != "" {
						t.Errorf("%s: the same seed gives another report: %s", rep.Name, d)
					}
				}
				runtime.GOMAXPROCS(before)
			}
		})
	}
}

func runExample(t *testing.T, e scenarios.Example) []reports.Report {
	t.Helper()
	all, err := scenarios.ParseFS(scenarios.Examples(), e.File(), scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var reps []reports.Report
	for _, s := range all {
		reps = append(reps, scenarios.Run(s, scenarios.RunOptions{}))
	}
	return reps
}

// logFailures tells of every check that did not pass, and fails the test.
func logFailures(t *testing.T, rep reports.Report) {
	t.Helper()
	if rep.Verdict != reports.Pass {
		t.Errorf("%s: %s", rep.Name, rep.Verdict)
	}
	for _, g := range rep.Groups {
		for _, c := range g.Checks {
			if c.Verdict.Bad() {
				t.Errorf("%s: %s %s\nwant %s\ngot %s%s", c.Where, c.Verdict, c.Name, c.Want, c.Got, c.Reason)
			}
		}
	}
}
