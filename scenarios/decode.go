package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
)

// decoder reads one combination of one scenario: trees into the types of this
// package. It never stops at an error; what cannot be read keeps its zero value.
type decoder struct {
	*problems
	src   source
	read  map[string][]byte // data files by name
	data  int64             // their octets
	later []func()          // checks that need the whole scenario

	verbs     []verb
	nodeTable []nodeField
	fragments []fragment
	declared  map[string]bool // params that some file has
	world     *fakedns.World
	names     names
	muas      map[string]sim.Submit
	boxes     map[string][]string // mailboxes by node
	mailboxes []string            // of all nodes
}

// value reads a tree into a destination that it holds, and tells editors what
// may stand there.
type value struct {
	read   func(d *decoder, t *tree)
	schema func() *schema
}

// then adds a check to a value.
func (v value) then(check func(d *decoder, t *tree)) value {
	return value{
		read: func(d *decoder, t *tree) {
			n := d.count
			v.read(d, t)
			if d.count == n {
				check(d, t)
			}
		},
		schema: v.schema,
	}
}

// also adds a check to a mapping that is made even when some of its values are
// wrong: it looks at which keys are there, or at values that have no wrong state.
func (v value) also(check func(d *decoder, t *tree)) value {
	return value{
		read: func(d *decoder, t *tree) {
			v.read(d, t)
			if t.shape == mappingShape {
				check(d, t)
			}
		},
		schema: v.schema,
	}
}

// field is one key of a mapping that is read into a T.
type field[T any] struct {
	name  string
	about string
	value func(*T) value
	must  bool
}

// object is a mapping with known keys. what names it for people: "a send step".
func object[T any](what string, fields []field[T], dst *T) value {
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape != mappingShape {
				d.addf(t.pos, "%s is a mapping with %s, not %s", what, keyList(fields), t.what())
				return
			}
			seen := map[string]Pos{}
			for _, p := range t.pairs {
				if p.key.wrong || d.repeated(seen, p.key) {
					continue
				}
				i := slices.IndexFunc(fields, func(f field[T]) bool { return f.name == p.key.text })
				if i < 0 {
					names := make([]string, len(fields))
					for j, f := range fields {
						names[j] = f.name
					}
					d.unknownKey(p.key, what, names)
					continue
				}
				fields[i].value(dst).read(d, p.value)
			}
			for _, f := range fields {
				if f.must && seen[f.name].Line == 0 {
					d.lacks(t, "%s needs %s: %s", what, f.name, f.about)
				}
			}
		},
		schema: func() *schema { return objectSchema(fields, dst) },
	}
}

// lacks reports that a mapping has not what it needs, unless some of its keys
// were refused: what is missing may have been there.
func (d *decoder) lacks(t *tree, format string, args ...any) {
	if t.wrong {
		d.count++
		return
	}
	d.addf(t.pos, format, args...)
}

// keyList names the keys that a mapping needs, or may have, for a message.
func keyList[T any](fields []field[T]) string {
	var must, may []string
	for _, f := range fields {
		if f.must {
			must = append(must, f.name)
		}
		may = append(may, f.name)
	}
	if len(must) > 0 {
		return strings.Join(must, ", ")
	}
	if len(may) > 5 {
		may = append(may[:5:5], "...")
	}
	return strings.Join(may, ", ")
}

// repeated reports a key that was there before.
func (d *decoder) repeated(seen map[string]Pos, key *tree) bool {
	first, ok := seen[key.text]
	if !ok {
		seen[key.text] = key.pos
		return false
	}
	d.addf(key.pos, "repeated key %q (first at line %d)", key.text, first.Line)
	return true
}

func (d *decoder) unknownKey(key *tree, what string, names []string) {
	msg := fmt.Sprintf("unknown key %q in %s", key.text, what)
	hint := suggest(key.text, names)
	if hint == "" && len(names) <= 12 {
		msg += ": it has " + strings.Join(names, ", ")
	}
	d.add(key.pos, msg, hint)
}

// unknown reports a name that nothing has.
func (d *decoder) unknown(pos Pos, what, name string, candidates []string) {
	msg := fmt.Sprintf("unknown %s %q", what, name)
	hint := suggest(name, candidates)
	if hint == "" {
		switch n := len(candidates); {
		case n == 0:
			msg += ": there is none"
		case n <= 12:
			sorted := slices.Clone(candidates)
			slices.Sort(sorted)
			msg += ": there is " + strings.Join(sorted, ", ")
		}
	}
	d.add(pos, msg, hint)
}

// scalar returns the text of a scalar; other shapes are reported.
func (d *decoder) scalar(t *tree, want string) (string, bool) {
	if t.wrong {
		d.count++ // it was reported before
		return "", false
	}
	switch t.shape {
	case scalarShape:
		return t.text, true
	case nullShape:
		d.addf(t.pos, "want %s, not nothing (the empty text is \"\")", want)
	default:
		d.addf(t.pos, "want %s, not %s", want, t.what())
	}
	return "", false
}

// number returns the text of a scalar that is a number: quoted text is none,
// unless a param was put into it, which cannot stand in {} without quotes.
func (d *decoder) number(t *tree, want string) (string, bool) {
	s, ok := d.scalar(t, want)
	if ok && t.style != plain && !t.param {
		d.addf(t.pos, "want %s, not the text %q (leave the quotes out)", want, s)
		return "", false
	}
	return s, ok
}

// parsed is a scalar that a function reads.
func parsed[T any](dst *T, want string, parse func(string) (T, error), schema func() *schema) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, want)
			if !ok {
				return
			}
			v, err := parse(s)
			if err != nil {
				d.addf(t.pos, "%v", err)
				return
			}
			*dst = v
		},
		schema: schema,
	}
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }
