package sim

import (
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// The most that a server with FUTURERELEASE offers where its configuration says only
// that it does.
const (
	mostHold      = 30 * 24 * time.Hour
	mostHoldUntil = "2100-01-01T00:00:00Z"
)

// futureRelease is the line of EHLO (RFC 4865 4).
func futureRelease() string {
	return "FUTURERELEASE " + strconv.Itoa(int(mostHold/time.Second)) + " " + mostHoldUntil
}

// readHoldFor reads seconds (RFC 4865 5).
func (f *front) readHoldFor(value string) string {
	most, _, _ := strings.Cut(f.offer("FUTURERELEASE"), " ")
	limit, err := strconv.ParseInt(most, 10, 64)
	if err != nil {
		limit = int64(mostHold / time.Second)
	}
	seconds, err := strconv.ParseUint(value, 10, 62)
	switch {
	case err != nil || len(value) > 9:
		return "write it as HOLDFOR=seconds, with at most 9 digits"
	case int64(seconds) > limit:
		return "no mail is held for more than " + strconv.FormatInt(limit, 10) + " seconds"
	}
	return f.hold(time.Now().Add(time.Duration(seconds) * time.Second))
}

// readHoldUntil reads a date of RFC 3339.
func (f *front) readHoldUntil(value string) string {
	_, most, _ := strings.Cut(f.offer("FUTURERELEASE"), " ")
	limit, err := time.Parse(time.RFC3339, strings.TrimSpace(most))
	if err != nil {
		limit, _ = time.Parse(time.RFC3339, mostHoldUntil)
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(value))
	switch {
	case err != nil:
		return "write it as HOLDUNTIL=2026-01-05T09:00:00Z"
	case at.After(limit):
		return "no mail is held for longer than until " + limit.Format(time.RFC3339)
	}
	return f.hold(at)
}

// hold notes until when the mail is to be held; the two parameters exclude each
// other (RFC 4865 5).
func (f *front) hold(until time.Time) string {
	if !f.given.hold.IsZero() {
		return "HOLDFOR and HOLDUNTIL exclude each other"
	}
	f.given.hold = until
	return ""
}

// hold keeps a mail whole until its time comes (RFC 4865 3): nothing is delivered,
// expanded or sent before. It waits in the queue as others do, and survives a crash.
func (q *queue) hold(it *item) {
	e := &entry{it: it, due: it.env.HoldUntil}
	for _, r := range it.env.Recipients {
		e.rcpts = append(e.rcpts, pending{Recipient: r})
	}
	now := time.Now()
	for _, p := range e.rcpts {
		q.node.deferred(e, p, "", now)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.enter(e, nextHop{held: true})
	q.ensureRunning()
}

// release lets a mail go whose time has come: from now on it is like one that has
// just been taken.
func (n *Node) release(e *entry, out *outcome) {
	it := *e.it
	it.env.Recipients = nil
	for _, p := range out.left {
		it.env.Recipients = append(it.env.Recipients, p.Recipient)
	}
	out.left = nil
	n.queue.served(e, out)
	n.dispatch(&it)
}

// held reports whether a mail is to be held.
func held(env *mail.Envelope, now time.Time) bool { return env.HoldUntil.After(now) }

// since is when a mail began to wait for others: a time in which it was held on
// purpose is no delay.
func (it *item) since() time.Time {
	if it.env.HoldUntil.After(it.arrived) {
		return it.env.HoldUntil
	}
	return it.arrived
}
