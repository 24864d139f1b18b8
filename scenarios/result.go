package scenarios

import (
	"slices"
	"sync"
	"time"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim/trace"
)

// The headings of checks that stand under no phase of the story.
const (
	groupStory      = "story"
	groupInvariants = "invariants"
	groupRun        = "run"
)

// slot is the place of one check in the report.
type slot struct{ group, check int }

// result is a report in the making. Every step has its check from the
// beginning, so that a run that ends early still tells which steps it never
// came to. Methods may be called from any goroutine: a run that hangs is given
// up, and whoever waited for it writes the report.
type result struct {
	mu          sync.Mutex
	report      reports.Report
	start       time.Time
	log         *trace.Log
	closed      bool // the report was taken; what comes later is ignored
	interrupted bool
	told        bool  // the story was told to its end, and the network is stopped
	current     *slot // the check that is being worked on
	sorted      []*trace.Event
}

// newResult lays out the checks of s; slots has one entry a step, nil for a phase.
func newResult(s *Scenario) (res *result, slots []*slot) {
	res = &result{report: reports.Report{
		Kind: "scenario", Name: s.Name, About: s.About, Covers: s.Covers, File: s.File, Seed: s.Seed,
	}}
	slots = make([]*slot, len(s.Steps))
	for i, st := range s.Steps {
		if p, ok := st.Do.(*Phase); ok {
			res.report.Groups = append(res.report.Groups, reports.Group{Name: p.Title})
			continue
		}
		if len(res.report.Groups) == 0 {
			res.report.Groups = append(res.report.Groups, reports.Group{Name: groupStory})
		}
		slots[i] = res.add(len(res.report.Groups)-1, reports.Check{
			Name: st.Do.String(), Where: st.Pos.String(), Verdict: reports.Skip,
		})
	}
	return res, slots
}

// group returns the index of the group of that name behind the phases, which
// it appends where it is missing.
func (res *result) group(name string) int {
	res.mu.Lock()
	defer res.mu.Unlock()
	for i := len(res.report.Groups) - 1; i >= 0; i-- {
		if res.report.Groups[i].Name == name {
			return i
		}
	}
	res.report.Groups = append(res.report.Groups, reports.Group{Name: name})
	return len(res.report.Groups) - 1
}

// add appends a check to a group.
func (res *result) add(group int, c reports.Check) *slot {
	res.mu.Lock()
	defer res.mu.Unlock()
	g := &res.report.Groups[group]
	g.Checks = append(g.Checks, c)
	return &slot{group, len(g.Checks) - 1}
}

// table appends a table.
func (res *result) table(t reports.Table) {
	res.mu.Lock()
	defer res.mu.Unlock()
	res.report.Tables = append(res.report.Tables, t)
}

// begin says which check is worked on now.
func (res *result) begin(s *slot) {
	res.mu.Lock()
	defer res.mu.Unlock()
	res.current = s
}

// set fills in a check that was decided now, in a step that began at began.
func (res *result) set(s *slot, began time.Time, fill func(*reports.Check)) {
	res.mu.Lock()
	defer res.mu.Unlock()
	if res.closed {
		return
	}
	now := time.Now()
	c := &res.report.Groups[s.group].Checks[s.check]
	c.At, c.Took = now.Sub(res.start), now.Sub(began)
	c.Reason = ""
	fill(c)
}

// skipRest gives every check that was not decided the reason.
func (res *result) skipRest(reason string) {
	for g := range res.report.Groups {
		for i := range res.report.Groups[g].Checks {
			c := &res.report.Groups[g].Checks[i]
			if c.Verdict == reports.Skip && c.Reason == "" {
				c.Reason = reason
			}
		}
	}
}

// running is called when the clock stands at the beginning of the run.
func (res *result) running(log *trace.Log) {
	res.mu.Lock()
	defer res.mu.Unlock()
	res.start, res.log = time.Now(), log
	res.report.Start = res.start.UTC()
}

