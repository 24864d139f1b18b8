package fakedns

import (
	"strings"
	"time"

	"github.com/miekg/dns"
)

// result is what the zones, and the failures put upon them, say to one question.
type result struct {
	rcode  int
	aa     bool
	answer []dns.RR
	ns     []dns.RR
	extra  []dns.RR
	why    string // for people: why there is no answer

	delay    time.Duration // before the answer leaves
	drop     bool          // no answer at all
	truncate bool          // TC and nothing else
}

// place is where the zones put a name.
type place struct {
	apex  string // of the zone; "" is the implicit zone
	cut   string // the name is at or below this delegation
	dname string // the name is below this DNAME
	node  *node  // the data, of the name or of a wildcard; nil: no such name
	wild  bool
}

// locate finds name by the algorithm of RFC 1034 4.3.2, with the deepest zone
// first. The caller holds the lock.
func (w *World) locate(name string, qtype uint16) place {
	var p place
	if w.shapes > 0 {
		w.govern(&p, name, qtype)
	}
	if p.cut == "" && p.dname == "" {
		p.node, p.wild = w.match(name)
	}
	return p
}

// govern finds what the names above (and name itself) make of name: the zone
// that it is in, and the highest delegation or DNAME between that apex and name.
func (w *World) govern(p *place, name string, qtype uint16) {
	var cut, dname string
	for up := name; up != ""; up = parent(up) {
		n := w.nodes[up]
		if n == nil {
			continue
		}
		// RFC 6672 2.3: a DNAME speaks for the names below it, not for its own.
		if up != name && n.get(dns.TypeDNAME) != nil {
			dname, cut = up, ""
		}
		// RFC 4035 3.1.4.1: the parent zone answers for DS.
		if up == name && qtype == dns.TypeDS && up != "." {
			continue
		}
		if n.get(dns.TypeSOA) != nil {
			p.apex = up
			break
		}
		if n.get(dns.TypeNS) != nil {
			cut, dname = up, ""
		}
	}
	p.dname = dname
	if p.apex != "" {
		p.cut = cut
	}
}

// match returns the node of name, or of the wildcard that stands for it: the
// one right below the closest name above that exists (RFC 4592 3.3.1).
func (w *World) match(name string) (n *node, wild bool) {
	if n := w.nodes[name]; n != nil {
		return n, false
	}
	if w.wildcards == 0 {
		return nil, false
	}
	for up := parent(name); up != ""; up = parent(up) {
		if w.nodes[up] != nil {
			if up == "." {
				up = ""
			}
			return w.nodes["*."+up], true
		}
	}
	return nil, false
}

// resolve answers one question of class IN.
func (w *World) resolve(q dns.Question, t Transport) (r result) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	r.aa = true
	owner, name := q.Name, canonical(q.Name)
	var seen [MaxChain + 1]string
	for links := 0; ; links++ {
		if why := chainEnds(seen[:], links, name); why != "" {
			return result{rcode: dns.RcodeServerFailure, delay: r.delay, why: why}
		}
		seen[links] = name
		if w.failures.live.Load() > 0 && w.fail(&r, name, q.Qtype, t) {
			return r
		}
		p := w.locate(name, q.Qtype)
		var target string
		switch {
		case p.cut != "":
			r.aa = links > 0
			r.ns = clip(w.nodes[p.cut].get(dns.TypeNS))
			r.extra = w.addressesOf(nil, r.ns)
			r.why = p.cut + " is delegated to a zone that is not there"
			return r
		case p.dname != "":
			if target = r.substitute(w, p, owner, name); target == "" {
				return r
			}
		case p.node == nil:
			r.rcode = dns.RcodeNameError
			r.ns = w.negative(p.apex)
			return r
		default:
			if r.take(p, owner, q.Qtype) {
				r.extra = w.addressesOf(r.extra, r.answer)
				return r
			}
			alias := p.node.get(dns.TypeCNAME)
			if alias == nil {
				r.ns = w.negative(p.apex)
				return r
			}
			r.add(p, owner, alias)
			target = alias[0].(*dns.CNAME).Target
		}
		owner, name = target, canonical(target)
	}
}

