package cases_test

import (
	"slices"
	"testing"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
)

func TestCases(t *testing.T) {
	if err := conformance.CheckCases(slices.Concat(cases.All(), cases.Sending())); err != nil {
		t.Error(err)
	}
}

// TestEveryRow: each row of the catalogue has a case, belongs to the relay side, cannot be seen from outside, or has a
// written reason.
func TestEveryRow(t *testing.T) {
	asked := map[string]string{}
	for _, c := range slices.Concat(cases.All(), cases.Sending()) {
		for _, id := range c.Rows {
			asked[id] = c.ID
		}
	}
	reasons := map[string]bool{}
	none, err := conformance.NoCase()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range none {
		for _, id := range l.IDs {
			reasons[id] = true
			if asked[id] != "" {
				t.Errorf("%s has a reason why no case asks about it, and a case: %s", id, asked[id])
			}
		}
	}
	all, err := conformance.Catalogues()
	if err != nil {
		t.Fatal(err)
	}
	missing, relay := 0, 0
	for _, c := range all {
		for _, r := range c.Requirements {
			serverAlone := r.Kind == conformance.WireServer || c.Name == "security" && r.Role == conformance.Receiver && local(r)
			switch {
			case asked[r.ID] != "", reasons[r.ID], r.Kind == conformance.NotObservable:
			case serverAlone:
				missing++
				t.Errorf("%s has neither a case nor a reason in catalogue/no-case.yaml: %s", r.ID, r.Says)
			default:
				relay++
			}
		}
	}
	t.Logf("%d rows have %d cases, %d a reason why not, %d belong to the relay side, %d are missing", len(asked), len(cases.All()), len(reasons), relay, missing)
}

// local reports whether a row can be shown with nothing but the server and its mailboxes.
func local(r conformance.Requirement) bool {
	more := []string{"second-hop", "fake-dns", "relay-permission", "list", "alias"}
	return (r.Kind == conformance.Through || r.Kind == conformance.Time) && !slices.ContainsFunc(r.Needs, func(n string) bool {
		return slices.Contains(more, n)
	})
}
