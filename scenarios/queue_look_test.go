package scenarios

import (
	"fmt"
	"testing"

	"github.com/mailsim/mailsim/reports"
)

// A long queue is not looked at with each event, and still every number of mails that
// it passes through is seen.
func TestQueueLooks(t *testing.T) {
	const story = `scenario: queue
nodes:
  out: {role: msa, auth: none, next: mx, queue: {retry: 10m, parallel: 1}}
  mx:  {role: mda, mailboxes: [bob@example.org]}
steps:
  - fault: {name: down, node: mx, at: connect, do: refuse}
  - send: {mail: m, via: out, from: a@example.net, to: bob@example.org, count: 40}
  - expect: {queue: out, count: 40, within: 1m}
  - clear: [down]
  - never: {queue: out, count: %d, for: 2h}
`
	for _, n := range []int{39, 23, 11, 3, 1, 0} {
		s := mustParse(t, fmt.Sprintf(story, n), Options{}, nil)
		rep := Run(s, RunOptions{})
		c := rep.Groups[0].Checks[4]
		if c.Verdict != reports.Fail {
			t.Errorf("%d mails were never seen in the queue: %s %s %s", n, c.Verdict, c.Got, c.Reason)
		}
	}
}
