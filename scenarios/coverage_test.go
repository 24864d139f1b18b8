package scenarios

import (
	"testing"

	"github.com/mailsim/mailsim/conformance"
)

// enough is the share of the rules that must be kept, of RFC 5321 and of the
// extensions, that the examples cover at least.
const enough = 0.85

func TestCoverage(t *testing.T) {
	var list []*Scenario
	for _, e := range ExampleList() {
		more, err := ParseFS(Examples(), e.File(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, more...)
	}
	all, err := Coverage(list)
	if err != nil {
		t.Fatal(err)
	}
	var must conformance.Tally
	for _, c := range all {
		for _, r := range c.Rows {
			if why := r.DoesNotApply + r.NotCovered; why != "" && len(r.By) > 0 {
				t.Errorf("%s is left out (%s), and %s covers it: one of the two is wrong", r.ID, why, r.By[0])
			}
		}
		if c.Catalogue.Name != "security" {
			must = must.Plus(c.Count(func(r conformance.Requirement) bool { return r.Shown() && r.Binding() }))
		}
	}
	if must.Ratio() < enough {
		t.Errorf("the examples cover %d of %d, want %v: mailsim check --coverage --missing lists the others", must.Covered, must.Apply, enough)
	}
}

// Only ids count, each scenario once.
func TestCovering(t *testing.T) {
	by := Covering([]*Scenario{
		{Name: "a[x=1]", Covers: []string{"RFC5321#5.1", "R5321-5.1-a"}},
		{Name: "b", Covers: []string{"R5321-5.1-a", "SEC-DNS-1"}},
	})
	if len(by) != 2 || len(by["R5321-5.1-a"]) != 2 || by["R5321-5.1-a"][0] != "a" || by["SEC-DNS-1"][0] != "b" {
		t.Errorf("covering: %v", by)
	}
}
