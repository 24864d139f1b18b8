package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// loadNamed is the name of a load that has none; its mails are load-1, load-2, ...
const loadNamed = "load"

func (l *Load) name() string {
	if l.Name == "" {
		return loadNamed
	}
	return l.Name
}

// total is how many mails a load sends.
func (l *Load) total() int {
	if len(l.Rate) == 0 {
		return l.Count
	}
	n := len(arrivals(l.Rate))
	if l.Count > 0 {
		n = min(n, l.Count)
	}
	return n
}

// arrivals returns when each mail of an open model is due, since its beginning:
// the moments at which the area under the rate passes a whole number. A stage
// goes in a straight line to its rate, then holds it.
func arrivals(stages []RateStage) []time.Duration {
	var due []time.Duration
	var begun time.Duration
	area, rate := 0.0, 0.0 // mails so far, mails a second
	leg := func(to float64, d time.Duration) {
		s := d.Seconds()
		if s <= 0 {
			rate = to
			return
		}
		slope := (to - rate) / s
		end := area + (rate+to)/2*s
		const round = 1e-9 // a mail that is due at the very end of a leg belongs to it
		for k := float64(len(due)); k < end-round && len(due) < maxMails; k++ {
			// rate*t + slope*t²/2 = k-area, the first t that is not negative
			need := max(0, k-area)
			var t float64
			if slope == 0 {
				t = need / rate
			} else {
				t = (math.Sqrt(max(0, rate*rate+2*slope*need)) - rate) / slope
			}
			due = append(due, begun+time.Duration(t*float64(time.Second)))
		}
		area, rate, begun = end, to, begun+d
	}
	for _, st := range stages {
		leg(st.Rate, st.Over) // at once where Over is 0
		leg(st.Rate, st.For)
	}
	return due
}

// shot is what is remembered of one mail of a load, of which there may be millions.
type shot struct {
	took  time.Duration
	taken bool  // the server took it
	err   error // of mailsim or the scenario
}

// load sends many mails and judges the thresholds. In the open model a mail is
// sent when it is due, however many are under way; in the closed one each session
// sends its next mail when it has its answer for the last, and mail i belongs to
// session i modulo their number, so that the same run sends the same mails.
func (r *run) load(l *Load) (*finding, error) {
	r.last = nil
	shots := make([]shot, l.total())
	begun := time.Now()
	if len(l.Rate) > 0 {
		r.shootOpen(l, shots)
	} else {
		r.shootClosed(l, shots)
	}
	elapsed := time.Since(begun)
	for i := range shots {
		if err := shots[i].err; err != nil {
			return nil, err
		}
	}
	if r.interrupted() {
		return nil, nil
	}
	return r.judgeLoad(l, shots, elapsed), nil
}

// parties returns who takes a mail of the load, who writes it, and to whom.
func (l *Load) parties(seed uint64, mail string) (via, from string, to []string) {
	if l.Between == nil {
		return l.Via, l.From, l.To
	}
	a, b := l.Between.choose(seed, mail)
	via = l.Via
	if via == "" {
		via = a.Node
	}
	return via, a.Address, []string{b.Address}
}

// shoot sends one mail.
func (r *run) shoot(l *Load, s *shot, i int) {
	name := mailOf(l.name(), i+1)
	via, from, to := l.parties(r.scenario.Seed, name)
	var message mail.Content
	message, s.err = mail.Draft{Name: name, From: from, To: to, Date: time.Now(), Size: l.Size}.Content()
	if s.err != nil {
		return
	}
	begun := time.Now()
	d, err := r.hand(sim.Submission{
		Mail: name, Via: via, From: from, To: to, Auth: l.Auth, TLS: l.TLS, Content: message,
	})
	s.took, s.taken, s.err = time.Since(begun), d.Accepted(), err
	if err == nil {
		r.handedIn(name, outgoingOf(via, message, d))
	}
}

func (r *run) shootOpen(l *Load, shots []shot) {
	begun := time.Now()
	var wg sync.WaitGroup
	for i, due := range arrivals(l.Rate)[:len(shots)] {
		r.pass(time.Until(begun.Add(due)))
		if r.interrupted() {
			break
		}
		wg.Go(func() { r.shoot(l, &shots[i], i) })
	}
	wg.Wait()
}

// stagger is between the first mails of the sessions of a closed model: what
// happens at the very same instant happens in any order.
const stagger = time.Microsecond

func (r *run) shootClosed(l *Load, shots []shot) {
	sessions := max(1, l.Sessions)
	var wg sync.WaitGroup
	for k := range min(sessions, len(shots)) {
		wg.Go(func() {
			time.Sleep(time.Duration(k) * stagger)
			for i := k; i < len(shots) && !r.interrupted(); i += sessions {
				r.shoot(l, &shots[i], i)
			}
		})
	}
	wg.Wait()
}

