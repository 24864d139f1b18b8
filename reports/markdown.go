package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes run for pull requests and wikis, as GitHub and GitLab read
// it: headings, tables, what failed with all there is to know, and the rest in short.
// Nothing that comes from mail or from peers can be more than text in it: it stands in
// code spans, or in fences that are longer than any in the text.
func WriteMarkdown(w io.Writer, run Run) error {
	m := &markdown{w: bufio.NewWriter(w)}
	for i := range run.Reports {
		if i > 0 {
			m.put("\n")
		}
		m.report(&run.Reports[i])
	}
	if len(run.Reports) == 0 {
		m.put("Nothing was run.\n")
	}
	return m.w.Flush()
}

// markdown writes text; the first error stays in w and comes out of Flush.
type markdown struct{ w *bufio.Writer }

func (m *markdown) put(ss ...string) {
	for _, s := range ss {
		_, _ = m.w.WriteString(s)
	}
}

// shownWarnings is how many warnings are listed.
const shownWarnings = 100

func (m *markdown) report(r *Report) {
	m.put("## ", mark(r.Verdict), ": ", words(orElse(r.Kind, "report")), " ", code(r.Name), "\n\n")
	m.put(r.Counts().String(), " in ", Span(r.Elapsed))
	if r.Interrupted {
		m.put(", interrupted")
	}
	m.put(".\n")
	if r.About != "" {
		m.put("\n", code(r.About), "\n")
	}
	for i := range r.Tables {
		m.table(&r.Tables[i])
	}
	m.failures(r)
	m.warnings(r)
	if skipped := r.each(Skip); len(skipped) > 0 {
		m.put("\n### Skipped\n\n| | |\n| ---: | --- |\n")
		for _, s := range byReason(skipped) {
			m.put(fmt.Sprintf("| %d | %s |\n", len(s.ids), cell(code(s.reason))))
		}
	}
}

// failures writes all of what failed, and in short what could not be judged.
func (m *markdown) failures(r *Report) {
	failed := r.failed()
	if len(failed) > 0 {
		m.put("\n### Failed\n")
	}
	for _, c := range failed {
		m.put("\n#### ", m.title(c), "\n\n")
		m.facts(r, c)
	}
	var unjudged []*Check
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			if c := &r.Groups[i].Checks[j]; c.Verdict.rank() == Error.rank() {
				unjudged = append(unjudged, c)
			}
		}
	}
	if len(unjudged) > 0 {
		m.put("\n### Not judged\n\n| | | such as |\n| ---: | --- | --- |\n")
		for _, s := range byReason(unjudged) {
			m.put(fmt.Sprintf("| %d | %s | %s |\n", len(s.ids), cell(code(s.reason)), cell(code(s.ids[0]))))
		}
	}
}

// title is the id, where there is one, and what was asked.
func (m *markdown) title(c *Check) string {
	if c.ID == "" {
		return words(c.Name)
	}
	return code(c.ID) + " " + words(c.Name)
}

// facts writes a list of what is known about a check, and a block with the rest.
func (m *markdown) facts(r *Report, c *Check) {
	for _, f := range []struct{ word, text string }{
		{"where", c.Where},
		{"rule", c.rule()},
		{"wanted", c.Want},
		{"saw", c.Got},
		{"because", c.Reason},
		{"threat", c.Threat},
		{"note", strings.Join(c.Notes, "\n")},
	} {
		if strings.TrimSpace(f.text) == "" {
			continue
		}
		lines := strings.Split(strings.TrimRight(f.text, "\n"), "\n")
		m.put("- ", f.word, ": ", code(lines[0]))
		for _, l := range lines[1:] {
			m.put("\\\n  ", orElse(code(l), "-"))
		}
		m.put("\n")
	}
	var b strings.Builder
	p := Text{}.page(&b)
	p.route(c.Route, "")
	if len(c.Trace) > 0 {
		p.events(r, EventList(c.Trace...), "", false)
	}
	p.ladder(c.Ladder, "")
	_ = p.w.Flush() // a Builder does not fail
	for _, l := range brief(c.Transcript) {
		b.WriteString(Escape(l) + "\n")
	}
	m.block(b.String())
}

// block writes text that is escaped in a fence.
func (m *markdown) block(text string) {
	if text == "" {
		return
	}
	fence := strings.Repeat("`", max(3, longest(text)+1))
	m.put("\n", fence, "text\n", strings.TrimRight(text, "\n"), "\n", fence, "\n")
}

// warnings writes a line each.
func (m *markdown) warnings(r *Report) {
	list := r.each(Warn)
	if len(list) == 0 {
		return
	}
	m.put("\n### Warnings\n\n")
	for i, c := range list {
		if i == shownWarnings {
			m.put(fmt.Sprintf("- and %d more\n", len(list)-i))
			break
		}
		m.put("- ", m.title(c))
		if c.Want != "" {
			m.put("; wanted ", code(c.Want))
		}
		if c.Got != "" {
			m.put("; saw ", code(c.Got))
		}
		m.put("\n")
	}
}

func (m *markdown) table(t *Table) {
	cols := len(t.Header)
	for _, row := range t.Rows {
		cols = max(cols, len(row))
	}
	if cols == 0 {
		return
	}
	m.put("\n")
	if t.Title != "" {
		m.put("**", words(t.Title), "**\n\n")
	}
	m.put("|")
	for i := range cols {
		if i < len(t.Header) && t.Header[i] != "" {
			m.put(" ", words(t.Header[i]))
		}
		m.put(" |")
	}
	m.put("\n|", strings.Repeat(" --- |", cols), "\n")
	for _, r := range t.Rows {
		m.row(t.row(r, cols))
	}
}

// row writes cells that are escaped: figures as they are, the rest as code.
func (m *markdown) row(cells []string) {
	m.put("|")
	for _, c := range cells {
		if strings.Trim(c, "0123456789/") != "" {
			c = cell(code(c))
		}
		if c != "" {
			c = " " + c
		}
		m.put(c, " |")
	}
	m.put("\n")
}

// code makes a code span, in which nothing has a meaning, of one line of anything.
func code(s string) string {
	s = Escape(strings.TrimRight(s, "\n"))
	if strings.TrimSpace(s) == "" {
		return ""
	}
	n := longest(s)
	if n == 0 {
		return "`" + s + "`"
	}
	ticks := strings.Repeat("`", n+1)
	return ticks + " " + s + " " + ticks
}

// cell makes a code span one of a table, where bars would end it. A backslash before a
// bar would take away the meaning of ours, so that such a bar is written as an escape.
func cell(s string) string { return strings.NewReplacer(`\|`, `\\x7c`, "|", `\|`).Replace(s) }

// longest returns how many backticks stand in a row at most.
func longest(s string) int {
	most, n := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			n = 0
			continue
		}
		n++
		most = max(most, n)
	}
	return most
}

// words escapes a sentence of ours so that it is nothing but text.
func words(s string) string {
	var b strings.Builder
	for _, r := range Escape(s) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]()#!|~@:", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
