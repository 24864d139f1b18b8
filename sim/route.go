package sim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
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
}

// String writes the next hop as traces show it.
func (h nextHop) String() string {
	switch {
	case h.node != "":
		return "node " + h.node
	case h.mx != "":
		return "MX of " + h.mx
	case h.port != 0:
		return h.host + ":" + strconv.Itoa(h.port)
	}
	return h.host
}

// target is one address to try.
type target struct {
	host     string // name in TLS and DSN
	addr     netip.AddrPort
	lmtp     bool
	implicit bool // TLS first
}

// RouteNext as the value of a route is what the node does without the route: its
// smart host, or MX.
const RouteNext = "next"

// route decides the next hop of a domain: a route for it, for a parent domain,
// for everything, the smart host, an address literal (RFC 5321 4.1.3), or its
// MX records (5.1).
func (n *Node) route(domain string) nextHop {
	key := mail.DomainKey(domain)
	to, routed := n.routeFor(key)
	switch {
	case routed && (to != RouteNext || n.network.byName[RouteNext] != nil):
		return n.parseHop(to)
	case n.cfg.Next != "" && n.smartHostTakes(key):
		return n.parseHop(n.cfg.Next)
	}
	if strings.HasPrefix(key, "[") {
		if a, err := mail.ParseLiteral(domain); err == nil {
			return nextHop{host: mail.Literal(a)}
		}
		return nextHop{host: key}
	}
	return nextHop{mx: key}
}

