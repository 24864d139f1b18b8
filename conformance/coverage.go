package conformance

import (
	"fmt"
	"slices"
)

// Coverage is which requirements of a catalogue a set of scenarios covers. Rows
// that a scenario of simulated nodes can show are of the kinds through, dns,
// wire-client and time; the others need a raw client, or cannot be seen at all.
type Coverage struct {
	Catalogue Catalogue
	Rows      []Covered // of the kinds that scenarios can show, in the order of the catalogue
}

// Covered is one requirement and what shows it.
type Covered struct {
	Requirement
	By           []string // names of the scenarios that cover it, sorted
	DoesNotApply string   // why a simulated node cannot break it
	NotCovered   string   // why no scenario covers it
}

// Tally counts rows: how many apply to a simulated node, and how many of those are covered.
type Tally struct{ Covered, Apply, LeftOut int }

// Ratio is the share that is covered, 1 where nothing applies.
func (t Tally) Ratio() float64 {
	if t.Apply == 0 {
		return 1
	}
	return float64(t.Covered) / float64(t.Apply)
}

// Plus adds two tallies.
func (t Tally) Plus(u Tally) Tally {
	return Tally{t.Covered + u.Covered, t.Apply + u.Apply, t.LeftOut + u.LeftOut}
}

// Shown reports whether a scenario can show the requirement without waiting for
// timeouts: the rows whose coverage is promised.
func (r Requirement) Shown() bool {
	return slices.Contains([]Kind{Through, DNS, WireClient}, r.Kind)
}

// Count tallies the rows for which want is true.
func (c Coverage) Count(want func(Requirement) bool) Tally {
	var t Tally
	for _, r := range c.Rows {
		switch {
		case !want(r.Requirement):
		case len(r.By) > 0:
			t.Apply++
			t.Covered++
		case r.DoesNotApply != "":
			t.LeftOut++
		default:
			t.Apply++
		}
	}
	return t
}

// Measure says of each catalogue what is covered. by has the names of the
// scenarios that cover an id; ids that no catalogue has are an error. What is
// covered counts so, whatever left says of it.
func Measure(by map[string][]string, left LeftOuts) ([]Coverage, error) {
	all, err := Catalogues()
	if err != nil {
		return nil, err
	}
	no, notYet := reasons(left.DoesNotApply), reasons(left.NotCovered)
	known := 0
	var out []Coverage
	for _, c := range all {
		cov := Coverage{Catalogue: c}
		for _, r := range c.Requirements {
			names := slices.Compact(slices.Sorted(slices.Values(by[r.ID])))
			if len(names) > 0 {
				known++
			}
			if r.Shown() || r.Kind == Time {
				cov.Rows = append(cov.Rows, Covered{r, names, no[r.ID], notYet[r.ID]})
			}
		}
		out = append(out, cov)
	}
	if known != len(by) {
		return nil, fmt.Errorf("%d of the covered ids stand in no catalogue", len(by)-known)
	}
	return out, nil
}
