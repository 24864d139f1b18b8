package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxSteps bounds the steps of a scenario after its groups are expanded.
const maxSteps = 100_000

// groups are the steps that `do` runs by name.
type groups struct {
	steps map[string]*tree
	names []string
	used  map[string]bool
	open  []string // being expanded, outermost first
	out   []*tree  // steps without any do
	full  bool
}

// readGroups checks the shape of the groups key.
func (d *decoder) readGroups(t *tree) *groups {
	g := &groups{steps: map[string]*tree{}, used: map[string]bool{}}
	if t == nil {
		return g
	}
	if t.shape != mappingShape {
		d.addf(t.pos, "groups is a mapping of names and lists of steps, not %s", t.what())
		return g
	}
	seen := map[string]Pos{}
	for _, p := range t.pairs {
		if p.key.wrong || d.repeated(seen, p.key) {
			continue
		}
		if err := checkName(p.key.text); err != nil {
			d.addf(p.key.pos, "%q cannot name a group: %v", p.key.text, err)
			continue
		}
		if p.value.shape != listShape {
			d.addf(p.value.pos, "the group %s is a list of steps, not %s", p.key.text, p.value.what())
			g.steps[p.key.text] = &tree{shape: listShape, pos: p.value.pos} // known to whoever does it
			d.names.unread = true
			continue
		}
		g.steps[p.key.text] = p.value
		g.names = append(g.names, p.key.text)
	}
	return g
}

// expand appends the steps of a list to out, with the steps of a group in the place of its do.
func (d *decoder) expand(g *groups, steps *tree) {
	if steps.shape != listShape {
		d.addf(steps.pos, "steps is a list, each with one verb, not %s", steps.what())
		return
	}
	for _, t := range steps.items {
		do := t.get("do")
		if t.shape != mappingShape || len(t.pairs) != 1 || do == nil {
			if len(g.out) >= maxSteps {
				if !g.full {
					d.addf(t.pos, "more than %d steps with those of the groups, the limit", maxSteps)
				}
				g.full = true
				return
			}
			g.out = append(g.out, t)
			continue
		}
		name, ok := d.scalar(do, "the name of a group")
		if !ok {
			continue
		}
		body, ok := g.steps[name]
		if !ok {
			d.unknown(do.pos, "group", name, slices.Sorted(maps.Keys(g.steps)))
			continue
		}
		g.used[name] = true
		if i := slices.Index(g.open, name); i >= 0 {
			d.addf(do.pos, "the group %s does itself: %s", name, strings.Join(append(slices.Clone(g.open[i:]), name), " does "))
			continue
		}
		g.open = append(g.open, name)
		d.expand(g, body)
		g.open = g.open[:len(g.open)-1]
		if g.full {
			return
		}
	}
}

// readSteps reads the steps of a scenario. The steps of groups that nothing does
// are read too, so that what is wrong there is found.
func (d *decoder) readSteps(steps, groupsKey *tree) []Step {
	g := d.readGroups(groupsKey)
	if steps != nil {
		d.expand(g, steps)
	}
	out := make([]Step, 0, len(g.out))
	for _, t := range g.out {
		out = append(out, d.step(t)...)
	}
	for _, name := range g.names {
		if g.used[name] {
			continue
		}
		idle := &groups{steps: g.steps, used: g.used, open: []string{name}}
		d.expand(idle, g.steps[name])
		for _, t := range idle.out {
			d.step(t)
		}
	}
	return out
}

// verb is one word that a step may begin with.
type verb struct {
	name, about string
	value       func(dst *[]Action) value
}

// one makes the reader of a verb that gives one action.
func one[T any, P interface {
	*T
	Action
}](read func(*T) value) func(*[]Action) value {
	return func(dst *[]Action) value {
		v := new(T)
		inner := read(v)
		return value{
			read: func(d *decoder, t *tree) {
				inner.read(d, t)
				*dst = []Action{P(v)}
			},
			schema: inner.schema,
		}
	}
}

// verbs is the table of the verbs, by name; do is expanded before.
func verbs() []verb {
	return []verb{
		{"clear", "ends faults by name", one(clearVerb)},
		{"conform", "asks a node whether it keeps the rules of SMTP", one(conformVerb)},
		{"dns", "changes the zones, or makes look-ups fail", dnsVerb},
		{"expect", "must hold now, within a time, or at the end", one(expectVerb)},
		{"fault", "makes a node misbehave", one(faultVerb)},
		{"link", "changes the link from one node to another", one(linkVerb)},
		{"load", "sends many mails", one(loadVerb)},
		{"never", "must not hold now, or at any moment of a time", one(neverVerb)},
		{"phase", "heads the steps that follow", one(phaseVerb)},
		{"reply", "judges what the last send was told", one(replyVerb)},
		{"send", "gives a mail to a server", one(sendVerb)},
		{"start", "starts nodes that were stopped", one(startVerb)},
		{"stop", "stops nodes as a crash does: the spool stays, memory is lost", one(stopVerb)},
		{"talk", "speaks with a server, line by line", one(talkVerb)},
		{"wait", "lets time pass: a duration, or quiet", one(waitVerb)},
	}
}

// step reads one step; some verbs give several.
func (d *decoder) step(t *tree) []Step {
	if t.shape != mappingShape || len(t.pairs) == 0 {
		d.lacks(t, "a step is a verb and what it needs, such as wait: 10m, not %s", t.what())
		d.names.unread = d.names.unread || t.wrong
		return nil
	}
	var known []string
	table := d.verbs
	for _, v := range table {
		known = append(known, v.name)
	}
	known = append(known, "do")
	if len(t.pairs) > 1 {
		verbs := make([]string, len(t.pairs))
		for i, p := range t.pairs {
			verbs[i] = p.key.text
		}
		if contains(known, verbs[0]) && !contains(known, verbs[1]) {
			d.addf(t.pairs[1].key.pos, "a step has one verb: %q stands beside %s (is it indented too little?)", verbs[1], verbs[0])
		} else {
			d.addf(t.pairs[1].key.pos, "a step has one verb, not %s", strings.Join(verbs, " and "))
		}
	}
	key, arg := t.pairs[0].key, t.pairs[0].value
	i := slices.IndexFunc(table, func(v verb) bool { return v.name == key.text })
	if i < 0 {
		if key.text != "do" || len(t.pairs) == 1 {
			msg := fmt.Sprintf("unknown verb %q", key.text)
			hint := suggest(key.text, known)
			if hint == "" {
				slices.Sort(known)
				msg += ": the verbs are " + strings.Join(known, " ")
			}
			d.add(key.pos, msg, hint)
			d.names.salvage(arg)
		}
		return nil
	}
	before := d.count
	var actions []Action
	table[i].value(&actions).read(d, arg)
	if d.count > before {
		if slices.Contains([]string{"fault", "load", "send"}, key.text) {
			d.names.salvage(arg)
			d.names.salvage(t) // the keys may be indented too little
		}
		return nil
	}
	out := make([]Step, len(actions))
	for j, a := range actions {
		out[j] = Step{Pos: key.pos, Verb: key.text, Do: a}
	}
	return out
}
