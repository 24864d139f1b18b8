package fakedns

import (
	"fmt"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// A resolver that asks for ever new names remembers those of one TTL, not all.
func TestCacheTidies(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	var c cache
	most := 0
	for i := range 10_000 {
		c.put(cacheKey{fmt.Sprint(i), dns.TypeA}, &found{ttl: 100 * time.Second, stored: now})
		now = now.Add(time.Second)
		most = max(most, len(c.entries))
		if c.get(cacheKey{fmt.Sprint(max(0, i-98)), dns.TypeA}, now) == nil {
			t.Fatalf("at %d: an answer that is not over is gone", i)
		}
	}
	if most > 250 {
		t.Errorf("it held %d entries, and 100 are fresh", most)
	}
}

func TestCacheBound(t *testing.T) {
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		ttl  func(i int) time.Duration
		left int
	}{
		{"what is over goes", func(i int) time.Duration { return time.Duration(1+i%4/3) * time.Minute }, maxEntries/4 + 1},
		{"all goes where nothing is over", func(int) time.Duration { return time.Hour }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c cache
			for i := range maxEntries {
				c.put(cacheKey{fmt.Sprint(i), dns.TypeA}, &found{ttl: tt.ttl(i), stored: start})
			}
			now := start.Add(time.Minute)
			c.put(cacheKey{"new", dns.TypeA}, &found{ttl: time.Minute, stored: now})
			if len(c.entries) != tt.left {
				t.Errorf("%d entries are left, want %d", len(c.entries), tt.left)
			}
			if c.get(cacheKey{"new", dns.TypeA}, now) == nil {
				t.Error("the newest is gone")
			}
		})
	}
}
