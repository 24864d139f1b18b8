// Package wire is an in-memory network: listeners on address and port, and
// buffered connections with latency, jitter, loss and cuts.
//
//	f := wire.New(wire.Config{Seed: 1})
//	l, err := f.Listen(netip.MustParseAddrPort("192.0.2.10:25"))
//	...
//	c, err := f.Dial(ctx, netip.MustParseAddr("192.0.2.1"), l.AddrPort())
//
// # Design
//
// A connection is two streams, one a direction. A stream is a ring of 4 or 64
// KiB; a writer copies into it and waits only when it is full, a reader copies
// out of it, and gives its memory back when it waits for more. On top of the ring lies a short list of
// segments: how many of the next bytes arrive when. Latency is propagation
// delay: it never holds a writer up, and bytes keep their order. There is no
// goroutine for a connection; a stream has one timer, and it is only set while
// somebody waits for it.
//
// Everything that waits does so on a sync.Cond, a channel or a timer that the
// Fabric and its connections made, with no mutex held. So a Fabric that is made
// inside a testing/synctest bubble is at home there, and time moves on while
// its connections wait. A Fabric must not be used in a bubble other than its
// own.
//
// Goroutines that wake at the same virtual instant run in random order. So that
// one seed gives one course of events, no two things should happen at the same
// instant: every link has jitter, drawn at nanosecond resolution from a source
// that belongs to one direction of one connection. It is keyed by the seed, the
// two addresses and the number of the connection between them; a caller that
// dials several connections between two addresses at the same instant says
// which is which by WithKey.
package wire
