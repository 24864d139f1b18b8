package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/reports"
)

// listCases writes a line for each case.
func listCases(w io.Writer, list []conformance.Case) error {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b conformance.Case) int { return conformance.CompareSections(a.Section(), b.Section()) })
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range list {
		var needs []string
		for _, n := range c.Needs {
			needs = append(needs, strings.TrimPrefix(string(n), "keyword:"))
		}
		if c.Slow > 0 {
			needs = append(needs, "slow")
		}
		if c.Hostile {
			needs = append(needs, "hostile")
		}
		more := ""
		if len(needs) > 0 {
			more = " [" + strings.Join(needs, ", ") + "]"
		}
		fmt.Fprintf(t, "%s\t%s\t%s%s\n", c.ID, c.Level(), c.Title, more)
	}
	return t.Flush()
}

// sections counts the cases of each section that are still to be asked.
type sections struct {
	left   map[string]int
	counts map[string]*reports.Counts
}

func newSections(list []conformance.Case) *sections {
	s := &sections{left: map[string]int{}, counts: map[string]*reports.Counts{}}
	for _, c := range list {
		s.left[c.Section()]++
		s.counts[c.Section()] = new(reports.Counts)
	}
	return s
}

// done counts a case. If it was the last of its section, of which at least one was
// asked, it returns a line about it.
func (s *sections) done(c conformance.CaseResult) string {
	name := c.Case.Section()
	n := s.counts[name]
	n.Add(c.Verdict)
	if s.left[name]--; s.left[name] > 0 || n.Skip == n.Total() {
		return ""
	}
	return fmt.Sprintf("%-24s %s", name, n)
}

// slowest is a table of the n cases that took longest.
func slowest(r *reports.Report, n int) reports.Table {
	var all []reports.Check
	for _, g := range r.Groups {
		for _, c := range g.Checks {
			if c.Took > 0 {
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b reports.Check) int { return int(b.Took - a.Took) })
	t := reports.Table{Title: "the slowest cases", Header: []string{"took", "case"}}
	for _, c := range all[:min(n, len(all))] {
		t.Rows = append(t.Rows, []string{reports.Span(c.Took.Round(time.Millisecond)), c.ID})
	}
	return t
}

// completeTarget completes the schemes of targets.
func completeTarget(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, s := range schemes() {
		out = append(out, s.name+"://")
	}
	for _, p := range profileNames() {
		out = append(out, "self:"+p)
	}
	return slices.DeleteFunc(out, func(s string) bool { return !strings.HasPrefix(s, word) }),
		cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

// completeCase completes ids of cases and rules.
func completeCase(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, s := range conformance.Selectors(allCases()) {
		if strings.HasPrefix(s, word) {
			out = append(out, s)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
