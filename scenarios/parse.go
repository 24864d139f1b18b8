package scenarios

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/mailsim/mailsim/sim"
)

// Parse reads a scenario file with its fragments and data files, and checks all
// of it. A matrix gives several scenarios. When the file is wrong the error is
// of type Errors and holds everything that was found; when it cannot be read it
// is the operating system's.
func Parse(name string, opts Options) ([]*Scenario, error) {
	return parse(osSource{}, filepath.Clean(name), opts)
}

// ParseFS is Parse for a file of fsys, such as Examples.
func ParseFS(fsys fs.FS, name string, opts Options) ([]*Scenario, error) {
	return parse(fsSource{fsys}, path.Clean(name), opts)
}

// ParseBytes is Parse for text that is at hand. Fragments and data files are
// looked for beside name, which need not exist.
func ParseBytes(name string, data []byte, opts Options) ([]*Scenario, error) {
	return parseData(osSource{}, name, data, opts)
}

func parse(src source, name string, opts Options) ([]*Scenario, error) {
	data, err := src.read(name, maxFileSize)
	if errors.Is(err, errTooLarge) {
		return nil, Errors{{Pos: Pos{name, 1, 1}, Msg: "the file is " + err.Error()}}
	}
	if err != nil {
		return nil, err
	}
	return parseData(src, name, data, opts)
}

func parseData(src source, name string, data []byte, opts Options) ([]*Scenario, error) {
	probs := newProblems()
	root := readTree(name, data, probs)
	if root == nil || !checkRoot(root, probs) {
		return nil, probs.err()
	}
	cache, read := map[string]*tree{}, map[string][]byte{}
	combos := readMatrix(root.get("matrix"), opts.Params, probs)
	used := map[string]bool{}
	var out []*Scenario
	for _, c := range combos {
		d := &decoder{problems: probs, src: src, read: read, verbs: verbs(), nodeTable: nodeFields()}
		s := d.scenario(name, root, c, cache, opts, used)
		out = append(out, s)
	}
	for _, p := range slices.Sorted(maps.Keys(opts.Params)) {
		if !used[p] {
			known := slices.DeleteFunc(slices.Sorted(maps.Keys(used)), func(k string) bool { return !used[k] })
			probs.add(Pos{name, 1, 1}, "the param "+quote(p)+" was given, and nothing in the scenario uses it", suggest(p, known))
		}
	}
	if err := probs.err(); err != nil {
		return nil, err
	}
	return out, nil
}

// topKeys are the keys of a scenario in the order of the language's page.
func topKeys() []string {
	return []string{
		"scenario", "about", "covers", "use", "params", "matrix", "seed", "clock", "start",
		"dns", "network", "nodes", "groups", "steps", "waive",
	}
}

// checkRoot checks the keys of a scenario before anything is substituted.
func checkRoot(root *tree, probs *problems) bool {
	if root.shape != mappingShape {
		probs.addf(root.pos, "a scenario is a mapping with scenario, nodes and steps, not %s", root.what())
		return false
	}
	seen := map[string]Pos{}
	for _, p := range root.pairs {
		k := p.key.text
		if first, ok := seen[k]; ok {
			probs.addf(p.key.pos, "repeated key %q (first at line %d)", k, first.Line)
			continue
		}
		seen[k] = p.key.pos
		if !contains(topKeys(), k) {
			probs.add(p.key.pos, "unknown key "+quote(k)+" in a scenario", suggest(k, topKeys()))
		}
	}
	if _, ok := seen["scenario"]; !ok && !root.wrong {
		probs.addf(root.pos, "a scenario needs a name: scenario: NAME (a fragment is not run, but used by one)")
	}
	return true
}

// scenario reads one combination of the matrix.
func (d *decoder) scenario(name string, root *tree, c combination, cache map[string]*tree, opts Options, used map[string]bool) *Scenario {
	ps := d.gatherParams(name, root, c, cache, opts)
	var roots []*tree
	for _, f := range d.fragments {
		roots = append(roots, ps.substitute(without(f.root, "params")))
	}
	body := *root
	body.pairs = slices.DeleteFunc(slices.Clone(root.pairs), func(p pair) bool {
		return p.key.text == "params" || p.key.text == "matrix" || p.key.text == "use"
	})
	top := ps.substitute(&body)
	roots = append(roots, top)

	s := &Scenario{File: name, Seed: 1, Start: DefaultStart(), Params: map[string]string{}}
	d.head(s, top)
	s.Name += c.suffix()
	if opts.Seed != 0 {
		s.Seed = opts.Seed
	}
	d.zones(s, roots)
	d.nodes(s, d.gatherNodes(roots))
	d.network(s, top.get("network"))
	s.Steps = d.readSteps(top.get("steps"), top.get("groups"))
	for _, check := range d.later {
		check()
	}
	for _, p := range ps.names() {
		s.Params[p], _ = ps.lookupQuietly(p)
	}
	for p := range ps.values {
		used[p] = used[p] || ps.used[p] || d.declared[p]
	}
	return s
}

