package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim"
)

// wallTick is how often a run on the real clock looks again when no event
// wakes it: there are no quiet moments there, so state may change just after
// the event that tells of it, and an interrupt makes no event.
const wallTick = 20 * time.Millisecond

// await lets time pass until holds says true when nobody runs, and reports
// whether it did; it gives up when d has passed, after a last look, or when the
// run is interrupted. holds is asked with look set when it must not answer from
// memory.
func (r *run) await(d time.Duration, holds func(look bool) bool) bool {
	return r.awaitUntil(time.Now().Add(d), holds, func() bool { return true })
}

// awaitCalm is await for what is there to stay: it must hold at a moment when,
// besides, nothing is on its way between two nodes. A mail is in its mailbox
// some milliseconds before the relay that brought it has the reply and takes it
// out of its queue; a mail that passes through a queue does not wait in it.
func (r *run) awaitCalm(d time.Duration, holds func(look bool) bool) bool {
	end := time.Now().Add(d)
	return r.awaitUntil(end, holds, func() bool {
		// Where it does not hold now, an event has to come before it can: so the
		// steps to a calm moment are spared until they are worth it.
		if r.settleUntil(end) {
			r.index.refresh()
			return holds(true)
		}
		return true
	})
}

// awaitUntil is await with a second opinion, which is asked where holds said yes.
func (r *run) awaitUntil(end time.Time, holds func(look bool) bool, sure func() bool) bool {
	timer := time.NewTimer(time.Until(end))
	defer timer.Stop()
	tick, stop := r.tick()
	defer stop()
	for {
		sim.Settle()
		r.index.refresh()
		last := !time.Now().Before(end)
		if holds(last) && sure() {
			return true
		}
		if last || r.interrupted() {
			return false
		}
		_, wake := r.index.log.Since(r.index.len())
		if r.index.stale() {
			continue // an event came between the look and the wait
		}
		select {
		case <-wake:
		case <-timer.C:
		case <-tick:
		}
	}
}

// settleUntil lets time pass until nothing is on its way between two nodes, so
// that no reply is missing to what has happened, but not beyond end. A session
// in which a node is silent is no movement. It reports whether time passed. On
// the real clock every moment is as good as another.
func (r *run) settleUntil(end time.Time) bool {
	passed := false
	for !r.scenario.Wall && !r.interrupted() {
		d := min(r.net.InFlight(), time.Until(end))
		if d <= 0 {
			break
		}
		passed = true
		time.Sleep(d)
		sim.Settle()
	}
	return passed
}

// tick wakes a run on the real clock; on the virtual one it never does.
func (r *run) tick() (tick <-chan time.Time, stop func()) {
	if !r.scenario.Wall {
		return nil, func() {}
	}
	t := time.NewTicker(wallTick)
	return t.C, t.Stop
}

// passTick is how long a run that lets time pass looks away after an event. A busy
// network has thousands in a second, and there is nothing to do but to see an
// interrupt.
const passTick = 20 * time.Millisecond

// pass lets d pass and looks at nothing but the interrupt.
func (r *run) pass(d time.Duration) {
	end := time.Now().Add(d)
	timer := time.NewTimer(d)
	defer timer.Stop()
	tick, stop := r.tick()
	defer stop()
	for !r.interrupted() {
		r.index.refresh()
		_, wake := r.index.log.Since(r.index.len())
		select {
		case <-wake:
			time.Sleep(min(passTick, time.Until(end)))
		case <-tick:
		case <-timer.C:
			return
		}
	}
}

// wait does a wait step. Waiting for quiet fails when the network is busy for
// longer than any queue keeps a mail.
func (r *run) wait(w *Wait) *finding {
	if !w.Quiet {
		r.pass(w.For)
		return nil
	}
	if r.quiet() {
		return nil
	}
	return &finding{
		want: "a network with nothing left to do",
		got:  fmt.Sprintf("still busy after %s: %s", short(r.deadline), r.busy()),
	}
}

// quiet lets time pass until no session is open and no queue holds a mail.
func (r *run) quiet() bool { return r.await(r.deadline, func(bool) bool { return r.net.Idle() }) }

// drainTime bounds how long sessions that are open when the story ends may
// take: the longest time-out of RFC 5321 4.5.3.2, after the dot, and some more.
const drainTime = 30 * time.Minute

// drain lets the transactions end that are under way when the story does, so
// that every mail is in one place when the invariants look for it. What waits in
// a queue for its next try stays there.
func (r *run) drain() {
	limit := drainTime
	if r.scenario.Wall {
		limit = 5 * time.Second
	}
	nodes := r.net.Nodes()
	first := 0 // nodes before this one were at rest when they were looked at last
	r.await(limit, func(bool) bool {
		now := time.Now()
		for i := range nodes {
			if !atRest(nodes[(first+i)%len(nodes)], now) {
				first = (first + i) % len(nodes)
				return false
			}
		}
		return true
	})
}

// atRest reports whether nothing happens at a node until some later time.
func atRest(nd *sim.Node, now time.Time) bool {
	if !nd.Up() {
		return true
	}
	if nd.Connections() > 0 {
		return false
	}
	for _, q := range nd.Queue() {
		if !q.Next.After(now) {
			return false
		}
	}
	return true
}

// busy tells what keeps the network from being quiet.
func (r *run) busy() string {
	var parts []string
	for _, nd := range r.net.Nodes() {
		if c := nd.Connections(); c > 0 {
			parts = append(parts, fmt.Sprintf("%s has %s open", nd.Name(), plural(c, "session")))
		}
		if q := nd.Queue(); len(q) > 0 {
			parts = append(parts, fmt.Sprintf("%s holds %s in its queue", nd.Name(), plural(len(q), "recipient")))
		}
	}
	if len(parts) == 0 {
		return "nothing that can be named"
	}
	const most = 10
	if len(parts) > most {
		parts = append(parts[:most], fmt.Sprintf("and %d more", len(parts)-most))
	}
	return strings.Join(parts, ", ")
}
