package mutants

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/simulated"
	"github.com/mailsim/mailsim/sim/wire"
)

// proveSender asks a case of senders: of mailsim's own client with the mutant's
// flaws, behind its filter.
func proveSender(m Mutant, c conformance.Case, o *Outcome) error {
	t, stop := sender(m)
	defer stop()
	clean, stopClean := sender(Mutant{})
	defer stopClean()
	facts, err := conformance.Survey(context.Background(), clean)
	if err != nil {
		return err
	}
	result, err := conformance.Run(context.Background(), t, []conformance.Case{c}, conformance.Options{Parallel: 1, Facts: &facts})
	if err != nil {
		return err
	}
	o.Result = result.Cases[0]
	return nil
}

// sender makes a target of mailsim's client, changed by a mutant, in a network of its own.
func sender(m Mutant) (t conformance.Target, stop func()) {
	fabric := wire.New(wire.Config{Seed: 2})
	var mu sync.Mutex
	var doors []*door
	dial := func(ctx context.Context, host string, port int) (net.Conn, error) {
		at, err := netip.ParseAddrPort(fmt.Sprintf("%s:%d", host, port))
		if err != nil {
			return nil, err
		}
		d := newDoor(m, func(ctx context.Context) (net.Conn, error) {
			c, err := fabric.Dial(ctx, netip.MustParseAddr("192.0.2.7"), at)
			if err != nil {
				return nil, err // no conn that is not nil and holds none
			}
			return c, nil
		}, false)
		d.open.Store(true)
		mu.Lock()
		doors = append(doors, d)
		mu.Unlock()
		return d.dial(ctx)
	}
	t = conformance.Target{
		Name: "mailsim's client", Send: simulated.Sender(dial, m.Flaws),
		Listen: func() (net.Listener, error) {
			return fabric.Listen(netip.AddrPortFrom(netip.MustParseAddr("192.0.2.25"), 0))
		},
	}
	if m.Target != nil {
		m.Target(&t)
	}
	return t, func() {
		for _, d := range doors {
			d.close()
		}
		_ = fabric.Close()
	}
}
