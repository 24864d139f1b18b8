package scenarios

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

// The page of the language lists the mutants, and each breaks a rule that there is.
func TestMutantsOnThePage(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := sim.MutantRules()
	if !slices.IsSortedFunc(rules, func(a, b sim.MutantRule) int { return strings.Compare(string(a.Mutant), string(b.Mutant)) }) {
		t.Error("the mutants are not sorted")
	}
	for _, r := range rules {
		if row := fmt.Sprintf("| `%s` | %s | %s |\n", r.Mutant, r.Breaks, r.Does); !strings.Contains(string(page), row) {
			t.Errorf("README.md lacks the row %s", row)
		}
		if _, ok := conformance.Lookup(r.Breaks); !ok {
			t.Errorf("%s breaks %s, which no catalogue has", r.Mutant, r.Breaks)
		}
	}
}

// mutantWorld is the network in which the mutants are shown: mail goes from out
// over relay to store, and back to home.
const mutantWorld = `scenario: mutant
dns: |
  $TTL 300
  out.example.net.    A   192.0.2.1
  relay.example.org.  A   192.0.2.2
  example.org.        MX  10 relay.example.org.
nodes:
  out:   {role: msa, auth: none, host: out.example.net}
  relay: {role: mta, host: relay.example.org, domains: [example.org], next: store}
  store: {role: mda, mailboxes: [bob@example.org, carol@example.org]}
  home:  {role: mda, mailboxes: [alice@example.net]}
steps:
`

// TestMutants: the story holds as long as all keep the rules; with the mutant
// the check that is named fails.
func TestMutants(t *testing.T) {
	tests := []struct {
		mutant sim.Mutant
		node   string
		steps  []string
		fails  string
	}{
		{"case-sensitive-postmaster", "store", []string{
			"send: {mail: a, via: out, from: alice@example.net, to: PostMaster@example.org}",
			"expect: {event: mail.delivered, node: store, mail: a, within: 1m}",
		}, "mail.delivered"},
		{"unsafe-relay", "relay", []string{
			"send: {mail: a, via: relay, from: x@example.com, to: alice@example.net}",
			"reply: {at: rcpt, is: 550}",
		}, "reply at rcpt"},
	}
	seen := map[sim.Mutant]bool{}
	for _, tt := range tests {
		seen[tt.mutant] = true
		t.Run(string(tt.mutant), func(t *testing.T) {
			t.Parallel()
			text := mutantWorld + "  - " + strings.Join(tt.steps, "\n  - ") + "\n"
			files := fstest.MapFS{"x.yaml": {Data: []byte(text)}}
			list, err := ParseFS(files, "x.yaml", Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range Run(list[0], RunOptions{}).Groups {
				for _, c := range g.Checks {
					if c.Verdict.Bad() {
						t.Errorf("without a mutant: %s: %s %s %s", c.Name, c.Verdict, c.Got, c.Reason)
					}
				}
			}
			p := proof{mutant: mutation{tt.node, tt.mutant}, fails: tt.fails}
			if err := p.try(files, "x.yaml"); err != nil {
				t.Error(err)
			}
		})
	}
	for _, m := range sim.Mutants() {
		if !seen[m] {
			t.Errorf("no story shows what the mutant %s does", m)
		}
	}
}
