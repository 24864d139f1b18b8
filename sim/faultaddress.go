package sim

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// wish is a fault that a client asks for by the local part of an address, so that
// clients who try things out at one server at the same time do not get in each
// other's way: rcpt451_4.3.0, dot-drop, data-delay30s, rcpt421_x2.
type wish struct {
	at    Stage
	do    Effect
	reply mail.Reply
	delay time.Duration
	times int // of one sender; 0: always
}

// maxWishDelay bounds how long an address can make a server wait.
const maxWishDelay = 24 * time.Hour

// parseWish reads the local part of an address: a stage, and then a code with
// perhaps _ and an enhanced one, or - and an effect or delay; then perhaps _x and
// how often; then perhaps + and anything. Every other local part is no wish.
func parseWish(local string) (wish, bool) {
	local, _, _ = strings.Cut(strings.ToLower(local), "+")
	var w wish
	rest := local
	if i := strings.LastIndex(local, "_x"); i >= 0 {
		n, err := strconv.ParseUint(local[i+2:], 10, 16)
		if err != nil || n == 0 {
			return w, false
		}
		rest, w.times = local[:i], int(n)
	}
	for _, at := range []Stage{AtMail, AtRcpt, AtData, AtDot} {
		if what, ok := strings.CutPrefix(rest, string(at)); ok {
			w.at = at
			return w, w.parseEffect(what) || w.parseReply(what)
		}
	}
	return w, false
}

// parseEffect reads "-drop" and "-delay30s".
func (w *wish) parseEffect(s string) bool {
	word, ok := strings.CutPrefix(s, "-")
	if !ok {
		return false
	}
	if d, ok := strings.CutPrefix(word, "delay"); ok {
		var err error
		w.delay, err = time.ParseDuration(d)
		return err == nil && w.delay > 0 && w.delay <= maxWishDelay
	}
	switch do := Effect(word); do {
	case DoRefuse:
		w.reply = refusalAt(w.at)
		return true
	case DoDrop, DoReset, DoStall, DoGarble:
		w.do = do
		return true
	case DoLose, DoDuplicate:
		w.do = do
		return w.at == AtDot
	}
	return false
}

// parseReply reads "451" and "451_4.3.0". Only refusals can be asked for; the
// enhanced code may contradict the code, which is worth a try.
func (w *wish) parseReply(s string) bool {
	code, enhanced, has := strings.Cut(s, "_")
	if len(code) != 3 || code[0] != '4' && code[0] != '5' || code[1] < '0' || code[1] > '5' || code[2] < '0' || code[2] > '9' {
		return false
	}
	if has && !mail.ValidEnhanced(enhanced) {
		return false
	}
	n, err := strconv.Atoi(code)
	w.reply = mail.Reply{Code: n, Enhanced: enhanced, Lines: []string{"as the address asks"}}
	return err == nil
}

// whole reports whether the wish is about the session, not about one recipient.
func (w wish) whole() bool { return w.reply.Code == 0 && w.do != DoLose && w.do != DoDuplicate }

// wishes are the faults that addresses choose at a node. What has been granted is
// remembered over a crash, as all faults are.
type wishes struct {
	lmtp bool

	mu      sync.Mutex
	granted memo[window] // of those that have an end
}

// wishMemory is how long it is remembered how often a wish was granted.
const wishMemory = 30 * 24 * time.Hour

func newWishes(cfg NodeConfig) *wishes {
	if !cfg.FaultsByAddress {
		return nil
	}
	return &wishes{lmtp: cfg.LMTP, granted: memo[window]{most: maxParties, keep: wishMemory}}
}

// at decides what happens at a stage: what the first address wants that wants
// anything. At the dot each recipient may be lost or doubled by itself, and has,
// over LMTP, its own reply. It returns the faults for the log, too.
func (ws *wishes) at(stage Stage, o occasion) (verdict, []*armedFault) {
	var v verdict
	var all []*armedFault
	asking := o.to
	if stage == AtMail {
		asking = []string{o.from}
	}
	decided := false
	for _, address := range asking {
		a, err := mail.ParseAddress(address)
		if err != nil {
			continue
		}
		w, ok := parseWish(a.Local)
		if !ok || w.at != stage {
			continue
		}
		apart := stage == AtDot && !w.whole() && (ws.lmtp || w.reply.Code == 0)
		if decided && !apart || !ws.grant(w, o, a.Key()) {
			continue
		}
		if apart {
			v.apart = append(v.apart, verdict{do: w.do, reply: w.reply, of: only(address)})
		} else {
			v.do, v.reply, v.delay, decided = w.do, w.reply, w.delay, true
		}
		all = append(all, &armedFault{
			Fault: Fault{Name: address, At: stage, Do: w.do, Delay: w.delay}, reply: w.reply,
		})
	}
	return v, all
}

// grant reports whether a wish is still to be granted, and counts it.
func (ws *wishes) grant(w wish, o occasion, address string) bool {
	if w.times == 0 {
		return true
	}
	now := time.Now().UnixNano()
	ws.mu.Lock()
	defer ws.mu.Unlock()
	g := ws.granted.at(string(w.at)+"\x00"+o.from+"\x00"+address, now)
	g.move(now, wishMemory)
	if g.count(o.session) >= int64(w.times) {
		return false
	}
	g.add(o.session, 1)
	return true
}

// only matches one recipient.
type only string

// Match reports whether it is that recipient.
func (o only) Match(s string) bool { return s == string(o) }

// about is what a verdict says of one recipient at the dot.
func (v verdict) about(r recipient) verdict {
	i := slices.IndexFunc(v.apart, func(a verdict) bool { return a.meets(r) })
	switch {
	case i >= 0:
		return v.apart[i]
	case v.meets(r):
		return verdict{do: v.do, reply: v.reply}
	}
	return verdict{}
}