// interrupt notes that the run was asked to end early.
func (res *result) interrupt() {
	res.mu.Lock()
	defer res.mu.Unlock()
	res.interrupted = true
}

// finish takes the report; err is what became of the run itself.
func (res *result) finish(err error) reports.Report {
	if err != nil {
		res.trouble(err)
	}
	res.mu.Lock()
	defer res.mu.Unlock()
	res.closed = true
	rep := &res.report
	rep.Interrupted = res.interrupted
	if res.interrupted {
		res.skipRest("interrupted")
	} else {
		res.skipRest("not run: the story ended before it")
	}
	if res.log != nil {
		all, _ := res.log.Since(0)
		sorted := res.canonical(all)
		rep.Events = reports.EventFunc(len(sorted), func(i int) reports.Event { return reportEvent(sorted[i]) })
		if n := len(all); n > 0 && rep.Elapsed == 0 {
			rep.Elapsed = all[n-1].At.Sub(res.start)
		}
	}
	if rep.Start.IsZero() {
		rep.Start = time.Time{}.UTC()
	}
	rep.Verdict = verdict(rep)
	return *rep
}

// ended notes how long the run was on its own clock, and that nothing of it is left.
func (res *result) ended() {
	res.mu.Lock()
	defer res.mu.Unlock()
	res.told = true
	res.current = nil
	res.report.Elapsed = time.Since(res.start)
}

// trouble puts an error of the run itself where it belongs: a story that was
// told to its end and still left goroutines behind leaked them, any other error
// ended the step that was running.
func (res *result) trouble(err error) {
	res.mu.Lock()
	told, current := res.told, res.current
	res.mu.Unlock()
	if told {
		current = nil
		for g := range res.report.Groups {
			if res.report.Groups[g].Name != groupInvariants {
				continue
			}
			for i, c := range res.report.Groups[g].Checks {
				if c.ID == "invariant/"+trace.Leaks {
					current = &slot{g, i}
				}
			}
		}
	}
	if current == nil {
		current = res.add(res.group(groupRun), reports.Check{Name: "run the scenario"})
	}
	res.mu.Lock()
	defer res.mu.Unlock()
	c := &res.report.Groups[current.group].Checks[current.check]
	c.Verdict, c.Reason = reports.Error, err.Error()
}

// verdict is the worst of all checks. An interrupted run cannot have passed.
func verdict(rep *reports.Report) reports.Verdict {
	var all []reports.Verdict
	for _, g := range rep.Groups {
		for _, c := range g.Checks {
			all = append(all, c.Verdict)
		}
	}
	worst := reports.Worst(all...)
	if rep.Interrupted && worst == reports.Pass {
		return reports.Skip
	}
	return worst
}

// canonical returns the whole log in canonical order. A log may be long: what
// was sorted once is sorted already.
func (res *result) canonical(all []*trace.Event) []*trace.Event {
	if n := len(res.sorted); n < len(all) {
		res.sorted = append(res.sorted[:n:n], all[n:]...)
		trace.Sort(res.sorted)
	}
	return res.sorted
}

// canonical returns a sorted copy of events.
func canonical(events []*trace.Event) []*trace.Event {
	sorted := slices.Clone(events)
	trace.Sort(sorted)
	return sorted
}

// reportEvents turns events into those of the report model.
func reportEvents(events []*trace.Event) []reports.Event {
	var out []reports.Event
	for _, e := range events {
		out = append(out, reportEvent(e))
	}
	return out
}

func reportEvent(e *trace.Event) reports.Event {
	return reports.Event{
		At: e.At.UTC(), Node: e.Node, Kind: string(e.Kind), Mail: e.Mail, Peer: e.Peer,
		From: e.From, To: e.To, Reply: e.Reply, Attempt: e.Attempt, Detail: e.Detail,
		ID: e.ID, Session: e.Session, With: e.With,
	}
}
