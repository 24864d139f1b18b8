package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/scenarios"
)

// coverage writes which requirements the scenarios cover: those named, or else
// the examples. missing tells of each that is not covered what it says.
func (p *program) coverage(args []string, o scenarioOptions, missing bool) error {
	if len(args) == 0 {
		for _, n := range scenarios.ExampleNames() {
			args = append(args, examplePrefix+n)
		}
	}
	list, err := p.load(args, o)
	if err != nil {
		return err
	}
	all, err := scenarios.Coverage(list)
	if err != nil {
		return err
	}
	var b strings.Builder
	coverageTable(&b, all)
	for _, c := range all {
		if missing {
			missingRows(&b, c)
		} else {
			coverageIDs(&b, c)
		}
	}
	_, err = io.WriteString(p.out, b.String())
	return environment(err)
}

// coverageTable writes the figures: first of the rows whose coverage is
// promised, then of those that need time.
func coverageTable(w io.Writer, all []conformance.Coverage) {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "covered\tMUST, MUST NOT\tSHOULD, SHOULD NOT\tdo not apply")
	row := func(name string, list []conformance.Coverage, timed bool) {
		var must, should, rest conformance.Tally
		for _, c := range list {
			kind := func(r conformance.Requirement) bool {
				return timed && r.Kind == conformance.Time || !timed && r.Shown()
			}
			must = must.Plus(c.Count(func(r conformance.Requirement) bool { return kind(r) && r.Binding() }))
			should = should.Plus(c.Count(func(r conformance.Requirement) bool { return kind(r) && r.Advised() }))
			rest = rest.Plus(c.Count(kind))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\n", name, share(must), share(should), rest.LeftOut)
	}
	for _, c := range all {
		row(c.Catalogue.Name, []conformance.Coverage{c}, false)
	}
	row("rfc5321 and extensions", all[:2], false)
	for _, c := range all {
		row(c.Catalogue.Name+", hours and days", []conformance.Coverage{c}, true)
	}
	_ = t.Flush() // into memory
}

// share is "12 of 34, 35 %".
func share(t conformance.Tally) string {
	if t.Apply == 0 {
		return "none apply"
	}
	return fmt.Sprintf("%d of %d, %.0f %%", t.Covered, t.Apply, 100*t.Ratio())
}

// coverageIDs writes the ids that are covered, and those that are not.
func coverageIDs(w io.Writer, c conformance.Coverage) {
	var covered, not, no []string
	for _, r := range c.Rows {
		switch {
		case len(r.By) > 0:
			covered = append(covered, r.ID)
		case r.DoesNotApply != "":
			no = append(no, r.ID)
		default:
			not = append(not, r.ID)
		}
	}
	for _, l := range []struct {
		what string
		ids  []string
	}{{"covered", covered}, {"not covered", not}, {"do not apply", no}} {
		if len(l.ids) > 0 {
			fmt.Fprintf(w, "\n%s, %s:\n", c.Catalogue.Name, l.what)
			wrap(w, l.ids)
		}
	}
}

// wrap writes words in lines of up to 100 characters.
func wrap(w io.Writer, words []string) {
	line := " "
	for _, s := range words {
		if len(line)+1+len(s) > 100 {
			fmt.Fprintln(w, line)
			line = " "
		}
		line += " " + s
	}
	fmt.Fprintln(w, line)
}

// missingRows writes what each requirement that is not covered says, and the
// reason where there is one.
func missingRows(w io.Writer, c conformance.Coverage) {
	fmt.Fprintf(w, "\n%s, not covered:\n", c.Catalogue.Name)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range c.Rows {
		why := ""
		switch {
		case len(r.By) > 0:
			continue
		case r.DoesNotApply != "":
			why = " [does not apply: " + r.DoesNotApply + "]"
		case r.NotCovered != "":
			why = " [not covered: " + r.NotCovered + "]"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s%s\n", r.ID, r.Level, r.Kind, r.Says, why)
	}
	_ = t.Flush() // into memory
}
