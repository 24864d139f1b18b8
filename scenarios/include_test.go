package scenarios

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim"
)

func TestUse(t *testing.T) {
	files := map[string]string{
		"net/base.yaml": `params: {ip: 192.0.2.1, retry: 5m, only: base}
dns: |
  mx.example.org. A ${ip}
nodes:
  mx: {role: mta, host: mx.example.org, domains: [example.org], next: store, queue: {retry: "${retry}", expire: 1d}, aliases: {all@example.org: [bob@example.org]}}
`,
		"net/store.yaml": `use: [base.yaml]
params: {retry: 7m}
nodes:
  store: {role: mda, mailboxes: [bob@example.org]}
`,
	}
	s := mustParse(t, `scenario: x
use: [net/base.yaml, net/store.yaml]
params: {ip: 192.0.2.2}
dns: out.example.org. A 192.0.2.9
nodes:
  mx: {queue: {retry: 1m}, aliases: {team@example.org: [bob@example.org]}}
  mx2: {like: mx, host: mx2.example.org}
  mx3: {like: mx2}
`, Options{Params: map[string]string{"only": "given"}}, files)

	var names []string
	for _, n := range s.Nodes {
		names = append(names, n.Config.Name)
	}
	if diff := cmp.Diff([]string{"mx", "store", "mx2", "mx3"}, names); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	zones := []Zone{
		{Pos{"net/base.yaml", 3, 1}, "mx.example.org. A 192.0.2.2\n"},
		{Pos{"s.yaml", 4, 6}, "out.example.org. A 192.0.2.9"},
	}
	if diff := cmp.Diff(zones, s.Zones); diff != "" {
		t.Errorf("zones (-want +got):\n%s", diff)
	}
	want := sim.NodeConfig{
		Name: "mx", Role: sim.MTA, Host: "mx.example.org", Domains: []string{"example.org"}, Next: "store",
		Queue:   sim.QueueConfig{Retry: []time.Duration{time.Minute}, Expire: 24 * time.Hour},
		Aliases: map[string][]string{"team@example.org": {"bob@example.org"}},
	}
	if diff := cmp.Diff(want, s.Nodes[0].Config); diff != "" {
		t.Errorf("overridden node (-want +got):\n%s", diff)
	}
	want.Name, want.Host = "mx2", "mx2.example.org"
	if diff := cmp.Diff(want, s.Nodes[2].Config); diff != "" {
		t.Errorf("copied node (-want +got):\n%s", diff)
	}
	want.Name, want.Host = "mx3", "mx3"
	if diff := cmp.Diff(want, s.Nodes[3].Config); diff != "" {
		t.Errorf("node copied twice has its own host (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"ip": "192.0.2.2", "retry": "7m", "only": "given"}, s.Params); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
}

func TestUseTooDeep(t *testing.T) {
	files := map[string]string{}
	for c := 'a'; c < 'z'; c++ {
		files["f"+string(c)+".yaml"] = "use: [f" + string(c+1) + ".yaml]\n"
	}
	_, err := parseText(t, "scenario: x\nuse: [fa.yaml]\n", Options{}, files)
	want := []string{"fp.yaml:1:7: fragments use each other more than 16 deep, the limit"}
	if diff := cmp.Diff(want, messages(err)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestErrorsOfFragmentsComeInTheirOrder(t *testing.T) {
	_, err := parseText(t, "scenario: x\nuse: [f.yaml]\nsteps:\n  - expect: {queue: nx}\nnodes: {out: {}}\n", Options{}, map[string]string{
		"f.yaml": "nodes:\n  mx: {role: mtaa}\n",
	})
	want := []string{
		`4:21: unknown node "nx" (did you mean "mx"?)`,
		"5:9: the node out needs a role: mua, msa, mta or mda",
		`f.yaml:2:14: unknown role "mtaa" (did you mean "mta"?)`,
	}
	if diff := cmp.Diff(want, messages(err)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}
