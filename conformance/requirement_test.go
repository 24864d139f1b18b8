package conformance_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/conformance"
)

func Example() {
	r, ok := conformance.Lookup("R5321-2.2.1-d")
	fmt.Println(ok, r.RFC, r.Section, r.Level, r.Kind)
	fmt.Println(r.Says)
	// Output:
	// true RFC 5321 2.2.1 MUST wire-client
	// The client must be able to fall back to HELO so that servers without EHLO remain reachable.
}

func TestCatalogues(t *testing.T) {
	all, err := conformance.Catalogues()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[conformance.Kind]int{}
	seen := map[string]bool{}
	for _, c := range all {
		got[c.Name] = map[conformance.Kind]int{}
		for _, r := range c.Requirements {
			got[c.Name][r.Kind]++
			if seen[r.ID] {
				t.Errorf("%s is there twice", r.ID)
			}
			seen[r.ID] = true
			if found, ok := conformance.Lookup(r.ID); !ok || found.Says != r.Says {
				t.Errorf("Lookup(%q) gives %v, %v", r.ID, found, ok)
			}
		}
	}
	want := map[string]map[conformance.Kind]int{
		"rfc5321":    {"wire-server": 227, "through": 157, "wire-client": 81, "dns": 35, "not-observable": 30, "time": 22},
		"extensions": {"wire-server": 89, "through": 76, "wire-client": 38, "dns": 32, "not-observable": 5, "time": 3},
		"security":   {"through": 56, "wire-server": 40, "dns": 16, "wire-client": 4, "time": 4},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows by kind (-want +got):\n%s", diff)
	}
	if n := len(conformance.IDs()); n != len(seen) {
		t.Errorf("%d ids, want %d", n, len(seen))
	}
	if _, ok := conformance.Lookup("R5321-9-z"); ok {
		t.Error("Lookup finds an id that is not there")
	}
}

func TestParse(t *testing.T) {
	const row = `- id: R1870-3-a
  rfc: [1870, 5321]
  section: 4.1
  level: MUST
  role: receiver
  says: s
  observe: o
  kind: through
  needs: [none]
  mutant: m
`
	rows, err := conformance.Parse("x.yaml", []byte(row))
	if err != nil {
		t.Fatal(err)
	}
	want := []conformance.Requirement{{
		ID: "R1870-3-a", RFC: conformance.RFCs{1870, 5321}, Section: "4.1", Extension: "none", Level: conformance.Must,
		Role: conformance.Receiver, Says: "s", Observe: "o", Kind: conformance.Through, Needs: []string{"none"}, Mutant: "m",
	}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, tt := range []struct{ old, new, want string }{
		{"level: MUST", "level: MUSTN'T", `unknown level "MUSTN'T"`},
		{"kind: through", "kind: thru", `unknown kind "thru"`},
		{"role: receiver", "role: receive", `unknown role "receive"`},
		{"rfc: [1870, 5321]", "rfc: one", "want the number of an RFC"},
		{"mutant: m", "mutants: m", "unknown field"},
		{"  says: s\n", "", "x.yaml: row 1 (R1870-3-a): says is missing"},
		{"  needs: [none]\n", "", "row 1 (R1870-3-a): needs is missing"},
		{"id: R1870-3-a", "id: 1870-3-a", "an id is R5321-4.1.1-a or SEC-NAME-1"},
		{"  mutant: m\n", "  mutant: m\n" + row, "row 2 (R1870-3-a): the id is there twice"},
	} {
		_, err := conformance.Parse("x.yaml", []byte(strings.Replace(row, tt.old, tt.new, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "x.yaml") {
			t.Errorf("%q: error %v, want one with %q", tt.new, err, tt.want)
		}
	}
}

// BenchmarkParse is most of what the first Lookup of a program costs.
func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("catalogue/rfc5321.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := conformance.Parse("rfc5321.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
