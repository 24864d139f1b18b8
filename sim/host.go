package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/mailsim/mailsim/sim/wire"
)

// Host is what an operating system gives a mail program: a name, addresses,
// listeners and connections.
type Host struct {
	Name    string
	Addrs   []netip.Addr
	network *Network
}

// listen opens a port on every address of the host.
func (h *Host) listen(port int) ([]*wire.Listener, error) {
	var ls []*wire.Listener
	for _, a := range h.Addrs {
		l, err := h.network.fabric.Listen(netip.AddrPortFrom(a, uint16(port)))
		if err != nil {
			for _, open := range ls {
				open.Close()
			}
			return nil, fmt.Errorf("listen on %s port %d: %w", a, port, err)
		}
		ls = append(ls, l)
	}
	return ls, nil
}

// dial connects to an address from the host's address of the same family. The
// flow names what the connection is for, so that chance treats it the same
// whatever goroutine comes first. A host that does not answer is given up after
// about two minutes: RFC 5321 names no time, TCP does (RFC 9293 3.8.3).
func (h *Host) dial(ctx context.Context, to netip.AddrPort, flow string) (*wire.Conn, error) {
	for _, a := range h.Addrs {
		if a.Is4() == to.Addr().Is4() {
			return h.network.fabric.Dial(wire.WithKey(ctx, flow), a, to)
		}
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("%s has no address of the family of %s", h.Name, to.Addr())}
}

// reaches reports whether the host has an address of the family of another one.
func (h *Host) reaches(to netip.Addr) bool {
	return slices.ContainsFunc(h.Addrs, func(a netip.Addr) bool { return a.Is4() == to.Is4() })
}
