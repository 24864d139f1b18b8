package sim

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// faults are the deliberate misbehaviours of one node. They survive a crash:
// they belong to the scenario.
type faults struct {
	node   *Node
	wishes *wishes      // nil: addresses choose no faults
	count  atomic.Int32 // of list, so that a node without faults takes no lock

	mu   sync.Mutex
	list []*armedFault
}

// armedFault is a fault and what it has done so far.
type armedFault struct {
	Fault
	reply mail.Reply
	words string // of a Reply with line breaks: it is said as it stands there
	since time.Time
	hits  int
	asked map[string]int // how often its Chance was tried, by peer and mail
}

// verdict is what the faults of a stage do together. The zero value is nothing.
type verdict struct {
	delay time.Duration
	do    Effect
	reply mail.Reply
	words string    // of the reply as it goes on the wire; "": as the front writes it
	of    Matcher   // the recipients that it is about, where each has a reply of its own; nil: all
	apart []verdict // about some recipients, instead of all this
}

// meets reports whether the verdict is about a recipient.
func (v verdict) meets(r recipient) bool { return v.of == nil || v.of.Match(r.To) }

func (v verdict) none() bool {
	return v.delay == 0 && v.do == DoReply && v.reply.Code == 0 && len(v.apart) == 0
}

// occasion is what a fault may be matched with.
type occasion struct {
	mail, peer, from string
	to               []string
	session          string
}

func newFaults(n *Node) *faults { return &faults{node: n, wishes: newWishes(n.cfg)} }

// set arms a fault. A reply that cannot be parsed is given as the text of a 451. One
// with line breaks is written as on the wire, and so it is said: clients have to bear
// what servers of this network never say (RFC 5321 4.2, 4.2.1).
func (fs *faults) set(f Fault) {
	a := &armedFault{Fault: f, since: time.Now(), asked: map[string]int{}}
	if f.Reply != "" {
		r, err := mail.ReadReply(f.Reply)
		switch {
		case err != nil:
			r = mail.Reply{Code: 451, Enhanced: "4.3.0", Lines: []string{printable(f.Reply)}}
		case strings.Contains(f.Reply, "\n"):
			a.words = strings.ReplaceAll(strings.TrimSuffix(f.Reply, "\n"), "\n", "\r\n") + "\r\n"
		}
		a.reply = r
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = append(fs.list, a)
	fs.count.Store(int32(len(fs.list)))
}

// clear ends the faults of a name and reports whether there was one that still
// could act.
func (fs *faults) clear(name string) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	before := len(fs.list)
	fs.list = slices.DeleteFunc(fs.list, func(a *armedFault) bool { return a.Name == name })
	fs.count.Store(int32(len(fs.list)))
	return len(fs.list) < before
}

// at decides what happens at a stage. The faults are asked in the order in which
// they were set, and then the addresses: the first that does more than delay is
// the last one asked.
func (fs *faults) at(stage Stage, when func() occasion) verdict {
	var v verdict
	if fs.count.Load() == 0 && fs.wishes == nil {
		return v
	}
	var (
		hits []trace.Event
		o    = when()
		now  = time.Now()
	)
	wish := fs.wishes != nil
	fs.mu.Lock()
	for _, a := range fs.list {
		if a.At != stage || !a.live(now) || !a.matches(o) || !fs.lucky(a, o) {
			continue
		}
		a.hits++
		if stage == AtConnect && a.passing() {
			fs.node.network.news.Add(1) // the next connection may be another matter
		}
		v.delay += a.Delay
		v.do, v.reply, v.words, v.of = a.Do, a.reply, a.words, a.Match["to"]
		hits = append(hits, a.hit(o, strings.Join(o.to, ", ")))
		if a.Do != DoReply || a.reply.Code != 0 {
			wish = false
			break
		}
	}
	fs.mu.Unlock()
	if wish {
		w, granted := fs.wishes.at(stage, o)
		w.delay += v.delay
		v = w
		for _, a := range granted {
			hits = append(hits, a.hit(o, a.Name))
		}
	}
	for _, e := range hits {
		fs.node.emit(e)
	}
	return v
}

// hit is the event that tells of it.
func (a *armedFault) hit(o occasion, to string) trace.Event {
	return trace.Event{
		Kind: trace.FaultHit, Mail: o.mail, Peer: o.peer, From: o.from,
		To: to, Reply: a.reply.String(), Detail: a.what(),
	}
}

// passing reports whether the fault is not for every connection from now on.
func (a *armedFault) passing() bool {
	return a.Times > 0 || a.For > 0 || a.Chance > 0 && a.Chance < 1 || len(a.Match) > 0
}

// live reports whether the fault's limits are not reached.
func (a *armedFault) live(now time.Time) bool {
	return (a.Times <= 0 || a.hits < a.Times) && (a.For <= 0 || now.Before(a.since.Add(a.For)))
}

// matches reports whether every matcher finds its value. Before a value is
// known, as the recipient at MAIL, it is empty.
func (a *armedFault) matches(o occasion) bool {
	for key, m := range a.Match {
		ok := false
		switch key {
		case "mail":
			ok = m.Match(o.mail)
		case "peer":
			ok = m.Match(o.peer)
		case "from":
			ok = m.Match(o.from)
		case "to":
			if len(o.to) == 0 {
				ok = m.Match("")
			}
			ok = ok || slices.ContainsFunc(o.to, m.Match)
		}
		if !ok {
			return false
		}
	}
	return true
}

// lucky draws the fault's chance. It depends on the fault, the peer, the mail
// and how often these have met, not on what else goes on.
func (fs *faults) lucky(a *armedFault, o occasion) bool {
	if a.Chance <= 0 || a.Chance >= 1 {
		return true
	}
	key := o.peer + "\x00" + o.mail + "\x00" + strings.Join(o.to, "\x00")
	a.asked[key]++
	return fs.node.chance("fault", a.Name, string(a.At), key, a.asked[key]).Float64() < a.Chance
}

// what names the fault and what it does, for the log.
func (a *armedFault) what() string {
	var b strings.Builder
	if a.Name != "" {
		b.WriteString(a.Name + ": ")
	}
	switch {
	case a.Do != DoReply:
		b.WriteString(string(a.Do))
	case a.reply.Code != 0:
		b.WriteString("reply " + a.reply.String())
	default:
		b.WriteString("delay " + a.Delay.String())
	}
	b.WriteString(" at " + string(a.At))
	return b.String()
}
