package mutants_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/conformance/mutants"
	"github.com/mailsim/mailsim/conformance/simulated"
	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim"
)

// TestMutants asks each case of its mutants, and prints the score.
func TestMutants(t *testing.T) {
	all := map[string]conformance.Case{}
	for _, c := range every() {
		all[c.ID] = c
	}
	caught, mutantsSeen := 0, 0
	killed := map[string]bool{} // cases
	rows := map[string]bool{}
	names := map[string]bool{}
	for _, m := range mutants.All() {
		if names[m.Name] {
			t.Errorf("two mutants are called %s", m.Name)
		}
		names[m.Name] = true
		t.Run(m.Name, func(t *testing.T) {
			c, ok := all[m.Case]
			if !ok {
				t.Fatalf("there is no case %s", m.Case)
			}
			if !slices.Contains(c.Rows, m.Row) {
				t.Fatalf("%s does not judge %s", m.Case, m.Row)
			}
			if m.Does == "" || !strings.HasSuffix(m.Does, ".") {
				t.Error("Does is a sentence")
			}
			o, err := mutants.Prove(m, c)
			if err != nil {
				t.Fatal(err)
			}
			if !o.Caught {
				t.Errorf("%s\n  %s", o.Why, strings.Join(o.Result.Transcript, "\n  "))
				return
			}
			caught++
			if !m.Guard {
				killed[m.Case], rows[m.Row] = true, true
			}
		})
		mutantsSeen++
	}
	t.Logf("%d of %d mutants and guards are told apart; %d of %d cases have caught one", caught, mutantsSeen, len(killed), len(all))
	if testing.Short() || caught < mutantsSeen {
		return
	}
	for _, c := range every() {
		if !killed[c.ID] {
			t.Errorf("no mutant is caught by %s", c.ID)
		}
		for _, r := range c.Requirements() {
			if !rows[r.ID] && r.Level != conformance.May {
				t.Errorf("no mutant breaks %s of %s: it can never fail", r.ID, c.ID)
			}
		}
	}
}

// TestReference asks mailsim's own servers everything: they pass.
func TestReference(t *testing.T) {
	type reference struct {
		name    string
		profile conformance.Profile
		change  func(*sim.NodeConfig)
	}
	var references []reference
	for _, profile := range conformance.Profiles() {
		references = append(references, reference{string(profile), profile, nil})
	}
	references = append(references, reference{"submissions", conformance.Submit, func(c *sim.NodeConfig) {
		c.TLS, c.Ports = sim.TLSImplicit, []int{465}
	}})
	for _, r := range references {
		t.Run(r.name, func(t *testing.T) {
			var result *conformance.Result
			var failed error
			err := sim.Virtual(simulated.Start(), func() {
				ref, err := simulated.New(r.profile, r.change)
				if err != nil {
					failed = err
					return
				}
				defer ref.Close()
				result, failed = conformance.Run(context.Background(), ref.Target(), cases.All(), conformance.Options{Slow: true})
			})
			if err != nil || failed != nil {
				t.Fatal(err, failed)
			}
			counts := map[reports.Verdict]int{}
			for _, c := range result.Cases {
				counts[c.Verdict]++
				switch c.Verdict {
				case reports.Pass:
				case reports.Skip:
					if testing.Verbose() {
						t.Logf("skipped %s: %s", c.Case.ID, c.Reason)
					}
				default:
					t.Errorf("%s: %s %s\n%+v\n  %s", c.Case.ID, c.Verdict, c.Reason, c.Findings, strings.Join(c.Transcript, "\n  "))
				}
			}
			t.Log(counts)
		})
	}
}

// every is the cases of servers and of senders.
func every() []conformance.Case { return slices.Concat(cases.All(), cases.Sending()) }

// TestReferenceSender asks mailsim's own client everything: it passes.
func TestReferenceSender(t *testing.T) {
	for _, c := range cases.Sending() {
		o, err := mutants.Prove(mutants.Mutant{Name: "none", Case: c.ID, Guard: true}, c)
		if err != nil {
			t.Fatal(err)
		}
		if !o.Caught {
			t.Errorf("%s: %s\n  %s", c.ID, o.Why, strings.Join(o.Result.Transcript, "\n  "))
		}
	}
}
