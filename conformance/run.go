package conformance

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/reports"
)

// Options is how cases are run. The zero value works.
type Options struct {
	Parallel int  // sessions side by side at most; 0: 8
	Slow     bool // also the cases that wait for minutes
	Gentle   bool // not the cases that could do harm to a weak server
	Strict   bool // what should be done must be done: warnings become failures
	Waivers  []Waiver
	Facts    *Facts // what Survey has found out; nil: Run asks

	Stop     func() bool      // asked before each case: begin no more of them
	Progress func(CaseResult) // called after each case, by one goroutine at a time
}

// DefaultParallel is how many sessions there are side by side where nobody says.
const DefaultParallel = 8

// The bounds of a run.
const (
	tries    = 3  // of a case that a dropped connection spoils
	hopeless = 10 // cases in a row that could not be asked: the target is gone
)

// ErrUnusable is the target that cannot be asked anything: it cannot be reached, or
// does not greet.
var ErrUnusable = errors.New("the target cannot be tested")

// Run asks a target all cases that make sense for it. The result has a verdict for
// each, in the order of cases. The error is ErrUnusable with its reason, or that a
// case is wrong.
func Run(ctx context.Context, t Target, cases []Case, o Options) (*Result, error) {
	if (t.Dial == nil) == (t.Send == nil) {
		return nil, errors.New("a target has Dial, or Send if it is a sender")
	}
	if err := CheckCases(cases); err != nil {
		return nil, err
	}
	if o.Parallel < 1 {
		o.Parallel = DefaultParallel
	}
	t = t.withDefaults()
	start := time.Now()
	whole := ctx
	if o.Facts == nil {
		facts, err := Survey(ctx, t)
		if err != nil {
			return nil, err
		}
		o.Facts = &facts
	}
	r := &runner{
		target: t, facts: *o.Facts, options: o, start: start,
		slots: newSlots(o.Parallel), results: make([]CaseResult, len(cases)),
	}
	_, most := Estimate(slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return r.left(c) != "" }), o)
	ctx, cancel := context.WithDeadline(ctx, start.Add(most))
	defer cancel()
	r.all(ctx, cases)
	result := &Result{
		Target: t.Name, Profile: t.Profile, Facts: *o.Facts, Start: start, Elapsed: time.Since(start),
		Cases: r.results, Interrupted: r.stopped || errors.Is(whole.Err(), context.Canceled),
	}
	result.waive(o.Waivers)
	if o.Strict {
		result.strict()
	}
	return result, nil
}

// Survey finds out what a target has, and whether it takes mail for the mailboxes
// that were named. The error is ErrUnusable with its reason.
func Survey(ctx context.Context, t Target) (Facts, error) {
	var facts Facts
	r := &runner{target: t.withDefaults(), start: time.Now(), slots: newSlots(1), survey: true}
	first := r.ask(ctx, survey(&facts))
	hide := secret(t.Password).hide
	facts.Greeting = hide(facts.Greeting)
	for n, why := range facts.Lacks {
		facts.Lacks[n] = hide(why)
	}
	if first.Verdict != reports.Pass {
		return facts, &unusable{reason: first.Reason, transcript: first.Transcript}
	}
	return facts, nil
}

// unusable is ErrUnusable with what was said.
type unusable struct {
	reason     string
	transcript []string
}

// The bounds of what the error tells of the session.
const (
	toldLines  = 40
	toldOctets = 300
)

// Error gives the reason and the session.
func (u *unusable) Error() string {
	text := fmt.Sprintf("%v: %s", ErrUnusable, u.reason)
	for i, line := range u.transcript {
		if i == toldLines {
			return text + fmt.Sprintf("\n  and %d more lines", len(u.transcript)-i)
		}
		if len(line) > toldOctets {
			line = strings.ToValidUTF8(line[:toldOctets], "") + "..."
		}
		text += "\n  " + line
	}
	return text
}

// Unwrap is ErrUnusable.
func (u *unusable) Unwrap() error { return ErrUnusable }

// Estimate says how long cases take with a target that answers, and how long a run
// takes at most, whatever the target does.
func Estimate(cases []Case, o Options) (usual, most time.Duration) {
	parallel := time.Duration(o.Parallel)
	if parallel < 1 {
		parallel = DefaultParallel
	}
	const each = 400 * time.Millisecond // most take a hundredth of it, and some wait for silence
	longest := time.Duration(0)
	for _, c := range cases {
		if c.Slow > 0 && !o.Slow {
			continue
		}
		usual += each + c.Slow
		most += c.limit()
		longest = max(longest, c.Slow)
	}
	return max(usual/parallel, longest), surveyLimit + caseLimit + most/parallel + longest
}

// runner asks cases side by side.
type runner struct {
	target  Target
	facts   Facts
	options Options
	start   time.Time
	slots   *slots
	survey  bool // of a target that greets nobody, once is enough

	mu      sync.Mutex
	results []CaseResult
	errors  int // in a row
	absent  int // how many of these could not connect
	stopped bool
}

// all asks every case. Those that wait begin first.
func (r *runner) all(ctx context.Context, cases []Case) {
	order := make([]int, len(cases))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(cases[b].Slow - cases[a].Slow) })
	var running sync.WaitGroup
	for _, i := range order {
		c := cases[i]
		if reason := r.left(c); reason != "" {
			r.done(i, CaseResult{Case: c, Verdict: reports.Skip, Reason: reason, At: time.Since(r.start)})
			continue
		}
		n := r.slots.take(max(1, c.Sessions))
		if reason := r.over(ctx); reason != "" {
			r.slots.give(n)
			r.done(i, CaseResult{Case: c, Verdict: reports.Error, Reason: reason, At: time.Since(r.start)})
			continue
		}
		running.Go(func() {
			defer r.slots.give(n)
			r.done(i, r.ask(ctx, c))
		})
	}
	running.Wait()
}

