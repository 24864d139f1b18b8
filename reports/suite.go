package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// How much of a long transcript is shown: its beginning and, more of it, its end.
const (
	headSaid = 12
	tailSaid = 36
)

// suite writes a report about the rules that a server keeps: not every case, but what
// failed, the rest in short, and at the end, where it stays on the screen, the
// scorecard. Verbose is everything.
func (p *page) suite(r *Report, quiet bool) {
	if !quiet && p.verbose {
		p.checks(r)
	}
	for _, c := range r.failed() {
		p.caseFailed(c)
	}
	p.unjudged(r)
	if !quiet {
		p.warnings(r)
		p.skipped(r)
		p.tables(r)
	}
}

// each gives the checks with one of some verdicts, in their order.
func (r *Report) each(vs ...Verdict) []*Check {
	var out []*Check
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			if c := &r.Groups[i].Checks[j]; slices.Contains(vs, c.Verdict) {
				out = append(out, c)
			}
		}
	}
	return out
}

// failed gives what failed: first what outsiders can use.
func (r *Report) failed() []*Check {
	list := r.each(Fail)
	slices.SortStableFunc(list, func(a, b *Check) int {
		return cmp.Compare(b.danger(), a.danger())
	})
	return list
}

// danger is 1 where an outsider can use what failed.
func (c *Check) danger() int {
	if c.Threat == "" || c.Threat == Harmless {
		return 0
	}
	return 1
}

// title is id and name.
func (c *Check) title() string {
	if c.ID == "" {
		return Escape(c.Name)
	}
	return Escape(c.ID) + ": " + Escape(c.Name)
}

// rule is the level and where the rule stands.
func (c *Check) rule() string {
	parts := slices.Clone(c.Refs)
	if c.Level != "" {
		parts = append([]string{c.Level}, parts...)
	}
	return Escape(strings.Join(parts, ", "))
}

// caseFailed writes all there is to know about a case that did not pass.
func (p *page) caseFailed(c *Check) {
	p.put("\n  ", p.ink.verdict(c.Verdict, mark(c.Verdict)))
	p.wrapped(" ", 3+len(mark(c.Verdict)), c.title())
	p.caseFacts(c, 4)
}

// caseFacts writes what there is to know, behind indent blanks.
func (p *page) caseFacts(c *Check, indent int) {
	lead := indent + 9
	if rule := c.rule(); rule != "" {
		p.fact("rule", lead, rule)
	}
	p.wantGot(c, indent)
	if c.Threat != "" {
		p.fact("threat", lead, escapeLines(c.Threat)...)
	}
	for _, n := range c.Notes {
		p.fact("note", lead, escapeLines(n)...)
	}
	if c.Tries > 1 {
		p.fact("tries", lead, fmt.Sprintf("%d; the connection was dropped in those before", c.Tries))
	}
	p.transcript(c.Transcript, strings.Repeat(" ", indent))
}

// transcript writes what was said, behind indent.
func (p *page) transcript(lines []string, indent string) {
	if len(lines) == 0 {
		return
	}
	p.put(indent, p.ink.bold("session"))
	if !p.verbose {
		n := len(lines)
		if lines = brief(lines); len(lines) < n {
			p.put(p.ink.dim(" (whole with -v)"))
		}
	}
	p.put("\n")
	for _, line := range lines {
		more := ""
		for _, part := range pieces(Escape(line), max(p.width-len(indent)-4, 20)) {
			p.put(strings.TrimRight(indent+"  "+more+part, " "), "\n")
			more = "  "
		}
	}
}

// brief shortens a transcript: long replies in all sessions but the first, long lines,
// and the middle of what is left.
func brief(lines []string) []string {
	var out []string
	for i := 0; i < len(lines); i++ {
		n := 0
		for i+n < len(lines) && continued(lines[i+n]) {
			n++
		}
		if n < 3 || lines[i][0] == 'S' {
			out = append(out, clipMiddle(lines[i]))
			continue
		}
		session, _, _ := strings.Cut(lines[i], "S: ")
		out = append(out, clipMiddle(lines[i]), fmt.Sprintf("%sS: ... %d lines ...", session, n-1))
		i += n - 1
	}
	if n := len(out) - headSaid - tailSaid; n > 1 {
		out = slices.Concat(out[:headSaid], []string{fmt.Sprintf("... %d lines ...", n)}, out[headSaid+n:])
	}
	return out
}

// continued reports whether another line of the same reply follows: "2.S: 250-SIZE".
func continued(line string) bool {
	_, reply, ok := strings.Cut(line, "S: ")
	return ok && len(reply) > 3 && reply[3] == '-'
}

