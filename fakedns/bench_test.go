package fakedns_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/fakedns"
)

// big is a world with many names, so that look-ups miss the processor's caches as they do in a large network.
func big(b *testing.B) *fakedns.World {
	w := load(b, simple)
	for i := range 10_000 {
		for _, rr := range []string{"d%d.example. MX 10 mx%[1]d.example.", "mx%d.example. A 198.18.0.1"} {
			if err := w.Add(fmt.Sprintf(rr, i)); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	return w
}

func BenchmarkAdd(b *testing.B) {
	w := fakedns.NewWorld()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := w.Add(fmt.Sprintf("mx%d.example. 300 A 198.18.0.1", i)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	w := big(b)
	q := query(b, "example.org. MX")
	for b.Loop() {
		w.Answer(q, fakedns.Direct)
	}
}

func BenchmarkLookupMX(b *testing.B) {
	run := func(b *testing.B, r *fakedns.Resolver, before func()) {
		ctx := context.Background()
		for b.Loop() {
			before()
			if _, err := r.LookupMX(ctx, "example.org"); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("cached", func(b *testing.B) { run(b, fakedns.NewResolver(big(b)), func() {}) })
	b.Run("direct", func(b *testing.B) {
		r := fakedns.NewResolver(big(b))
		run(b, r, r.Flush)
	})
	b.Run("udp", func(b *testing.B) {
		w := big(b)
		r := fakedns.NewResolver(fakedns.Client{Addr: serve(b, &fakedns.Server{World: w})})
		b.ResetTimer()
		run(b, r, r.Flush)
	})
}

func BenchmarkLookupNetIP(b *testing.B) {
	r := fakedns.NewResolver(big(b))
	ctx := context.Background()
	for b.Loop() {
		if _, err := r.LookupNetIP(ctx, "ip", "mx1.example.org."); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUDP is the server's part: one client with one socket.
func BenchmarkUDP(b *testing.B) {
	addr := serve(b, &fakedns.Server{World: big(b)})
	conn, err := dns.Dial("udp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	q := query(b, "example.org. MX")
	b.ResetTimer()
	for b.Loop() {
		if err := conn.WriteMsg(q); err != nil {
			b.Fatal(err)
		}
		if _, err := conn.ReadMsg(); err != nil {
			b.Fatal(err)
		}
	}
}
