package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// scheme is a way to name a target.
type scheme struct {
	name     string
	port     uint16 // the usual one
	profile  conformance.Profile
	implicit bool // TLS begins with the connection
}

// schemes returns them all.
func schemes() []scheme {
	return []scheme{
		{name: "lmtp", port: 24, profile: conformance.LMTP},
		{name: "lmtp+unix", profile: conformance.LMTP},
		{name: "smtp", port: 25, profile: conformance.MX},
		// RFC 8314 3.3: 465 is submission under TLS.
		{name: "smtps", port: 465, profile: conformance.Submit, implicit: true},
		{name: "submission", port: 587, profile: conformance.Submit},
	}
}

// place is a target as it is named on the command line.
type place struct {
	scheme
	host string // without brackets; of a host name as it was written
	path string // of a socket, instead of host and port
	self bool   // mailsim's own server of the profile
}

// targetHelp is what every error about a target ends with.
const targetHelp = "a target is smtp://HOST[:25], smtps://HOST[:465], submission://HOST[:587], lmtp://HOST[:24], lmtp+unix:///PATH, HOST:PORT, or self:PROFILE"

// parseTarget reads the name of a target.
func parseTarget(s string) (place, error) {
	fail := func(format string, args ...any) (place, error) {
		return place{}, fmt.Errorf("target %q: %s; %s", s, fmt.Sprintf(format, args...), targetHelp)
	}
	if s == "self" {
		s = "self:mx"
	}
	if name, ok := strings.CutPrefix(s, "self:"); ok {
		pl := place{self: true}
		if err := pl.profile.Set(name); err != nil {
			return fail("%v%s", err, meant(name, profileNames()))
		}
		return pl, nil
	}
	name, rest, isURL := strings.Cut(s, "://")
	if !isURL {
		if !strings.Contains(s, ":") || strings.Contains(s, "/") {
			return fail("it has no scheme and no port")
		}
		name, rest = "smtp", s
	}
	all := schemes()
	i := slices.IndexFunc(all, func(x scheme) bool { return x.name == strings.ToLower(name) })
	if i < 0 {
		names := make([]string, len(all))
		for j := range all {
			names[j] = all[j].name
		}
		return fail("unknown scheme %q%s", name, meant(name, names))
	}
	pl := place{scheme: all[i]}
	if pl.port == 0 {
		if !strings.HasPrefix(rest, "/") || rest == "/" || strings.ContainsRune(rest, 0) {
			return fail("a socket has an absolute path")
		}
		pl.path = rest
		return pl, nil
	}
	rest = strings.TrimSuffix(rest, "/")
	switch {
	case strings.Contains(rest, "@"):
		return fail("a user is named by --user")
	case strings.ContainsAny(rest, "/?#"):
		return fail("nothing may come behind the port")
	}
	host, port, err := splitPort(rest)
	if err != nil {
		return fail("%v", err)
	}
	if port == "" && !isURL {
		return fail("without a scheme a port is needed")
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || port[0] == '+' {
			return fail("%q is no port", port)
		}
		pl.port = uint16(n)
	}
	pl.host = host
	if a, err := netip.ParseAddr(host); err == nil && (a.IsUnspecified() || a.IsMulticast()) {
		return fail("%s is no address of a server", host)
	}
	return pl, nil
}

// splitPort takes the port from a host, which may be an address in brackets.
func splitPort(s string) (host, port string, err error) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		host, port, ok = strings.Cut(inner, "]")
		a, err := netip.ParseAddr(host)
		switch {
		case !ok || err != nil || !a.Is6():
			return "", "", errors.New("brackets hold an IPv6 address")
		case port != "" && (port[0] != ':' || port == ":"):
			return "", "", errors.New("behind the brackets comes :PORT")
		}
		return host, strings.TrimPrefix(port, ":"), nil
	}
	host, port, some := strings.Cut(s, ":")
	switch {
	case strings.Contains(port, ":"):
		return "", "", errors.New("an IPv6 address stands in brackets")
	case some && port == "":
		return "", "", errors.New("there is no port behind the colon")
	case host == "" || len(host) > 253:
		return "", "", errors.New("there is no host")
	}
	for _, r := range host {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_') {
			return "", "", fmt.Errorf("%q cannot be in the name of a host; write other letters as xn--", r)
		}
	}
	return host, port, nil
}

