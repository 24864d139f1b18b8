package sim

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Rate is a limit of how much may come within a time: the last one that is in
// time is the one that makes it Most. What is refused does not count.
//
// It looks back from each event, so there is no moment at which all is forgiven
// at once: what came at noon counts until In after noon, and no longer. What
// other sessions do at the very same instant is counted an instant later.
type Rate struct {
	Of    Counted
	Per   Party // whose things are counted together; "": PerPeer
	Most  int64
	In    time.Duration
	Reply string // how it refuses: "450 4.7.1 slow down"; "": by Of
}

// Counted is what a Rate counts.
type Counted string

// What can be counted, and where it is refused.
const (
	OfConnections Counted = "connections" // at the greeting: 421
	OfMessages    Counted = "messages"    // begun by MAIL, and refused there: 450; each recipient's apart at RCPT
	OfRecipients  Counted = "recipients"  // at RCPT: 452
	OfBytes       Counted = "bytes"       // of messages that were taken; at MAIL: 452
)

// Party is whose things are counted together.
type Party string

// The parties.
const (
	PerPeer      Party = "peer"      // the client's address
	PerSender    Party = "sender"    // the reverse-path
	PerRecipient Party = "recipient" // the forward-path
	PerNode      Party = "node"      // all together
)

// Check says what is wrong with a rate.
func (r Rate) Check() error {
	switch r.Per {
	case "", PerPeer, PerNode:
	case PerSender:
		if r.Of == OfConnections {
			return fmt.Errorf("%s per %s: a connection has no sender yet", r.Of, r.Per)
		}
	case PerRecipient:
		if r.Of != OfMessages {
			return fmt.Errorf("%s per %s: count messages per recipient", r.Of, r.Per)
		}
	default:
		return fmt.Errorf("per %q: it is peer, sender, recipient or node", r.Per)
	}
	if defaultRefusal(r.Of, "").Code == 0 {
		return fmt.Errorf("rate of %q: it is connections, messages, recipients or bytes", r.Of)
	}
	if r.Most < 1 || r.In <= 0 {
		return fmt.Errorf("rate of %s: want one or more in a time", r.Of)
	}
	_, err := refusalReply(r.Reply, mail.Reply{})
	return err
}

// refusalReply reads a reply that refuses.
func refusalReply(s string, otherwise mail.Reply) (mail.Reply, error) {
	if s == "" {
		return otherwise, nil
	}
	r, err := mail.ParseReply(s)
	if err == nil && r.Code < 400 {
		err = fmt.Errorf("reply %s: it refuses, so its code is 400 or more", r)
	}
	return r, err
}

// defaultRefusal is what a rate of a host says that says nothing else.
func defaultRefusal(of Counted, host string) mail.Reply {
	text := "too many " + string(of) + " in too short a time, try again later"
	switch of {
	case OfConnections:
		return localReply(421, "4.7.0", host+" "+text) // RFC 5321 4.2.3
	case OfMessages:
		return localReply(450, "4.7.1", text)
	case OfRecipients:
		return localReply(452, "4.5.3", text)
	case OfBytes:
		return localReply(452, "4.7.1", text)
	}
	return mail.Reply{}
}

// throttle keeps the rates of a node. It is in memory: a crash forgets it.
type throttle struct {
	mu    sync.Mutex
	rates []*meter
}

// meter is a rate and what has come.
type meter struct {
	Rate
	reply mail.Reply
	seen  memo[window]
}

// maxParties is how many peers, senders or recipients a rate remembers.
const maxParties = 8 << 10

func newThrottle(rates []Rate, host string) (*throttle, error) {
	t := &throttle{}
	for _, r := range rates {
		if err := r.Check(); err != nil {
			return nil, err
		}
		reply, err := refusalReply(r.Reply, defaultRefusal(r.Of, host))
		if err != nil {
			return nil, err
		}
		r.Per = cmp.Or(r.Per, PerPeer)
		t.rates = append(t.rates, &meter{Rate: r, reply: reply, seen: memo[window]{most: maxParties, keep: r.In}})
	}
	return t, nil
}

// forget is for a crash.
func (t *throttle) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.rates {
		m.seen = memo[window]{most: m.seen.most, keep: m.seen.keep}
	}
}

// visit is one thing that is counted, and whose it is.
type visit struct {
	at             Stage
	session        string
	peer, from, to string
	bytes          int64 // at the dot
}

// admit counts a visit, if all rates have room for it; otherwise it returns the
// reply of the first that has none.
func (t *throttle) admit(v visit) mail.Reply {
	now := time.Now().UnixNano()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.rates {
		if m.asks(v.at) && m.window(v, now).count(v.session) >= m.Most {
			return m.reply
		}
	}
	for _, m := range t.rates {
		if n := m.adds(v); n > 0 {
			m.window(v, now).add(v.session, n)
		}
	}
	return mail.Reply{}
}

// asks reports whether the rate can refuse at a stage.
func (m *meter) asks(at Stage) bool {
	switch at {
	case AtBanner:
		return m.Of == OfConnections
	case AtMail:
		return m.Of == OfMessages && m.Per != PerRecipient || m.Of == OfBytes
	case AtRcpt:
		return m.Of == OfRecipients || m.Of == OfMessages && m.Per == PerRecipient
	}
	return false
}

// adds tells how much a visit adds to the rate.
func (m *meter) adds(v visit) int64 {
	switch {
	case m.Of == OfBytes && v.at == AtDot:
		return v.bytes
	case m.Of != OfBytes && m.asks(v.at):
		return 1
	}
	return 0
}

// window returns what the party of a visit has done so far.
func (m *meter) window(v visit, now int64) *window {
	key := ""
	switch m.Per {
	case PerPeer:
		key = v.peer
	case PerSender:
		key = strings.ToLower(v.from)
	case PerRecipient:
		key = strings.ToLower(v.to)
	}
	w := m.seen.at(key, now)
	w.move(now, m.In)
	return w
}