// routeFor finds the route of a domain, of its nearest parent domain, or of
// everything.
func (n *Node) routeFor(key string) (to string, ok bool) {
	if to, ok = n.routes[key]; ok {
		return to, true
	}
	if !strings.HasPrefix(key, "[") {
		for rest := key; ; {
			i := strings.IndexByte(rest, '.')
			if i < 0 {
				break
			}
			if to, ok = n.routes[rest[i:]]; ok {
				return to, true
			}
			rest = rest[i+1:]
		}
	}
	to, ok = n.routes["*"]
	return to, ok
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

// parseHop reads the value of a route: a node, host, host:port, [address] or
// [address]:port.
func (n *Node) parseHop(s string) nextHop {
	if n.network.byName[s] != nil {
		return nextHop{node: s}
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 && !strings.HasSuffix(s, "]") {
		if port, err := strconv.ParseUint(s[i+1:], 10, 16); err == nil {
			return nextHop{host: s[:i], port: int(port)}
		}
	}
	return nextHop{host: s}
}

// targets finds the addresses of a next hop in the order in which they are to
// be tried. The error is a routeError.
func (n *Node) targets(ctx context.Context, h nextHop, q question) ([]target, error) {
	switch {
	case h.node != "":
		return n.nodeTargets(h.node)
	case h.mx != "":
		return n.mxTargets(ctx, h.mx, q)
	}
	port := h.port
	if port == 0 {
		port = portSMTP
	}
	if a, err := literalAddr(h.host); err == nil {
		return []target{newTarget(h.host, a, port)}, nil
	} else if strings.HasPrefix(h.host, "[") {
		return nil, routeError{mail.Reply{Code: 550, Enhanced: "5.1.2", Lines: []string{"bad destination " + h.host}}}
	}
	addrs, err := n.lookupAddrs(ctx, h.host, q)
	if err != nil {
		return nil, lookupError(h.host, err)
	}
	var ts []target
	for _, a := range addrs {
		ts = append(ts, newTarget(h.host, a, port))
	}
	return ts, nil
}

func newTarget(host string, a netip.Addr, port int) target {
	// RFC 2033 5: LMTP is never spoken on port 25; 24 is its usual port here.
	return target{host: host, addr: netip.AddrPortFrom(a, uint16(port)), lmtp: port == portLMTP}
}

// literalAddr reads an address literal of RFC 5321 4.1.3, and the two forms in
// which people write addresses into configurations: 2001:db8::1 and [2001:db8::1].
func literalAddr(s string) (netip.Addr, error) {
	if a, err := mail.ParseLiteral(s); err == nil {
		return a, nil
	}
	return netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
}

func (n *Node) nodeTargets(name string) ([]target, error) {
	nd := n.network.byName[name]
	var ts []target
	for _, a := range nd.host.Addrs {
		ts = append(ts, target{
			host:     nd.host.Name,
			addr:     netip.AddrPortFrom(a, uint16(nd.cfg.ListenPorts()[0])),
			lmtp:     nd.cfg.LMTP,
			implicit: nd.cfg.TLS == TLSImplicit,
		})
	}
	return ts, nil
}

// mxTargets is RFC 5321 5.1: MX records by preference, equal ones shuffled, all
// addresses of each; without MX records the domain's own addresses.
func (n *Node) mxTargets(ctx context.Context, domain string, q question) ([]target, error) {
	mxs, err := n.lookupMX(ctx, domain, q)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		// RFC 5321 5.1: no MX, so the domain is its own and only MX.
		addrs, aerr := n.lookupAddrs(ctx, domain, q)
		if aerr != nil {
			return nil, lookupError(domain, aerr)
		}
		if n.ownHost(domain) || slices.ContainsFunc(addrs, n.ownAddr) {
			return nil, selfError(domain)
		}
		var ts []target
		for _, a := range addrs {
			ts = append(ts, newTarget(domain, a, portSMTP))
		}
		return ts, nil
	case err != nil:
		return nil, lookupError(domain, err)
	}
	if len(mxs) == 1 && mxs[0].Host == "." {
		// RFC 7505 3: the domain takes no mail.
		return nil, routeError{mail.Reply{Code: 556, Enhanced: "5.1.10", Lines: []string{domain + " accepts no mail (null MX)"}}}
	}
	return n.hostTargets(ctx, domain, n.inOrder(mxs, q), q)
}

// inOrder sorts MX records by preference; among equal ones chance decides (RFC
// 5321 5.1).
func (n *Node) inOrder(mxs []*net.MX, q question) []*net.MX {
	mxs = slices.Clone(mxs)
	r := n.chance("mx", q.id, q.attempt)
	r.Shuffle(len(mxs), func(i, j int) { mxs[i], mxs[j] = mxs[j], mxs[i] })
	slices.SortStableFunc(mxs, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	return mxs
}

// hostTargets looks up the MX hosts' addresses. The node's own name or address
// in the list drops its record and all that are no more preferred (RFC 5321 5.1).
// A backup MX that cannot look up the hosts before it at the moment waits for them.
func (n *Node) hostTargets(ctx context.Context, domain string, mxs []*net.MX, q question) ([]target, error) {
	type found struct {
		pref uint16
		ts   []target
	}
	var (
		all     []found
		failure error
		own     = 1 << 16
		wait    = 1 << 16 // the best preference of a host that may come back
	)
	for _, mx := range mxs {
		host := strings.TrimSuffix(mx.Host, ".")
		if n.ownHost(host) {
			own = min(own, int(mx.Pref))
			continue
		}
		addrs, err := n.lookupAddrs(ctx, host, q)
		if err != nil {
			// A temporary failure weighs more: the host may come back.
			var dns *net.DNSError
			temporary := !errors.As(err, &dns) || !dns.IsNotFound
			if temporary {
				wait = min(wait, int(mx.Pref))
			}
			if failure == nil || temporary {
				failure = fmt.Errorf("MX %s: %w", host, err)
			}
			continue
		}
		f := found{pref: mx.Pref}
		for _, a := range addrs {
			if n.ownAddr(a) {
				own = min(own, int(mx.Pref))
			}
			f.ts = append(f.ts, newTarget(host, a, portSMTP))
		}
		all = append(all, f)
	}
	var ts []target
	for _, f := range all {
		if int(f.pref) < own {
			ts = append(ts, f.ts...)
		}
	}
	switch {
	case len(ts) > 0:
		return ts, nil
	case own < 1<<16 && own <= wait:
		return nil, selfError(domain)
	default:
		return nil, lookupError(domain, failure)
	}
}

func (n *Node) ownHost(host string) bool { return strings.EqualFold(host, n.host.Name) }

// ownAddr reports whether an address leads back here.
func (n *Node) ownAddr(a netip.Addr) bool {
	return a.IsLoopback() || slices.Contains(n.host.Addrs, a.Unmap())
}

// routeError is a destination that cannot be reached, as the reply that a
// server would give for it: its first digit decides what becomes of the mail.
type routeError struct{ reply mail.Reply }

func (e routeError) Error() string { return e.reply.String() }

func selfError(domain string) error {
	return routeError{mail.Reply{Code: 554, Enhanced: "5.4.6", Lines: []string{"mail for " + domain + " loops back to myself"}}}
}

// lookupError turns a failed look-up into a reply (RFC 3463 3.5 has the codes).
func lookupError(domain string, err error) error {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return routeError{mail.Reply{Code: 550, Enhanced: "5.1.2", Lines: []string{"host or domain " + domain + " not found"}}}
	}
	return routeError{mail.Reply{Code: 451, Enhanced: "4.4.3", Lines: []string{"look up " + domain + ": " + plainDNS(err)}}}
}

// plainDNS says what went wrong without the addresses of servers.
func plainDNS(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Err
	}
	if err == nil {
		return "no usable address"
	}
	return err.Error()
}
