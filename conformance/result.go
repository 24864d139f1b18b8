package conformance

import (
	"time"

	"github.com/mailsim/mailsim/reports"
)

// Result is what a run found out about a target.
type Result struct {
	Target      string
	Profile     Profile
	Facts       Facts
	Start       time.Time
	Elapsed     time.Duration
	Cases       []CaseResult
	Stale       []Waiver // that do not apply any more
	Interrupted bool
}

// CaseResult is how one case ended.
type CaseResult struct {
	Case       Case
	Verdict    reports.Verdict
	Findings   []Finding
	Notes      []string
	Reason     string // of Skip and Error
	Transcript []string
	Tries      int // more than 1: a dropped connection spoiled those before the last
	At, Took   time.Duration

	absent bool
}

// Verdict is the worst of all cases and stale waivers.
func (r *Result) Verdict() reports.Verdict {
	vs := make([]reports.Verdict, 0, len(r.Cases)+1)
	for _, c := range r.Cases {
		vs = append(vs, c.Verdict)
	}
	if len(r.Stale) > 0 {
		vs = append(vs, reports.Warn)
	}
	return reports.Worst(vs...)
}

// Case returns the result of a case.
func (r *Result) Case(id string) (CaseResult, bool) {
	for _, c := range r.Cases {
		if c.Case.ID == id {
			return c, true
		}
	}
	return CaseResult{}, false
}

// strict makes failures of warnings.
func (r *Result) strict() {
	for i := range r.Cases {
		if r.Cases[i].Verdict == reports.Warn {
			r.Cases[i].Verdict = reports.Fail
		}
	}
}
