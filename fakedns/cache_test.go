package fakedns

import (
	"fmt"
	"testing"
	"time"

	"github.com/miekg/dns"
)

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
