package sim

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// nextHop names where mail goes from here. Recipients with equal next hops
// travel in one copy (RFC 5321 4.5.4.1).
type nextHop struct {
	node string // a node of the network, by name
	host string // a host whose addresses are asked, or an address
	mx   string // a domain whose MX records are asked
	port int    // 0: the default

	local bool // this node's own mailboxes, and nothing else
	held  bool // nowhere, before its time comes

	tls TLSPolicy // what is demanded of the way to the domain
}

// String writes the next hop as traces show it.
func (h nextHop) String() string {
	switch {
	case h.local:
		return "own mailboxes"
	case h.held:
		return "nowhere yet"
	case h.node != "":
		return "node " + h.node
	case h.mx != "":
		return "MX of " + h.mx
	case h.port != 0:
		return h.host + ":" + strconv.Itoa(h.port)
	}
	return h.host
}

// RouteNext as the value of a route is what the node does without the route: its
// smart host, or MX.
const RouteNext = "next"

// decision is a next hop, and by what it was decided.
type decision struct {
	hop   nextHop
	by    decider
	route string // key of the route that names the domain, if there is one
}

// decider is what can decide about the next hop of a domain.
type decider int

const (
	byMX        decider = iota // RFC 5321 5.1
	byLiteral                  // RFC 5321 4.1.3: an address instead of a domain
	byRoute                    // NodeConfig.Routes
	bySmartHost                // NodeConfig.Next
)

// route decides the next hop of a domain.
func (n *Node) route(domain string) nextHop { return n.decide(domain).hop }

// decide finds the next hop of a domain: a route for it, for a parent domain,
// for everything, the smart host, an address literal (RFC 5321 4.1.3), or its
// MX records (5.1).
func (n *Node) decide(domain string) decision {
	key := mail.DomainKey(domain)
	route, to, routed := byDomain(n.routes, key)
	switch {
	case routed && (to != RouteNext || n.network.byName[RouteNext] != nil):
		return decision{n.parseHop(to), byRoute, route}
	case n.cfg.Next != "" && n.smartHostTakes(key):
		return decision{n.parseHop(n.cfg.Next), bySmartHost, route}
	}
	if strings.HasPrefix(key, "[") {
		if a, err := mail.ParseLiteral(domain); err == nil {
			key = mail.Literal(a)
		}
		return decision{nextHop{host: key}, byLiteral, route}
	}
	return decision{nextHop{mx: key}, byMX, route}
}

// smartHostTakes reports whether the smart host is a way to a domain. It always
// is, save where it is a delivery agent of this network: that one never relays,
// so what is neither in its domains nor in this node's goes by MX. Otherwise a
// relay in front of a delivery agent could send no notification to anybody else.
func (n *Node) smartHostTakes(domain string) bool {
	next := n.network.byName[n.cfg.Next]
	return next == nil || next.cfg.Role != MDA ||
		n.directory.hasDomain(domain) || next.directory.hasDomain(domain)
}

// parseHop reads the value of a route: a node, host, host:port, an address,
// [address] or [address]:port.
func (n *Node) parseHop(s string) nextHop {
	if n.network.byName[s] != nil {
		return nextHop{node: s}
	}
	var port int
	if _, err := netip.ParseAddr(s); err != nil {
		if i := strings.LastIndexByte(s, ':'); i > 0 && !strings.HasSuffix(s, "]") {
			if p, err := strconv.ParseUint(s[i+1:], 10, 16); err == nil {
				s, port = s[:i], int(p)
			}
		}
	}
	return nextHop{host: strings.TrimSuffix(s, "."), port: port}
}

// ownHost reports whether a name is this node's own: that of its host, or one
// that stands for every host itself (RFC 6761 6.3).
func (n *Node) ownHost(host string) bool {
	if n.is(mutantBlindToItself) {
		return false
	}
	return strings.EqualFold(host, n.host.Name) || strings.EqualFold(host, "localhost")
}

// ownAddr reports whether an address leads back here. All of 127/8 does, and the
// unspecified addresses, to which a connection goes as to the loopback.
func (n *Node) ownAddr(a netip.Addr) bool {
	if n.is(mutantBlindToItself) {
		return false
	}
	a = a.Unmap()
	if a.IsLoopback() || a.IsUnspecified() {
		return true
	}
	for _, own := range n.host.Addrs {
		if a == own {
			return true
		}
	}
	return false
}

// ownLiteral reports whether a domain is the literal of an address of this node.
func (n *Node) ownLiteral(domain string) bool {
	if !strings.HasPrefix(domain, "[") {
		return false
	}
	a, err := mail.ParseLiteral(domain)
	return err == nil && n.ownAddr(a)
}
