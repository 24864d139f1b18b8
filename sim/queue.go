package sim

import (
	"container/heap"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// Queued is one recipient that a node has still to send to.
type Queued struct {
	ID, Mail string
	From, To string
	Attempts int
	Next     time.Time  // when it is tried again
	Last     mail.Reply // what the last try ended in; code 0 before the first
}

// entry is one copy of an item for one next hop: it is tried as a whole.
type entry struct {
	it      *item
	hop     nextHop
	rcpts   []pending // those still to be served
	tries   int
	due     time.Time
	noticed bool // the delay was notified
}

// pending is a recipient and how the last try for it ended.
type pending struct {
	mail.Recipient
	last mail.Reply
}

// queue is the spool of a node: what it holds survives a crash. One goroutine
// starts what is due while there is anything; an empty queue has none.
type queue struct {
	node *Node

	mu       sync.Mutex
	all      map[*entry]struct{}
	waiting  dueHeap
	inFlight int
	running  bool
	up       bool
	wake     chan struct{}
	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup
	started  time.Time // when tries began last
	starts   int       // how many tries began then
}

func newQueue(n *Node) *queue { return &queue{node: n} }

// start takes up work; entries that a crash left are due at once.
func (q *queue) start() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.up = true
	q.ensureRunning()
}

// stop cuts what is going on and returns when it has ended. Entries stay.
func (q *queue) stop() {
	q.mu.Lock()
	q.up = false
	cancel := q.cancel
	q.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	q.wg.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running, q.cancel, q.ctx, q.wake = false, nil, nil, nil
}

// add takes responsibility for every recipient of an item: they leave the queue
// only relayed, bounced or expired. Nothing is tried before the caller's reply
// to its own client can be written: tries run in goroutines of their own.
func (q *queue) add(it *item) {
	var order []nextHop
	byHop := map[nextHop][]pending{}
	for _, r := range it.env.Recipients {
		hop := q.node.route(domainOf(r.To))
		if byHop[hop] == nil {
			order = append(order, hop)
		}
		byHop[hop] = append(byHop[hop], pending{Recipient: r})
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.all == nil {
		q.all = map[*entry]struct{}{}
	}
	now := time.Now()
	for _, hop := range order {
		e := &entry{it: it, hop: hop, rcpts: byHop[hop], due: now}
		q.all[e] = struct{}{}
		heap.Push(&q.waiting, e)
	}
	q.ensureRunning()
}

// domainOf returns what stands behind the last @.
func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// ensureRunning starts the loop, or tells it that there is something new.
func (q *queue) ensureRunning() {
	if !q.up || len(q.all) == 0 {
		return
	}
	if q.running {
		q.poke()
		return
	}
	if q.ctx == nil {
		q.ctx, q.cancel = context.WithCancel(context.Background())
	}
	q.running = true
	q.wake = make(chan struct{}, 1)
	q.wg.Add(1)
	go q.run(q.ctx, q.wake)
}

func (q *queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// run starts entries as they fall due, at most Parallel at once, and ends when
// nothing is left.
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
	for q.waiting.Len() > 0 && q.inFlight < q.node.cfg.Queue.parallel() {
		e := q.waiting[0]
		if wait := e.due.Sub(now); wait > 0 {
			return wait, true
		}
		heap.Pop(&q.waiting)
		q.inFlight++
		q.wg.Add(1)
		go q.try(ctx, e, q.stagger(now))
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

// try makes one attempt, and goes on with the next entry that is due.
func (q *queue) try(ctx context.Context, e *entry, wait time.Duration) {
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
		q.putBack(e, crashed)
		e, wait = q.another(ctx)
	}
}

// served takes those off an entry that a host has taken, as soon as its replies
// are read: they are not in this node's care any more, whatever another host or a
// crash makes of the rest.
func (q *queue) served(e *entry, out *outcome) {
	rest := make([]pending, 0, len(out.left)+len(out.failed))
	rest = append(rest, out.left...)
	for _, f := range out.failed {
		rest = append(rest, pending{Recipient: f.rcpt, last: f.reply})
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	e.rcpts = rest
}

// putBack lets an entry wait for its next try, or drops it when all is done. After
// a crash in the middle of a try, those that were not served, refusals too, start
// again when the node is up. What was settled before the crash stays settled.
func (q *queue) putBack(e *entry, crashed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if crashed {
		e.due = time.Time{}
	}
	if len(e.rcpts) == 0 {
		delete(q.all, e)
		return
	}
	heap.Push(&q.waiting, e)
	q.poke()
}

// another returns an entry that is due for a goroutine that is free, or nil.
func (q *queue) another(ctx context.Context) (*entry, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now := time.Now(); ctx.Err() == nil && q.waiting.Len() > 0 && !q.waiting[0].due.After(now) {
		return heap.Pop(&q.waiting).(*entry), q.stagger(now)
	}
	q.inFlight--
	q.poke()
	return nil, 0
}

// settle judges those that were not served: they wait for the next try, or the
// queue's time is over (RFC 5321 4.5.4.1).
func (q *queue) settle(e *entry, out outcome, started time.Time) {
	n := q.node
	n.bounce(e.it, out.failed)
	now := time.Now()
	end := e.it.arrived.Add(n.cfg.Queue.expire())
	if len(out.left) > 0 && !now.Before(end) {
		n.expire(e.it, out.left, out.remote)
		out.left = nil
	}
	q.mu.Lock()
	e.tries++
	e.due = n.cfg.Queue.next(started, now, e.tries, end)
	e.rcpts = out.left
	due, notice := e.due, !e.noticed && n.cfg.Queue.DelayNotice > 0 && now.Sub(e.it.arrived) >= n.cfg.Queue.DelayNotice
	if len(out.left) > 0 && notice {
		e.noticed = true
	}
	q.mu.Unlock()
	for _, p := range out.left {
		n.emit(trace.Event{
			Kind: trace.MailDeferred, Mail: e.it.mail, ID: e.it.id, Peer: out.remote,
			From: e.it.env.From, To: p.To, Reply: p.last.String(), Attempt: e.tries,
			Detail: "next try in " + due.Sub(now).Round(time.Second).String(),
		})
	}
	if len(out.left) > 0 && notice {
		n.delayed(e.it, out.left, end)
	}
}

// size counts the entries.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.all)
}

// list describes the queue, in the order of id and recipient.
func (q *queue) list() []Queued {
	q.mu.Lock()
	defer q.mu.Unlock()
	var l []Queued
	for e := range q.all {
		for _, p := range e.rcpts {
			l = append(l, Queued{
				ID: e.it.id, Mail: e.it.mail, From: e.it.env.From, To: p.To,
				Attempts: e.tries, Next: e.due, Last: p.last,
			})
		}
	}
	slices.SortFunc(l, func(a, b Queued) int {
		if c := strings.Compare(a.ID, b.ID); c != 0 {
			return c
		}
		return strings.Compare(a.To, b.To)
	})
	return l
}

// dueHeap has the entry that is due first on top; equal ones go by the mail's id.
type dueHeap []*entry

func (h dueHeap) Len() int { return len(h) }

func (h dueHeap) Less(i, j int) bool {
	a, b := h[i], h[j]
	if !a.due.Equal(b.due) {
		return a.due.Before(b.due)
	}
	if a.it.id != b.it.id {
		return a.it.id < b.it.id
	}
	return a.hop.String() < b.hop.String()
}

func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
}

func (h *dueHeap) Push(x any) {
	e := x.(*entry)
	*h = append(*h, e)
}

func (h *dueHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return e
}