// String names the target in reports.
func (pl place) String() string {
	switch {
	case pl.self:
		return "self:" + string(pl.profile)
	case pl.path != "":
		return pl.name + "://" + pl.path
	}
	return pl.name + "://" + net.JoinHostPort(pl.host, strconv.Itoa(int(pl.port)))
}

// addresses asks once which addresses the host has: all sessions go to these, whatever
// the DNS says later.
func (pl place) addresses(ctx context.Context, bind netip.Addr) ([]netip.AddrPort, error) {
	var list []netip.Addr
	if a, err := netip.ParseAddr(pl.host); err == nil {
		list = []netip.Addr{a}
	} else {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if list, err = net.DefaultResolver.LookupNetIP(ctx, "ip", pl.host); err != nil {
			return nil, environment(fmt.Errorf("target %s: %w", pl, err))
		}
	}
	var out []netip.AddrPort
	for _, a := range list {
		a = a.Unmap()
		at := netip.AddrPortFrom(a, pl.port)
		switch {
		case a.IsUnspecified() || a.IsMulticast():
			return nil, fmt.Errorf("target %s: %s is no address of a server", pl, a)
		case bind.IsValid() && bind.Is4() != a.Is4(), slices.Contains(out, at):
		default:
			out = append(out, at)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("target %s: none of its addresses can be reached from %s (--bind)", pl, bind)
	}
	return out, nil
}

// near reports whether an address is on this machine or in a private network: one
// that strangers have no server at. 100.64.0.0/10 (RFC 6598) is none: customers of a
// provider share it. At 169.254.0.0/16 and fd00:ec2::/32 clouds have services of their
// own, which hand out credentials, and nobody has a mail server.
func near(a netip.Addr) bool {
	a = a.Unmap()
	if a.Is4() && a.IsLinkLocalUnicast() || netip.MustParsePrefix("fd00:ec2::/32").Contains(a) {
		return false
	}
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

// remote returns the addresses that are elsewhere.
func remote(list []netip.AddrPort) []string {
	var out []string
	for _, a := range list {
		if !near(a.Addr()) {
			out = append(out, a.Addr().String())
		}
	}
	return out
}

// dialer opens connections to one of some addresses: the first that answers, and from
// then on the same.
type dialer struct {
	addresses []netip.AddrPort
	bind      netip.Addr
	far       bool // addresses that are not near are allowed
	chosen    atomic.Int64
}

// Dial opens a connection.
func (d *dialer) Dial(ctx context.Context) (net.Conn, error) {
	n := len(d.addresses)
	first := int(d.chosen.Load())
	var errs []error
	for i := range n {
		at := (first + i) % n
		c, err := d.dial(ctx, d.addresses[at], n-i)
		if err == nil {
			d.chosen.Store(int64(at))
			return c, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, errors.Join(errs...)
}

// dial opens a connection to one address. Where others are left, they get their share
// of the time.
func (d *dialer) dial(ctx context.Context, a netip.AddrPort, left int) (net.Conn, error) {
	if !d.far && !near(a.Addr()) {
		return nil, fmt.Errorf("%s is not on this machine or in a private network (--allow-remote)", a.Addr())
	}
	if end, ok := ctx.Deadline(); ok && left > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)/time.Duration(left))
		defer cancel()
	}
	var nd net.Dialer
	if d.bind.IsValid() {
		nd.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(d.bind, 0))
	}
	return nd.DialContext(ctx, "tcp", a.String())
}

// profileNames returns the names of the profiles.
func profileNames() []string {
	var names []string
	for _, p := range conformance.Profiles() {
		names = append(names, string(p))
	}
	return names
}

// profileOf is the profile of a target: that of --profile, or of its scheme.
func (pl place) profileOf(flag conformance.Profile) (conformance.Profile, error) {
	want := cmp.Or(flag, pl.profile)
	switch {
	case pl.self && want != pl.profile:
		return "", fmt.Errorf("target %s and --profile %s say different things; name the target self:%s", pl, want, want)
	case pl.profile == conformance.LMTP && want != conformance.LMTP:
		return "", fmt.Errorf("target %s speaks LMTP, which --profile %s does not; write smtp:// for a server of SMTP", pl, want)
	}
	return want, nil
}
