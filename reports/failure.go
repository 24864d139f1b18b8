package reports

import (
	"fmt"
	"strings"
	"time"
)

// How much of a long trace is shown: its beginning and, more of it, its end.
const (
	headShown = 8
	tailShown = 32
)

// narrow is the room beside time, node and kind of an event in which a text that
// does not fit is not worth reading: it gets lines of its own.
const narrow = 32

// failure writes all there is to know about a check that did not pass.
func (p *page) failure(r *Report, g *Group, c *Check) {
	p.put("\n  ", p.ink.verdict(c.Verdict, mark(c.Verdict)))
	p.wrapped(" ", 3+len(mark(c.Verdict)), Escape(c.Name))
	const lead = 13
	if c.Where != "" {
		p.fact("where", lead, Escape(c.Where))
	}
	if g.Name != "" {
		p.fact("phase", lead, Escape(g.Name))
	}
	when := Span(c.At) + " after the start"
	if !r.Start.IsZero() {
		when += ", " + r.Start.Add(c.At).UTC().Format("2006-01-02 15:04:05")
	}
	p.fact("decided", lead, when)
	if len(c.Refs) > 0 {
		p.fact("rules", lead, Escape(strings.Join(c.Refs, ", ")))
	}
	p.wantGot(c, 4)
	p.route(c.Route, "    ")
	if len(c.Trace) > 0 {
		p.put("    ", p.ink.bold("what happened"), "\n")
		p.events(r, EventList(c.Trace...), "      ", p.verbose)
	}
	p.ladder(c.Ladder, "    ")
}

// wantGot writes what was wanted, seen, and why, behind indent blanks.
func (p *page) wantGot(c *Check, indent int) {
	if c.Want != "" {
		p.fact("wanted", indent+9, escapeLines(c.Want)...)
	}
	if c.Got != "" {
		p.fact("saw", indent+9, escapeLines(c.Got)...)
	}
	if c.Reason != "" {
		p.fact("because", indent+9, escapeLines(c.Reason)...)
	}
}

// route writes where the mail would go, behind indent.
func (p *page) route(lines []string, indent string) {
	if len(lines) == 0 {
		return
	}
	p.put(indent, p.ink.bold("route at that moment"), "\n")
	for _, line := range lines {
		p.wrapped(indent+"  ", len(indent)+2, Escape(line))
	}
}

// fact writes a word and lines beside it, which begin at column lead.
func (p *page) fact(word string, lead int, lines ...string) {
	p.wrapped(strings.Repeat(" ", lead-9)+p.ink.bold(pad(word, 9)), lead, lines...)
}

// events writes a trace, one event a line, a node's name only where it changes.
func (p *page) events(r *Report, events Events, indent string, whole bool) {
	left := 0
	if n := events.Len() - headShown - tailShown; n > 1 && !whole {
		left = n
	}
	shown := func(i int) bool { return left == 0 || i < headShown || i >= headShown+left }
	times := make([]time.Duration, 0, events.Len())
	nodeWidth, kindWidth := 0, 0
	mails := make(map[string]bool)
	for i, e := range events.All() {
		times = append(times, since(r, e))
		if shown(i) {
			nodeWidth = max(nodeWidth, min(cells(Escape(e.Node)), maxName))
			kindWidth = max(kindWidth, min(cells(Escape(e.Kind)), maxName))
			mails[e.Mail] = true
		}
	}
	ck := clockFor(times)
	node := ""
	for i, e := range events.All() {
		if !shown(i) {
			if i == headShown {
				p.put(indent, p.ink.dim(fmt.Sprintf("... %d more, shown with -v ...", left)), "\n")
				node = ""
			}
			continue
		}
		at := ck.of(times[i])
		name := Escape(e.Node)
		if i > 0 && name == node {
			name = ""
		} else {
			node = name
		}
		lead := fmt.Sprintf("%s%s  %s  %s  ", indent, at,
			pad(shorten(name, maxName), nodeWidth), pad(clip(Escape(e.Kind), maxName), kindWidth))
		text := e.line(len(mails) > 1 || p.verbose, p.verbose)
		if room := p.width - cells(lead); room < narrow && cells(text) > room {
			p.put(strings.TrimRight(lead, " "), "\n")
			lead = indent + "    "
		}
		p.wrapped(lead, cells(lead), text)
	}
}

// since is the time of e on the clock that begins with r.
func since(r *Report, e Event) time.Duration { return e.At.Sub(r.Start) }

// line says in one line what happened, without time, node and kind: the mail
// where it is asked for, reverse-path and forward-path, the answer, and the
// circumstances in brackets; ids only where all is told.
func (e *Event) line(mail, all bool) string {
	var parts []string
	if mail && e.Mail != "" {
		parts = append(parts, e.Mail)
	}
	switch {
	case e.From != "" && e.To != "":
		parts = append(parts, e.From+" -> "+e.To)
	case e.To != "":
		parts = append(parts, "-> "+e.To)
	case e.From != "":
		parts = append(parts, e.From+" ->")
	}
	if e.Reply != "" {
		parts = append(parts, e.Reply)
	}
	var more []string
	if e.Peer != "" {
		more = append(more, "peer "+e.Peer)
	}
	if e.With != "" {
		more = append(more, e.With)
	}
	if e.Attempt > 0 {
		more = append(more, fmt.Sprintf("try %d", e.Attempt))
	}
	if e.Detail != "" {
		more = append(more, e.Detail)
	}
	if all && e.ID != "" {
		more = append(more, "id "+e.ID)
	}
	if all && e.Session != "" {
		more = append(more, "session "+e.Session)
	}
	if len(more) > 0 {
		parts = append(parts, "("+strings.Join(more, ", ")+")")
	}
	return Escape(strings.Join(parts, "  "))
}

// ladder writes the diagram of a check under a heading at indent.
func (p *page) ladder(l *Ladder, indent string) {
	if l == nil || len(l.Rungs) == 0 {
		return
	}
	part := *l
	if n := len(l.Rungs) - headShown - tailShown; n > 1 && !p.verbose {
		part.Columns = l.names() // a node keeps its place when its rungs are left out
		part.Rungs = append(append([]Rung(nil), l.Rungs[:headShown]...), l.Rungs[headShown+n:]...)
		p.put(indent, p.ink.bold("hop by hop"), p.ink.dim(fmt.Sprintf(" (%d arrows in the middle are shown with -v)", n)), "\n")
	} else {
		p.put(indent, p.ink.bold("hop by hop"), "\n")
	}
	for _, line := range part.lines(p.width - len(indent) - 2) {
		text := "  " + line.text
		if line.bad {
			text = p.ink.red(text)
		}
		p.put(strings.TrimRight(indent+text, " "), "\n")
	}
}

// short repeats the failures of r for the end of the output.
func (p *page) short(r *Report) {
	if r.Kind == KindConform {
		p.shortSuite(r)
		return
	}
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			c := &r.Groups[i].Checks[j]
			if !c.Verdict.Bad() {
				continue
			}
			m := pad(mark(c.Verdict), 5)
			where := Escape(r.Name)
			if c.Where != "" {
				where += "  " + Escape(c.Where)
			}
			p.wrapped("  "+p.ink.verdict(c.Verdict, m)+" ", 8, where)
			p.wrapped(strings.Repeat(" ", 8), 8, Escape(c.Name))
			p.wantGot(c, 8)
		}
	}
}
