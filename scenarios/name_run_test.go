package scenarios_test

import (
	"testing"

	"github.com/mailsim/mailsim/reports"
)

// A mail whose sender gave it a Message-ID of his own is still the mail of its name,
// at every hop.
func TestMailWithItsOwnMessageID(t *testing.T) {
	expectVerdict(t, `
scenario: t
nodes:
  out:   {role: msa, auth: none}
  mx:    {role: mta, domains: [example.org], next: store}
  store: {role: mda, mailboxes: [bob@example.org]}
steps:
  - send: {mail: a, via: out, from: x@example.net, to: bob@example.org, headers: {Message-ID: <own.id@elsewhere.example>}}
  - expect: {mailbox: bob@example.org, has: a, within: 1m, headers: {Message-ID: <own.id@elsewhere.example>}}
  - expect: {route: a, is: [out, mx, store]}
`, reports.Pass)
}
