package scenarios

import (
	"maps"
	"slices"
	"strings"
)

// maxText bounds a scalar after substitution, so that params in params cannot
// grow without end.
const maxText = maxFileSize

// params are the values that ${name} may take, and which names were asked for.
type params struct {
	values map[string]*tree // scalars; may name other params
	done   map[string]string
	busy   map[string]bool
	bad    map[string]bool // done with an error
	used   map[string]bool
	probs  *problems
	failed bool // something was wrong, perhaps reported before
	unread bool // some params could not be read: one that is not there may be one of them
}

func newParams(probs *problems) *params {
	return &params{
		values: map[string]*tree{}, done: map[string]string{}, busy: map[string]bool{}, bad: map[string]bool{},
		used: map[string]bool{}, probs: probs,
	}
}

// set gives a param its value; what was set before is overridden.
func (p *params) set(name string, value *tree) {
	p.values[name] = value
	clear(p.done)
}

// lookup returns the value of a param, whose own params are substituted.
func (p *params) lookup(name string) (string, bool) {
	p.used[name] = true
	if v, ok := p.done[name]; ok {
		p.failed = p.failed || p.bad[name]
		return v, true
	}
	v, ok := p.values[name]
	if !ok {
		p.failed = true
		return "", false
	}
	if p.busy[name] {
		p.failed = true
		p.probs.addf(v.pos, "param %q needs itself", name)
		return "", true
	}
	p.busy[name] = true
	before := p.failed
	p.failed = v.wrong
	text, _ := p.scalar(v)
	delete(p.busy, name)
	p.done[name], p.bad[name] = text, p.failed
	p.failed = p.failed || before
	return text, true
}

// lookupQuietly is lookup for the list of all params: it makes nothing used.
func (p *params) lookupQuietly(name string) (string, bool) {
	was := p.used[name]
	v, ok := p.lookup(name)
	p.used[name] = was
	return v, ok
}

// names returns what ${} may name.
func (p *params) names() []string { return slices.Sorted(maps.Keys(p.values)) }

// scalar substitutes in one scalar and says whether there was anything to
// substitute. "$${" stands for "${" itself.
func (p *params) scalar(t *tree) (string, bool) {
	if !strings.Contains(t.text, "${") {
		return t.text, false
	}
	var b strings.Builder
	rest, at, changed := t.text, 0, false
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			b.WriteString(rest)
			return b.String(), changed
		}
		if i > 0 && rest[i-1] == '$' {
			b.WriteString(rest[:i-1])
			b.WriteString("${")
			rest, at = rest[i+2:], at+i+2
			continue
		}
		b.WriteString(rest[:i])
		end := strings.IndexByte(rest[i:], '}')
		name := ""
		if end >= 0 {
			name = rest[i+2 : i+end]
		}
		switch {
		case end < 0 || strings.ContainsAny(name, "\n${"):
			p.failed = true
			p.probs.addf(p.inside(t, at+i), `"${" without its "}" (write "$${" for the text itself)`)
			b.WriteString(rest[i:])
			return b.String(), changed
		case !isParamName(name):
			p.failed = true
			p.probs.addf(p.inside(t, at+i), `"${%s}" names no param: a name has letters, digits, "-", "_" and "." (write "$${" for the text itself)`, name)
		default:
			v, ok := p.lookup(name)
			if !ok && !p.unread {
				p.probs.add(p.inside(t, at+i), "unknown param "+quote(name), suggest(name, p.names()))
			}
			if b.Len()+len(v) > maxText {
				p.probs.addf(t.pos, "the text is longer than %d octets with its params, the limit", maxText)
				return "", true
			}
			b.WriteString(v)
			changed = true
		}
		rest, at = rest[i+end+1:], at+i+end+1
	}
}

// inside returns the place of an offset in a scalar, where the scalar stands in
// the file as it reads: else the place of the scalar.
func (p *params) inside(t *tree, offset int) Pos {
	lines := p.probs.files[t.pos.File]
	if t.style == literal || t.style == folded {
		before := strings.Split(t.text[:offset], "\n")
		if t.style == folded {
			return t.pos
		}
		n := t.pos.Line + len(before)
		if n > len(lines) {
			return t.pos
		}
		return Pos{t.pos.File, n, indentOf(lines[n-1], before[len(before)-1]) + len([]rune(before[len(before)-1])) + 1}
	}
	if t.pos.Line > len(lines) {
		return t.pos
	}
	line, column := []rune(lines[t.pos.Line-1]), t.pos.Column-1
	if t.style == quoted {
		column++
	}
	before := []rune(t.text[:offset])
	if column+len(before) > len(line) || string(line[column:column+len(before)]) != string(before) {
		return t.pos
	}
	return Pos{t.pos.File, t.pos.Line, column + len(before) + 1}
}

// indentOf returns how many columns stand in line before text.
func indentOf(line, text string) int {
	i := strings.Index(line, text)
	if text == "" || i < 0 {
		return len(line) - len(strings.TrimLeft(line, " "))
	}
	return i
}

func isParamName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}

// substitute returns the tree with all params in its scalars, keys and values,
// replaced. Pieces without params are shared with the original.
func (p *params) substitute(t *tree) *tree {
	switch t.shape {
	case scalarShape:
		before := p.probs.count
		text, changed := p.scalar(t)
		wrong := p.failed || p.probs.count > before
		p.failed = false
		if !changed && !wrong && text == t.text {
			return t
		}
		c := *t
		c.text, c.param, c.wrong = text, c.param || changed, c.wrong || wrong
		return &c
	case mappingShape:
		var out []pair
		for i, kv := range t.pairs {
			k, v := p.substitute(kv.key), p.substitute(kv.value)
			if out == nil && (k != kv.key || v != kv.value) {
				out = append(make([]pair, 0, len(t.pairs)), t.pairs[:i]...)
			}
			if out != nil {
				out = append(out, pair{k, v})
			}
		}
		if out == nil {
			return t
		}
		c := *t
		c.pairs = out
		return &c
	case listShape:
		var out []*tree
		for i, item := range t.items {
			v := p.substitute(item)
			if out == nil && v != item {
				out = append(make([]*tree, 0, len(t.items)), t.items[:i]...)
			}
			if out != nil {
				out = append(out, v)
			}
		}
		if out == nil {
			return t
		}
		c := *t
		c.items = out
		return &c
	default:
		return t
	}
}

func quote(s string) string { return `"` + s + `"` }
