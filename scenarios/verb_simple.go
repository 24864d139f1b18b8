package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim"
)

// String returns the title.
func (p *Phase) String() string { return p.Title }

func phaseVerb(p *Phase) value { return words(&p.Title) }

// String says which faults end.
func (c *Clear) String() string { return "clear " + strings.Join(c.Names, ", ") }

func clearVerb(c *Clear) value {
	return some(&c.Names, "faults", func(s *string) value {
		return parsed(s, "the name of a fault", func(s string) (string, error) { return s, nil }, nameSchema).
			then(func(d *decoder, t *tree) {
				name := *s
				d.later = append(d.later, func() {
					if _, ok := d.names.faults[name]; !ok && !d.names.told(name) {
						d.unknown(t.pos, "fault", name, slices.Sorted(maps.Keys(d.names.faults)))
					}
				})
			})
	})
}

// String says how long it waits.
func (w *Wait) String() string {
	if w.Quiet {
		return "wait until quiet"
	}
	return "wait " + span(w.For)
}

func waitVerb(w *Wait) value {
	return parsed(w, "a duration such as 10m, or quiet", func(s string) (Wait, error) {
		if s == "quiet" {
			return Wait{Quiet: true}, nil
		}
		d, err := parseDuration(s)
		if err == nil && d == 0 {
			err = errors.New("the duration must be longer than nothing")
		}
		if err != nil && strings.Trim(s, "quiet") == "" {
			err = fmt.Errorf("want a duration such as 10m, or quiet, not %q", s)
		}
		return Wait{For: d}, err
	}, func() *schema { return anyOf(enumSchema([]string{"quiet"}), durationSchema()) })
}

// String says which nodes stop or start.
func (p *Power) String() string {
	if p.On {
		return "start " + strings.Join(p.Nodes, ", ")
	}
	return "stop " + strings.Join(p.Nodes, ", ")
}

func startVerb(p *Power) value {
	p.On = true
	return powerNodes(p)
}

func stopVerb(p *Power) value { return powerNodes(p) }

func powerNodes(p *Power) value {
	return some(&p.Nodes, "nodes", func(s *string) value { return nodeName(s, serverRoles()...) })
}

// String says what the link becomes.
func (l *LinkChange) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "link %s to %s", l.From, l.To)
	if l.Cut != nil {
		b.WriteString(map[bool]string{true: " cut", false: " joined"}[*l.Cut])
	}
	if l.Latency != nil {
		fmt.Fprintf(&b, ", latency %s", span(*l.Latency))
	}
	if l.Jitter != nil {
		fmt.Fprintf(&b, ", jitter %s", span(*l.Jitter))
	}
	if l.Loss != nil {
		fmt.Fprintf(&b, ", loss %v", *l.Loss)
	}
	if l.For > 0 {
		fmt.Fprintf(&b, ", for %s", span(l.For))
	}
	return b.String()
}

func linkVerb(l *LinkChange) value {
	return object("a link step", []field[LinkChange]{
		{"from", "the node that sends", func(l *LinkChange) value { return nodeName(&l.From) }, true},
		{"to", "the node that is sent to", func(l *LinkChange) value { return nodeName(&l.To) }, true},
		{"cut", "true cuts the link, false joins it again", func(l *LinkChange) value { return optional(&l.Cut, yes) }, false},
		{"latency", "the time that octets need, one way", func(l *LinkChange) value { return optional(&l.Latency, duration) }, false},
		{"jitter", "the most that chance adds to the latency", func(l *LinkChange) value { return optional(&l.Jitter, duration) }, false},
		{"loss", "the share of segments that are lost and sent again", func(l *LinkChange) value { return optional(&l.Loss, share) }, false},
		{"for", "how long; without it until the next change", func(l *LinkChange) value { return period(&l.For) }, false},
	}, l).also(func(d *decoder, t *tree) {
		if l.From != "" && l.From == l.To {
			d.addf(t.where("to"), "%s is both ends of the link", l.To)
		}
		if l.Cut == nil && l.Latency == nil && l.Jitter == nil && l.Loss == nil {
			d.addf(t.pos, "a link step needs one of cut, latency, jitter and loss")
		}
	})
}

// optional is a value that is nil when its key is not there.
func optional[T any](dst **T, inner func(*T) value) value {
	v := new(T)
	in := inner(v)
	return value{
		read: func(d *decoder, t *tree) {
			in.read(d, t)
			*dst = v
		},
		schema: in.schema,
	}
}

// String says which stage and which reply.
func (r *Reply) String() string { return fmt.Sprintf("reply at %s is %s", r.At, r.Is.Text) }

func replyVerb(r *Reply) value {
	return object("a reply step", []field[Reply]{
		{"at", "the stage of the session: connect banner ehlo starttls auth mail rcpt data dot quit", func(r *Reply) value { return stage(&r.At) }, true},
		{"is", "the code, the whole reply, or /regexp/", func(r *Reply) value {
			return parsed(&r.Is, "a code, a reply or /regexp/", replyPattern, patternSchema)
		}, true},
	}, r).also(func(d *decoder, t *tree) {
		if !d.names.sent {
			d.addf(t.pos, "a reply step judges the last send, and no send is before it")
		}
	})
}

func stage(dst *sim.Stage) value {
	return oneOf(dst, "stage", sim.AtConnect, sim.AtBanner, sim.AtEHLO, sim.AtStartTLS, sim.AtAuth,
		sim.AtMail, sim.AtRcpt, sim.AtData, sim.AtDot, sim.AtQuit)
}

// span writes a duration as a scenario would: 5d, 1h30m, 90s.
func span(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	day := 24 * time.Hour
	s := ""
	if d >= day {
		s = fmt.Sprintf("%dd", d/day)
		d %= day
	}
	if d == 0 {
		return s
	}
	r := d.String()
	if strings.HasSuffix(r, "m0s") {
		r = strings.TrimSuffix(r, "0s")
	}
	if strings.HasSuffix(r, "h0m") {
		r = strings.TrimSuffix(r, "0m")
	}
	return s + r
}
