package reports

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// WriteJUnit writes run in the XML that CI servers read: a testsuite for each
// report, a testcase for each check. Times are those of the run's own clock, so
// that the file is the same for the same run. JUnit knows no warnings: a check
// that warns has passed, and system-out says of what it warned.
//
// JUnit XML has no standard. The order of elements and the attributes are those
// that both the schema of Ant, the strictest in use, and that of Jenkins allow;
// so testsuites has no attributes, and readers add up the counts.
func WriteJUnit(w io.Writer, run Run) error {
	x := &xmlWriter{w: bufio.NewWriter(w)}
	x.put(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.open(0, "testsuites")
	for i := range run.Reports {
		x.suite(i, &run.Reports[i])
	}
	x.close(0, "testsuites")
	return x.w.Flush()
}

// suite writes one report.
func (x *xmlWriter) suite(id int, r *Report) {
	c := r.Counts()
	kind := orElse(r.Kind, "report")
	start := r.Start
	if start.IsZero() {
		start = time.Unix(0, 0)
	}
	x.open(1, "testsuite", "name", orElse(r.Name, kind), "tests", strconv.Itoa(c.Total()),
		"failures", strconv.Itoa(c.Fail), "errors", strconv.Itoa(c.Error), "skipped", strconv.Itoa(c.Skip),
		"time", seconds(r.Elapsed), "timestamp", start.UTC().Format("2006-01-02T15:04:05"),
		"hostname", "localhost", "id", strconv.Itoa(id), "package", kind)
	x.open(2, "properties")
	for _, p := range [][2]string{
		{"about", r.About},
		{"covers", strings.Join(r.Covers, " ")},
		{"file", r.File},
		{"seed", strconv.FormatUint(r.Seed, 10)},
		{"verdict", string(r.Verdict)},
		{"interrupted", strconv.FormatBool(r.Interrupted)},
	} {
		if p[1] != "" {
			x.empty(3, "property", "name", p[0], "value", p[1])
		}
	}
	x.close(2, "properties")
	class := kind + "." + strings.ReplaceAll(r.Name, ".", "_")
	used := make(map[string]int)
	var warned []string
	for i := range r.Groups {
		g := &r.Groups[i]
		for j := range g.Checks {
			ck := &g.Checks[j]
			name, in := orElse(ck.Name, "check"), class
			switch {
			case r.Kind == KindConform:
				// The same case has the same name whatever the target is called.
				name, in = orElse(ck.ID, name), KindConform+"."+strings.ReplaceAll(g.Name, ".", "_")
			case g.Name != "":
				name = g.Name + " / " + name
			}
			// CI servers follow a test by its name over many runs.
			used[name]++
			if n := used[name]; n > 1 {
				name = fmt.Sprintf("%s #%d", name, n)
			}
			x.testcase(r, in, name, ck)
			if ck.Verdict == Warn {
				warned = append(warned, "warning: "+Escape(name)+"\n"+details(r, ck))
			}
		}
	}
	x.element(2, "system-out", strings.Join(warned, "\n"))
	x.element(2, "system-err", "")
	x.close(1, "testsuite")
}

// testcase writes one check.
func (x *xmlWriter) testcase(r *Report, class, name string, c *Check) {
	attrs := []string{"name", name, "classname", class, "time", seconds(c.Took)}
	switch c.Verdict {
	case Pass, Warn:
		x.empty(2, "testcase", attrs...)
		return
	case Skip:
		x.open(2, "testcase", attrs...)
		x.empty(3, "skipped", "message", c.Reason)
	case Fail:
		x.open(2, "testcase", attrs...)
		x.element(3, "failure", details(r, c), "message", c.message(), "type", string(c.Verdict))
	default:
		x.open(2, "testcase", attrs...)
		x.element(3, "error", details(r, c), "message", c.message(), "type", string(Error))
	}
	x.close(2, "testcase")
}

// message says in one line why c did not pass.
func (c *Check) message() string {
	var parts []string
	if c.Want != "" {
		parts = append(parts, "wanted "+c.Want)
	}
	if c.Got != "" {
		parts = append(parts, "saw "+c.Got)
	}
	if c.Reason != "" {
		parts = append(parts, c.Reason)
	}
	if len(parts) == 0 {
		return c.Name
	}
	return strings.Join(parts, "; ")
}

// details is what the text report says of c: the whole story for whoever opens
// the failure in a CI server.
func details(r *Report, c *Check) string {
	var b strings.Builder
	p := Text{}.page(&b)
	if c.Where != "" {
		p.fact("where", 9, Escape(c.Where))
	}
	if r.Kind == KindConform {
		p.wrapped("", 0, Escape(c.Name))
		p.caseFacts(c, 0)
	} else {
		p.wantGot(c, 0)
	}
	p.route(c.Route, "")
	if len(c.Trace) > 0 {
		p.put("what happened\n")
		p.events(r, EventList(c.Trace...), "  ", false)
	}
	p.ladder(c.Ladder, "")
	_ = p.w.Flush() // a Builder does not fail
	return b.String()
}

// seconds writes d as JUnit wants it.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 6, 64)
}

// xmlWriter writes elements; the first error stays in w and comes out of Flush.
type xmlWriter struct{ w *bufio.Writer }

func (x *xmlWriter) put(ss ...string) {
	for _, s := range ss {
		_, _ = x.w.WriteString(s)
	}
}

// tag writes the beginning of a start tag. Attributes are names and values in turn.
func (x *xmlWriter) tag(depth int, name string, attrs []string) {
	x.put(strings.Repeat("  ", depth), "<", name)
	for i := 0; i+1 < len(attrs); i += 2 {
		x.put(" ", attrs[i], `="`, escapeXML(Escape(attrs[i+1])), `"`)
	}
}

func (x *xmlWriter) open(depth int, name string, attrs ...string) {
	x.tag(depth, name, attrs)
	x.put(">\n")
}

func (x *xmlWriter) empty(depth int, name string, attrs ...string) {
	x.tag(depth, name, attrs)
	x.put("/>\n")
}

func (x *xmlWriter) element(depth int, name, text string, attrs ...string) {
	x.tag(depth, name, attrs)
	x.put(">", escapeXML(text), "</", name, ">\n")
}

func (x *xmlWriter) close(depth int, name string) {
	x.put(strings.Repeat("  ", depth), "</", name, ">\n")
}

// escapeXML escapes s for text and attributes. Escape has made a visible
// sequence of most of what XML forbids; what is left becomes U+FFFD
// (XML 1.0, 2.2).
func escapeXML(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&#34;")
		case r == '\n':
			b.WriteByte('\n')
		case r < ' ', r == 0x7f, r == 0xfffe, r == 0xffff, !utf8.ValidRune(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
