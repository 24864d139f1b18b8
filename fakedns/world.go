package fakedns

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Defaults and bounds of a World.
const (
	DefaultTTL  = 5 * time.Minute // of records where neither the line nor $TTL gives one
	NegativeTTL = time.Minute     // of NXDOMAIN and NODATA in the implicit zone (RFC 2308)
	MaxText     = 10 << 20        // octets of one zone text
	MaxRecord   = 256 << 10       // octets of one record's text
	MaxRecords  = 1_000_000       // in one World
	MaxSet      = 1024            // records of one type at one name: more than fit into most messages
	MaxChain    = 8               // CNAME and DNAME links that an answer follows
)

// World is all zones that there are; NewWorld makes one. Its methods may be called by several
// goroutines at once. Records that it hands out must not be changed.
type World struct {
	mu        sync.RWMutex
	nodes     map[string]*node // by canonical name, with the empty non-terminals
	records   int
	shapes    int             // SOA, NS and DNAME sets: what makes one name govern others
	wildcards int             // names that begin with an asterisk label
	mentioned map[string]bool // names in loaded text; false for those that only lie above one
	apexes    map[string]bool // owners of an SOA in loaded text
	soa       []dns.RR        // of the implicit zone

	failures failures
}

// NewWorld returns a world without records: every name in it is NXDOMAIN.
func NewWorld() *World {
	negative := uint32(NegativeTTL / time.Second)
	return &World{
		soa: []dns.RR{&dns.SOA{
			Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: negative},
			Ns:  "fakedns.invalid.", Mbox: "hostmaster.fakedns.invalid.",
			Serial: 1, Refresh: 3600, Retry: 600, Expire: 604800, Minttl: negative,
		}},
		nodes:     map[string]*node{".": {}}, // the root always exists
		mentioned: make(map[string]bool),
		apexes:    make(map[string]bool),
	}
}

// Add adds one record, in the words of a zone file with an absolute owner. A
// record that is there already stays as it is. The error is a *ParseError.
func (w *World) Add(rr string) error {
	r, err := ParseRR(rr)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = w.insert(r)
	return atRecord(err, rr)
}

// Set puts one record in the place of all records of its name and type. The
// error is a *ParseError, and leaves everything as it was.
func (w *World) Set(rr string) error {
	r, err := ParseRR(rr)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	name, rrtype := canonical(r.Header().Name), r.Header().Rrtype
	var old []dns.RR
	if n := w.nodes[name]; n != nil {
		old = n.get(rrtype)
	}
	w.put(name, rrtype, nil)
	if _, err = w.insert(r); err != nil {
		w.put(name, rrtype, old)
	}
	return atRecord(err, rr)
}

// Remove takes a record away. With all its data it is that one record, whatever
// its TTL; with a name and a type, all records of that type; with a name alone,
// all records there. It is an error when nothing is there to remove.
func (w *World) Remove(rr string) error {
	name, rrtype, whole, err := parsePrefix(rr)
	if err != nil {
		return err
	}
	var exact dns.RR
	if !whole {
		if exact, err = ParseRR(rr); err != nil {
			return err
		}
		name, rrtype = canonical(exact.Header().Name), exact.Header().Rrtype
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var removed int
	if n := w.nodes[name]; n != nil {
		for _, set := range slices.Clone(n.sets) {
			if rrtype != dns.TypeNone && set.rrtype != rrtype {
				continue
			}
			var keep []dns.RR
			for _, r := range set.rrs {
				if exact != nil && !dns.IsDuplicate(r, exact) {
					keep = append(keep, r)
				}
			}
			removed += len(set.rrs) - len(keep)
			w.put(name, set.rrtype, keep)
		}
	}
	if removed == 0 {
		return atRecord(fmt.Errorf("nothing to remove: no such record is there"), rr)
	}
	return nil
}

// mention remembers that text names rr's owner.
func (w *World) mention(rr dns.RR) {
	name := canonical(rr.Header().Name)
	w.mentioned[name] = true
	if rr.Header().Rrtype == dns.TypeSOA {
		w.apexes[name] = true
	}
	for up := parent(name); up != ""; up = parent(up) {
		if _, ok := w.mentioned[up]; ok {
			break
		}
		w.mentioned[up] = false
	}
}

// Mentions reports whether text given to Load speaks of name: as an owner, by a
// wildcard that covers it (RFC 4592 4), or by an SOA of a zone that it lies in.
// Add, Set and Remove change nothing here.
func (w *World) Mentions(name string) bool {
	name = canonical(name)
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.mentioned[name] || w.apexes[name] {
		return true
	}
	_, exists := w.mentioned[name]
	for up := parent(name); up != ""; up = parent(up) {
		if w.apexes[up] {
			return true
		}
		if exists {
			continue
		}
		if _, exists = w.mentioned[up]; exists && w.mentioned["*."+up] {
			return true
		}
	}
	return false
}

// Addrs returns the addresses of host, IPv6 before IPv4, each in the order of
// its records, following CNAMEs. It looks past failures, caches and delegations:
// it says what a network must be built like, not what a look-up would find.
func (w *World) Addrs(host string) []netip.Addr {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var addrs []netip.Addr
	for _, rrtype := range []uint16{dns.TypeAAAA, dns.TypeA} {
		name := canonical(host)
		for range MaxChain + 1 {
			n, _ := w.match(name)
			if n == nil {
				break
			}
			for _, rr := range n.get(rrtype) {
				addrs = append(addrs, addrOf(rr))
			}
			alias := n.get(dns.TypeCNAME)
			if alias == nil {
				break
			}
			name = canonical(alias[0].(*dns.CNAME).Target)
		}
	}
	return addrs
}

// addrOf returns the address in an A or AAAA record; the zero Addr otherwise.
func addrOf(rr dns.RR) netip.Addr {
	var a netip.Addr
	switch rr := rr.(type) {
	case *dns.A:
		a, _ = netip.AddrFromSlice(rr.A)
		a = a.Unmap()
	case *dns.AAAA:
		a, _ = netip.AddrFromSlice(rr.AAAA.To16())
	}
	return a
}

// Records returns copies of all records: names in the order of RFC 4034 6.1,
// then types by number, then records as they were added.
func (w *World) Records() []dns.RR {
	w.mu.RLock()
	defer w.mu.RUnlock()
	names := make([]string, 0, len(w.nodes))
	for name, n := range w.nodes {
		if len(n.sets) > 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, compareNames)
	all := make([]dns.RR, 0, w.records)
	for _, name := range names {
		for _, set := range w.nodes[name].sets {
			for _, rr := range set.rrs {
				all = append(all, dns.Copy(rr))
			}
		}
	}
	return all
}
