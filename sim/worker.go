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
		go q.work(ctx, q.waiting.take(e.to), q.stagger(now))
	}
	return farAway, true
}

// stagger keeps tries that are due at the same instant a microsecond apart, in the
// order of the heap. Goroutines that wake at one instant run in any order, and the
// log would show it.
func (q *queue) stagger(now time.Time) time.Duration {
	if !now.Equal(q.started) {
		q.started, q.starts = now, 0
	}
	q.starts++
	return time.Duration(q.starts-1) * time.Microsecond
}

// work tries an entry, and goes on with the next one that is due.
func (q *queue) work(ctx context.Context, e *entry, wait time.Duration) {
	defer q.wg.Done()
	for e != nil {
		if wait > 0 {
			time.Sleep(wait)
		}
		started := time.Now()
		out := q.node.attempt(ctx, e)
		crashed := ctx.Err() != nil
		if !crashed {
			q.settle(e, out, started)
		}
		e, wait = q.next(ctx, e, crashed)
	}
}

// next ends a try and returns an entry that is due for a goroutine that is free,
// or nil.
func (q *queue) next(ctx context.Context, tried *entry, crashed bool) (*entry, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.putBack(tried, crashed)
	q.waiting.tried(tried.to)
	now := time.Now()
	if e := q.waiting.first(); e != nil && !e.due.After(now) && ctx.Err() == nil {
		return q.waiting.take(e.to), q.stagger(now)
	}
	q.inFlight--
	q.poke()
	return nil, 0
}
