package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/mailsim/mailsim/reports"
)

// Waiver is a deviation that the owner of a server knows and accepts.
type Waiver struct {
	ID     string `yaml:"id"`     // of a case, or of a requirement
	Reason string `yaml:"reason"` // why
}

// ParseWaivers reads a YAML list of waivers. Each needs a reason, and an id that
// there is: that of one of the cases, or of a requirement.
func ParseWaivers(name string, data []byte, cases []Case) ([]Waiver, error) {
	var list []Waiver
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var errs []error
	for i, w := range list {
		_, row := Lookup(w.ID)
		switch {
		case strings.TrimSpace(w.ID) == "":
			errs = append(errs, fmt.Errorf("%s: waiver %d has no id", name, i+1))
		case strings.TrimSpace(w.Reason) == "":
			errs = append(errs, fmt.Errorf("%s: %s: a reason is missing", name, w.ID))
		case !row && !slices.ContainsFunc(cases, func(c Case) bool { return c.ID == w.ID }):
			errs = append(errs, fmt.Errorf("%s: there is no case and no requirement %s", name, w.ID))
		case slices.ContainsFunc(list[:i], func(o Waiver) bool { return o.ID == w.ID }):
			errs = append(errs, fmt.Errorf("%s: %s is waived twice", name, w.ID))
		}
	}
	return list, errors.Join(errs...)
}

// waive skips what is accepted. A waiver of what was judged and kept is stale.
func (r *Result) waive(list []Waiver) {
	for _, w := range list {
		used, judged := false, false
		for i := range r.Cases {
			c := &r.Cases[i]
			if c.Case.ID != w.ID && !slices.Contains(c.Case.Rows, w.ID) {
				continue
			}
			broken := func(f Finding) bool { return c.Case.ID == w.ID || f.Row == w.ID }
			switch c.Verdict {
			case reports.Fail, reports.Warn:
				judged = true
				if slices.ContainsFunc(c.Findings, broken) {
					used = true
					r.accept(c, w, broken)
				}
			case reports.Pass:
				judged = true
			}
		}
		if judged && !used {
			r.Stale = append(r.Stale, w)
		}
	}
}

// accept takes the findings that are waived out of the verdict.
func (r *Result) accept(c *CaseResult, w Waiver, waived func(Finding) bool) {
	verdict := reports.Skip
	for i, f := range c.Findings {
		if waived(f) {
			c.Findings[i].Verdict = reports.Skip
		}
		verdict = reports.Worst(verdict, c.Findings[i].Verdict)
	}
	c.Verdict = verdict
	c.Reason = "waived: " + w.Reason
}
