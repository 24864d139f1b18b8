package wire

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// TestRing compares a ring with a slice.
func TestRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pool rings
		var r ring
		var want []byte
		next := byte(0)
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				p := make([]byte, rapid.IntRange(0, 2*ringSmall).Draw(t, "n"))
				for i := range p {
					p[i] = next
					next++
				}
				n := r.write(p, &pool)
				if n < len(p) && r.n != ringMax {
					t.Fatalf("wrote %d of %d bytes into a ring that holds %d", n, len(p), r.n)
				}
				next -= byte(len(p) - n)
				want = append(want, p[:n]...)
			},
			"read": func(t *rapid.T) {
				p := make([]byte, rapid.IntRange(0, len(want)).Draw(t, "n"))
				r.read(p)
				if !bytes.Equal(p, want[:len(p)]) {
					t.Fatal("read what was not written")
				}
				want = want[len(p):]
			},
			"": func(t *rapid.T) {
				if r.n != len(want) {
					t.Fatalf("ring holds %d bytes, want %d", r.n, len(want))
				}
				if r.n == 0 {
					r.free(&pool)
				}
			},
		})
	})
}
