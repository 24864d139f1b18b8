package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// BenchmarkParse reads networks of many nodes, a line each.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		var t strings.Builder
		t.WriteString("scenario: many\nnodes:\n")
		for i := range n {
			fmt.Fprintf(&t, "  n%d: {role: mta, host: n%d.example.org, domains: [d%d.example.org], relay-for: any, queue: {retry: 10m}}\n", i, i, i)
		}
		fsys := fstest.MapFS{"s.yaml": {Data: []byte(t.String())}}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseFS(fsys, "s.yaml", Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