// chainEnds tells why a chain of aliases must not be followed to name, if so.
func chainEnds(seen []string, links int, name string) string {
	for _, s := range seen[:min(links, len(seen))] {
		if s == name {
			return "the CNAMEs of " + seen[0] + " lead back to " + name
		}
	}
	if links > MaxChain {
		return "the CNAME chain of " + seen[0] + " is too long"
	}
	return ""
}

// take adds the records of the type asked for, if there are any.
func (r *result) take(p place, owner string, qtype uint16) bool {
	if qtype != dns.TypeANY {
		rrs := p.node.get(qtype)
		r.add(p, owner, rrs)
		return len(rrs) > 0
	}
	for _, set := range p.node.sets {
		r.add(p, owner, set.rrs)
	}
	return len(p.node.sets) > 0
}

// add appends records; those of a wildcard get the owner that was asked for.
func (r *result) add(p place, owner string, rrs []dns.RR) {
	if p.wild {
		own := make([]dns.RR, len(rrs))
		for i, rr := range rrs {
			own[i] = dns.Copy(rr)
			own[i].Header().Name = owner
		}
		rrs = own
	}
	if r.answer == nil {
		r.answer = clip(rrs)
		return
	}
	r.answer = append(r.answer, rrs...)
}

// clip lets nobody append into a slice that others share.
func clip(rrs []dns.RR) []dns.RR { return rrs[:len(rrs):len(rrs)] }

// substitute follows a DNAME (RFC 6672 3.2): it answers with the DNAME and the
// CNAME that it stands for, and returns the new name.
func (r *result) substitute(w *World, p place, owner, name string) string {
	rrs := w.nodes[p.dname].get(dns.TypeDNAME)
	d := rrs[0].(*dns.DNAME)
	target := strings.TrimSuffix(name, p.dname)
	if p.dname == "." {
		target = name
	}
	if d.Target != "." {
		target += d.Target
	}
	r.add(place{}, owner, rrs)
	if !validName(target) {
		r.rcode, r.why = dns.RcodeYXDomain, "the DNAME of "+p.dname+" makes the name too long"
		return ""
	}
	r.answer = append(r.answer, &dns.CNAME{
		Hdr:    dns.RR_Header{Name: owner, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: d.Hdr.Ttl},
		Target: target,
	})
	return target
}

// negative returns the SOA that goes with NXDOMAIN and NODATA, with the time for
// which the answer may be cached as its TTL (RFC 2308 3 and 5).
func (w *World) negative(apex string) []dns.RR {
	if apex == "" {
		return clip(w.soa)
	}
	rrs := w.nodes[apex].get(dns.TypeSOA)
	soa := rrs[0].(*dns.SOA)
	if soa.Hdr.Ttl <= soa.Minttl {
		return clip(rrs)
	}
	short := dns.Copy(soa)
	short.Header().Ttl = soa.Minttl
	return []dns.RR{short}
}

// addressesOf appends the addresses of the hosts that rrs name (RFC 1035 3.3.9,
// RFC 2782), each host once, save those that are to fail.
func (w *World) addressesOf(extra, rrs []dns.RR) []dns.RR {
	for i, rr := range rrs {
		host := targetOf(rr)
		if host == "" || host == "." || namedBefore(rrs[:i], host) {
			continue
		}
		name := canonical(host)
		n := w.nodes[name]
		if n == nil || w.failures.concern(name) {
			continue
		}
		extra = append(extra, n.get(dns.TypeA)...)
		extra = append(extra, n.get(dns.TypeAAAA)...)
	}
	return extra
}

func namedBefore(rrs []dns.RR, host string) bool {
	for _, rr := range rrs {
		if strings.EqualFold(targetOf(rr), host) {
			return true
		}
	}
	return false
}

// targetOf returns the host that a record sends its reader to, or "".
func targetOf(rr dns.RR) string {
	switch rr := rr.(type) {
	case *dns.MX:
		return rr.Mx
	case *dns.NS:
		return rr.Ns
	case *dns.SRV:
		return rr.Target
	}
	return ""
}
