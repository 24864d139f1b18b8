package fakedns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// node is one name.
type node struct {
	sets     []rrset // by type
	children int     // nodes one label below
}

// rrset is the records of one type at one name. The slice is never changed in
// place, since answers share it.
type rrset struct {
	rrtype uint16
	rrs    []dns.RR
}

func (n *node) get(rrtype uint16) []dns.RR {
	for i := range n.sets {
		if n.sets[i].rrtype == rrtype {
			return n.sets[i].rrs
		}
	}
	return nil
}

// insert adds a record unless it is there, and says whether it did.
func (w *World) insert(rr dns.RR) (added bool, err error) {
	name, rrtype := canonical(rr.Header().Name), rr.Header().Rrtype
	var old []dns.RR
	if n := w.nodes[name]; n != nil {
		old = n.get(rrtype)
		for _, r := range old {
			if dns.IsDuplicate(r, rr) {
				return false, nil
			}
		}
		if err := n.admit(rr); err != nil {
			return false, err
		}
	}
	if len(old) >= MaxSet {
		return false, fmt.Errorf("%s has more than %d records of type %s", rr.Header().Name, MaxSet, dns.Type(rrtype))
	}
	if w.records >= MaxRecords {
		return false, fmt.Errorf("more than %d records", MaxRecords)
	}
	w.put(name, rrtype, append(old[:len(old):len(old)], rr))
	return true, nil
}

// admit keeps a name free of records that contradict each other.
func (n *node) admit(rr dns.RR) error {
	h := rr.Header()
	single := h.Rrtype == dns.TypeCNAME || h.Rrtype == dns.TypeSOA || h.Rrtype == dns.TypeDNAME
	if single && n.get(h.Rrtype) != nil {
		return fmt.Errorf("%s has a %s record already, and can have only one", h.Name, dns.TypeToString[h.Rrtype])
	}
	// RFC 1034 3.6.2: an alias has no other data; RFC 4034 allows its signatures.
	if besideAlias(h.Rrtype) {
		return nil
	}
	for _, set := range n.sets {
		if besideAlias(set.rrtype) {
			continue
		}
		if (h.Rrtype == dns.TypeCNAME) != (set.rrtype == dns.TypeCNAME) {
			return fmt.Errorf("%s has %s records, and a name with a CNAME can have no other; remove one of the two",
				h.Name, dns.Type(set.rrtype))
		}
	}
	return nil
}

func besideAlias(rrtype uint16) bool {
	return rrtype == dns.TypeRRSIG || rrtype == dns.TypeNSEC || rrtype == dns.TypeKEY
}

// put makes rrs the records of one name and type, and keeps the tree whole:
// names above exist as long as something lies below them (RFC 4592 2.2.2).
func (w *World) put(name string, rrtype uint16, rrs []dns.RR) {
	n := w.nodes[name]
	if n == nil {
		if len(rrs) == 0 {
			return
		}
		n = w.grow(name)
	}
	i, had := slices.BinarySearchFunc(n.sets, rrtype, func(s rrset, t uint16) int { return int(s.rrtype) - int(t) })
	switch {
	case had && len(rrs) == 0:
		w.count(rrtype, len(n.sets[i].rrs), 0)
		n.sets = slices.Concat(n.sets[:i], n.sets[i+1:])
	case had:
		w.count(rrtype, len(n.sets[i].rrs), len(rrs))
		n.sets[i].rrs = rrs
	case len(rrs) > 0:
		w.count(rrtype, 0, len(rrs))
		n.sets = slices.Insert(n.sets, i, rrset{rrtype, rrs})
	}
	w.prune(name)
}

func (w *World) count(rrtype uint16, before, after int) {
	w.records += after - before
	switch rrtype {
	case dns.TypeSOA, dns.TypeNS, dns.TypeDNAME:
		if before == 0 {
			w.shapes++
		}
		if after == 0 {
			w.shapes--
		}
	}
}

// grow makes the node of name and those above it.
func (w *World) grow(name string) *node {
	made := &node{}
	w.nodes[name] = made
	w.wildcards += asterisk(name)
	for up := parent(name); up != ""; up = parent(up) {
		if n := w.nodes[up]; n != nil {
			n.children++
			break
		}
		w.nodes[up] = &node{children: 1}
		w.wildcards += asterisk(up)
	}
	return made
}

// prune takes away the node of name, and those above it, where nothing is left.
func (w *World) prune(name string) {
	for name != "." {
		n := w.nodes[name]
		if len(n.sets) > 0 || n.children > 0 {
			return
		}
		delete(w.nodes, name)
		w.wildcards -= asterisk(name)
		name = parent(name)
		w.nodes[name].children--
	}
}

func asterisk(name string) int {
	if strings.HasPrefix(name, "*.") {
		return 1
	}
	return 0
}
