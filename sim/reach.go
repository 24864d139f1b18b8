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
//   - What a dial has found out holds for all tries of the next moments, save for
//     the mail's own next one, which dials again: its schedule may be a dense one.
//   - No more than firstDials connections to one address are in the making at once;
//     further tries wait for the first result.
//
// So each try of each mail has the outcome, the events and the place in the schedule
// that it would have with a dial of its own; only the connections are fewer. For
// that, nothing is remembered that may be over at the next moment: what changes what
// can be reached (a node, a link, a fault) ends all that is known, and a fault that
// is not for every connection, by its number, time, chance or match, leaves nothing
// to be known.
type reach struct {
	hosts map[netip.AddrPort]*reached
}

// reached is what is known of one address, and who waits for news of it.
type reached struct {
	dials  int        // in the making
	down   mail.Reply // the failure; code 0: none
	at     time.Time  // when it was found
	by     *entry     // whose try found it
	news   uint64     // Network.news before it
	parked []*entry   // whose tries wait for a dial to end
}

const (
	// firstDials is as Postfix's initial_destination_concurrency.
	firstDials = 5

	// knownFor is how long a failure is remembered.
	knownFor = 10 * time.Second

	// mostRemembered bounds the memory; a zone may name any number of addresses.
	mostRemembered = 10_000
)

// known returns what is known of an address that is down, or nil.
func (r *reach) known(to netip.AddrPort, now time.Time, news uint64) *reached {
	h := r.hosts[to]
	if h == nil || h.down.Code == 0 || h.news != news || now.Sub(h.at) > knownFor {
		return nil
	}
	return h
}

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
	now, to := time.Now(), a.targets[a.at].addr
	down := q.reach.known(to, now, q.node.network.news.Load())
	h := q.reach.hosts[to]
	if h == nil {
		if q.reach.hosts == nil {
			q.reach.hosts = map[netip.AddrPort]*reached{}
		}
		h = new(reached)
		q.reach.hosts[to] = h
	}
	switch {
	case q.node.is(mutantForgetsDown):
	case down != nil && down.by != a.entry:
		return notNow, down.told(now)
	case h.dials >= firstDials:
		a.entry.paused = a
		h.parked = append(h.parked, a.entry)
		return parkNow, mail.Reply{}
	}
	h.dials++
	return dialIt, mail.Reply{}
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
func (q *queue) dialed(e *entry, to netip.AddrPort, failure mail.Reply, news uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.reach.hosts[to]
	if h == nil {
		return
	}
	h.dials--
	now := time.Now()
	if h.down = failure; failure.Code != 0 {
		h.at, h.by, h.news = now, e, news
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
