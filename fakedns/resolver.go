package fakedns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Resolver looks names up and remembers answers, good and negative ones (RFC
// 2308), for their TTL. Its errors are *net.DNSError: IsNotFound for ErrNXDomain
// and ErrNoData, IsTimeout for no answer, IsTemporary for that and for the rest.
// It may be used by several goroutines at once.
type Resolver struct {
	x     Exchanger
	opt   []dns.RR // sent with each query
	cache cache
	below *cache // of the resolver that this one is a Peek of; only read
}

// NewResolver returns a resolver that asks x and has an empty cache.
func NewResolver(x Exchanger) *Resolver {
	opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: udpAdvertised}}
	return &Resolver{x: x, opt: []dns.RR{opt}}
}

// Flush forgets all answers.
func (r *Resolver) Flush() { r.cache.flush() }

// LookupMX returns the MX records of name by preference, and equal ones in the
// order of their names: to spread the load over them is the caller's part (RFC
// 5321 5.1). An alias is followed. Host names end in a dot; a null MX (RFC 7505)
// is the host "." with preference 0.
func (r *Resolver) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	f, err := r.find(ctx, name, dns.TypeMX)
	if err != nil {
		return nil, err
	}
	own := slices.Clone(f.mx)
	mxs := make([]*net.MX, len(own))
	for i := range own {
		mxs[i] = &own[i]
	}
	return mxs, nil
}

// LookupNetIP returns the addresses of host, IPv6 before IPv4, each in the order
// of their records. Network is "ip", "ip4" or "ip6". An address as host is its own
// answer. With "ip" it asks for AAAA, then for A, and one of them is enough.
func (r *Resolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	var types []uint16
	switch network {
	case "ip":
		types = []uint16{dns.TypeAAAA, dns.TypeA}
	case "ip4":
		types = []uint16{dns.TypeA}
	case "ip6":
		types = []uint16{dns.TypeAAAA}
	default:
		return nil, &net.DNSError{Name: host, Err: fmt.Sprintf("unknown network %q: want ip, ip4 or ip6", network)}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if a = a.Unmap(); network == "ip4" && !a.Is4() || network == "ip6" && a.Is4() {
			return nil, &net.DNSError{Name: host, Err: "no suitable address", IsNotFound: true}
		}
		return []netip.Addr{a}, nil
	}
	var addrs []netip.Addr
	var worst error
	for _, t := range types {
		f, err := r.find(ctx, host, t)
		if err == nil {
			addrs = append(addrs, f.addrs...)
			continue
		}
		if e, ok := errors.AsType[*net.DNSError](worst); !ok || e.IsNotFound {
			worst = err // what may pass weighs more than what is not there
		}
	}
	if len(addrs) > 0 {
		return addrs, nil
	}
	return nil, worst
}

// LookupTXT returns the TXT records of name, each with its strings joined, as
// they are after unescaping.
func (r *Resolver) LookupTXT(ctx context.Context, name string) ([]string, error) {
	f, err := r.find(ctx, name, dns.TypeTXT)
	if err != nil {
		return nil, err
	}
	var txts []string
	for _, rr := range f.rrs {
		if t, ok := rr.(*dns.TXT); ok {
			txts = append(txts, unescape(strings.Join(t.Txt, "")))
		}
	}
	return txts, nil
}

// LookupAddr returns the names that the PTR records of an address give, each
// with a dot at its end.
func (r *Resolver) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return nil, &net.DNSError{Name: addr, Err: "unrecognized address"}
	}
	arpa, err := dns.ReverseAddr(a.Unmap().WithZone("").String())
	if err != nil {
		return nil, &net.DNSError{Name: addr, Err: "unrecognized address"}
	}
	f, err := r.find(ctx, arpa, dns.TypePTR)
	if err != nil {
		if e, ok := errors.AsType[*net.DNSError](err); ok {
			e.Name = addr
		}
		return nil, err
	}
	var names []string
	for _, rr := range f.rrs {
		if p, ok := rr.(*dns.PTR); ok {
			names = append(names, p.Ptr)
		}
	}
	return names, nil
}

// Lookup returns the records of one type at name, or at the end of its aliases,
// with the TTLs that are left. The records are the caller's.
func (r *Resolver) Lookup(ctx context.Context, name string, qtype uint16) ([]dns.RR, error) {
	f, err := r.find(ctx, name, qtype)
	if err != nil {
		return nil, err
	}
	age := max(time.Since(f.stored)/time.Second, 0)
	rrs := make([]dns.RR, len(f.rrs))
	for i, rr := range f.rrs {
		rrs[i] = dns.Copy(rr)
		h := rrs[i].Header()
		h.Ttl = uint32(max(time.Duration(h.Ttl)-age, 0))
	}
	return rrs, nil
}

