package scenarios_test

import (
	"strings"
	"testing"

	"github.com/mailsim/mailsim/reports"
)

// conformStory is a network of one host, which is asked.
const conformStory = `
scenario: an MX is asked
dns: |
  example.org. MX 10 mx.example.org.
  mx.example.org. A 192.0.2.10
nodes:
  mx:
    role: mta
    host: mx.example.org
    mailboxes: [bob@example.org, carol@example.org, postmaster@example.org]
MUTANT
steps:
  - conform: {node: mx, ONLY}
`

func TestConform(t *testing.T) {
	for _, tt := range []struct {
		name, mutant, only string
		want               reports.Verdict
		broken             string // id of the check that was not passed
	}{
		{"kept", "", "only: rfc5321/4.5.2/dot-stuffing", reports.Pass, ""},
		{"broken", "mutant: keeps-dots", "only: rfc5321/4.5.2/dot-stuffing", reports.Fail, "rfc5321/4.5.2/dot-stuffing"},
		{"waived", "mutant: keeps-dots", "only: rfc5321/4.5.2/dot-stuffing, waive: {R5321-4.5.2-c: it is old, R5321-4.5.2-d: it is old}", reports.Pass, "rfc5321/4.5.2/dot-stuffing"},
		{"stale", "", "only: rfc5321/4.5.2/dot-stuffing, waive: {R5321-4.5.2-c: it is old}", reports.Warn, "waivers/R5321-4.5.2-c"},
		{"of another profile", "", "profile: lmtp, only: rfc5321/4.5.2/dot-stuffing", reports.Error, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.NewReplacer("MUTANT", "    "+tt.mutant, "ONLY", tt.only).Replace(conformStory)
			rep := expectVerdict(t, text, tt.want)
			var ids []string
			for _, g := range rep.Groups {
				for _, c := range g.Checks {
					if c.ID != "" && !strings.HasPrefix(c.ID, "invariant/") && c.Verdict != reports.Pass {
						ids = append(ids, c.ID)
					}
				}
			}
			if got := strings.Join(ids, " "); got != tt.broken {
				t.Errorf("not passed: %q, want %q", got, tt.broken)
			}
		})
	}
}
