package sim

import (
	"net/netip"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// RFC 5321 4.5.4.1 wants a client to remember the hosts that it cannot reach,
// "rather than just retrying queued mail items". A node does so by address, for as
// long as it runs: what a crash leaves is the queue.
//
// An address is down when a connection to it is refused or times out. A host that
// has taken a connection is reached, whatever it says then: a greeting of 421 or 554
// may be about the moment, and a later stage about the mail.
//
//   - No more than firstDials connections to one address are in the making at once;
//     further tries wait for the first result, and share it when it is a failure.
//   - While an address rests, nobody dials it. A try that has another target goes on
//     to that one; one that has none waits until the rest is over. That is soon, so a
//     mail that comes when the host is back does not wait for the next retry.
//   - After the rest one try dials, and those that come meanwhile wait for it.
//
// Each try of each mail stays what it was, with its events and its place in the
// schedule; only the connections are fewer.
//
// A scenario that changes what can be reached (start, clear, link, a fault that has
// done its number of times) ends all rests: what it does shows at the next mail.
type reach struct {
	hosts map[netip.AddrPort]*reached
}

// reached is what is known of one address, and who waits for news of it.
type reached struct {
	dials  int        // in the making
	down   mail.Reply // the failure; code 0: none
	since  time.Time  // the first of the failures without a success between
	at     time.Time  // the last
	news   uint64     // Network.news before it
	parked []*entry   // whose tries wait for a dial to end
}

const (
	// firstDials is as Postfix's initial_destination_concurrency.
	firstDials = 5

	// An address rests for as long as it is known to be down, within these bounds.
	shortRest = time.Second
	longRest  = 10 * time.Second

	// mostRemembered bounds the memory; a zone may name any number of addresses.
	mostRemembered = 10_000
)

// rest returns when the address may be dialed again.
func (h *reached) rest() time.Time {
	return h.at.Add(min(max(h.at.Sub(h.since), shortRest), longRest))
}

// resting reports whether an address is known to be down and not to be dialed now.
func (r *reach) resting(to netip.AddrPort, now time.Time, news uint64) bool {
	h := r.hosts[to]
	return h != nil && h.isDown(news) && (h.dials > 0 || now.Before(h.rest()))
}

func (h *reached) isDown(news uint64) bool { return h.down.Code != 0 && h.news == news }

// way is how a try comes to a target.
type way int

const (
	dialIt  way = iota // by a connection of its own, of which dialed is told
	notNow             // not at all: it is down
	parkNow            // not yet: the entry was put aside
)

// approach decides how a try comes to its target, and gives the reason for notNow.
func (q *queue) approach(a *attempt) (way, mail.Reply) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now, news := time.Now(), q.node.network.news.Load()
	to := a.targets[a.at].addr
	h := q.reach.hosts[to]
	if h == nil {
		if q.reach.hosts == nil {
			q.reach.hosts = map[netip.AddrPort]*reached{}
		}
		h = new(reached)
		q.reach.hosts[to] = h
	}
	if a.asked.IsZero() {
		a.asked = now
	}
	switch {
	case q.node.is(mutantForgetsDown):
		h.dials++
		return dialIt, mail.Reply{}
	case h.isDown(news) && a.asked.Before(h.at):
		return notNow, h.told(now) // it has waited for this
	case !h.isDown(news) && h.dials < firstDials, h.dials == 0 && !now.Before(h.rest()):
		h.dials++
		return dialIt, mail.Reply{}
	case h.isDown(news) && a.hasOther(&q.reach, now, news):
		return notNow, h.told(now)
	}
	a.entry.paused = a
	if h.dials > 0 {
		h.parked = append(h.parked, a.entry)
		return parkNow, mail.Reply{}
	}
	a.entry.due = h.rest()
	q.waiting.put(a.entry)
	q.poke()
	return parkNow, mail.Reply{}
}

// hasOther reports whether a later target may be alive.
func (a *attempt) hasOther(r *reach, now time.Time, news uint64) bool {
	for _, t := range a.targets[a.at+1:] {
		if !r.resting(t.addr, now, news) {
			return true
		}
	}
	return false
}

// told is the failure as it is told to those who did not dial.
func (h *reached) told(now time.Time) mail.Reply {
	ago := "just now"
	if d := now.Sub(h.at).Round(time.Millisecond); d > 0 {
		ago = d.String() + " ago"
	}
	r := h.down
	r.Lines = []string{r.Text() + " (tried " + ago + ")"}
	return r
}

// dialed notes how a dial ended that approach had allowed, and lets those go on
// that waited for it. Code 0: there is a connection. news is Network.news before
// the dial.
func (q *queue) dialed(to netip.AddrPort, failure mail.Reply, news uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.reach.hosts[to]
	if h == nil {
		return
	}
	h.dials--
	now := time.Now()
	wasDown := h.isDown(news)
	if h.down = failure; failure.Code != 0 {
		if !wasDown {
			h.since = now
		}
		h.at, h.news = now, news
	}
	for _, e := range h.parked {
		e.due = now
		q.waiting.put(e)
	}
	h.parked = nil
	q.poke()
	if h.dials == 0 && (h.down.Code == 0 || len(q.reach.hosts) > mostRemembered) {
		delete(q.reach.hosts, to)
	}
}

// forget is for a crash: what waited for news starts again.
func (q *queue) forget() {
	for _, h := range q.reach.hosts {
		for _, e := range h.parked {
			e.due = time.Time{}
			q.waiting.put(e)
		}
	}
	q.reach = reach{}
	for e := range q.all {
		e.paused = nil
	}
}
