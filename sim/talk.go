package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/wire"
)

// Talk is a session with a node's server in which the caller says every octet.
// Close it. Its methods are for one goroutine.
type Talk struct {
	network *Network
	with    *Node
	c       *client.Conn
	stop    func() bool
}

// Talk opens a session with a server: from a node, or from outside where from is
// "", at a port, or at the server's first one where it is 0. The greeting has
// still to be read. A mua's server is the one that it submits through. Traces name
// mailName as what the client is about to send. ctx ends the session early.
func (n *Network) Talk(ctx context.Context, from, with, mailName string, port int) (*Talk, error) {
	host := n.client
	if from != "" {
		nd := n.byName[from]
		if nd == nil {
			return nil, fmt.Errorf("talk from %s: no such node", from)
		}
		host = nd.host
	}
	to, conn, err := n.dial(ctx, host, with, port, "talk "+mailName)
	if err != nil {
		return nil, err
	}
	conn.SetTag(mailName)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	return &Talk{network: n, with: to, c: client.New(conn, client.Options{Host: host.Name}), stop: stop}, nil
}

// Dial opens a bare connection from outside to a server, at a port, or at its first
// one where it is 0.
func (n *Network) Dial(ctx context.Context, with string, port int) (net.Conn, error) {
	_, conn, err := n.dial(ctx, n.client, with, port, "dial")
	if err != nil {
		return nil, err // no conn that is not nil and holds none
	}
	return conn, nil
}

// dial connects a host to a server by its node's name.
func (n *Network) dial(ctx context.Context, from *Host, with string, port int, flow string) (*Node, *wire.Conn, error) {
	to := n.byName[with]
	if to == nil || to.receiver == nil {
		return nil, nil, fmt.Errorf("connect to %s: no server is called so", with)
	}
	if port == 0 {
		port = to.cfg.ListenPorts()[0]
	}
	conn, err := from.dial(ctx, netip.AddrPortFrom(to.host.Addrs[0], uint16(port)), flow)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to %s: %s", with, plainNet(err))
	}
	return to, conn, nil
}

// Say sends octets as they are.
func (t *Talk) Say(octets []byte) error {
	if _, err := t.c.Write(octets); err != nil {
		return fmt.Errorf("say something to %s: %s", t.with.Name(), plainNet(err))
	}
	return nil
}

// Hear reads one reply. It waits ten minutes, the longest time that RFC 5321
// 4.5.3.2 has for one.
func (t *Talk) Hear() (mail.Reply, error) {
	r, err := t.c.Reply()
	if err != nil {
		return r, fmt.Errorf("hear %s: %s", t.with.Name(), plainNet(err))
	}
	return r, nil
}

// StartTLS puts the session under TLS, once the server has agreed to it.
func (t *Talk) StartTLS() error {
	return t.c.Handshake(t.network.clientTLS(t.with.host.Name, true))
}

// Close ends the session without a word.
func (t *Talk) Close() error {
	t.stop()
	return t.c.Close()
}
