package scenarios

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParams(t *testing.T) {
	text := `scenario: "p-${n}"
about: costs $5, $${n} and $n
params:
  n: 3
  wait: 10m
  long: "${wait}30s"
  addr: bob@example.org
dns: |
  $TTL 300
  a.example.org. A 192.0.2.${n}
nodes:
  out: {role: msa, auth: none, next: mx, aliases: {"${addr}": ["x-${addr}"]}}
  mx: {role: mda, mailboxes: ["${addr}"]}
steps:
  - send: {mail: m, via: out, from: "", to: "${addr}", count: "${n}", every: "${long}"}
  - wait: ${wait}
`
	s := mustParse(t, text, Options{Params: map[string]string{"n": "7"}}, nil)
	if s.Name != "p-7" || s.About != "costs $5, ${n} and $n" {
		t.Errorf("name %q, about %q", s.Name, s.About)
	}
	if diff := cmp.Diff(map[string]string{"n": "7", "wait": "10m", "long": "10m30s", "addr": "bob@example.org"}, s.Params); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
	if want := "$TTL 300\na.example.org. A 192.0.2.7\n"; s.Zones[0].Text != want {
		t.Errorf("zone %q, want %q", s.Zones[0].Text, want)
	}
	if diff := cmp.Diff(Pos{"s.yaml", 9, 1}, s.Zones[0].Pos); diff != "" {
		t.Errorf("place of the zone (-want +got):\n%s", diff)
	}
	send := s.Steps[0].Do.(*Send)
	if send.Count != 7 || send.Every != 630*time.Second || send.To[0] != "bob@example.org" {
		t.Errorf("send %+v", send)
	}
	if diff := cmp.Diff(map[string][]string{"bob@example.org": {"x-bob@example.org"}}, s.Nodes[0].Config.Aliases); diff != "" {
		t.Errorf("aliases (-want +got):\n%s", diff)
	}
}

func TestGivenParams(t *testing.T) {
	text := "scenario: x\nparams: {team: a, unused: b}\nabout: ${team} ${free}\n"
	for name, tt := range map[string]struct {
		given map[string]string
		want  []string
	}{
		"all":      {map[string]string{"team": "x", "free": "y", "unused": "z"}, nil},
		"missing":  {nil, []string{`3:16: unknown param "free"`}},
		"misspelt": {map[string]string{"taem": "x", "free": "y"}, []string{`1:1: the param "taem" was given, and nothing in the scenario uses it (did you mean "team"?)`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseText(t, text, Options{Params: tt.given}, nil)
			if diff := cmp.Diff(tt.want, messages(err)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMatrix(t *testing.T) {
	text := "scenario: m\nparams: {tls: x}\nmatrix: {ext: [none, DSN], tls: [none, offered]}\nabout: ${ext} ${tls}\n"
	list, err := parseText(t, text, Options{Seed: 9}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, s.Name+" "+s.About)
		if s.Seed != 9 {
			t.Errorf("seed %d, want 9", s.Seed)
		}
	}
	want := []string{
		"m[ext=none,tls=none] none none", "m[ext=none,tls=offered] none offered",
		"m[ext=DSN,tls=none] DSN none", "m[ext=DSN,tls=offered] DSN offered",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scenarios (-want +got):\n%s", diff)
	}
	list, err = parseText(t, text, Options{Params: map[string]string{"ext": "SIZE", "tls": "offered"}}, nil)
	if err != nil || len(list) != 1 || list[0].Name != "m[ext=SIZE,tls=offered]" {
		t.Errorf("with params given: %v, %v", list, err)
	}
}

// What is wrong in all combinations is said once.
func TestMatrixErrors(t *testing.T) {
	text := "scenario: m\nmatrix: {stage: [rcpt, dto]}\n" + network[1:] + `steps:
  - fault: {node: mxx, at: "${stage}", do: drop}
  - expect: {event: mail.bounced, node: "/(/"}
`
	_, err := parseText(t, text, Options{}, nil)
	want := []string{
		`7:19: unknown node "mxx" (did you mean "mx"?)`,
		`7:28: unknown stage "dto" (did you mean "dot"?)`,
		"8:41: wrong regexp /(/: missing closing ): `(`",
	}
	if diff := cmp.Diff(want, messages(err)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}
