package reports

import (
	"fmt"
	"strings"
)

// Verdicts returns every verdict, from good to bad.
func Verdicts() []Verdict { return []Verdict{Pass, Skip, Warn, Fail, Error} }

// Known says whether v is one of Verdicts.
func (v Verdict) Known() bool {
	switch v {
	case Pass, Skip, Warn, Fail, Error:
		return true
	}
	return false
}

// Bad says whether v makes a run fail: Fail, Error and whatever is not known.
func (v Verdict) Bad() bool { return v.rank() >= Fail.rank() }

// rank orders verdicts for Worst. Skip stands below Pass: a run of which a part
// was left out has still passed, and only one of which nothing ran was skipped.
func (v Verdict) rank() int {
	switch v {
	case Skip:
		return 0
	case Pass:
		return 1
	case Warn:
		return 2
	case Fail:
		return 3
	default: // Error, and what a newer or broken writer may say
		return 4
	}
}

// Worst returns the verdict of the whole: the worst of vs, where Skip is said
// only when everything was skipped. Of nothing it is Pass.
func Worst(vs ...Verdict) Verdict {
	if len(vs) == 0 {
		return Pass
	}
	worst := vs[0]
	for _, v := range vs[1:] {
		if v.rank() > worst.rank() {
			worst = v
		}
	}
	return worst
}

// Counts is how many checks, or reports, ended in each verdict.
type Counts struct{ Pass, Skip, Warn, Fail, Error int }

// Add counts v; an unknown verdict is an error.
func (c *Counts) Add(v Verdict) {
	switch v {
	case Pass:
		c.Pass++
	case Skip:
		c.Skip++
	case Warn:
		c.Warn++
	case Fail:
		c.Fail++
	default:
		c.Error++
	}
}

// Total returns the sum.
func (c Counts) Total() int { return c.Pass + c.Skip + c.Warn + c.Fail + c.Error }

// String returns the counts that are not zero: "3 passed, 1 failed".
func (c Counts) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		name string
	}{
		{c.Pass, "passed"}, {c.Skip, "skipped"}, {c.Warn, "warned"}, {c.Fail, "failed"}, {c.Error, "in error"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.name))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// Counts counts the checks of r.
func (r *Report) Counts() Counts {
	var c Counts
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			c.Add(r.Groups[i].Checks[j].Verdict)
		}
	}
	return c
}

// Worst returns the verdict of all checks of r together, which is what
// Report.Verdict should hold.
func (r *Report) Worst() Verdict {
	var vs []Verdict
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			vs = append(vs, r.Groups[i].Checks[j].Verdict)
		}
	}
	return Worst(vs...)
}
