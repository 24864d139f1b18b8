package sim

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// target is one address to try.
type target struct {
	host     string // name in TLS and DSN
	addr     netip.AddrPort
	lmtp     bool
	implicit bool // TLS first
}

func newTarget(host string, a netip.Addr, port int) target {
	// RFC 2033 5: LMTP is never spoken on port 25; 24 is its usual port here.
	return target{host: host, addr: netip.AddrPortFrom(a.Unmap(), uint16(port)), lmtp: port == portLMTP}
}

// maxExchangers bounds how many MX hosts of a domain are looked up in one attempt:
// a zone is somebody else's, and each look-up may take as long as a timeout.
const maxExchangers = 50

// targets finds the addresses of a next hop in the order in which they are to
// be tried. The error is a routeError.
func (n *Node) targets(ctx context.Context, h nextHop, q question) ([]target, error) {
	switch {
	case h.node != "":
		return n.nodeTargets(h.node, q)
	case h.mx != "":
		return n.mxTargets(ctx, h.mx, q)
	}
	return n.hostTargets(ctx, h, q)
}

// nodeTargets are the addresses of a node of this network.
func (n *Node) nodeTargets(name string, q question) ([]target, error) {
	nd := n.network.byName[name]
	if nd == n {
		return nil, selfError("node " + name)
	}
	var ts []target
	for _, a := range nd.host.Addrs {
		t := target{
			host:     nd.host.Name,
			addr:     netip.AddrPortFrom(a, uint16(nd.cfg.ListenPorts()[0])),
			lmtp:     nd.cfg.LMTP,
			implicit: nd.cfg.TLS == TLSImplicit,
		}
		if !n.host.reaches(a) {
			q.leaveOut(t, noPreference, errFamily.Error())
			continue
		}
		ts = append(ts, t)
	}
	if len(ts) == 0 {
		return nil, unroutable("node " + name + ": " + errFamily.Error())
	}
	q.take(ts, noPreference)
	return ts, nil
}

// hostTargets are the addresses of a host, or an address. What leads back to this
// node's own server is no target; another port of this host may be another program.
func (n *Node) hostTargets(ctx context.Context, h nextHop, q question) ([]target, error) {
	port := h.port
	if port == 0 {
		port = portSMTP
	}
	addrs, err := n.hostAddrs(ctx, h.host, q)
	if err != nil {
		return nil, err
	}
	var ts []target
	own := false
	for _, a := range addrs {
		switch t := newTarget(h.host, a, port); {
		case n.ownAddr(a) && (port == portSMTP || slices.Contains(n.cfg.ListenPorts(), port)):
			own = true
			q.leaveOut(t, noPreference, "this node itself, by its address")
		case !n.host.reaches(t.addr.Addr()):
			q.leaveOut(t, noPreference, errFamily.Error())
		default:
			ts = append(ts, t)
		}
	}
	switch {
	case len(ts) > 0:
		q.take(ts, noPreference)
		return ts, nil
	case own:
		return nil, selfError(h.String())
	}
	return nil, unroutable(h.host + ": " + errFamily.Error())
}

// hostAddrs finds the addresses of the host of a next hop.
func (n *Node) hostAddrs(ctx context.Context, host string, q question) ([]netip.Addr, error) {
	if a, err := literalAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if strings.HasPrefix(host, "[") {
		// RFC 5321 4.1.3: no other tags than IPv6 are registered.
		return nil, noRoute(550, "5.1.3", "bad address literal "+host)
	}
	addrs, err := n.lookupAddrs(ctx, host, q)
	switch {
	case notThere(err):
		return nil, unroutable("host " + host + ": " + plainDNS(err))
	case err != nil:
		return nil, lookupError(host, err)
	}
	return addrs, nil
}

// literalAddr reads an address literal of RFC 5321 4.1.3, and the two forms in
// which people write addresses into configurations: 2001:db8::1 and [2001:db8::1].
func literalAddr(s string) (netip.Addr, error) {
	if a, err := mail.ParseLiteral(s); err == nil {
		return a, nil
	}
	return netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
}

// mxTargets is RFC 5321 5.1: the hosts of the MX records by preference, equal ones
// shuffled, all addresses of each; without MX records the domain's own addresses.
func (n *Node) mxTargets(ctx context.Context, domain string, q question) ([]target, error) {
	if !ascii(domain) {
		// RFC 6531 3.2: the DNS is asked for A-labels, and this domain has none.
		return nil, noRoute(550, "5.1.2", "domain "+domain+" cannot be written in A-labels")
	}
	mxs, err := n.lookupMX(ctx, domain, q)
	implicit := false
	switch {
	case notThere(err) && !noSuchName(err), err != nil && n.is(mutantFailureAsNoMX), err == nil && nullMX(mxs) && n.is(mutantNoNullMX):
		// RFC 5321 5.1: no MX, so the domain is its own MX, with preference 0. Where
		// it is an alias, what that leads to is.
		implicit = true
		mxs = []*net.MX{{Host: n.endOfAliases(domain, q)}}
	case err != nil:
		return nil, lookupError(domain, err)
	case nullMX(mxs):
		return nil, noRoute(556, "5.1.10", domain+" accepts no mail (null MX)") // RFC 7505 3
	}
	ts, err := n.exchangers(ctx, domain, implicit, n.inOrder(mxs, q), q)
	return n.misroute(ctx, domain, ts, err, q)
}

// nullMX reports whether a domain says that it takes no mail (RFC 7505 3). Beside
// a host that could, the record means nothing.
func nullMX(mxs []*net.MX) bool {
	return !slices.ContainsFunc(mxs, func(mx *net.MX) bool { return mx.Host != "." })
}

