package scenarios

import (
	"time"

	"github.com/mailsim/mailsim/sim"
)

// greylist reads how long strangers wait: 5m, or a mapping.
func greylist(dst **sim.Greylist) value {
	g := new(sim.Greylist)
	return delayed("greylist", &g.Delay, []field[sim.Greylist]{
		{"delay", "from the first try to the first one that passes", func(g *sim.Greylist) value { return period(&g.Delay) }, true},
		{"retry-window", "from the first try to the last one that passes; default 1d", func(g *sim.Greylist) value { return period(&g.RetryWindow) }, false},
		{"remember", "how long a triplet stays known that is not used; default 36d", func(g *sim.Greylist) value { return period(&g.Remember) }, false},
		{"reply", "the reply that refuses; default 450 4.7.1", func(g *sim.Greylist) value { return refusal(&g.Reply) }, false},
	}, g).then(func(d *decoder, t *tree) {
		if err := g.Check(); err != nil {
			d.addf(t.pos, "%v", err)
		}
		*dst = g
	})
}

// tarpit reads how long replies wait: 5s, or a mapping.
func tarpit(t *sim.Tarpit) value {
	return delayed("tarpit", &t.Delay, []field[sim.Tarpit]{
		{"delay", "how long each reply waits", func(t *sim.Tarpit) value { return period(&t.Delay) }, true},
		{"after", "5yz replies of a session that are quick; default 0", func(t *sim.Tarpit) value { return whole(&t.After, 0, 1_000_000) }, false},
	}, t)
}

// greeting reads how long the greeting waits: 5s, or a mapping.
func greeting(g *sim.Greeting) value {
	return delayed("greeting", &g.Delay, []field[sim.Greeting]{
		{"delay", "how long the greeting waits", func(g *sim.Greeting) value { return period(&g.Delay) }, true},
		{"early-talk", "what becomes of a client that speaks before it: wait (default), or refuse: 554 5.5.1", func(g *sim.Greeting) value {
			word := "wait"
			return oneOf(&word, "early-talk", "wait", "refuse").then(func(*decoder, *tree) { g.RefuseEarlyTalk = word == "refuse" })
		}, false},
	}, g)
}

// delayed is a delay alone, or a mapping.
func delayed[T any](what string, delay *time.Duration, fields []field[T], dst *T) value {
	short, long := period(delay), object(what, fields, dst)
	return either(func(t *tree) value {
		if t.shape == mappingShape {
			return long
		}
		return short
	}, short, long)
}

func unknownUsers(accept *bool) value {
	word := "refuse"
	return oneOf(&word, "unknown-users", "refuse", "accept").then(func(*decoder, *tree) { *accept = word == "accept" })
}