// left says why a case is not asked at all.
func (r *runner) left(c Case) string {
	switch {
	case c.Slow > 0 && !r.options.Slow:
		return fmt.Sprintf("it waits for %s (--slow)", c.Slow)
	case c.Hostile && r.options.Gentle:
		return "it could do harm to a weak server (--allow-hostile)"
	case r.target.Profile == MinimalSet && !c.minimal():
		return "it is not among the rules that every server must keep (--profile minimal)"
	}
	return r.facts.lack(c)
}

// minimal reports whether the case is about a rule of RFC 5321 that every server
// has to keep.
func (c Case) minimal() bool {
	level := c.Level()
	return c.ID[:7] == "rfc5321" && (level == Must || level == MustNot)
}

// over says why no case is begun any more.
func (r *runner) over(ctx context.Context) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	stop := r.options.Stop != nil && r.options.Stop()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "not asked: the time of the run is over"
	case ctx.Err() != nil || stop:
		r.stopped = true
		return "not asked: interrupted"
	case r.errors >= hopeless && r.absent >= hopeless:
		return fmt.Sprintf("not asked: the target is gone; %d cases in a row could not connect", hopeless)
	case r.errors >= hopeless:
		return fmt.Sprintf("not asked: %d cases in a row could not be asked", hopeless)
	}
	return ""
}

// done keeps a result.
func (r *runner) done(i int, c CaseResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[i] = c
	switch {
	case c.Verdict == reports.Error:
		r.errors++
		if c.absent {
			r.absent++
		}
	case c.Verdict != reports.Skip:
		r.errors, r.absent = 0, 0
	}
	if r.options.Progress != nil {
		r.options.Progress(c)
	}
}

// ask asks a case, in fresh sessions again where a dropped connection spoiled it.
func (r *runner) ask(ctx context.Context, c Case) CaseResult {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.limit())
	defer cancel()
	for try := 1; ; try++ {
		p := &Probe{
			Target: r.target, Facts: r.facts, ctx: ctx, c: c,
			transcript: &Transcript{secret: secret(r.target.Password)}, name: markerName(c.ID, r.start, try),
		}
		if len(c.Rows) > 0 {
			p.row = c.Rows[0]
		}
		broken := p.run()
		if p.crowded {
			r.slots.crowded()
		}
		result := p.result(broken)
		again := result.Verdict.Bad() && p.dropped
		var t trouble
		if len(result.Findings) > 0 && r.target.Dial != nil && ctx.Err() == nil {
			t = r.control(ctx, c)
			again = again || t.why != ""
		}
		if t.why != "" && r.blamed(c, t) {
			result.Notes = append(result.Notes, "it does not serve any more after this: "+t.why)
			t.why, again = "", false
		}
		if again && try < tries && ctx.Err() == nil && !(r.survey && p.crowded) {
			pause := time.NewTimer(time.Duration(try) * 300 * time.Millisecond)
			select {
			case <-pause.C:
			case <-ctx.Done():
				pause.Stop()
			}
			continue
		}
		if t.why != "" {
			result.unsure(t.why)
		}
		result.Case, result.Tries = c, try
		result.At, result.Took = begun.Sub(r.start), time.Since(begun)
		return result
	}
}

// run runs the case in a goroutine of its own, which it may end.
func (p *Probe) run() (broken string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer p.close()
		defer func() {
			if e := recover(); e != nil {
				broken = fmt.Sprintf("the case itself is broken: %v\n%s", e, debug.Stack())
			}
		}()
		p.c.Run(p)
	}()
	<-done
	return broken
}

// result judges what was found.
func (p *Probe) result(broken string) CaseResult {
	hide := p.transcript.secret.hide
	for i, f := range p.findings {
		p.findings[i].Want, p.findings[i].Got = hide(f.Want), hide(f.Got)
	}
	for i, n := range p.notes {
		p.notes[i] = hide(n)
	}
	p.unasked, p.skipped = hide(p.unasked), hide(p.skipped)
	r := CaseResult{Findings: p.findings, Notes: p.notes, Transcript: p.transcript.Lines(), Verdict: reports.Pass, absent: p.absent}
	for _, f := range p.findings {
		if !slices.Contains(p.c.Rows, f.Row) {
			broken = fmt.Sprintf("the case itself is broken: it judges %s, which is none of its rows", f.Row)
		}
		r.Verdict = reports.Worst(r.Verdict, f.Verdict)
	}
	switch {
	case broken != "":
		r.Verdict, r.Reason = reports.Error, broken
	case r.Verdict == reports.Fail:
	case p.unasked != "":
		r.Verdict, r.Reason = reports.Error, p.unasked
	case p.skipped != "" && r.Verdict == reports.Pass:
		r.Verdict, r.Reason = reports.Skip, p.skipped
	}
	return r
}

// markerName makes the markers of a run and a case differ from those of all others.
func markerName(id string, start time.Time, try int) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return fmt.Sprintf("msc%08x%x%d", h.Sum32(), uint32(start.UnixMilli()), try)
}
