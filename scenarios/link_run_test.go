package scenarios_test

import (
	"testing"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// A change for a time that ends inside another must not make that one stay.
func TestLinkChangesOverlap(t *testing.T) {
	for _, tt := range []struct {
		name, steps string
		want        reports.Verdict
	}{
		{"short inside long", `
  - link: {from: out, to: store, cut: true, for: 40m}
  - link: {from: out, to: store, cut: true, for: 10ms}
  - wait: 1m
  - send: {mail: m, via: out, from: a@example.net, to: bob@example.org}
  - never: {mailbox: bob@example.org, for: 38m}
  - expect: {mailbox: bob@example.org, has: m, within: 2h}
`, reports.Pass},
		{"for good ends both", `
  - link: {from: out, to: store, cut: true, for: 40m}
  - link: {from: out, to: store, latency: 2s, for: 1h}
  - link: {from: out, to: store, cut: false}
  - send: {mail: m, via: out, from: a@example.net, to: bob@example.org}
  - never: {mailbox: bob@example.org, for: 2s}
  - expect: {mailbox: bob@example.org, has: m, within: 2m}
`, reports.Pass},
		{"cut for good", `
  - link: {from: out, to: store, cut: true, for: 10m}
  - link: {from: out, to: store, cut: true}
  - send: {mail: m, via: out, from: a@example.net, to: bob@example.org}
  - expect: {mailbox: bob@example.org, has: m, within: 3h}
`, reports.Fail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			expectVerdict(t, `
scenario: t
nodes:
  out:   {role: msa, auth: none, queue: {retry: 10m}}
  store: {role: mda, mailboxes: [bob@example.org]}
steps:`+tt.steps, tt.want)
		})
	}
}

// expectVerdict runs a scenario from text and compares what comes out.
func expectVerdict(t *testing.T, text string, want reports.Verdict) reports.Report {
	t.Helper()
	all, err := scenarios.ParseBytes("t.yaml", []byte(text), scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rep := scenarios.Run(all[0], scenarios.RunOptions{})
	if rep.Verdict != want {
		logFailures(t, rep)
		t.Errorf("verdict %s, want %s", rep.Verdict, want)
	}
	return rep
}
