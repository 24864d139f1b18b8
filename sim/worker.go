package sim

import (
	"context"
	"time"
)

// run starts entries as they fall due, at most Parallel at once and PerHost for
// one next hop, and ends when nothing is left.
func (q *queue) run(ctx context.Context, wake <-chan struct{}) {
	defer q.wg.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		next, more := q.startDue(ctx)
		if !more {
			return
		}
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-timer.C:
		}
	}
}

// farAway is a wait that something else will end.
const farAway = 1000 * time.Hour

// startDue starts what is due and returns how long there is nothing to do, and
// false when the queue is empty.
func (q *queue) startDue(ctx context.Context) (time.Duration, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.all) == 0 || ctx.Err() != nil {
		q.running = false
		return 0, false
	}
	now := time.Now()
	for q.inFlight < q.node.cfg.Queue.parallel() {
		e := q.waiting.first()
		if e == nil {
			break
		}
		if wait := e.due.Sub(now); wait > 0 {
			return wait, true
		}
		q.inFlight++
		q.wg.Add(1)
		go q.work(ctx, q.waiting.take(e.to))
	}
	return farAway, true
}

// apart is how long an entry waits that is to be tried now. Tries that are due at
// one instant begin at different ones, which depend on nothing but the mail:
// goroutines that wake at one instant run in any order, and who comes first to a
// host would differ from run to run.
func (q *queue) apart(e *entry) time.Duration {
	if q.node.network.cfg.Latency < 0 { // wire.Instant: nobody asks for an order
		return 0
	}
	var to string
	if len(e.rcpts) > 0 {
		to = e.rcpts[0].To
	}
	return time.Duration(q.node.chance("start", e.it.id, e.it.env.From, to, e.tries).Int64N(int64(time.Millisecond)))
}

// work tries an entry, and goes on with the next one that is due: one for the same
// next hop as long as there is a channel to it.
func (q *queue) work(ctx context.Context, e *entry) {
	defer q.wg.Done()
	var ch *channel
	for e != nil {
		time.Sleep(q.apart(e))
		a := q.resume(e)
		if a == nil {
			a = q.node.begin(ctx, e)
		}
		to := e.to
		var ended bool
		ch, ended = a.run(ctx, ch)
		crashed := ctx.Err() != nil
		if ended && !crashed {
			q.settle(e, a.out, a.started)
		}
		if !ended {
			e = nil // it may be with somebody else already
		}
		e = q.next(ctx, to, e, crashed, ch != nil)
		if ch != nil && (e == nil || e.to != to) {
			ch.leave()
			ch = nil
		}
	}
}

// resume returns the attempt that an entry is in the middle of, or nil.
func (q *queue) resume(e *entry) *attempt {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := e.paused
	e.paused = nil
	return a
}

// next ends a try of an entry, nil for one that was put aside, and returns another
// for a goroutine that is free, or nil. What falls due at this very instant is left
// to run: whether it is here already depends on who came first.
func (q *queue) next(ctx context.Context, to *destination, tried *entry, crashed, stay bool) *entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	if tried != nil {
		q.putBack(tried, crashed)
	}
	q.waiting.tried(to)
	now := time.Now()
	due := func(e *entry) bool { return e != nil && e.due.Before(now) && ctx.Err() == nil }
	if stay && due(to.first()) {
		return q.waiting.take(to)
	}
	if e := q.waiting.first(); due(e) {
		return q.waiting.take(e.to)
	}
	q.inFlight--
	q.poke()
	return nil
}