// figures is what came out of a load.
type figures struct {
	sent, failed     int
	lost, duplicated int
	latency          []time.Duration // of the mails that were taken, sorted
	elapsed          time.Duration
}

// judgeLoad compares the figures with the thresholds. Whether mails were lost
// shows only when nothing is under way any more.
func (r *run) judgeLoad(l *Load, shots []shot, elapsed time.Duration) *finding {
	fig := figures{sent: len(shots), elapsed: elapsed}
	var failures []string
	for i := range shots {
		if !shots[i].taken {
			fig.failed++
			failures = append(failures, mailOf(l.name(), i+1))
			continue
		}
		fig.latency = append(fig.latency, shots[i].took)
	}
	slices.Sort(fig.latency)
	var bad []string
	if slices.ContainsFunc(l.Keep, func(t Threshold) bool { return t.Metric == "lost" || t.Metric == "duplicated" }) {
		if !r.quiet() {
			bad = append(bad, "the network is still busy after "+short(r.deadline)+": "+r.busy())
		}
		r.countFates(l.name(), &fig)
	}
	r.res.table(fig.table(l.name()))
	var want []string
	for _, t := range l.Keep {
		want = append(want, t.Text)
		if v, text := fig.value(t.Metric); !t.holds(v) {
			bad = append(bad, t.Text+": it is "+text)
		}
	}
	if len(bad) == 0 || len(l.Keep) == 0 {
		return nil
	}
	f := &finding{}
	for i, w := range want {
		if i > 0 {
			f.want += ", "
		}
		f.want += w
	}
	for _, b := range bad {
		f.line("%s", b)
	}
	for i, name := range failures {
		if i == listMost {
			f.line("and %d other failures", len(failures)-i)
			break
		}
		f.mails = append(f.mails, name)
		f.line("%s: %s", name, r.sent[name].refusal)
	}
	return f
}

// countFates counts the mails of a load that are lost or duplicated as the
// invariants see it.
func (r *run) countFates(group string, fig *figures) {
	lost, duplicated := map[string]bool{}, map[string]bool{}
	for _, v := range r.violations() {
		if !r.member(v.Mail, group) {
			continue
		}
		switch v.Invariant {
		case trace.Lost:
			lost[v.Mail] = true
		case trace.Duplicates:
			duplicated[v.Mail] = true
		}
	}
	fig.lost, fig.duplicated = len(lost), len(duplicated)
}

// value is a metric as thresholds compare it, and as one reads it.
func (f *figures) value(metric string) (float64, string) {
	switch metric {
	case "failures":
		share := 0.0
		if f.sent > 0 {
			share = float64(f.failed) / float64(f.sent)
		}
		return share, fmt.Sprintf("%s (%d of %d)", percent(share), f.failed, f.sent)
	case "lost":
		return float64(f.lost), strconv.Itoa(f.lost)
	case "duplicated":
		return float64(f.duplicated), strconv.Itoa(f.duplicated)
	case "rate":
		rate := 0.0
		if f.elapsed > 0 {
			rate = float64(len(f.latency)) / f.elapsed.Seconds()
		}
		return rate, strconv.FormatFloat(rate, 'f', 1, 64) + "/s"
	}
	var p float64
	if _, err := fmt.Sscanf(metric, "p%g latency", &p); err == nil {
		d := f.percentile(p)
		return d.Seconds(), short(d)
	}
	return math.NaN(), "unknown"
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', -1, 64) + "%" }

// percentile is the latency that p of a hundred mails stay within (nearest rank).
func (f *figures) percentile(p float64) time.Duration {
	if len(f.latency) == 0 {
		return 0
	}
	i := int(math.Ceil(p/100*float64(len(f.latency)))) - 1
	return f.latency[min(max(i, 0), len(f.latency)-1)]
}

// holds compares a value with the threshold; what is no number holds nothing.
func (t Threshold) holds(v float64) bool {
	switch t.Op {
	case "<":
		return v < t.Value
	case "<=":
		return v <= t.Value
	case "=", "==":
		return v == t.Value
	case ">=":
		return v >= t.Value
	case ">":
		return v > t.Value
	}
	return false
}

func (f *figures) table(name string) reports.Table {
	t := reports.Table{
		Title:  "load " + name,
		Header: []string{"sent", "taken", "failed", "p50", "p90", "p99", "max"},
	}
	row := []string{strconv.Itoa(f.sent), strconv.Itoa(f.sent - f.failed), strconv.Itoa(f.failed)}
	for _, p := range []float64{50, 90, 99, 100} {
		row = append(row, short(f.percentile(p).Round(time.Microsecond)))
	}
	t.Rows = append(t.Rows, row)
	return t
}