// clipMiddle takes the middle out of a long line.
func clipMiddle(s string) string {
	const most, head, tail = 280, 160, 60
	chars := []rune(s)
	if len(chars) <= most {
		return s
	}
	return fmt.Sprintf("%s ... %d characters ... %s", string(chars[:head]), len(chars)-head-tail, string(chars[len(chars)-tail:]))
}

// pieces breaks s into parts of at most n columns, wherever that is.
func pieces(s string, n int) []string {
	var out []string
	used, from := 0, 0
	for i, r := range s {
		w := cells(string(r))
		if used+w > n && i > from {
			out = append(out, s[from:i])
			from, used = i, 0
		}
		used += w
	}
	return append(out, s[from:])
}

// unjudged writes the cases that could not be asked, by their reasons.
func (p *page) unjudged(r *Report) {
	list := r.each(Error)
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			if c := &r.Groups[i].Checks[j]; !c.Verdict.Known() {
				list = append(list, c)
			}
		}
	}
	if len(list) == 0 {
		return
	}
	p.put("\n  ", p.ink.bold("not judged"), "\n")
	if p.verbose {
		for _, c := range list {
			p.put("\n")
			p.wrapped("    "+p.ink.verdict(c.Verdict, mark(c.Verdict))+" ", 5+len(mark(c.Verdict)), c.title())
			p.caseFacts(c, 6)
		}
		return
	}
	for _, s := range byReason(list) {
		p.reason(s, Error)
		const named = 3
		ids := s.ids[:min(named, len(s.ids))]
		text := strings.Join(ids, ", ")
		if more := len(s.ids) - len(ids); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		p.wrapped("           ", 11, Escape(text))
	}
	p.put("    ", p.ink.dim("-v shows the sessions"), "\n")
}

// reason writes how many checks share a reason.
func (p *page) reason(s reasonCount, v Verdict) {
	n := padLeft(fmt.Sprint(len(s.ids)), 5)
	p.wrapped("    "+p.ink.verdict(v, n)+"  ", 11, escapeLines(s.reason)...)
}

// warnings writes one line each, or all of it.
func (p *page) warnings(r *Report) {
	list := r.each(Warn)
	if len(list) == 0 {
		return
	}
	p.put("\n  ", p.ink.bold("warnings"))
	if !p.verbose {
		p.put(p.ink.dim(" (whole with -v)"))
	}
	p.put("\n")
	for _, c := range list {
		if p.verbose {
			p.put("\n")
			p.wrapped("    "+p.ink.verdict(Warn, mark(Warn))+" ", 9, c.title())
			p.caseFacts(c, 6)
			continue
		}
		p.put("    ", p.ink.verdict(Warn, mark(Warn)), " ", clip(c.title(), p.width-9), "\n")
	}
}

// skipped sums up what was skipped, by reason.
func (p *page) skipped(r *Report) {
	list := r.each(Skip)
	if len(list) == 0 || p.verbose { // the list of all has the reasons
		return
	}
	p.put("\n  ", p.ink.bold("skipped"), "\n")
	for _, s := range byReason(list) {
		p.reason(s, Skip)
	}
}

// reasonCount is the checks that share a reason.
type reasonCount struct {
	reason string
	ids    []string
}

// byReason counts reasons, the most frequent first.
func byReason(list []*Check) []reasonCount {
	var out []reasonCount
	at := map[string]int{}
	for _, c := range list {
		reason, _, _ := strings.Cut(orElse(c.Reason, "no reason was given"), "\n")
		i, ok := at[reason]
		if !ok {
			i = len(out)
			at[reason] = i
			out = append(out, reasonCount{reason: reason})
		}
		out[i].ids = append(out[i].ids, orElse(c.ID, c.Name))
	}
	slices.SortStableFunc(out, func(a, b reasonCount) int { return len(b.ids) - len(a.ids) })
	return out
}

// shortSuite repeats the failures of r for the end of the output.
func (p *page) shortSuite(r *Report) {
	for _, c := range r.failed() {
		p.wrapped("  "+p.ink.verdict(Fail, pad(mark(Fail), 5))+" ", 8, c.title())
		p.wantGot(c, 8)
		if c.danger() > 0 {
			p.fact("threat", 17, escapeLines(c.Threat)...)
		}
	}
	if n := r.Counts().Error; n > 0 {
		p.put("  ", p.ink.verdict(Error, mark(Error)), " ", number(n, "case"), " could not be judged\n")
	}
}
