package sim

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
	"github.com/mailsim/mailsim/sim/wire"
)

// Network is a set of nodes on one fabric, with one event log. Make it inside
// the bubble in which it runs.
type Network struct {
	cfg    Config
	log    *trace.Log
	fabric *wire.Fabric
	ca     func() *authority

	nodes  []*Node
	byName map[string]*Node
	byAddr map[netip.Addr]*Node
	client *Host // where a Submission to a node comes from
	spool  spool
	news   atomic.Uint64 // counts what may have made an address answer that did not before

	scram scramClients
}

// clientAddrs are the addresses of whoever speaks to a node directly: the ends
// of the benchmarking ranges of RFC 2544 and RFC 5180.
func clientAddrs() []netip.Addr {
	return []netip.Addr{netip.MustParseAddr("198.19.255.254"), netip.MustParseAddr("2001:2::ffff")}
}

// New makes an empty network.
func New(cfg Config) *Network {
	if cfg.Log == nil {
		cfg.Log = new(trace.Log)
	}
	n := &Network{
		cfg: cfg,
		log: cfg.Log,
		fabric: wire.New(wire.Config{Seed: cfg.Seed, Link: wire.Link{
			Latency: cfg.Latency, Jitter: cfg.Jitter, Loss: cfg.Loss,
		}}),
		byName: map[string]*Node{},
		byAddr: map[netip.Addr]*Node{},
		spool:  spool{under: cfg.Spool},
	}
	n.ca = sync.OnceValue(newAuthority)
	n.client = &Host{Name: "[198.19.255.254]", Addrs: clientAddrs(), network: n}
	return n
}

// Add declares a node; it works once Start was called. Errors name the node
// and the field.
func (n *Network) Add(cfg NodeConfig) (*Node, error) {
	if cfg.Name == "" {
		return nil, errors.New("add node: it has no name")
	}
	if n.byName[cfg.Name] != nil {
		return nil, fmt.Errorf("add node %s: there is a node of this name already", cfg.Name)
	}
	nd, err := newNode(n, cfg)
	if err != nil {
		return nil, fmt.Errorf("add node %s: %w", cfg.Name, err)
	}
	for _, a := range nd.host.Addrs {
		if other := n.byAddr[a]; other != nil {
			return nil, fmt.Errorf("add node %s: address %s is taken by node %s", cfg.Name, a, other.Name())
		}
	}
	for _, a := range nd.host.Addrs {
		n.byAddr[a] = nd
	}
	n.nodes = append(n.nodes, nd)
	n.byName[cfg.Name] = nd
	return nd, nil
}

// Start brings every node up. When one fails, those before it stay up: call Stop.
func (n *Network) Start() error {
	for _, nd := range n.nodes {
		if err := nd.Start(); err != nil {
			return err
		}
	}
	return nil
}

// Stop takes every node down and returns when all their goroutines have ended. The
// bodies of large messages cannot be read any more.
func (n *Network) Stop() error {
	for _, nd := range n.nodes {
		nd.Crash()
	}
	return errors.Join(n.fabric.Close(), n.spool.remove())
}

// keeper is where a node keeps the messages of its mailboxes.
func (n *Network) keeper(node string) (keeper, error) {
	if n.cfg.Maildir == "" {
		return inPlace{}, nil
	}
	return newMaildir(filepath.Join(n.cfg.Maildir, FileName(node)), node)
}

// Log returns the record of what the nodes do.
func (n *Network) Log() *trace.Log { return n.log }

// Node returns the node of that name, or nil.
func (n *Network) Node(name string) *Node { return n.byName[name] }

// Nodes returns the nodes in the order in which they were added.
func (n *Network) Nodes() []*Node { return n.nodes }

// Idle reports whether nothing is left to do: no session is open and no queue
// holds a mail.
func (n *Network) Idle() bool {
	for _, nd := range n.nodes {
		if nd.Connections() > 0 || nd.queue.size() > 0 {
			return false
		}
	}
	return true
}

// InFlight returns how long it takes until all that is on its way between the
// nodes now has arrived: 0 when nothing moves.
func (n *Network) InFlight() time.Duration { return n.fabric.InFlight() }

// SetLink sets how octets travel from one node to another, in that direction.
func (n *Network) SetLink(from, to string, l wire.Link) error {
	return n.links(from, to, func(a, b netip.Addr) { n.fabric.SetLink(a, b, l) })
}

// ResetLink gives the link the network's own latency, jitter and loss again.
func (n *Network) ResetLink(from, to string) error {
	return n.links(from, to, n.fabric.ResetLink)
}

func (n *Network) links(from, to string, do func(a, b netip.Addr)) error {
	a, b := n.byName[from], n.byName[to]
	if a == nil {
		return fmt.Errorf("link from %s: no such node", from)
	}
	if b == nil {
		return fmt.Errorf("link to %s: no such node", to)
	}
	for _, x := range a.host.Addrs {
		for _, y := range b.host.Addrs {
			if x.Is4() == y.Is4() {
				do(x, y)
			}
		}
	}
	n.news.Add(1)
	return nil
}

// authority is the run's own certificate authority, made at the first handshake.
func (n *Network) authority() *authority { return n.ca() }

// peerName tells who has an address: a node's name, or the address.
func (n *Network) peerName(a netip.Addr) string {
	if nd := n.byAddr[a.Unmap()]; nd != nil {
		return nd.cfg.Name
	}
	return a.Unmap().String()
}

// lookupTimeout bounds the look-up of a node's own address when it is added.
const lookupTimeout = 30 * time.Second

// lookupOwn asks the node's resolver where its host is.
func (n *Network) lookupOwn(nd *Node) ([]netip.Addr, error) {
	if nd.resolver == nil {
		return nil, errors.New("it has no address and the network has no resolver: set Addrs")
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	addrs, err := nd.resolver.LookupNetIP(ctx, "ip", nd.host.Name)
	if err != nil {
		return nil, fmt.Errorf("look up its address: %w", err)
	}
	return addrs, nil
}
