package conformance

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/mailsim/mailsim/reports"
)

// Probe is a case while it is asked: it opens sessions with the target and keeps
// what was found. It is for the goroutine of Case.Run alone. Methods that end the
// case do so as testing.T.FailNow does: what is behind them does not run, what was
// deferred does.
type Probe struct {
	Target
	Facts

	ctx        context.Context
	c          Case
	row        string
	usable     string
	findings   []Finding
	notes      []string
	skipped    string // why it cannot be asked, after all
	unasked    string // why it could not be asked
	dropped    bool   // a dropped connection spoiled it: it is worth another try
	crowded    bool   // the target does not bear so many sessions
	absent     bool   // no connection could be made
	sessions   []*Session
	markers    int
	name       string // makes markers unique
	transcript *Transcript
}

// Row names the requirement that is judged from here on. It has to be one of the
// case's.
func (p *Probe) Row(id string) { p.row, p.usable = id, "" }

// Usable says how an outsider could use it if what is judged next, up to the next
// Row, is broken: "anybody can send mail in the name of your users".
func (p *Probe) Usable(how string) { p.usable = how }

// Fail says that the row in question is broken, what would have been right and what
// was seen, and ends the case.
func (p *Probe) Fail(want, got string) {
	p.Report(want, got)
	p.end()
}

// Report is Fail, and goes on.
func (p *Probe) Report(want, got string) {
	p.inTime()
	verdict := reports.Fail
	if r, ok := Lookup(p.row); ok {
		verdict = r.Broken()
	}
	p.findings = append(p.findings, Finding{Row: p.row, Verdict: verdict, Want: want, Got: got, Usable: p.usable})
}

// Warn is Report, and never more than a warning: for what servers legitimately do in
// different ways.
func (p *Probe) Warn(want, got string) {
	p.inTime()
	p.findings = append(p.findings, Finding{Row: p.row, Verdict: reports.Warn, Want: want, Got: got, Usable: p.usable})
}

// Note puts something into the report that is neither right nor wrong.
func (p *Probe) Note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// Skip ends the case: the target does not have what it is about. What was found
// before stands.
func (p *Probe) Skip(format string, args ...any) {
	p.skipped = fmt.Sprintf(format, args...)
	p.end()
}

// unclear ends the case without a judgement.
func (p *Probe) unclear(format string, args ...any) {
	p.unasked = fmt.Sprintf(format, args...)
	p.end()
}

// inTime ends the case when its time is over: what is seen then is our own doing.
func (p *Probe) inTime() {
	switch {
	case errors.Is(p.ctx.Err(), context.Canceled):
		p.unclear("interrupted")
	case p.ctx.Err() != nil:
		p.unclear("it took longer than %s", p.c.limit())
	}
}

// spoiled remembers that a session is gone, or about to be.
func (p *Probe) spoiled(r Reply) { p.dropped = p.dropped || r.Dropped }

func (p *Probe) end() { runtime.Goexit() }

// Context ends when the time of the case does.
func (p *Probe) Context() context.Context { return p.ctx }

// Sleep waits.
func (p *Probe) Sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-p.ctx.Done():
		p.inTime()
	}
}

// limit is how long a case may take: more than enough for a target that answers.
func (c Case) limit() time.Duration { return caseLimit + c.Slow }

const caseLimit = 45 * time.Second

// close ends all sessions that are still open.
func (p *Probe) close() {
	for _, s := range p.sessions {
		s.Close()
	}
}
