package fakedns

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Bounds of a cache.
const (
	maxTTL         = 7 * 24 * time.Hour // RFC 8767 4
	maxNegativeTTL = 3 * time.Hour      // RFC 2308 5
	maxEntries     = 100_000
)

// cacheKey names an answer. The name is canonical, without its last dot, so that
// host names as people write them are keys without a copy. A type of TypeNone is
// NXDOMAIN, which is so for every type (RFC 2308 5).
type cacheKey struct {
	name   string
	rrtype uint16
}

// found is what a look-up has found: records, or why there are none.
type found struct {
	rrs     []dns.RR
	mx      []net.MX     // of an MX look-up, sorted
	addrs   []netip.Addr // of an A or AAAA look-up
	aliases []string     // where the CNAMEs led, the end of them last
	err     error        // ErrNXDomain or ErrNoData
	every   bool         // NXDOMAIN of the very name that was asked for
	ttl     time.Duration
	stored  time.Time
}

// cache remembers answers for their TTL. Entries that are over stay until their
// name is asked for again or room is needed.
type cache struct {
	mu      sync.RWMutex
	entries map[cacheKey]*found
}

func (c *cache) get(k cacheKey, now time.Time) *found {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if f := c.entries[k]; f.fresh(now) {
		return f
	}
	k.rrtype = dns.TypeNone
	if f := c.entries[k]; f.fresh(now) {
		return f
	}
	return nil
}

func (f *found) fresh(now time.Time) bool { return f != nil && now.Sub(f.stored) < f.ttl }

func (c *cache) put(k cacheKey, f *found) {
	if f.ttl <= 0 {
		return // RFC 1035 3.2.1: a TTL of zero is for the transaction in progress only
	}
	if f.every {
		k.rrtype = dns.TypeNone
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= maxEntries {
		c.makeRoom(f.stored)
	}
	if c.entries == nil {
		c.entries = make(map[cacheKey]*found)
	}
	c.entries[k] = f
}

// makeRoom drops what is over, and everything if that is not half. It picks no
// victims one by one: a map's order would make runs differ.
func (c *cache) makeRoom(now time.Time) {
	for k, f := range c.entries {
		if !f.fresh(now) {
			delete(c.entries, k)
		}
	}
	if len(c.entries) > maxEntries/2 {
		clear(c.entries)
	}
}

func (c *cache) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
}
