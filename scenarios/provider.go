package scenarios

import "github.com/mailsim/mailsim/sim"

// greylist reads how long strangers wait: 5m, or a mapping.
func greylist(dst **sim.Greylist) value {
	g := new(sim.Greylist)
	short := period(&g.Delay)
	long := object("greylist", []field[sim.Greylist]{
		{"delay", "from the first try to the first one that passes", func(g *sim.Greylist) value { return period(&g.Delay) }, true},
		{"retry-window", "from the first try to the last one that passes; default 1d", func(g *sim.Greylist) value { return period(&g.RetryWindow) }, false},
		{"remember", "how long a triplet stays known that is not used; default 36d", func(g *sim.Greylist) value { return period(&g.Remember) }, false},
		{"reply", "the reply that refuses; default 450 4.7.1", func(g *sim.Greylist) value { return refusal(&g.Reply) }, false},
	}, g).then(func(d *decoder, t *tree) {
		if err := g.Check(); err != nil {
			d.addf(t.pos, "%v", err)
		}
	})
	v := either(func(t *tree) value {
		if t.shape == mappingShape {
			return long
		}
		return short
	}, short, long)
	return v.then(func(*decoder, *tree) { *dst = g })
}
