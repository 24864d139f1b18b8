package reports

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// DefaultWidth is how many columns text takes where nobody says.
const DefaultWidth = 100

// Text writes runs for people. The zero value is plain, without colour, in
// DefaultWidth columns. Whatever comes from mail or from peers is escaped, see
// Escape, so that it cannot act on a terminal.
type Text struct {
	Colour  bool
	Quiet   bool // only what failed, and the total
	Verbose bool // every event, and no trace or ladder shortened
	Width   int  // columns of the terminal; 0: DefaultWidth
}

// Write writes all reports of a run and the total.
func (t Text) Write(w io.Writer, run Run) error {
	for i := range run.Reports {
		if err := t.Report(w, &run.Reports[i]); err != nil {
			return err
		}
	}
	return t.Total(w, run.Reports, 0)
}

// Report writes one report: its heading, its steps and checks by phase, and
// what there is to know about each that failed.
func (t Text) Report(w io.Writer, r *Report) error {
	if t.Quiet && !r.Verdict.Bad() && !r.Counts().bad() {
		return nil
	}
	p := t.page(w)
	p.heading(r)
	switch {
	case r.Kind == KindConform:
		p.suite(r, t.Quiet)
	case t.Quiet:
		p.failures(r)
	default:
		p.checks(r)
		p.tables(r)
		p.failures(r)
	}
	if t.Verbose && r.Events.Len() > 0 {
		p.put("\n  ", p.ink.bold("events"), "\n")
		p.events(r, r.Events, "    ", true)
	}
	p.put("\n", p.ink.verdict(r.Verdict, mark(r.Verdict)), " ", Escape(r.Name), ": ", r.Counts().String())
	p.put(" in ", Span(r.Elapsed))
	if r.Interrupted {
		p.put(", interrupted")
	}
	p.put("\n\n")
	return p.w.Flush()
}

// tables writes those of r.
func (p *page) tables(r *Report) {
	for i := range r.Tables {
		p.put("\n")
		for _, l := range r.Tables[i].lines(p.width - 2) {
			p.put(strings.TrimRight("  "+l, " "), "\n")
		}
	}
}

// failures writes all that is known about what failed.
func (p *page) failures(r *Report) {
	for i := range r.Groups {
		g := &r.Groups[i]
		for j := range g.Checks {
			if g.Checks[j].Verdict.Bad() {
				p.failure(r, g, &g.Checks[j])
			}
		}
	}
}

// Total writes what failed in any of rs once more in short, and then one line
// about the whole. wall is how long it all took on the real clock; 0 leaves it
// out.
func (t Text) Total(w io.Writer, rs []Report, wall time.Duration) error {
	p := t.page(w)
	var checks, whole Counts
	var elapsed time.Duration
	interrupted := false
	for i := range rs {
		r := &rs[i]
		c := r.Counts()
		checks = checks.plus(c)
		whole.Add(r.Verdict)
		elapsed += r.Elapsed
		interrupted = interrupted || r.Interrupted
	}
	if checks.bad() && !t.Quiet {
		p.put(p.ink.bold("what failed"), "\n")
		for i := range rs {
			p.short(&rs[i])
		}
		p.put("\n")
	}
	p.put(fmt.Sprintf("%s: %s; %s: %s", number(len(rs), noun(rs)), whole, number(checks.Total(), "check"), checks))
	if noun(rs) != "target" {
		p.put("; ", Span(elapsed), " simulated")
	}
	if wall > 0 {
		p.put(" in ", Span(wall))
	}
	if interrupted {
		p.put(", interrupted")
	}
	p.put("\n")
	return p.w.Flush()
}

// noun is what rs are, where they are all of a kind.
func noun(rs []Report) string {
	for i := range rs {
		if rs[i].Kind != rs[0].Kind {
			return "report"
		}
	}
	switch {
	case len(rs) > 0 && rs[0].Kind == "scenario":
		return "scenario"
	case len(rs) > 0 && rs[0].Kind == KindConform:
		return "target"
	}
	return "report"
}

