package sim

import (
	"errors"
	"os"
	"time"
)

// Tarpit makes a server slow towards clients that make mistakes, as those do that
// try out addresses or passwords.
type Tarpit struct {
	Delay time.Duration // before each reply; 0: none
	After int           // 5yz replies of the session that are quick; 0: every reply is slow
}

// Greeting is how a server greets.
type Greeting struct {
	Delay time.Duration // before it greets
	// RefuseEarlyTalk greets with 554 who speaks before the greeting: RFC 5321 3.1,
	// 4.3.1 want clients to wait for it, and senders of spam often do not.
	RefuseEarlyTalk bool
}

// linger is the tarpit's delay before the next reply. What was said before leaves
// first. It reports whether the session is still open afterwards.
func (f *front) linger() bool {
	t := f.n.cfg.Tarpit
	if t.Delay <= 0 || f.failures < t.After {
		return true
	}
	if f.flush() != nil || !f.pause(t.Delay) {
		f.ending = true
	}
	return !f.ending
}

// hush waits before the greeting, and refuses who speaks meanwhile. It reports
// whether the client is to be greeted.
func (f *front) hush() bool {
	g := f.n.cfg.Greeting
	if g.Delay <= 0 {
		return true
	}
	if !g.RefuseEarlyTalk {
		f.ending = !f.pause(g.Delay)
		return !f.ending
	}
	switch err := f.fillFor(g.Delay); {
	case err == nil:
		f.respond(554, "5.5.1", f.n.host.Name+" you spoke before the greeting")
		f.refusing = true
	case !errors.Is(err, os.ErrDeadlineExceeded):
		f.ending = true
	}
	return !f.refusing && !f.ending
}
