package scenarios_test

import (
	"testing"

	"github.com/mailsim/mailsim/reports"
)

// TestWireChecks holds each form of the check against one session, in which
// it is so and in which it is not.
func TestWireChecks(t *testing.T) {
	all := `[/^S> 220 /, C> EHLO out, /^S> 250-store/, S> 250 SIZE, "/^C> MAIL FROM:<a@example.net> SIZE=/", /^S> 250/, ` +
		`"C> RCPT TO:<bob@example.org>", /^S> 250/, C> DATA, /^S> 354/, /^S> 250 queued/, C> QUIT, /^S> 221/]`
	for _, tt := range []struct {
		name, check string
		want        reports.Verdict
	}{
		{"in order", "has: [/^C> EHLO/, C> DATA, D> ..dot, D> ., C> QUIT]", reports.Pass},
		{"out of order", "has: [C> DATA, /^C> EHLO/]", reports.Fail},
		{"all", "is: " + all, reports.Pass},
		{"not all", "is: [/^S> 220 /, C> EHLO out]", reports.Fail},
		{"none", "has: [/^C> (NOOP|RSET)/], count: 0", reports.Pass},
		{"none, but there is", "has: [C> DATA], count: 0", reports.Fail},
		{"of a mail", "mail: m, has: [C> DATA], count: 1", reports.Pass},
		{"of another mail", "mail: other, has: [C> DATA]", reports.Fail},
		{"from a node", "from: out, has: [C> DATA]", reports.Pass},
		{"from another node", "from: other, count: 1", reports.Fail},
		{"a message is not looked at as commands", `has: ["C> hello"]`, reports.Fail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			expectVerdict(t, `
scenario: t
nodes:
  out:   {role: msa, auth: none}
  other: {role: msa, auth: none}
  store: {role: mda, mailboxes: [bob@example.org], extensions: [SIZE]}
steps:
  - send: {mail: m, via: out, from: a@example.net, to: bob@example.org, body: "hello\r\n.dot\r\n"}
  - send: {mail: other, via: other, from: a@example.net, to: nobody@example.net}
  - wait: 1m
  - expect: {wire: store, `+tt.check+`}
`, tt.want)
		})
	}
}