// inOrder sorts MX records by preference; among equal ones chance decides (RFC
// 5321 5.1).
func (n *Node) inOrder(mxs []*net.MX, q question) []*net.MX {
	mxs = slices.Clone(mxs)
	r := n.chance("mx", q.id, q.attempt)
	r.Shuffle(len(mxs), func(i, j int) { mxs[i], mxs[j] = mxs[j], mxs[i] })
	if n.is(mutantEqualMXInOrder) {
		slices.SortFunc(mxs, func(a, b *net.MX) int { return strings.Compare(a.Host, b.Host) })
	}
	slices.SortStableFunc(mxs, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	if n.is(mutantIgnoresMXOrder) {
		slices.Reverse(mxs)
	}
	return mxs
}

// exchangers looks up the hosts of sorted MX records, one preference after the
// other. The node's own name or address drops its record and all that are no more
// preferred (RFC 5321 5.1), so that those need not be looked up; nor need hosts
// behind as many addresses as one attempt tries.
func (n *Node) exchangers(ctx context.Context, domain string, implicit bool, mxs []*net.MX, q question) ([]target, error) {
	var ts []target
	var failed failedHosts
	for len(mxs) > 0 {
		pref, equal := mxs[0].Pref, 1
		for equal < len(mxs) && mxs[equal].Pref == pref {
			equal++
		}
		found, own := n.preference(ctx, mxs[:equal], &failed, q)
		mxs = mxs[equal:]
		if own && !n.is(mutantKeepsWorseMX) {
			q.leaveOutAll(found, int(pref), "not preferred to this node itself (RFC 5321 5.1)")
			q.leaveOutHosts(mxs, "not preferred to this node itself (RFC 5321 5.1)")
			if len(ts) == 0 && !failed.temporaryBefore(pref) {
				return nil, selfError(domain)
			}
			break
		}
		q.take(found, int(pref))
		if ts = append(ts, found...); len(ts) >= maxTargets || failed.looked >= maxExchangers {
			q.leaveOutHosts(mxs, "behind all that one attempt tries")
			break
		}
	}
	if len(ts) == 0 {
		return nil, failed.verdict(domain, implicit)
	}
	return ts, nil
}

// preference finds the addresses of the hosts of one preference that can be tried.
// It reports whether one of the hosts is this node.
func (n *Node) preference(ctx context.Context, mxs []*net.MX, failed *failedHosts, q question) (ts []target, own bool) {
	for _, mx := range mxs {
		host := strings.TrimSuffix(mx.Host, ".")
		switch _, err := netip.ParseAddr(host); {
		case host == "":
			q.leaveOutHost(mx, "no host: a null MX beside others (RFC 7505 3)")
			continue
		case err == nil:
			failed.add(mx, errAddress)
			q.leaveOutHost(mx, errAddress.Error())
			continue
		case n.ownHost(host):
			own = true
			q.leaveOutHost(mx, "this node itself, by its name")
			continue
		case failed.looked >= maxExchangers:
			q.leaveOutHost(mx, "behind all that one attempt looks up")
			continue
		}
		failed.looked++
		addrs, err := n.lookupAddrs(ctx, host, q)
		if err != nil {
			failed.add(mx, err)
			q.leaveOutHost(mx, plainDNS(err))
			continue
		}
		before := len(ts)
		for _, a := range addrs {
			switch t := newTarget(host, a, portSMTP); {
			case n.ownAddr(a):
				own = true
				q.leaveOut(t, int(mx.Pref), "this node itself, by its address")
			case !n.host.reaches(t.addr.Addr()):
				q.leaveOut(t, int(mx.Pref), errFamily.Error())
			default:
				ts = append(ts, t)
			}
		}
		if len(ts) == before {
			failed.add(mx, errFamily)
		}
	}
	return ts, own
}

// Why a host that there is cannot be used.
var (
	errAddress = errors.New("an address is no host name (RFC 5321 5.1)")
	errFamily  = errors.New("this node has no address of that family")
)

// failedHosts remembers which MX hosts cannot be used, and why.
type failedHosts struct {
	looked    int // hosts whose addresses were asked for
	permanent failedHost
	temporary failedHost
}

type failedHost struct {
	mx  *net.MX
	err error
}

// add notes a host, the first of its kind.
func (f *failedHosts) add(mx *net.MX, err error) {
	kind := &f.temporary
	if notThere(err) || errors.Is(err, errAddress) || errors.Is(err, errFamily) {
		kind = &f.permanent
	}
	if kind.err == nil {
		*kind = failedHost{mx, err}
	}
}

// temporaryBefore reports whether a host of a better preference may come back. A
// backup MX waits for it.
func (f *failedHosts) temporaryBefore(pref uint16) bool {
	return f.temporary.err != nil && f.temporary.mx.Pref < pref
}

// verdict is what becomes of mail for a domain of which no host can be used. A
// failure that may pass weighs more: the host may come back.
func (f *failedHosts) verdict(domain string, implicit bool) error {
	of := &f.permanent
	if f.temporary.err != nil {
		of = &f.temporary
	}
	if of.err == nil {
		return selfError(domain) // there was no other host
	}
	name := domain
	if host := strings.TrimSuffix(of.mx.Host, "."); !implicit {
		name = host + " (MX of " + domain + ")"
	}
	switch {
	case of == &f.temporary, implicit && notThere(of.err):
		return lookupError(name, of.err)
	case implicit:
		return unroutable(domain + ": " + plainDNS(of.err))
	}
	// RFC 5321 5.1: that no MX can be used is an error, and the domain's own address
	// is no way out.
	return unroutable("no MX of " + domain + " can be used: " + strings.TrimSuffix(of.mx.Host, ".") + ": " + plainDNS(of.err))
}
