package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/reports"
)

func (p *program) diffVerb() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "diff OLD.json NEW.json",
		Short: "Compare two runs, or two servers, case by case",
		Long: `Compare two runs, or two servers, case by case, by the reports that --json has written.

Worse is what passed and does not any more, and a warning that is a failure now; then the exit code
is 1. Cases that were asked before and are not now are told; with --strict they are worse too, and so is
every failure that was not there before.`,
		Example: `  mailsim conform diff monday.json tuesday.json
  mailsim conform diff postfix.json exim.json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("diff compares two reports that --json has written: mailsim conform diff OLD.json NEW.json")
			}
			return p.diff(args[0], args[1], strict)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "cases that are not asked any more are worse too, and new failures")
	return cmd
}

// diff is the verb.
func (p *program) diff(before, after string, strict bool) error {
	var both [2]reports.Report
	for i, name := range []string{before, after} {
		r, err := readConform(name)
		if err != nil {
			return err
		}
		both[i] = r
	}
	d := compare(&both[0], &both[1])
	if err := d.write(p.out); err != nil {
		return environment(err)
	}
	if d.failed(strict) {
		return &exit{code: exitFailed}
	}
	return nil
}

// maxReport is how large a report may be: a thousand cases take some megabytes.
const maxReport = 256 << 20

// readConform reads a file with one report about a server.
func readConform(name string) (reports.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return reports.Report{}, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && (info.IsDir() || info.Size() > maxReport) {
		return reports.Report{}, fmt.Errorf("%s is a directory, or larger than %d MiB: no report of conform", name, maxReport>>20)
	}
	r, err := oneConform(io.LimitReader(f, maxReport))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return r, fmt.Errorf("%s: the report has no end: %w", name, err)
	case errors.Is(err, io.EOF):
		return r, fmt.Errorf("%s is empty", name)
	case err != nil:
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// oneConform reads the one report about a server that a run has.
func oneConform(in io.Reader) (reports.Report, error) {
	run, err := reports.ReadJSON(in)
	if err != nil {
		return reports.Report{}, err
	}
	if len(run.Reports) != 1 || run.Reports[0].Kind != reports.KindConform {
		return reports.Report{}, errors.New("it is a report of mailsim, but not one of conform; write it with: mailsim conform TARGET --json FILE")
	}
	return run.Reports[0], nil
}

// change is a case whose verdict is another one.
type change struct {
	id, name      string
	before, after reports.Verdict // "": the case was not there
	got, reason   string          // now
}

// difference is what changed between two reports.
type difference struct {
	names  [2]string
	same   int
	worse  []change
	better []change
	left   []change // judged before, and not now
	asked  []change // the other way round
	gone   []change // there before, and not now
	added  []change // the other way round
}

// judged reports whether a verdict says something about the target.
func judged(v reports.Verdict) bool {
	return v == reports.Pass || v == reports.Warn || v == reports.Fail
}

// compare finds what changed.
func compare(a, b *reports.Report) *difference {
	d := &difference{names: [2]string{a.Name, b.Name}}
	before, after := checksByID(a), checksByID(b)
	ids := map[string]bool{}
	for id := range before {
		ids[id] = true
	}
	for id := range after {
		ids[id] = true
	}
	var sorted []string
	for id := range ids {
		sorted = append(sorted, id)
	}
	slices.SortFunc(sorted, conformance.CompareSections)
	for _, id := range sorted {
		x, y := before[id], after[id]
		c := change{id: id, name: y.Name, before: x.Verdict, after: y.Verdict, got: y.Got, reason: y.Reason}
		if c.name == "" {
			c.name = x.Name
		}
		d.sort(c)
	}
	return d
}

// sort puts a change where it belongs.
func (d *difference) sort(c change) {
	rank := func(v reports.Verdict) int {
		return slices.Index([]reports.Verdict{reports.Pass, reports.Warn, reports.Fail}, v)
	}
	switch {
	case c.before == "":
		d.added = append(d.added, c)
	case c.after == "":
		d.gone = append(d.gone, c)
	case c.before == c.after || !judged(c.before) && !judged(c.after):
		d.same++
	case judged(c.before) && judged(c.after) && rank(c.after) > rank(c.before), c.before == reports.Pass && c.after == reports.Error:
		d.worse = append(d.worse, c)
	case judged(c.before) && judged(c.after):
		d.better = append(d.better, c)
	case judged(c.before):
		d.left = append(d.left, c)
	default:
		d.asked = append(d.asked, c)
	}
}

// checksByID returns the checks that have an id.
func checksByID(r *reports.Report) map[string]reports.Check {
	out := map[string]reports.Check{}
	for _, g := range r.Groups {
		for _, c := range g.Checks {
			if c.ID != "" {
				out[c.ID] = c
			}
		}
	}
	return out
}

// failed reports whether something got worse.
func (d *difference) failed(strict bool) bool {
	is := slices.ContainsFunc[[]change]
	fails := func(c change) bool { return c.after == reports.Fail }
	return len(d.worse) > 0 || strict && (len(d.left) > 0 || is(d.asked, fails) || is(d.added, fails) ||
		is(d.gone, func(c change) bool { return judged(c.before) }))
}

// write tells what changed. Of cases that are asked for the first time it names those
// that found something.
func (d *difference) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s -> %s\n", reports.Escape(d.names[0]), reports.Escape(d.names[1]))
	all := func(change) bool { return true }
	found := func(c change) bool { return c.after == reports.Warn || c.after.Bad() }
	for _, part := range []struct {
		title string
		list  []change
		named func(change) bool
	}{
		{"worse", d.worse, all},
		{"better", d.better, all},
		{"not judged any more", d.left, all},
		{"judged now", d.asked, found},
		{"new", d.added, found},
		{"gone", d.gone, func(c change) bool { return judged(c.before) }},
	} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", part.title)
		var others reports.Counts
		for _, c := range part.list {
			if !part.named(c) {
				others.Add(cmp.Or(c.after, c.before))
				continue
			}
			fmt.Fprintf(&b, "  %-5s -> %-5s  %s: %s\n", orNone(c.before), orNone(c.after), reports.Escape(c.id), reports.Escape(c.name))
			if why := c.why(); why != "" && part.title != "better" {
				fmt.Fprintf(&b, "                  %s\n", reports.Escape(why))
			}
		}
		if others.Total() > 0 {
			fmt.Fprintf(&b, "  and %s\n", others)
		}
	}
	fmt.Fprintf(&b, "\n%d worse, %d better, %d not judged any more, %d judged now, %d new, %d gone, %d as before\n",
		len(d.worse), len(d.better), len(d.left), len(d.asked), len(d.added), len(d.gone), d.same)
	_, err := io.WriteString(w, b.String())
	return err
}

// why is the first line of what is seen now.
func (c change) why() string {
	text := c.got
	if text == "" || !judged(c.after) {
		text = c.reason
	}
	text, _, _ = strings.Cut(text, "\n")
	return text
}

// orNone names the verdict of a case that is not there.
func orNone(v reports.Verdict) string {
	if v == "" {
		return "none"
	}
	return string(v)
}