// gatherParams reads the params of the fragments, of the file over them, of the
// matrix, and those that were given for the run over all.
func (d *decoder) gatherParams(name string, root *tree, c combination, cache map[string]*tree, opts Options) *params {
	d.declared = map[string]bool{}
	own := newParams(d.problems)
	d.params(own, root.get("params"))
	over := func(ps *params) {
		if m := root.get("matrix"); m != nil {
			ps.unread = ps.unread || m.shape != mappingShape || m.wrong
		}
		ps.unread = ps.unread || root.wrong
		for _, v := range c {
			ps.set(v.name, v.value)
			d.declared[v.name] = true
		}
		for k, v := range opts.Params {
			ps.set(k, &tree{text: v, pos: Pos{name, 1, 1}, style: quoted})
		}
	}
	over(own)
	in := &includes{src: d.src, probs: d.problems, cache: cache, place: map[string]Pos{}, stack: []string{name}}
	if use := root.get("use"); use != nil {
		in.add(own.substitute(use))
	}
	d.fragments = in.list
	if len(d.fragments) == 0 {
		return own
	}
	all := newParams(d.problems)
	for _, f := range d.fragments {
		d.params(all, f.root.get("params"))
	}
	d.params(all, root.get("params"))
	over(all)
	maps.Copy(all.used, own.used)
	return all
}

// params reads one params mapping.
func (d *decoder) params(ps *params, t *tree) {
	if t == nil {
		return
	}
	ps.unread = ps.unread || t.shape != mappingShape || t.wrong
	if t.shape != mappingShape {
		d.addf(t.pos, "params is a mapping of names and values, not %s", t.what())
		return
	}
	seen := map[string]Pos{}
	for _, p := range t.pairs {
		if d.repeated(seen, p.key) {
			continue
		}
		if !isParamName(p.key.text) {
			d.addf(p.key.pos, `%q cannot name a param: a name has letters, digits, "-", "_" and "."`, p.key.text)
			continue
		}
		value := p.value
		if _, ok := d.scalar(value, "the value of a param"); !ok {
			value = &tree{pos: value.pos, wrong: true}
		}
		ps.set(p.key.text, value)
		d.declared[p.key.text] = true
	}
}

// DefaultStart is the date at which the virtual clock starts: a Monday morning.
func DefaultStart() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

// headSpec is what stands at the top of a scenario.
type headSpec struct {
	*Scenario
	clock string
}

// headFields are the keys of a scenario that are values; the others are read apart.
func headFields() []field[headSpec] {
	return []field[headSpec]{
		{"scenario", "the name of the scenario", func(h *headSpec) value { return words(&h.Name) }, true},
		{"about", "what it shows, in a sentence", func(h *headSpec) value { return text(&h.About) }, false},
		{"covers", "the RFC sections that it is about, RFC5321#5.1, and the requirements whose breach would fail it, R5321-5.1-a", func(h *headSpec) value { return list(&h.Covers, "RFC sections", covered) }, false},
		{"seed", "the source of all chance; default 1", func(h *headSpec) value { return seed(&h.Seed) }, false},
		{"clock", "virtual (default) or wall", func(h *headSpec) value { return oneOf(&h.clock, "clock", "virtual", "wall") }, false},
		{"start", "the date, or date and time, of the virtual clock; default 2026-01-05T09:00:00Z", func(h *headSpec) value { return parsed(&h.Start, "a date", parseStart, startSchema) }, false},
		{"waive", "invariants that this scenario breaks on purpose", func(h *headSpec) value {
			return list(&h.Waive, "invariants", func(s *string) value { return oneOf(s, "invariant", invariants()...) })
		}, false},
	}
}

// invariants are the names that waive takes.
func invariants() []string {
	return []string{"lost", "duplicates", "received", "return-path", "body", "loops", "null-sender", "leaks"}
}

// head reads the keys that are values.
func (d *decoder) head(s *Scenario, top *tree) {
	only := *top
	only.pairs = nil
	fields := headFields()
	for _, p := range top.pairs {
		if slices.ContainsFunc(fields, func(f field[headSpec]) bool { return f.name == p.key.text }) {
			only.pairs = append(only.pairs, p)
		}
	}
	h := headSpec{Scenario: s}
	if top.get("scenario") == nil {
		fields = slices.DeleteFunc(fields, func(f field[headSpec]) bool { return f.name == "scenario" })
	}
	object("a scenario", fields, &h).read(d, &only)
	s.Wall = h.clock == "wall"
}

func seed(dst *uint64) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.number(t, "a whole number")
			if !ok {
				return
			}
			n, err := strconv.ParseUint(s, 10, 63)
			if err != nil {
				d.addf(t.pos, "want a whole number from 0 up, not %q", s)
				return
			}
			*dst = n
		},
		schema: func() *schema {
			return anyOf(&schema{Type: "integer", Minimum: "0"}, &schema{Type: "string", Pattern: paramPart})
		},
	}
}

// nodes reads all nodes.
func (d *decoder) nodes(s *Scenario, all *nodeSources) {
	d.names = names{
		roles: make(map[string]sim.Role, len(all.list)), hosts: make(map[string]string, len(all.list)), submits: map[string]bool{},
		mails: map[string]mailName{}, faults: map[string]Pos{}, nodes: all.names(), nodesUnread: all.unread, salvaged: map[string]bool{},
	}
	d.muas = map[string]sim.Submit{}
	for _, n := range all.list {
		t := d.resolve(all, n)
		role := sim.Role("")
		if r := t.get("role"); r != nil && r.shape == scalarShape {
			role = sim.Role(r.text)
		}
		d.names.roles[n.name.text] = role
		h := n.name.text
		if v := t.get("host"); v != nil && v.shape == scalarShape {
			h = v.text
		}
		d.host(n, t, h)
	}
	s.Nodes = make([]Node, 0, len(all.list))
	for _, n := range all.list {
		if node, ok := d.node(n); ok {
			s.Nodes = append(s.Nodes, node)
		}
	}
	d.finishNodes(s)
}
