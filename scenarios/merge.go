package scenarios

import (
	"slices"
	"strings"
)

// nodeSource is a node as written: the pieces of all files that name it.
type nodeSource struct {
	name   *tree // its key, in the file that has it last
	body   *tree // fields of all files
	merged *tree // with those of the node that like names; nil until resolved
	busy   bool
	broken bool // like could not be followed, or fields could not be read
}

// nodeSources are all nodes in the order in which the files first name them.
type nodeSources struct {
	list   []*nodeSource
	byName map[string]*nodeSource
	unread bool // some could not be read: one that is not there may be one of them
}

// records are the fields of a node that are merged key by key; all other
// fields replace what was there as a whole.
func records() []string { return []string{"limits", "queue"} }

// gatherNodes reads the nodes of the fragments and the file. A node of a later
// file with the name of an earlier one overrides its fields.
func (d *decoder) gatherNodes(roots []*tree) *nodeSources {
	all := &nodeSources{byName: map[string]*nodeSource{}}
	for _, root := range roots {
		nodes := root.get("nodes")
		all.unread = all.unread || root.wrong || nodes != nil && (nodes.wrong || nodes.shape != mappingShape)
		if nodes == nil {
			continue
		}
		if nodes.shape != mappingShape {
			d.addf(nodes.pos, "nodes is a mapping of names and their fields, not %s", nodes.what())
			continue
		}
		seen := map[string]Pos{}
		for _, p := range nodes.pairs {
			if p.key.wrong || d.repeated(seen, p.key) {
				continue
			}
			if err := checkName(p.key.text); err != nil {
				d.addf(p.key.pos, "%q cannot name a node: %v", p.key.text, err)
				continue
			}
			body := p.value
			if body.shape != mappingShape {
				d.addf(body.pos, "the node %s is a mapping with role, host, ..., not %s", p.key.text, body.what())
				// Its name is known all the same to whoever uses it.
				body = &tree{shape: mappingShape, pos: body.pos, wrong: true}
			}
			d.repeatedFields(body)
			n, ok := all.byName[p.key.text]
			if !ok {
				n = &nodeSource{name: p.key, body: body}
				all.byName[p.key.text] = n
				all.list = append(all.list, n)
				continue
			}
			n.name, n.body = p.key, override(n.body, body)
		}
		if len(all.list) > maxKeys {
			d.addf(nodes.pos, "more than %d nodes, the limit", maxKeys)
			return all
		}
	}
	return all
}

// repeatedFields looks for repeated keys before merging hides them.
func (d *decoder) repeatedFields(t *tree) {
	seen := map[string]Pos{}
	for _, p := range t.pairs {
		d.repeated(seen, p.key)
	}
}

// override returns base with the fields of t over it. Repeated keys of t keep the first.
func override(base, t *tree) *tree {
	c := *t
	c.wrong = c.wrong || base.wrong
	c.pairs = slices.Clone(base.pairs)
	seen := map[string]bool{}
	for _, p := range t.pairs {
		if seen[p.key.text] {
			continue
		}
		seen[p.key.text] = true
		i := slices.IndexFunc(c.pairs, func(q pair) bool { return q.key.text == p.key.text })
		switch {
		case i < 0:
			c.pairs = append(c.pairs, p)
		case slices.Contains(records(), p.key.text) && p.value.shape == mappingShape && c.pairs[i].value.shape == mappingShape:
			c.pairs[i] = pair{p.key, override(c.pairs[i].value, p.value)}
		default:
			c.pairs[i] = p
		}
	}
	return &c
}

// resolve returns the fields of a node with those that it copies by like below
// them. Name and host are a node's own: two nodes with one host would have one address.
func (d *decoder) resolve(all *nodeSources, n *nodeSource) *tree {
	if n.merged != nil {
		return n.merged
	}
	n.broken = n.body.wrong
	like := n.body.get("like")
	if like == nil {
		n.merged = n.body
		return n.merged
	}
	n.merged = without(n.body, "like")
	if like.wrong {
		n.broken = true
		return n.merged
	}
	if like.shape != scalarShape {
		d.addf(like.pos, "like wants the name of a node, not %s", like.what())
		n.broken = true
		return n.merged
	}
	base, ok := all.byName[like.text]
	if !ok {
		if !all.unread {
			d.unknown(like.pos, "node", like.text, all.names())
		}
		n.broken = true
		return n.merged
	}
	n.merged, n.busy = nil, true
	defer func() { n.busy = false }()
	if base.busy {
		d.addf(like.pos, "like goes in a circle: %s", all.circle(base))
		n.merged, n.broken = without(n.body, "like"), true
		return n.merged
	}
	n.merged = override(without(d.resolve(all, base), "host"), without(n.body, "like"))
	n.broken = n.broken || base.broken
	return n.merged
}

func (s *nodeSources) names() []string {
	out := make([]string, len(s.list))
	for i, n := range s.list {
		out[i] = n.name.text
	}
	return out
}

// circle tells the way from a node by like back to it.
func (s *nodeSources) circle(from *nodeSource) string {
	way := []string{from.name.text}
	for n := from; ; {
		n = s.byName[n.body.get("like").text]
		way = append(way, n.name.text)
		if n == from || len(way) > 20 {
			return strings.Join(way, " is like ")
		}
	}
}

func without(t *tree, key string) *tree {
	c := *t
	c.pairs = slices.DeleteFunc(slices.Clone(t.pairs), func(p pair) bool { return p.key.text == key })
	return &c
}
