package sim

import (
	"errors"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Greylist refuses for a while the mail of those that a node does not know (RFC
// 6647). It knows a triplet: the client's network, reverse-path and forward-path.
type Greylist struct {
	Delay       time.Duration // from the first try to the first one that passes
	RetryWindow time.Duration // from the first try to the last one that passes; default a day
	Remember    time.Duration // how long a triplet stays known that is not used; default 36 days
	Reply       string        // default 450 4.7.1
}

// The defaults of Greylist. RFC 6647 5 wants senders to have time for retries,
// and known ones to be remembered for a week and more.
const (
	defaultRetryWindow = 24 * time.Hour
	defaultRemember    = 36 * 24 * time.Hour
)

// withDefaults returns g with its defaults filled in.
func (g Greylist) withDefaults() Greylist {
	if g.RetryWindow == 0 {
		g.RetryWindow = max(defaultRetryWindow, 2*g.Delay)
	}
	if g.Remember == 0 {
		g.Remember = max(defaultRemember, g.RetryWindow)
	}
	return g
}

// Check says what is wrong with a greylist.
func (g Greylist) Check() error {
	g = g.withDefaults()
	switch {
	case g.Delay <= 0:
		return errors.New("greylist: the delay must be longer than nothing")
	case g.RetryWindow < g.Delay:
		return errors.New("greylist: the retry window ends before the delay: nobody would ever pass")
	case g.Remember < g.RetryWindow:
		return errors.New("greylist: who is waiting must be remembered for the retry window")
	}
	_, err := refusalReply(g.Reply, mail.Reply{})
	return err
}

// greylist is the database of a node. It is on disk: it survives a crash.
type greylist struct {
	Greylist
	reply mail.Reply

	mu       sync.Mutex
	triplets memo[triplet]
}

// triplet is what is known of one.
type triplet struct {
	first int64 // the first try; 0: none yet
	last  int64 // the last one that passed; 0: none yet
}

// maxTriplets is how many a node remembers.
const maxTriplets = 64 << 10

func newGreylist(g Greylist) (*greylist, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	g = g.withDefaults()
	reply, err := refusalReply(g.Reply, localReply(450, "4.7.1", "greylisted, try again in "+g.Delay.String()))
	if err != nil {
		return nil, err
	}
	return &greylist{Greylist: g, reply: reply, triplets: memo[triplet]{most: maxTriplets, keep: g.Remember}}, nil
}

// pass reports whether a triplet is known, or has waited long enough to be.
func (g *greylist) pass(client netip.Addr, from, to string) bool {
	key := peerNetwork(client) + "\x00" + strings.ToLower(from) + "\x00" + strings.ToLower(to)
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now().UnixNano()
	return g.triplets.at(key, now).pass(now, g.Greylist)
}

// pass is a try at an instant. Sessions of one instant hear the same.
func (t *triplet) pass(now int64, g Greylist) bool {
	waited := time.Duration(now - t.first)
	switch {
	case t.last != 0 && time.Duration(now-t.last) < g.Remember:
	case t.first == 0 || waited > g.RetryWindow:
		t.first, t.last = now, 0
		return false
	case waited < g.Delay:
		return false
	}
	t.last = now
	return true
}

// peerNetwork is the network of a client: big senders try again from another
// address beside the first. RFC 6647 7 has 64 bits for IPv6.
func peerNetwork(a netip.Addr) string {
	a = a.Unmap()
	bits := 64
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return a.String()
	}
	return p.String()
}
