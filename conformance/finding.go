package conformance

import (
	"strings"

	"github.com/mailsim/mailsim/reports"
)

// Finding is one rule that was seen to be broken.
type Finding struct {
	Row     string          // id of the requirement
	Verdict reports.Verdict // Fail or Warn
	Want    string          // what would have been right
	Got     string
	Usable  string // how an outsider can use it; "": it does not conform, and no use is known
}

// Contested reports whether real servers legitimately differ, or the RFC can be
// read in two ways: then the rule is never more than a warning.
func (r Requirement) Contested() bool { return strings.Contains(r.Observe, "[warn]") }

// Broken is the verdict on a server that breaks the requirement.
func (r Requirement) Broken() reports.Verdict {
	if r.Binding() && !r.Contested() {
		return reports.Fail
	}
	return reports.Warn
}
