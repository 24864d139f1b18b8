package scenarios

import (
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// String says what the fault does, where and how long.
func (f *Fault) String() string {
	var b strings.Builder
	b.WriteString("fault ")
	if f.Name != "" {
		b.WriteString(f.Name + ": ")
	}
	fmt.Fprintf(&b, "%s at %s", f.Node, f.At)
	if f.Do != sim.DoReply {
		fmt.Fprintf(&b, " %s", f.Do)
	}
	if f.Reply != "" {
		fmt.Fprintf(&b, " %q", clip(f.Reply, 60))
	}
	if f.Delay > 0 {
		fmt.Fprintf(&b, ", delay %s", span(f.Delay))
	}
	if f.Times > 0 {
		b.WriteString(", " + plural(f.Times, "time"))
	}
	if f.For > 0 {
		fmt.Fprintf(&b, ", for %s", span(f.For))
	}
	if f.Chance > 0 && f.Chance < 1 {
		fmt.Fprintf(&b, ", chance %v", f.Chance)
	}
	for _, k := range matchKeys() {
		if m, ok := f.Match[k].(Pattern); ok {
			fmt.Fprintf(&b, ", %s %s", k, m.Text)
		}
	}
	return b.String()
}

func matchKeys() []string { return []string{"from", "mail", "peer", "to"} }

func effects() []sim.Effect {
	return []sim.Effect{sim.DoRefuse, sim.DoDrop, sim.DoReset, sim.DoStall, sim.DoGarble, sim.DoLose, sim.DoDuplicate}
}

func faultVerb(f *Fault) value {
	return object("a fault step", []field[Fault]{
		{"name", "its name, for clear", func(f *Fault) value { return name(&f.Name, "a fault") }, false},
		{"node", "the server that misbehaves", func(f *Fault) value { return nodeName(&f.Node, serverRoles()...) }, true},
		{"at", "the stage of the session: connect banner ehlo starttls auth mail rcpt data dot quit", func(f *Fault) value { return stage(&f.At) }, true},
		{"reply", "the reply that it gives: 451 4.3.0 try later", func(f *Fault) value {
			return parsed(&f.Reply, "a reply such as 451 4.3.0 try later", parseFaultReply, func() *schema {
				return anyOf(&schema{Type: "string", Pattern: `^[1-6][0-9][0-9]([ \n-]|$)|` + paramPart}, wholeSchema(100, 699))
			})
		}, false},
		{"do", "refuse, drop (acted on, no reply), reset (not acted on), stall, garble, lose or duplicate", func(f *Fault) value {
			return oneOf(&f.Do, "effect", effects()...)
		}, false},
		{"delay", "the time before it acts; alone it only delays", func(f *Fault) value { return period(&f.Delay) }, false},
		{"times", "how often it acts", func(f *Fault) value { return whole(&f.Times, 1, 1_000_000_000-1) }, false},
		{"for", "how long it acts", func(f *Fault) value { return period(&f.For) }, false},
		{"chance", "the share of cases in which it acts, by the seed", func(f *Fault) value { return share(&f.Chance) }, false},
		{"match", "which mails it meets: patterns of mail, from, to and peer", func(f *Fault) value { return match(&f.Match) }, false},
	}, f).also(func(d *decoder, t *tree) {
		if f.Name != "" {
			if _, ok := d.names.faults[f.Name]; !ok {
				d.names.faults[f.Name] = t.get("name").pos
			}
		}
		d.checkFault(f, t)
	})
}

func (d *decoder) checkFault(f *Fault, t *tree) {
	do, reply := t.get("do"), t.get("reply")
	switch {
	case do != nil && reply != nil:
		d.addf(t.where("reply"), "a fault has reply or do, not both")
	case do == nil && reply == nil && t.get("delay") == nil:
		d.lacks(t, "a fault needs one of reply, do and delay")
	case do != nil && (f.Do == sim.DoLose || f.Do == sim.DoDuplicate) && f.At != sim.AtDot && f.At != "":
		d.addf(do.pos, "%s acts when the mail was taken: at: dot", f.Do)
	case f.At == sim.AtConnect && f.Reply != "":
		// RFC 5321 3.1: the first reply of a connection is the greeting.
		f.At = sim.AtBanner
	}
	if c := t.get("chance"); c != nil && c.text == "0" {
		d.addf(c.pos, "a fault with chance 0 never acts")
	}
}

// match reads patterns by what they are compared with.
func match(dst *map[string]sim.Matcher) value {
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape != mappingShape {
				d.addf(t.pos, "match is a mapping with from, mail, peer, to, not %s", t.what())
				return
			}
			out := map[string]sim.Matcher{}
			seen := map[string]Pos{}
			for _, p := range t.pairs {
				if d.repeated(seen, p.key) {
					continue
				}
				if !contains(matchKeys(), p.key.text) {
					d.unknownKey(p.key, "match", matchKeys())
					continue
				}
				var pat *Pattern
				read := patternTo(&pat, parsePattern)
				if p.key.text == "mail" {
					read = mailPattern(&pat)
				}
				read.read(d, p.value)
				if pat != nil {
					out[p.key.text] = *pat
				}
			}
			if len(t.pairs) == 0 {
				d.addf(t.pos, "match is empty: it has from, mail, peer, to")
			}
			*dst = out
		},
		schema: func() *schema {
			s := &schema{Type: "object", Properties: newProperties(), AdditionalProperties: falseSchema()}
			for _, k := range matchKeys() {
				s.Properties.Set(k, patternSchema())
			}
			return s
		},
	}
}
