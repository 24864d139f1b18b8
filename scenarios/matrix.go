package scenarios

import (
	"slices"
	"strings"
)

// maxCombinations bounds what one matrix gives.
const maxCombinations = 1000

// combination is one value for each key of the matrix, in the order of the file.
type combination []choice

type choice struct {
	name  string
	value *tree
}

// suffix tells the combinations apart: "[ext=DSN,tls=none]".
func (c combination) suffix() string {
	if len(c) == 0 {
		return ""
	}
	parts := make([]string, len(c))
	for i, v := range c {
		parts[i] = v.name + "=" + v.value.text
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// readMatrix returns all combinations, the last key changing fastest; one
// without choices when there is no matrix. A given param takes the place of its
// key's values.
func readMatrix(t *tree, given map[string]string, probs *problems) []combination {
	all := []combination{nil}
	if t == nil {
		return all
	}
	if t.shape != mappingShape || len(t.pairs) == 0 {
		probs.addf(t.pos, "matrix is a mapping of names and lists of values, not %s", t.what())
		return all
	}
	seen := map[string]bool{}
	for _, p := range t.pairs {
		name := p.key.text
		if seen[name] {
			probs.addf(p.key.pos, "repeated key %q", name)
			continue
		}
		seen[name] = true
		values, ok := matrixValues(p, probs)
		if !ok {
			values = []*tree{{pos: p.value.pos, wrong: true}} // known to whoever uses it
		}
		if v, ok := given[name]; ok {
			values = []*tree{{text: v, pos: p.value.pos, style: quoted}}
		}
		if len(all)*len(values) > maxCombinations {
			probs.addf(p.key.pos, "the matrix has more than %d combinations, the limit", maxCombinations)
			return all[:1]
		}
		next := make([]combination, 0, len(all)*len(values))
		for _, c := range all {
			for _, v := range values {
				next = append(next, append(slices.Clone(c), choice{name, v}))
			}
		}
		all = next
	}
	return all
}

// matrixValues checks one key of the matrix.
func matrixValues(p pair, probs *problems) ([]*tree, bool) {
	if !isParamName(p.key.text) {
		probs.addf(p.key.pos, `%q cannot name a param: a name has letters, digits, "-", "_" and "."`, p.key.text)
		return nil, false
	}
	if p.value.shape != listShape || len(p.value.items) == 0 {
		if p.value.shape == listShape {
			probs.addf(p.value.pos, "the matrix key %s wants at least one value", p.key.text)
		} else {
			probs.addf(p.value.pos, "the matrix key %s wants a list of values, not %s", p.key.text, p.value.what())
		}
		return nil, false
	}
	seen := map[string]bool{}
	for _, v := range p.value.items {
		if v.shape != scalarShape {
			probs.addf(v.pos, "a value of the matrix is text or a number, not %s", v.what())
			return nil, false
		}
		if seen[v.text] {
			probs.addf(v.pos, "the value %q is there twice", v.text)
			return nil, false
		}
		seen[v.text] = true
	}
	return p.value.items, true
}
