package scenarios

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// String says how many mails go where.
func (l *Load) String() string {
	how := fmt.Sprintf("%d mails in %d sessions", l.Count, l.Sessions)
	if len(l.Rate) > 0 {
		stages := make([]string, len(l.Rate))
		for i, r := range l.Rate {
			stages[i] = r.String()
		}
		how = strings.Join(stages, ", ")
	}
	who := l.From + " to " + several(l.To)
	if l.Between != nil {
		who = "between " + l.Between.String()
	}
	via := ""
	if l.Via != "" {
		via = " via " + l.Via
	}
	return fmt.Sprintf("load %s%s: %s: %s", l.Name, via, who, how)
}

// String writes the stage as a scenario does.
func (r RateStage) String() string {
	s := strconv.FormatFloat(r.Rate, 'g', 6, 64) + "/s"
	switch {
	case r.Over > 0:
		return s + " over " + span(r.Over)
	case r.For > 0:
		return s + " for " + span(r.For)
	}
	return s
}

func loadVerb(l *Load) value {
	l.Between = new(Between) // dropped where the step has none
	return object("a load step", loadFields(), l).also(func(d *decoder, t *tree) { d.checkLoad(l, t) })
}

func loadFields() []field[Load] {
	return []field[Load]{
		{"mail", "what the mails are named: NAME-1, NAME-2, ...; default load, load2, ...", func(l *Load) value { return name(&l.Name, "a mail") }, false},
		{"via", "the server that they are given to, or a mua that submits them; with between, default the node of the sender's mailbox", func(l *Load) value { return nodeName(&l.Via) }, false},
		{"from", "the reverse-path", func(l *Load) value { return reversePath(&l.From) }, false},
		{"to", "the forward-path, or a list of them", func(l *Load) value { return some(&l.To, "addresses", address) }, false},
		{"between", "instead of from and to, mailboxes: each mail goes from one to another by chance; all is every mailbox there is", func(l *Load) value { return between(l.Between) }, false},
		{"reach", "with between: the recipient is one of the next so many mailboxes", func(l *Load) value { return whole(&l.Between.Reach, 1, maxMails) }, false},
		{"auth", "{user, password, mechanism}", func(l *Load) value { return credentials(&l.Auth) }, false},
		{"tls", "none, starttls or implicit", func(l *Load) value { return clientTLS(&l.TLS) }, false},
		{"rate", "200/s for 30s, or stages: [0/s, 200/s over 10s, 200/s for 30s]", func(l *Load) value { return some(&l.Rate, "stages", rateStage) }, false},
		{"sessions", "sessions at once, each as fast as the server takes mail", func(l *Load) value { return whole(&l.Sessions, 1, 100_000) }, false},
		{"count", "how many mails in all", func(l *Load) value { return whole(&l.Count, 1, maxMails) }, false},
		{"size", "octets of a mail's body", func(l *Load) value { return dataSize(&l.Size) }, false},
		{"keep", "thresholds: failures < 0.1%, lost = 0, duplicated = 0", func(l *Load) value { return some(&l.Keep, "thresholds", threshold) }, false},
	}
}

func (d *decoder) checkLoad(l *Load, t *tree) {
	d.checkParties(l, t)
	rate, sessions := t.get("rate") != nil, t.get("sessions") != nil
	switch {
	case rate && sessions:
		d.addf(t.where("sessions"), "a load step has rate, or sessions and count, not both")
		return
	case !rate && !sessions:
		d.lacks(t, "a load step needs rate, or sessions and count")
		return
	case sessions && t.get("count") == nil:
		d.lacks(t, "a load step with sessions needs count")
		return
	}
	total := l.Count
	if rate && len(l.Rate) > 0 && !slices.ContainsFunc(l.Rate, func(r RateStage) bool { return r == RateStage{} && len(l.Rate) == 1 }) {
		if n := d.stages(l, t.get("rate")); total == 0 {
			total = n
		}
	}
	pos := t.pos
	if m := t.get("mail"); m != nil {
		pos = m.pos
	} else {
		l.Name = d.names.unnamed("load", pos)
	}
	d.names.addMail(d, pos, l.Name, max(total, 1))
	d.client(t, l.Via, &l.Auth, &l.TLS)
}

// checkParties looks whether the step says who sends to whom.
func (d *decoder) checkParties(l *Load, t *tree) {
	if t.get("between") != nil {
		d.checkBetween(l, t)
		return
	}
	l.Between = nil
	if t.get("reach") != nil {
		d.addf(t.where("reach"), "reach is for between, and there is none")
	}
	for _, f := range loadFields() {
		if slices.Contains([]string{"via", "from", "to"}, f.name) && t.get(f.name) == nil {
			d.lacks(t, "a load step needs %s: %s", f.name, f.about)
		}
	}
}

// stages checks that the stages take a time, and returns how many mails they send.
func (d *decoder) stages(l *Load, t *tree) int {
	total, before := 0.0, 0.0
	var all time.Duration
	for i, s := range l.Rate {
		at := t
		if t.shape == listShape {
			at = t.items[i]
		}
		if s.Over == 0 && s.For == 0 && i > 0 {
			d.addf(at.pos, "the stage takes no time: write %s for 30s, or %s over 10s", s, s)
			return 0
		}
		all += s.Over + s.For
		if all > maxDuration {
			d.addf(at.pos, "the stages are longer than 100 years, the limit")
			return 0
		}
		total += (before+s.Rate)/2*s.Over.Seconds() + s.Rate*s.For.Seconds()
		before = s.Rate
	}
	if all == 0 {
		d.addf(t.pos, "the rate has no end: write %s for 30s", l.Rate[0])
		return 0
	}
	if total > maxMails {
		d.addf(t.pos, "%.0f mails are more than %d, the limit", total, maxMails)
		return 0
	}
	if total < 1 {
		d.addf(t.pos, "the rate sends no mail at all")
		return 0
	}
	return int(math.Ceil(total))
}

// parseStage reads "200/s", "200/s for 30s" and "200/s over 10s".
func parseStage(s string) (RateStage, error) {
	bad := fmt.Errorf("%q is no rate: write 200/s for 30s, 200/s over 10s, or 10/m for 1h", s)
	f := strings.Fields(s)
	if len(f) != 1 && len(f) != 3 {
		return RateStage{}, bad
	}
	number, unit, ok := strings.Cut(f[0], "/")
	n, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || strings.ContainsAny(number, "+-xXpPnN_") || n > 1e7 {
		return RateStage{}, bad
	}
	switch unit {
	case "s":
	case "m":
		n /= 60
	case "h":
		n /= 3600
	default:
		return RateStage{}, bad
	}
	r := RateStage{Rate: n}
	if len(f) == 1 {
		return r, nil
	}
	d, err := parseDuration(f[2])
	if err != nil {
		return r, fmt.Errorf("rate: %w", err)
	}
	if d == 0 {
		return r, fmt.Errorf("%q takes no time", s)
	}
	switch f[1] {
	case "for":
		r.For = d
	case "over":
		r.Over = d
	default:
		return r, bad
	}
	return r, nil
}

func rateStage(dst *RateStage) value {
	return parsed(dst, "a rate such as 200/s for 30s", parseStage, func() *schema {
		return &schema{Type: "string", Pattern: `^[0-9.]+/[smh]( (for|over) .+)?$|` + paramPart}
	})
}

// parseThreshold reads "failures < 0.1%", "lost = 0", "p99 latency < 250ms" and "rate > 1000/s".
func parseThreshold(s string) (Threshold, error) {
	m := regexp.MustCompile(`^\s*([a-z0-9. ]*[a-z])\s*(<=|>=|<|>|=)\s*(\S+)\s*$`).FindStringSubmatch(s)
	if m == nil {
		return Threshold{}, fmt.Errorf("%q is no threshold: write failures < 0.1%%, lost = 0 or p99 latency < 250ms", s)
	}
	t := Threshold{Text: s, Metric: strings.Join(strings.Fields(m[1]), " "), Op: m[2]}
	var err error
	switch metric := t.Metric; {
	case metric == "failures" || metric == "lost" || metric == "duplicated":
		if number, ok := strings.CutSuffix(m[3], "%"); ok {
			t.Value, err = strconv.ParseFloat(number, 64)
			t.Value /= 100
		} else {
			t.Value, err = strconv.ParseFloat(m[3], 64)
		}
		if err != nil || !(t.Value >= 0) || math.IsInf(t.Value, 0) {
			return t, fmt.Errorf("%q: %q is no number or percentage", s, m[3])
		}
	case metric == "rate":
		var r RateStage
		if r, err = parseStage(m[3]); err != nil {
			return t, fmt.Errorf("%q: %w", s, err)
		}
		t.Value = r.Rate
	case strings.HasSuffix(metric, " latency"):
		p, ok := strings.CutPrefix(strings.TrimSuffix(metric, " latency"), "p")
		n, err := strconv.ParseFloat(p, 64)
		if !ok || err != nil || !(n > 0 && n <= 100) {
			return t, fmt.Errorf("%q: want a percentile such as p99 latency", s)
		}
		d, err := parseDuration(m[3])
		if err != nil {
			return t, fmt.Errorf("%q: %w", s, err)
		}
		t.Value = d.Seconds()
	default:
		return t, unknownWord{"threshold", metric, []string{"duplicated", "failures", "lost", "p50 latency", "p95 latency", "p99 latency", "rate"}}
	}
	return t, nil
}

func threshold(dst *Threshold) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "a threshold such as lost = 0")
			if !ok {
				return
			}
			v, err := parseThreshold(s)
			var word unknownWord
			if errors.As(err, &word) {
				d.unknown(t.pos, word.what, word.word, word.words)
				return
			}
			switch {
			case err != nil:
				d.addf(t.pos, "%v", err)
			case v.Metric == "rate" || strings.HasSuffix(v.Metric, "latency"):
				d.addf(t.pos, "not available yet: the threshold %q needs real load figures (clock: wall)", s)
			default:
				*dst = v
			}
		},
		schema: func() *schema { return &schema{Type: "string"} },
	}
}