// number writes n and what is counted.
func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// orElse returns s, or other where s is empty.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// page writes text. The first error of its writer stays in w and comes out of
// Flush, so put does not return it.
type page struct {
	w       *bufio.Writer
	ink     ink
	width   int
	verbose bool
}

func (t Text) page(w io.Writer) *page {
	width := t.Width
	if width <= 0 {
		width = DefaultWidth
	}
	return &page{w: bufio.NewWriter(w), ink: ink(t.Colour), width: max(width, 40), verbose: t.Verbose}
}

func (p *page) put(ss ...string) {
	for _, s := range ss {
		_, _ = p.w.WriteString(s)
	}
}

// wrapped writes lines with lead before the first and blanks of the same width
// before the others; leadWidth is the width of lead without colour.
func (p *page) wrapped(lead string, leadWidth int, lines ...string) {
	for _, line := range lines {
		for _, part := range hang(line, max(p.width-leadWidth, 20)) {
			p.put(strings.TrimRight(lead+part, " "), "\n")
			lead = strings.Repeat(" ", leadWidth)
		}
	}
}

func (p *page) heading(r *Report) {
	p.put(p.ink.bold(Escape(orElse(r.Kind, "report"))+" "+Escape(r.Name)), "\n")
	if r.About != "" {
		p.wrapped("  ", 2, escapeLines(strings.TrimSpace(r.About))...)
	}
	if len(r.Covers) > 0 {
		p.wrapped("  covers ", 9, Escape(strings.Join(r.Covers, ", ")))
	}
	var facts []string
	if r.File != "" {
		facts = append(facts, Escape(r.File))
	}
	if r.Seed != 0 {
		facts = append(facts, fmt.Sprintf("seed %d", r.Seed))
	}
	if !r.Start.IsZero() {
		facts = append(facts, "starts "+r.Start.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	if len(facts) > 0 {
		for _, l := range wrap(strings.Join(facts, ", "), p.width-2) {
			p.put("  ", p.ink.dim(l), "\n")
		}
	}
}

// mark is the word for v in a table. The bad ones are loud without colour too.
func mark(v Verdict) string {
	switch v {
	case Pass:
		return "ok"
	case Skip:
		return "skip"
	case Warn:
		return "warn"
	case Fail:
		return "FAIL"
	default:
		return "ERROR"
	}
}

// checks writes the table of steps and checks, group by group.
func (p *page) checks(r *Report) {
	timeWidth := 5
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			timeWidth = max(timeWidth, cells(Span(r.Groups[i].Checks[j].At)))
		}
	}
	lead := 4 + 5 + 2 + timeWidth + 2
	for i := range r.Groups {
		g := &r.Groups[i]
		p.put("\n")
		if g.Name != "" {
			p.wrapped("  ", 2, Escape(g.Name))
		}
		for j := range g.Checks {
			c := &g.Checks[j]
			m := p.ink.verdict(c.Verdict, pad(mark(c.Verdict), 5))
			at := p.ink.dim(padLeft(Span(c.At), timeWidth))
			p.wrapped("    "+m+"  "+at+"  ", lead, Escape(c.Name))
			blank := strings.Repeat(" ", lead)
			switch c.Verdict {
			case Skip:
				if c.Reason != "" {
					p.wrapped(blank+"because ", lead+8, escapeLines(c.Reason)...)
				}
			case Warn:
				p.wantGot(c, lead)
			}
			for _, n := range c.Notes {
				p.wrapped(blank+"note    ", lead+8, escapeLines(n)...)
			}
		}
	}
}

// bad says whether something failed.
func (c Counts) bad() bool { return c.Fail+c.Error > 0 }

func (c Counts) plus(d Counts) Counts {
	return Counts{c.Pass + d.Pass, c.Skip + d.Skip, c.Warn + d.Warn, c.Fail + d.Fail, c.Error + d.Error}
}
