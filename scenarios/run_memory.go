package scenarios

// memory keeps what was found out about a mail for as long as nothing has happened
// to it since.
type memory[T any] struct {
	seen map[string]remembered[T]
}

type remembered[T any] struct {
	version int // of the index, and one more, so that nothing is not taken for known
	found   T
}

// of returns what find says of a mail, from memory where it may: with look set it
// must be found out again.
func (m *memory[T]) of(x *index, mail string, look bool, find func(mail string) T) T {
	v := x.version(mail) + 1
	r := m.seen[mail]
	if r.version == v && !look {
		return r.found
	}
	if m.seen == nil {
		m.seen = map[string]remembered[T]{}
	}
	r = remembered[T]{v, find(mail)}
	m.seen[mail] = r
	return r.found
}

// group is the mails of a name, each of which must be as wanted. It asks first for
// the one that was not when it was asked last: of a hundred thousand mails under way,
// that one has to change before another look at the others is worth it.
type group struct{ first int }

// all reports whether holds says yes to each mail of a name.
func (g *group) all(r *run, name string, holds func(mail string) bool) bool {
	n, ok := r.groups[name]
	if !ok {
		return holds(name)
	}
	for i := range n {
		k := (g.first + i) % n
		if !holds(mailOf(name, k+1)) {
			g.first = k
			return false
		}
	}
	return true
}