// find returns what is known of name, from the cache or by asking.
func (r *Resolver) find(ctx context.Context, name string, qtype uint16) (*found, error) {
	if name == "" {
		return nil, dnsError(name, ErrNXDomain, "")
	}
	k := cacheKey{strings.TrimSuffix(canonical(name), "."), qtype}
	f := r.known(k)
	if f == nil {
		if !validName(name) { // as the standard library: nobody is asked
			return nil, dnsError(name, ErrNXDomain, "")
		}
		var err error
		var why string
		if f, why, err = r.ask(ctx, k.name+".", qtype); err != nil {
			return nil, dnsError(name, err, why)
		}
		f.digest(qtype)
		r.cache.put(k, f)
	}
	if f.err != nil {
		return nil, dnsError(name, f.err, "")
	}
	return f, nil
}

// ask asks until the question is answered: once, except of servers that do not
// follow aliases.
func (r *Resolver) ask(ctx context.Context, name string, qtype uint16) (f *found, why string, err error) {
	f = &found{ttl: maxTTL}
	asked, links := name, 0
	for {
		q := &dns.Msg{Question: []dns.Question{{Name: name, Qtype: qtype, Qclass: dns.ClassINET}}, Extra: r.opt}
		q.RecursionDesired = true
		m, err := r.x.Exchange(ctx, q)
		if err != nil {
			return nil, "", err
		}
		if err := rcodeError(m.Rcode); err != nil {
			return nil, reason(m), err
		}
		end, ok := f.follow(m, name, qtype, &links)
		switch {
		case !ok:
			return nil, "the CNAME chain of " + asked + " is too long", ErrServFail
		case len(f.rrs) > 0:
		case f.deny(m):
			f.every = errors.Is(f.err, ErrNXDomain) && end == asked
		case end != name:
			name = end
			continue
		case m.Authoritative || m.RecursionAvailable:
			f.err, f.ttl = ErrNoData, 0 // RFC 2308 5: without SOA it is not cached
		default:
			return nil, reason(m), ErrLame
		}
		f.stored = time.Now()
		return f, "", nil
	}
}

// follow walks the aliases in an answer from name on, and collects the records
// at their end. ok is false when there are too many.
func (f *found) follow(m *dns.Msg, name string, qtype uint16, links *int) (end string, ok bool) {
	for {
		alias := ""
		for _, rr := range m.Answer {
			h := rr.Header()
			if h.Rrtype != qtype && h.Rrtype != dns.TypeCNAME && qtype != dns.TypeANY || canonical(h.Name) != name {
				continue
			}
			if c, is := rr.(*dns.CNAME); is && qtype != dns.TypeCNAME && qtype != dns.TypeANY {
				alias = canonical(c.Target)
				f.aliases = append(f.aliases, alias)
			} else {
				f.rrs = append(f.rrs, rr)
			}
			f.ttl = min(f.ttl, ttlOf(h.Ttl))
		}
		if alias == "" || len(f.rrs) > 0 {
			return name, true
		}
		if *links++; *links > MaxChain {
			return name, false
		}
		name = alias
	}
}

// deny takes over that the name or the record does not exist, if m says so.
func (f *found) deny(m *dns.Msg) bool {
	var soa *dns.SOA
	for _, rr := range m.Ns {
		if s, ok := rr.(*dns.SOA); ok {
			soa = s
		}
	}
	switch {
	case m.Rcode == dns.RcodeNameError:
		f.err = ErrNXDomain
	case soa != nil:
		f.err = ErrNoData
	default:
		return false
	}
	if soa == nil {
		f.ttl = 0
		return true
	}
	f.ttl = min(f.ttl, maxNegativeTTL, ttlOf(soa.Hdr.Ttl), ttlOf(soa.Minttl))
	return true
}

// digest makes the forms in which look-ups return the records.
func (f *found) digest(qtype uint16) {
	for _, rr := range f.rrs {
		switch qtype {
		case dns.TypeMX:
			if mx, ok := rr.(*dns.MX); ok {
				f.mx = append(f.mx, net.MX{Host: mx.Mx, Pref: mx.Preference})
			}
		case dns.TypeA, dns.TypeAAAA:
			if a := addrOf(rr); a.IsValid() {
				f.addrs = append(f.addrs, a)
			}
		}
	}
	slices.SortStableFunc(f.mx, func(a, b net.MX) int {
		if a.Pref != b.Pref {
			return int(a.Pref) - int(b.Pref)
		}
		return compareNames(canonical(a.Host), canonical(b.Host))
	})
}

// ttlOf reads a TTL; RFC 2181 8: one with the highest bit set is zero.
func ttlOf(seconds uint32) time.Duration {
	if seconds > 1<<31-1 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// reason returns the text of an extended error (RFC 8914).
func reason(m *dns.Msg) string {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				return e.ExtraText
			}
		}
	}
	return ""
}

// unescape turns a character-string of a zone file into its octets (RFC 1035 5.1).
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:min(i+4, len(s))], 10, 8); err == nil && i+3 < len(s) {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
