package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
)

// listMost is how many of a kind an explanation lists before it only counts.
const listMost = 5

// traceHead and traceTail bound the trace of one failed check: how the story of
// the mail began, and how it ended.
const (
	traceHead = 20
	traceTail = 40
)

// finding tells why a check failed.
type finding struct {
	want, got string
	mails     []string       // whose events show it
	address   string         // without mails: events that name this address show it
	trace     []*trace.Event // without both: these
	astray    []spot         // where a mail left the way that was wanted
}

// line adds a line to what was found.
func (f *finding) line(format string, a ...any) {
	if f.got != "" {
		f.got += "\n"
	}
	f.got += fmt.Sprintf(format, a...)
}

// and adds to what was wanted and found, in one line.
func (f *finding) and(want, got string) {
	if f.want != "" {
		want, got = f.want+", "+want, f.got+", "+got
	}
	f.want, f.got = want, got
}

// events adds lines for some events, the last ones.
func (f *finding) events(events []*trace.Event) {
	if n := len(events) - listMost; n > 0 {
		f.line("  %s before", plural(n, "other"))
		events = events[n:]
	}
	for _, e := range events {
		f.line("  %s", eventLine(e))
	}
}

// eventLine writes an event in one line.
func eventLine(e *trace.Event) string {
	parts := []string{e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Node, string(e.Kind)}
	add := func(before, s string) {
		if s != "" {
			parts = append(parts, before+s)
		}
	}
	add("", e.Mail)
	add("peer ", e.Peer)
	add("from ", e.From)
	add("to ", e.To)
	if e.Attempt > 0 {
		parts = append(parts, fmt.Sprintf("attempt %d", e.Attempt))
	}
	add("", e.Reply)
	add("", e.Detail)
	return strings.Join(parts, " ")
}

// explain fills a failed check from a finding.
func (r *run) explain(c *reports.Check, f *finding) {
	c.Want, c.Got = f.want, f.got
	r.index.refresh()
	events := f.trace
	switch {
	case len(f.mails) > 0:
		events = nil
		for i, name := range f.mails {
			if i == 3 {
				break // one is mostly enough to see what is wrong
			}
			events = append(events, r.index.of(name)...)
		}
	case f.address != "":
		for _, e := range r.index.events {
			if fitsAddress(&Pattern{Text: f.address}, e.To) || sameAddress(f.address, e.From) {
				events = append(events, e)
			}
		}
	}
	if len(events) == 0 {
		return
	}
	events = unique(canonical(events))
	if n := len(events); n > traceHead+traceTail {
		cut := slices.Clone(events[:traceHead])
		events = append(cut, events[n-traceTail:]...)
		if c.Got != "" {
			c.Got += "\n"
		}
		c.Got += fmt.Sprintf("trace: the first %d and the last %d of %d events", traceHead, traceTail, n)
	}
	c.Trace = reportEvents(events)
	c.Ladder = r.ladder(events)
}

// unique drops events that are there twice, as those of a session that two
// mails share are.
func unique(sorted []*trace.Event) []*trace.Event {
	out := sorted[:0]
	for i, e := range sorted {
		if i == 0 || e != sorted[i-1] {
			out = append(out, e)
		}
	}
	return out
}

// ladder draws events hop by hop.
func (r *run) ladder(events []*trace.Event) *reports.Ladder {
	l := trace.Ladder(events)
	if len(l.Rungs) == 0 {
		return nil
	}
	out := &reports.Ladder{Columns: l.Columns}
	for _, g := range l.Rungs {
		out.Rungs = append(out.Rungs, reports.Rung{
			At: g.At.Sub(r.res.start), From: g.From, To: g.To, Text: g.Text, Bad: g.Bad,
		})
	}
	return out
}

// follow tells of the mails of a name where they are, those only that want asks for.
func (r *run) follow(f *finding, name string, want func(mail string) bool) {
	told := 0
	for _, m := range r.names(name) {
		if !want(m) {
			continue
		}
		if told++; told > listMost {
			f.line("and other mails of %s", name)
			return
		}
		f.mails = append(f.mails, m)
		f.line("%s", r.whereabouts(m))
	}
}

// whereabouts tells for each recipient of a mail where it is now, and the last
// that it was told.
func (r *run) whereabouts(name string) string {
	r.index.refresh()
	var lines []string
	for _, nd := range r.net.Nodes() {
		for _, q := range nd.Queue() {
			if q.Mail == name {
				lines = append(lines, "in the queue of "+nd.Name()+": "+r.queued(q))
			}
		}
	}
	for _, e := range r.index.of(name) {
		switch e.Kind {
		case trace.MailDelivered:
			lines = append(lines, fmt.Sprintf("delivered to %s by %s at %s", e.To, e.Node, r.clock(e.At)))
		case trace.MailBounced, trace.MailExpired, trace.MailDiscarded, trace.MailRefused:
			if e.Kind == trace.MailRefused && (e.To == "" || strings.HasPrefix(e.Reply, "4")) {
				continue // the queue of the sender tells of what will be tried again
			}
			what := strings.TrimPrefix(string(e.Kind), "mail.")
			line := fmt.Sprintf("%s by %s at %s", what, e.Node, r.clock(e.At))
			if e.To != "" {
				line += " for " + e.To
			}
			if e.Reply != "" {
				line += ": " + e.Reply
			} else if e.Detail != "" {
				line += ": " + e.Detail
			}
			lines = append(lines, line)
		}
	}
	if len(lines) > listMost {
		lines = append([]string{fmt.Sprintf("(%d things before)", len(lines)-listMost)}, lines[len(lines)-listMost:]...)
	}
	out, handed := r.sent[name]
	if len(lines) == 0 || handed && out.refusal != "" {
		switch {
		case handed && out.refusal != "":
			lines = []string{"was handed to " + out.via + ": " + out.refusal}
		case len(r.index.of(name)) > 0:
			lines = []string{"is on its way, or lost"}
		default:
			lines = []string{"was not sent yet"}
		}
	}
	return name + " " + strings.Join(lines, "\n  "+name+" ")
}

// queued writes an entry of a queue.
func (r *run) queued(q sim.Queued) string {
	s := fmt.Sprintf("%s for %s, ", orUnnamed(q.Mail), q.To)
	if q.Attempts > 0 {
		s += plural(q.Attempts, "try") + ", "
	}
	if q.Next.After(time.Now()) {
		s += "next at " + r.clock(q.Next)
	} else {
		s += "due now"
	}
	if q.Last.Code != 0 {
		s += ", last told " + replyText(q.Last)
	}
	return s
}

func orUnnamed(mail string) string {
	if mail == "" {
		return "a mail without a name"
	}
	return mail
}

// plural writes a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %s", n, many(thing))
}

func many(thing string) string {
	if stem, ok := strings.CutSuffix(thing, "y"); ok {
		return stem + "ies"
	}
	return thing + "s"
}

// amount writes how many things are wanted.
func amount(c Count, thing string) string {
	switch {
	case c.Max < 0 && c.Min == 0:
		return "any number of " + many(thing)
	case c.Max < 0:
		return "at least " + plural(c.Min, thing)
	case c.Max == 0:
		return "no " + thing
	case c.Min == c.Max:
		return plural(c.Min, thing)
	case c.Min == 0:
		return "at most " + plural(c.Max, thing)
	}
	return fmt.Sprintf("%d to %d %s", c.Min, c.Max, many(thing))
}

// short writes a duration to the microsecond: 1d2h, 30m, 1.5s.
func short(d time.Duration) string { return span(d.Round(time.Microsecond)) }
