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
	fewEntries     = 64 // are not worth tidying
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
// name is asked for again, or until there are twice as many as there were fresh
// ones when it was tidied last: a thousand resolvers have no room for the past.
type cache struct {
	mu      sync.RWMutex
	entries map[cacheKey]*found
	tidyAt  int // entries; 0: fewEntries
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
	if len(c.entries) >= max(c.tidyAt, fewEntries) {
		c.tidy(f.stored)
	}
	if c.entries == nil {
		c.entries = make(map[cacheKey]*found)
	}
	c.entries[k] = f
}

// tidy drops what is over, and everything where all is full and that is not half.
// It picks no victims one by one: a map's order would make runs differ.
func (c *cache) tidy(now time.Time) {
	for k, f := range c.entries {
		if !f.fresh(now) {
			delete(c.entries, k)
		}
	}
	if c.tidyAt == maxEntries && len(c.entries) > maxEntries/2 {
		clear(c.entries)
	}
	c.tidyAt = min(2*len(c.entries), maxEntries)
}

func (c *cache) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
}
