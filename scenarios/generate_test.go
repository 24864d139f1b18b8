package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

// Each generated network is one to read, says the same for one seed, and passes.
func TestGenerate(t *testing.T) {
	for _, topology := range Topologies() {
		t.Run(topology, func(t *testing.T) {
			plan := Plan{Topology: topology, Nodes: 12, Mails: 40, Seed: 7}
			got, err := Generate(plan)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "generated", topology+".yaml")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("generated (-want +got):\n%s", diff)
			}
			for _, nodes := range []int{2, 3, 5, 12, 131} {
				plan.Nodes = nodes
				rep := runPlan(t, plan)
				if rep.Verdict != reports.Pass {
					t.Errorf("%d nodes: %v", nodes, verdicts(rep))
				}
				if again := runPlan(t, plan); !cmp.Equal(rep.Events, again.Events) {
					t.Errorf("%d nodes: two runs differ", nodes)
				}
			}
		})
	}
}

// runPlan generates a network and runs it.
func runPlan(tb testing.TB, p Plan) reports.Report {
	tb.Helper()
	text, err := Generate(p)
	if err != nil {
		tb.Fatal(err)
	}
	list, err := ParseBytes("generated.yaml", []byte(text), Options{})
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return Run(list[0], RunOptions{})
}

// Networks go through what they are said to: backups and smart hosts, neighbours,
// the hub, parents.
func TestGenerateLinks(t *testing.T) {
	hops := map[string]int{}
	for _, topology := range Topologies() {
		rep := runPlan(t, Plan{Topology: topology, Nodes: 50, Mails: 100, Seed: 3})
		for _, e := range rep.Events.All() {
			if e.Kind == "mail.relayed" {
				hops[topology]++
			}
		}
	}
	// 100 mails: random is one hop or two by a smart host, star two but for the hub's
	// own mail, a ring 1 to 10, a tree up and down.
	for topology, between := range map[string][2]int{"random": {105, 150}, "star": {190, 200}, "ring": {400, 700}, "tree": {300, 550}} {
		if n := hops[topology]; n < between[0] || n > between[1] {
			t.Errorf("%s: %d hops, want %d to %d", topology, n, between[0], between[1])
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	good := Plan{Topology: "star", Nodes: 10, Mails: 10}
	for _, tt := range []struct {
		change func(*Plan)
		want   string
	}{
		{func(p *Plan) { p.Topology = "strar" }, `unknown network "strar" (did you mean "star"?): there is random, ring, star, tree`},
		{func(p *Plan) { p.Topology = "" }, `unknown network "": there is`},
		{func(p *Plan) { p.Nodes = 1 }, "a network has 2 to 10000 nodes, not 1"},
		{func(p *Plan) { p.Nodes = MaxNodes + 1 }, "not 10001"},
		{func(p *Plan) { p.Nodes = -1 << 63 }, "a network has 2 to"},
		{func(p *Plan) { p.Mails = 0 }, "a network is sent 1 to 10000000 mails, not 0"},
		{func(p *Plan) { p.Mails = 1 << 40 }, "a network is sent"},
		{func(p *Plan) { p.Seed = 1 << 63 }, "a seed is at most"},
	} {
		p := good
		tt.change(&p)
		if _, err := Generate(p); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", p, err, tt.want)
		}
	}
	good.Seed = 1<<63 - 1
	if rep := runPlan(t, good); rep.Verdict != reports.Pass {
		t.Errorf("largest seed: %v", verdicts(rep))
	}
}
