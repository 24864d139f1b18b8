package scenarios

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
)

// RunOptions says how a scenario is run. The zero value works.
type RunOptions struct {
	// Interrupt ends the run early once it is true: the network is stopped,
	// what was not done is skipped, what happened is reported. The run looks at
	// it on every event and step. It is a flag and no context, because nothing
	// from outside may be waited for in virtual time.
	Interrupt *atomic.Bool
	// Maildir is where mailboxes are kept, as Maildir/NODE/MAILBOX; nothing may be
	// there before. They stay when the run is over, and the report is the same.
	// Empty: in memory.
	Maildir string
}

// Run tells the story of s in a network of its own and judges it. Everything
// that can go wrong is in the report: an expectation that does not hold fails
// and the story goes on, trouble of the harness is an error and ends it.
//
// On the virtual clock one seed gives one report, byte for byte in JSON.
func Run(s *Scenario, o RunOptions) reports.Report {
	begun := time.Now()
	res, slots := newResult(s)
	story := func() { newRun(s, o, res).play(slots) }
	var err error
	if s.Wall {
		err = recovered(story)
	} else {
		start := s.Start
		if start.IsZero() {
			start = DefaultStart()
		}
		err = sim.Virtual(start, story)
	}
	rep := res.finish(err)
	rep.Wall = time.Since(begun)
	return rep
}

// recovered runs f and turns a panic into an error: a bug in mailsim, not in
// the scenario, so the stack goes with it.
func recovered(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("bug in mailsim, please report it: panic: %v\n%s", p, debug.Stack())
		}
	}()
	f()
	return nil
}

// run is one scenario on its way.
type run struct {
	scenario  *Scenario
	options   RunOptions
	res       *result
	world     *world
	net       *sim.Network
	resolvers map[string]*fakedns.Resolver // of the nodes
	index     *index

	groups   map[string]int        // names that stand for NAME-1 to NAME-N
	last     []sent                // what the last send was told
	sending  sync.Mutex            // for sent
	sent     map[string]outgoing   // every mail that was handed in
	verified verified              // what the invariants said last
	faults   map[string][]string   // nodes by name of the fault
	links    map[direction]*linkAt // links that were changed
	late     []lateCheck           // within: end
	deadline time.Duration         // longest time that a mail may be on its way
}

func newRun(s *Scenario, o RunOptions, res *result) *run {
	r := &run{
		scenario: s, options: o, res: res,
		groups: map[string]int{},
		sent:   map[string]outgoing{},
		faults: map[string][]string{},
		links:  map[direction]*linkAt{},
	}
	for _, st := range s.Steps {
		switch do := st.Do.(type) {
		case *Send:
			if do.numbered() {
				r.groups[do.Mail] = do.Count
			}
		case *Load:
			r.groups[do.name()] = do.total()
		}
	}
	return r
}

// play builds the network, tells the story, judges it and takes the network
// down. It runs inside the bubble.
func (r *run) play(slots []*slot) {
	log := new(trace.Log)
	r.index = newIndex(log)
	r.res.running(log)
	invariants := r.layInvariants()
	err := r.build(log)
	if err != nil {
		r.buildFailed(err)
	} else {
		err = r.steps(slots)
	}
	if r.net == nil {
		r.res.ended()
		return
	}
	if err == nil && !r.interrupted() {
		r.judgeLate()
		r.drain()
	}
	r.res.begin(nil)
	switch {
	case r.interrupted():
		r.res.interrupt()
		r.takeDown(invariants)
	case err != nil:
		// The step says what happened; a network in the middle of something
		// proves nothing about its mail.
		r.takeDown(invariants)
	default:
		broken := r.violations()
		r.takeDown(invariants)
		r.judgeInvariants(invariants, broken)
	}
	r.res.ended()
}

// takeDown stops the network; goroutines that stay are leaks.
func (r *run) takeDown(invariants map[string]*slot) {
	r.unlinkAll()
	began := time.Now()
	err := r.net.Stop()
	r.judgeLeaks(invariants[trace.Leaks], began, err)
}

// buildFailed reports why there is no network.
func (r *run) buildFailed(err error) {
	g := r.res.group(groupRun)
	for _, p := range placed(err) {
		c := reports.Check{Name: "build the network", Verdict: reports.Error, Reason: p.err.Error()}
		if p.pos.Line > 0 {
			c.Where = p.pos.String()
		}
		r.res.add(g, c)
	}
}

// steps does one step after the other. An error is trouble of the harness and
// ends the story; it is in the report already.
func (r *run) steps(slots []*slot) error {
	for i, st := range r.scenario.Steps {
		if r.interrupted() {
			return nil
		}
		if slots[i] == nil {
			continue // a phase
		}
		began := time.Now()
		r.res.begin(slots[i])
		if err := r.do(st, slots[i], began); err != nil {
			r.res.set(slots[i], began, func(c *reports.Check) {
				c.Verdict, c.Reason = reports.Error, err.Error()
			})
			return err
		}
	}
	return nil
}

// do runs one step and decides its check.
func (r *run) do(st Step, at *slot, began time.Time) error {
	var f *finding
	var err error
	switch do := st.Do.(type) {
	case *Send:
		err = r.send(do)
	case *Reply:
		f = r.reply(do)
	case *Expect:
		return r.expect(do, at, began)
	case *Fault:
		err = r.fault(do)
	case *Clear:
		err = r.clear(do)
	case *DNS:
		err = r.dns(do)
	case *Wait:
		f = r.wait(do)
	case *Power:
		err = r.power(do)
	case *LinkChange:
		err = r.link(do)
	case *Talk:
		f, err = r.talk(do)
	case *Load:
		f, err = r.load(do)
	case *Conform:
		f, err = r.conform(do)
	default:
		err = fmt.Errorf("verb %q is not available yet: remove the step", st.Verb)
	}
	if err == nil {
		r.judge(at, began, f)
	}
	return err
}

// judge decides a check: nil passes. A run that was interrupted meanwhile
// decides nothing.
func (r *run) judge(at *slot, began time.Time, f *finding) {
	if r.interrupted() {
		r.res.set(at, began, func(c *reports.Check) { c.Verdict, c.Reason = reports.Skip, "interrupted" })
		return
	}
	r.res.set(at, began, func(c *reports.Check) {
		c.Verdict = reports.Pass
		if f != nil {
			c.Verdict = reports.Fail
			r.explain(c, f)
			c.Route = r.ways(f)
		}
	})
}

// interrupted reports whether the run was asked to end.
func (r *run) interrupted() bool { return r.options.Interrupt != nil && r.options.Interrupt.Load() }
