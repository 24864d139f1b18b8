package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/reports"
)

// fate is what became of a requirement in a run, from good to bad; of one that several
// cases judge the worst counts.
type fate int

const (
	unasked fate = iota // the target could not be asked, or the case ended before it
	left                // skipped, or waived
	kept
	warned // what servers do in different ways
	broken
)

// score is the figures of one part of the rules.
type score struct {
	kept, asked           [3]int // by MUST, SHOULD, MAY
	warned, left, unasked int
}

// scorecard counts requirements: how many are kept of those that were asked.
func (r *Result) scorecard() reports.Table {
	type place struct {
		part  string
		order string
	}
	fates := map[string]fate{}
	places := map[string]place{}
	for _, c := range r.Cases {
		for id, f := range c.fates() {
			if old, ok := fates[id]; !ok || f > old {
				fates[id] = f
			}
			if _, ok := places[id]; !ok {
				row, _ := Lookup(id)
				part, order := row.part(c.Case)
				places[id] = place{part, order}
			}
		}
	}
	scores := map[string]*score{}
	orders := map[string]string{} // of parts: the smallest counts
	var total score
	for id, f := range fates {
		row, _ := Lookup(id)
		p := places[id]
		if scores[p.part] == nil {
			scores[p.part] = &score{}
		}
		if o, ok := orders[p.part]; !ok || CompareSections(p.order, o) < 0 {
			orders[p.part] = p.order
		}
		scores[p.part].add(row, f)
		total.add(row, f)
	}
	parts := slices.SortedFunc(func(yield func(string) bool) {
		for p := range scores {
			if !yield(p) {
				return
			}
		}
	}, func(a, b string) int {
		return cmp.Or(CompareSections(orders[a], orders[b]), strings.Compare(a, b))
	})
	t := reports.Table{
		Title:  "rules kept, of those asked",
		Header: []string{"rules", "MUST", "SHOULD", "MAY", "warned", "skipped", "not asked"},
	}
	for _, p := range parts {
		t.Rows = append(t.Rows, scores[p].row(p))
	}
	t.Rows = append(t.Rows, total.row("total"))
	return t
}

// fates says of each requirement of a case what became of it.
func (c *CaseResult) fates() map[string]fate {
	out := map[string]fate{}
	all := func(f fate) {
		for _, id := range c.Case.Rows {
			out[id] = f
		}
	}
	if len(c.Findings) == 0 {
		switch c.Verdict {
		case reports.Pass, reports.Warn, reports.Fail:
			all(kept)
		case reports.Skip:
			all(left)
		default:
			all(unasked)
		}
		return out
	}
	// A case may end with what it found: what comes behind the last may not have been
	// asked.
	last := 0
	for _, f := range c.Findings {
		last = max(last, slices.Index(c.Case.Rows, f.Row))
	}
	all(unasked)
	for _, id := range c.Case.Rows[:last] {
		out[id] = kept
	}
	for _, f := range c.Findings {
		row, _ := Lookup(f.Row)
		now := broken
		switch {
		case f.Verdict == reports.Skip:
			now = left
		case f.Verdict == reports.Warn && row.Binding():
			now = warned
		}
		if out[f.Row] <= kept || now > out[f.Row] {
			out[f.Row] = now
		}
	}
	return out
}

// part is what a scorecard calls the part of the rules that a requirement belongs to:
// a chapter of RFC 5321, an extension by its keyword, another RFC, or a subject of
// safety; order is where it stands among the others.
func (r Requirement) part(c Case) (name, order string) {
	number := fmt.Sprintf("rfc%d", append(slices.Clone(r.RFC), 0)[0])
	switch {
	case strings.HasPrefix(r.ID, "SEC-"):
		if s := c.Section(); strings.HasPrefix(s, "security/") {
			return s, s
		}
		return "security", "security"
	case r.Extension != "none":
		return r.Extension, number
	case number != "rfc5321":
		return number, number
	}
	chapter, rest, _ := strings.Cut(r.Section, ".")
	if chapter == "4" && rest != "" {
		second, _, _ := strings.Cut(rest, ".")
		chapter += "." + second
	}
	name = number + "/" + chapter
	return name, name
}

func (s *score) add(r Requirement, f fate) {
	level := 2
	switch {
	case r.Binding():
		level = 0
	case r.Advised():
		level = 1
	}
	switch f {
	case unasked:
		s.unasked++
		return
	case left:
		s.left++
		return
	case warned:
		s.warned++
		s.kept[level]++
	case kept:
		s.kept[level]++
	case broken:
		if level > 0 {
			s.warned++
		}
	}
	s.asked[level]++
}

// row writes the figures; what is 0 is left out.
func (s *score) row(name string) []string {
	out := []string{name}
	for i := range s.kept {
		text := ""
		if s.asked[i] > 0 {
			text = fmt.Sprintf("%d/%d", s.kept[i], s.asked[i])
		}
		out = append(out, text)
	}
	for _, n := range []int{s.warned, s.left, s.unasked} {
		text := ""
		if n > 0 {
			text = fmt.Sprint(n)
		}
		out = append(out, text)
	}
	return out
}
