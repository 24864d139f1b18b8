package scenarios

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim"
)

// The rates that the language's page shows are read as it says.
func TestProviderPage(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(page), "```yaml\nlimits:\n")
	block, _, end := strings.Cut(block, "```")
	if !ok || !end {
		t.Fatal("the page shows no limits")
	}
	s := mustParse(t, "scenario: page\nnodes:\n  a:\n    role: mta\n    host: a.example\n    limits:\n"+
		strings.ReplaceAll("\n"+block, "\n", "\n    "), Options{}, nil)
	const second, hour = 1e9, 3600e9
	want := []sim.Rate{
		{Of: sim.OfMessages, Most: 20, In: 60 * second},
		{Of: sim.OfRecipients, Per: sim.PerSender, Most: 100, In: hour, Reply: "452 4.5.3 enough for now"},
		{Of: sim.OfMessages, Per: sim.PerRecipient, Most: 10, In: 60 * second, Reply: "450 4.2.1 he gets too much at the moment"},
		{Of: sim.OfConnections, Most: 5, In: 10 * second},
		{Of: sim.OfBytes, Per: sim.PerNode, Most: 100e6, In: 24 * hour},
	}
	if diff := cmp.Diff(want, s.Nodes[0].Config.Limits.Rates); diff != "" {
		t.Errorf("rates (-want +got):\n%s", diff)
	}
}
