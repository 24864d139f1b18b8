package conformance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/conformance"
)

func TestMeasure(t *testing.T) {
	left := conformance.LeftOuts{DoesNotApply: []conformance.LeftOut{{Reason: "no", IDs: []string{"R5321-2.1-b"}}}}
	all, err := conformance.Measure(map[string][]string{"R5321-2.2.1-b": {"b", "a", "b"}}, left)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || all[0].Catalogue.Name != "rfc5321" || len(all[0].Rows) != 157+81+35+22 {
		t.Fatalf("%d catalogues, %d rows of %s", len(all), len(all[0].Rows), all[0].Catalogue.Name)
	}
	got := map[string]conformance.Covered{}
	for _, r := range all[0].Rows {
		got[r.ID] = r
	}
	if diff := cmp.Diff([]string{"a", "b"}, got["R5321-2.2.1-b"].By); diff != "" {
		t.Errorf("by (-want +got):\n%s", diff)
	}
	if r := got["R5321-2.1-b"]; r.DoesNotApply != "no" {
		t.Errorf("not left out: %v", r)
	}
	only := func(r conformance.Requirement) bool { return strings.HasPrefix(r.Section, "2.") && r.Shown() }
	tally := all[0].Count(only)
	if tally.Covered != 1 || tally.LeftOut != 1 || tally.Apply < 2 || tally.Ratio() != 1/float64(tally.Apply) {
		t.Errorf("tally %+v", tally)
	}
	if got := tally.Plus(conformance.Tally{Covered: 1, Apply: 2, LeftOut: 3}); got.Covered != 2 || got.Apply != tally.Apply+2 || got.LeftOut != 4 {
		t.Errorf("plus %+v", got)
	}
	if r := (conformance.Tally{}).Ratio(); r != 1 {
		t.Errorf("the ratio of nothing is %v", r)
	}

	all, err = conformance.Measure(map[string][]string{"R5321-2.1-b": {"a"}}, left)
	if err != nil {
		t.Fatal(err)
	}
	if tally := all[0].Count(only); tally.Covered != 1 || tally.LeftOut != 0 {
		t.Errorf("what is covered is left out: %+v", tally)
	}
	const want = "1 of the covered ids stand in no catalogue"
	if _, err := conformance.Measure(map[string][]string{"R1-1-a": {"a"}}, left); err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestLeftOuts(t *testing.T) {
	if _, err := conformance.Left(); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct{ text, want string }{
		{"does-not-apply: [{reason: r, ids: [R5321-2.1-b]}]\nnot-covered: [{reason: r, ids: [R5321-2.1-b]}]", "x: R5321-2.1-b is left out twice"},
		{"not-covered: [{reason: r, ids: [R1-1-a]}]", "x: no catalogue has R1-1-a"},
		{"not-covered: [{reason: ' ', ids: [R5321-2.1-b]}]", "x: R5321-2.1-b: a reason is missing"},
		{"not-covered: [{reason: r, ids: []}]", `x: no ids are left out because "r"`},
		{"not-coverd: []", "unknown field"},
	} {
		if _, err := conformance.ParseLeftOuts("x", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.text, err, tt.want)
		}
	}
}
