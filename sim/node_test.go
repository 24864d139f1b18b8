package sim

import (
	"net/netip"
	"testing"
)

// TestStartThatFails: a node whose port is taken is down, and starts once the port
// is free.
func TestStartThatFails(t *testing.T) {
	inBubble(t, func(b *bench) {
		n := b.net.Node("mx")
		n.Crash()
		l, err := b.net.fabric.Listen(netip.AddrPortFrom(n.Addrs()[0], 25))
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Start(); err == nil || n.Up() {
			t.Errorf("error %v, up %v; want an error and down", err, n.Up())
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := n.Start(); err != nil || !n.Up() {
			t.Errorf("error %v, up %v; want up", err, n.Up())
		}
		if got := b.session("mx"); got != "ok" {
			t.Error(got)
		}
	}, faultNode())
}
