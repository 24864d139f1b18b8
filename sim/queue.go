package sim

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Queued is one recipient that a node has still to send to.
type Queued struct {
	ID, Mail string
	From, To string
	Attempts int
	Next     time.Time  // when it is tried again
	Last     mail.Reply // what the last try ended in; code 0 before the first
}

// pending is a recipient and how the last try for it ended.
type pending struct {
	mail.Recipient
	last  mail.Reply
	by    string // the host that said last; "" where this node did, of a host or of itself
	waits bool   // a host of this try may take it later
}

// queue is the spool of a node: what it holds survives a crash. One goroutine
// starts what is due while there is anything; an empty queue has none.
type queue struct {
	node *Node

	mu       sync.Mutex
	all      map[*entry]struct{}
	added    uint64 // entries ever
	waiting  destinations
	reach    reach
	inFlight int
	running  bool
	up       bool
	wake     chan struct{}
	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup
}

func newQueue(n *Node) *queue {
	return &queue{node: n, waiting: destinations{perHost: n.cfg.Queue.perHost()}}
}

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
	q.forget()
	if q.node.is(mutantLosesQueue) {
		q.all, q.waiting = nil, destinations{perHost: q.waiting.perHost}
	}
}

// add takes responsibility for every recipient of an item: they leave the queue
// only relayed, bounced or expired. Nothing is tried before the caller's reply
// to its own client can be written: tries run in goroutines of their own.
func (q *queue) add(it *item) {
	var order []nextHop
	byHop := map[nextHop][]pending{}
	for _, r := range it.env.Recipients {
		hop := q.node.route(domainOf(r.To))
		hop.tls = q.node.tlsTo(domainOf(r.To))
		if byHop[hop] == nil {
			order = append(order, hop)
		}
		byHop[hop] = append(byHop[hop], pending{Recipient: r})
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for _, hop := range order {
		q.enter(&entry{it: it, rcpts: byHop[hop], due: now}, hop)
	}
	q.ensureRunning()
}

// enter takes an entry for a next hop; it waits until it is due.
func (q *queue) enter(e *entry, hop nextHop) {
	if q.all == nil {
		q.all = map[*entry]struct{}{}
	}
	e.it.file.hold()
	q.added++
	e.to, e.number = q.waiting.of(hop), q.added
	q.all[e] = struct{}{}
	q.waiting.add(e)
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

// served takes those off an entry that a host has taken, as soon as its replies
// are read: they are not in this node's care any more, whatever another host or a
// crash makes of the rest.
func (q *queue) served(e *entry, out *outcome) {
	rest := make([]pending, 0, len(out.left)+len(out.failed))
	rest = append(rest, out.left...)
	for _, f := range out.failed {
		rest = append(rest, pending{Recipient: f.rcpt, last: f.reply, by: f.by})
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	e.rcpts = rest
}

// putBack lets an entry wait for its next try, or drops it when all is done. After
// a crash in the middle of a try, those that were not served, refusals too, start
// again when the node is up. What was settled before the crash stays settled.
func (q *queue) putBack(e *entry, crashed bool) {
	if crashed {
		e.due = time.Time{}
	}
	if len(e.rcpts) == 0 {
		delete(q.all, e)
		e.it.file.release()
		q.waiting.drop(e)
		return
	}
	q.waiting.put(e)
	q.poke()
}

// settle judges those that were not served: they wait for the next try, or the
// queue's time is over (RFC 5321 4.5.4.1).
func (q *queue) settle(e *entry, out outcome, started time.Time) {
	n := q.node
	n.bounce(e.it, out.failed)
	now := time.Now()
	end := e.it.since().Add(n.cfg.Queue.expire())
	if n.is(mutantNeverExpires) {
		end = end.AddDate(1, 0, 0)
	}
	if len(out.left) > 0 && !now.Before(end) {
		n.expire(e.it, out.left, out.remote)
		out.left = nil
	}
	q.mu.Lock()
	e.tries++
	e.due = e.dueInTime(n.misdue(n.cfg.Queue.next(started, now, e.tries, end), now), now)
	e.rcpts = out.left
	if len(out.left) > 0 && n.is(mutantResendsToAll) {
		e.rcpts = nil
		for _, r := range e.it.env.Recipients {
			e.rcpts = append(e.rcpts, pending{Recipient: r})
		}
	}
	notice := !e.noticed && n.cfg.Queue.DelayNotice > 0 && now.Sub(e.it.since()) >= n.cfg.Queue.DelayNotice
	if len(out.left) > 0 && notice {
		e.noticed = true
	}
	late := len(out.left) > 0 && e.turnsLate(now)
	q.mu.Unlock()
	for _, p := range out.left {
		n.deferred(e, p, out.remote, now)
	}
	if len(out.left) > 0 && notice {
		n.delayed(e.it, out.left, end)
	}
	if late {
		n.late(e.it, out.left, end)
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
