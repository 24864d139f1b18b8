package sim

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// keyed returns a source of chance that depends on nothing but the seed and the
// names given. Nodes that wake at the same virtual instant run in any order, so
// a stream that they shared would give another run each time.
func keyed(seed uint64, keys ...any) *rand.Rand {
	h := uint64(fnvOffset)
	for _, k := range keys {
		switch k := k.(type) {
		case string:
			h = hash(h, k)
		case int:
			h = hash(h, strconv.Itoa(k))
		default:
			h = hash(h, fmt.Sprint(k))
		}
	}
	return rand.New(rand.NewPCG(seed, h))
}

// FNV-1a of 64 bits.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// hash adds a string and an end mark.
func hash(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return (h ^ 0xff) * fnvPrime
}
