package scenarios_test

import (
	"bytes"
	"testing"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// report runs a scenario that is given as text.
func report(t *testing.T, text string) reports.Report {
	t.Helper()
	all, err := scenarios.ParseBytes("test.yaml", []byte(text), scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return scenarios.Run(all[0], scenarios.RunOptions{})
}

// Tries for several destinations, and of many mails, are due at one instant: the
// order in which goroutines wake must not show.
func TestOneSeedGivesOneReport(t *testing.T) {
	const text = `
scenario: at-once
nodes:
  out: {role: msa, auth: none, host: out.example.net, queue: {retry: 10m}}
  a:   {role: mta, host: a.example, mailboxes: ["*@a.example"]}
  b:   {role: mta, host: b.example, mailboxes: ["*@b.example"]}
  c:   {role: mta, host: c.example, mailboxes: ["*@c.example"]}
steps:
  - stop: a
  - stop: b
  - send: {mail: m, via: out, from: x@example.net, to: [u@a.example, u@b.example, u@c.example], count: 40}
  - stop: out
  - start: a
  - start: b
  - start: out
  - expect: {mailbox: u@a.example, count: 40, within: 1h}
  - expect: {mailbox: u@b.example, count: 40, within: 1h}
  - expect: {mailbox: u@c.example, count: 40, within: 1h}
`
	var first []byte
	for i := range 6 {
		r := report(t, text)
		if r.Verdict != reports.Pass {
			t.Fatalf("the scenario does not pass: %v", r.Groups)
		}
		var b bytes.Buffer
		if err := reports.WriteJSON(&b, reports.Run{Reports: []reports.Report{r}}); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Fatalf("run %d differs from the first", i+1)
		}
	}
}

// RFC 5321 4.5.1: the postmaster of a relay without mailboxes gets mail, which
// checks and invariants see.
func TestPostmasterOfARelay(t *testing.T) {
	r := report(t, `
scenario: postmaster
nodes:
  out: {role: msa, auth: none, host: out.example.net}
  mx:  {role: mta, host: mx.example.org, domains: [example.org]}
steps:
  - send: {mail: m, via: out, from: a@example.net, to: postmaster@mx.example.org}
  - expect: {mailbox: postmaster@mx.example.org, has: m, within: 1m}
  - send: {mail: n, via: mx, from: a@example.net, to: Postmaster}
  - expect: {mailbox: postmaster@mx.example.org, count: 2, within: 1m}
  - expect: {received: m, at: postmaster@mx.example.org, is: [{by: mx, from: out}, {by: out}]}
`)
	for _, g := range r.Groups {
		for _, c := range g.Checks {
			if c.Verdict != reports.Pass {
				t.Errorf("%s: %s: wanted %s, got %s", c.Name, c.Verdict, c.Want, c.Got)
			}
		}
	}
}

// A domain behind LMTP alone is reached by a route, since LMTP is not found by
// MX; a smart host, a route and a zone's own MX go before.
func TestDomainBehindLMTP(t *testing.T) {
	for _, tt := range []struct{ name, dns, out, route string }{
		{"route", "", "", "[out, store]"},
		{"smart host", "", ", next: gate", "[out, gate, store]"},
		{"own route", "", `, routes: {example.org: gate}`, "[out, gate, store]"},
		{"everything routed", "", `, routes: {"*": gate}`, "[out, gate, store]"},
		{"MX of a zone", "example.org. MX 10 gate.example.net.", "", "[out, gate, store]"},
	} {
		r := report(t, `
scenario: behind
dns: "`+tt.dns+`"
nodes:
  out:   {role: msa, auth: none, host: out.example.net`+tt.out+`}
  gate:  {role: mta, host: gate.example.net, relay-for: any, routes: {example.org: store}}
  store: {role: mda, protocol: lmtp, host: store.example.net, mailboxes: [bob@example.org]}
steps:
  - send: {mail: m, via: out, from: a@example.net, to: bob@example.org}
  - expect: {route: m, is: `+tt.route+`, within: 1m}
  - expect: {mailbox: bob@example.org, has: m}
`)
		if r.Verdict != reports.Pass {
			t.Errorf("%s: %s", tt.name, r.Verdict)
		}
	}
}
