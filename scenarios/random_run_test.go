package scenarios_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// randomRuns is how many random stories are told; the race detector makes each
// of them slow, and one run of the tests has none.
func randomRuns() int {
	switch {
	case testing.Short():
		return 50
	case raceDetector:
		return 100
	}
	return 1000
}

// TestRandomNetworksLoseNoMail tells random stories. The seed is always the same
// one, so that the test of a change says something about the change; other seeds
// are tried with -rapid.seed.
func TestRandomNetworksLoseNoMail(t *testing.T) {
	setRapid(t, "checks", fmt.Sprint(randomRuns()))
	setRapid(t, "seed", "5321")
	rapid.Check(t, func(rt *rapid.T) {
		text := drawScenario(rt, "")
		if found := broken(rt, text); found != "" {
			rt.Fatalf("%s\nin the scenario\n%s", found, text)
		}
	})
}

// broken tells a story and says which checks do not hold.
func broken(t *rapid.T, text string) string {
	all, err := scenarios.ParseBytes("random.yaml", []byte(text), scenarios.Options{})
	if err != nil {
		t.Fatalf("%v\nin the scenario\n%s", err, text)
	}
	rep := scenarios.Run(all[0], scenarios.RunOptions{})
	var b strings.Builder
	for _, g := range rep.Groups {
		for _, c := range g.Checks {
			if c.Verdict == reports.Fail || c.Verdict == reports.Error {
				fmt.Fprintf(&b, "%s: %s: %s%s\n", c.Verdict, c.Name, c.Reason, c.Got)
			}
		}
	}
	return b.String()
}

// setRapid sets a flag of rapid unless the command line has it.
func setRapid(t *testing.T, name, value string) {
	t.Helper()
	name = "rapid." + name
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	f := flag.Lookup(name)
	before := f.Value.String()
	if err := f.Value.Set(value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(before) })
}
