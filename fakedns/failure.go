package fakedns

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// FailureKind is how a look-up fails.
type FailureKind string

// The kinds of failure.
const (
	FailServfail FailureKind = "servfail" // SERVFAIL
	FailNXDomain FailureKind = "nxdomain" // the name does not exist; cached as the zone's SOA says
	FailNoData   FailureKind = "nodata"   // the name has no such record; cached likewise
	FailRefused  FailureKind = "refused"  // REFUSED
	FailTimeout  FailureKind = "timeout"  // no answer
	FailTruncate FailureKind = "truncate" // UDP answers are empty and truncated; TCP and direct calls work
	FailDelay    FailureKind = "delay"    // the right answer, Delay later
	FailLame     FailureKind = "lame"     // the answer of a server that does not know the zone
)

// FailureKinds returns all kinds, for messages.
func FailureKinds() []FailureKind {
	return []FailureKind{
		FailServfail, FailNXDomain, FailNoData, FailRefused, FailTimeout, FailTruncate, FailDelay, FailLame,
	}
}

// Failure makes look-ups fail. It also acts on names that an alias leads to.
type Failure struct {
	Kind  FailureKind
	Name  string        // "": every name; *.example.org: every name below example.org
	Type  string        // MX, A, ...; "": every type
	For   time.Duration // 0: until ClearFailures
	Delay time.Duration // before the answer leaves; of kind delay, the only effect
	Times int           // 0: no limit; a try that is repeated after a timeout counts again
}

// Check says what is wrong with a failure: an unknown kind or type, a bad name, a
// negative number, a delay of nothing.
func (f Failure) Check() error {
	if !slices.Contains(FailureKinds(), f.Kind) {
		return fmt.Errorf("unknown kind of DNS failure %q: want one of %v", f.Kind, FailureKinds())
	}
	if f.Name != "" && !validName(f.Name) {
		return fmt.Errorf("%q is no domain name", f.Name)
	}
	if _, ok := typeNumber(f.Type); f.Type != "" && !ok {
		return fmt.Errorf("unknown record type %q", f.Type)
	}
	if f.For < 0 || f.Delay < 0 || f.Times < 0 {
		return fmt.Errorf("a DNS failure cannot have a negative duration or count")
	}
	if f.Kind == FailDelay && f.Delay == 0 {
		return fmt.Errorf("a DNS failure of kind delay needs a delay")
	}
	return nil
}

// failures is what goes wrong at the moment.
type failures struct {
	live atomic.Int32 // how many there are, so that a world without any takes no lock
	mu   sync.Mutex
	list []failing // newest last
}

type failing struct {
	Failure
	name   string // canonical
	below  bool
	rrtype uint16    // TypeNone: every type
	until  time.Time // zero: no end
	left   int       // hits; -1: no limit
}

// Fail makes look-ups fail from now on. Where several failures fit, the newest
// decides and all their delays add up. A failure that its Check refuses does
// nothing. With Times, look-ups of one instant take their turns in no set order.
func (w *World) Fail(f Failure) {
	if f.Check() != nil {
		return
	}
	n := failing{Failure: f, left: -1}
	if f.Name != "" {
		n.name, n.below = canonical(f.Name), strings.HasPrefix(f.Name, "*.")
		if n.below {
			n.name = parent(n.name)
		}
	}
	n.rrtype, _ = typeNumber(f.Type)
	if f.Times > 0 {
		n.left = f.Times
	}
	if f.For > 0 {
		n.until = time.Now().Add(f.For)
	}
	w.failures.mu.Lock()
	defer w.failures.mu.Unlock()
	w.failures.list = append(w.failures.list, n)
	w.failures.live.Store(int32(len(w.failures.list)))
}

// ClearFailures ends all failures. What resolvers have cached stays cached.
func (w *World) ClearFailures() {
	w.failures.mu.Lock()
	defer w.failures.mu.Unlock()
	w.failures.list = nil
	w.failures.live.Store(0)
}

func (f *failing) over(now time.Time) bool {
	return f.left == 0 || !f.until.IsZero() && !now.Before(f.until)
}

func (f *failing) fits(name string) bool {
	switch {
	case f.name == "":
		return true
	case f.below:
		return name != f.name && (f.name == "." || strings.HasSuffix(name, "."+f.name))
	default:
		return name == f.name
	}
}

// hit returns the kind of failure that befalls a look-up ("": none) and how long
// its answer waits, and counts it.
func (fs *failures) hit(name string, qtype uint16, t Transport) (kind FailureKind, delay time.Duration) {
	now := time.Now()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = slices.DeleteFunc(fs.list, func(f failing) bool { return f.over(now) })
	fs.live.Store(int32(len(fs.list)))
	for i := len(fs.list) - 1; i >= 0; i-- {
		f := &fs.list[i]
		switch {
		case !f.fits(name), f.rrtype != dns.TypeNone && f.rrtype != qtype:
			continue
		case f.Kind == FailTruncate && t != UDP:
			continue
		case f.Kind != FailDelay && kind != "":
			continue
		}
		if f.Kind != FailDelay {
			kind = f.Kind
		}
		delay += f.Delay
		if f.left > 0 && t != Still {
			f.left--
		}
	}
	return kind, delay
}

// concern reports whether look-ups of name are to give a wrong answer or none; it
// does not count as a hit.
func (fs *failures) concern(name string) bool {
	if fs.live.Load() == 0 {
		return false
	}
	now := time.Now()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i := range fs.list {
		f := &fs.list[i]
		if f.fits(name) && !f.over(now) && f.Kind != FailDelay && f.Kind != FailTruncate {
			return true
		}
	}
	return false
}

// fail lets the failures act on r, and reports whether that was the last word.
func (w *World) fail(r *result, name string, qtype uint16, t Transport) bool {
	kind, delay := w.failures.hit(name, qtype, t)
	r.delay += delay
	switch kind {
	case FailServfail:
		*r = result{rcode: dns.RcodeServerFailure, delay: r.delay}
	case FailRefused:
		*r = result{rcode: dns.RcodeRefused, delay: r.delay}
	case FailLame:
		*r = result{delay: r.delay, why: "the server does not know the zone of " + name}
	case FailTimeout:
		r.drop = true
	case FailTruncate:
		r.truncate = true
	case FailNXDomain:
		r.rcode = dns.RcodeNameError
		r.ns = w.negative(w.locate(name, qtype).apex)
	case FailNoData:
		r.ns = w.negative(w.locate(name, qtype).apex)
	default:
		return false
	}
	return true
}

// typeNumber reads MX or TYPE15.
func typeNumber(s string) (uint16, bool) {
	s = strings.ToUpper(s)
	if n, ok := dns.StringToType[s]; ok {
		return n, true
	}
	var n uint16
	if _, err := fmt.Sscanf(s, "TYPE%d", &n); err != nil || fmt.Sprintf("TYPE%d", n) != s {
		return dns.TypeNone, false
	}
	return n, true
}
