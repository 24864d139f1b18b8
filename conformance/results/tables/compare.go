package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/reports"
)

const head = `# What servers keep of the rules of mail

Each server was asked the cases of ` + "`mailsim conform`" + ` with its own default settings where a verdict could depend on them;
how it was set up stands in [servers](servers). [make.sh](make.sh) makes all of this again. [NOTES.md](NOTES.md)
says of each failure why it is one. A server may fail rules that few clients ever notice, and cases say nothing about how well it does the rest
of its work.

`

// compare writes the scorecard, and the cases that not all servers keep.
func compare(w io.Writer, all []*asked) {
	fmt.Fprint(w, head, "| server | passed | warned | failed | skipped | not judged | seconds |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, a := range all {
		n := map[reports.Verdict]int{}
		for _, c := range a.checks() {
			n[c.Verdict]++
		}
		seconds := "-"
		if !a.virtual() {
			seconds = fmt.Sprintf("%.0f", a.report().Elapsed.Seconds())
		}
		fmt.Fprintf(w, "| [%s](%s.md) | %d | %d | %d | %d | %d | %s |\n", a.title, a.name,
			n[reports.Pass], n[reports.Warn], n[reports.Fail], n[reports.Skip], n[reports.Error], seconds)
	}
	fmt.Fprint(w, "\nCases that at least one of them does not keep (a failure is a broken MUST, or what an outsider can use; a warning is a\nbroken SHOULD, or what servers do in different ways; - is a case that the server was not asked):\n\n| case |")
	for _, a := range all {
		fmt.Fprintf(w, " %s |", a.name)
	}
	fmt.Fprint(w, "\n| --- |", strings.Repeat(" --- |", len(all)), "\n")
	verdicts := map[string][]reports.Verdict{}
	for i, a := range all {
		for _, c := range a.checks() {
			if verdicts[c.ID] == nil {
				verdicts[c.ID] = make([]reports.Verdict, len(all))
			}
			verdicts[c.ID][i] = c.Verdict
		}
	}
	var ids []string
	for id, vs := range verdicts {
		if slices.ContainsFunc(vs, reports.Verdict.Bad) || slices.Contains(vs, reports.Warn) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, conformance.CompareSections)
	for _, id := range ids {
		fmt.Fprintf(w, "| `%s` |", id)
		for _, v := range verdicts[id] {
			fmt.Fprintf(w, " %s |", cell(v))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "\nThe cases that took longest, most of them by waiting for silence:\n\n")
	for _, a := range all {
		if a.virtual() {
			continue
		}
		fmt.Fprintf(w, "- %s: %s\n", a.name, strings.Join(slowest(a.checks()), ", "))
	}
}

// virtual reports whether the run waited in virtual time, as it does for mailsim's own node.
func (a *asked) virtual() bool { return strings.HasPrefix(a.command, "mailsim conform self:") }

// cell is a verdict in the table.
func cell(v reports.Verdict) string {
	switch v {
	case reports.Fail:
		return "**fail**"
	case reports.Skip, "":
		return "-"
	}
	return string(v)
}

// checks are all of the report.
func (a *asked) checks() []reports.Check {
	var out []reports.Check
	for _, g := range a.report().Groups {
		out = append(out, g.Checks...)
	}
	return out
}

// slowest names three.
func slowest(checks []reports.Check) []string {
	slices.SortFunc(checks, func(a, b reports.Check) int { return int(b.Took - a.Took) })
	var out []string
	for _, c := range checks[:min(3, len(checks))] {
		out = append(out, fmt.Sprintf("`%s` %.1f s", c.ID, c.Took.Round(100*time.Millisecond).Seconds()))
	}
	return out
}
