package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

const neighbours = `scenario: neighbours
nodes:
  a: {role: mta, host: mx.a.example, relay-for: any, mailboxes: [ann@a.example, "*@all.example"]}
  b: {like: a, host: mx.b.example, mailboxes: [bob@b.example, ann@a.example]}
  c: {role: mda, host: mx.c.example, mailboxes: [cat@c.example]}
steps:
  - load: {%, rate: 1/s for 20s, keep: [failures = 0, lost = 0]}
  - expect: {event: mail.delivered, mail: load, count: 20, within: end}
`

// What between and reach mean: the mailboxes that a load knows, who takes its mail,
// and that it arrives.
func TestBetween(t *testing.T) {
	for _, tt := range []struct {
		keys, says string
		list       []Correspondent
	}{
		{
			"between: all, via: a", "load load via a: between all 3 mailboxes: 1/s for 20s",
			[]Correspondent{{"ann@a.example", "a"}, {"bob@b.example", "b"}, {"cat@c.example", "c"}},
		},
		{
			"between: [x+y@all.example, Bob@B.example], reach: 1", "load load: between x+y@all.example, Bob@B.example, reach 1: 1/s for 20s",
			[]Correspondent{{"x+y@all.example", "a"}, {"Bob@B.example", "b"}},
		},
	} {
		s := mustParse(t, strings.Replace(neighbours, "%", tt.keys, 1), Options{}, nil)
		l := s.Steps[0].Do.(*Load)
		if l.String() != tt.says {
			t.Errorf("%s: says %q, want %q", tt.keys, l, tt.says)
		}
		if diff := cmp.Diff(tt.list, l.Between.List); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.keys, diff)
		}
		if rep := Run(s, RunOptions{}); rep.Verdict != reports.Pass {
			t.Errorf("%s: %v", tt.keys, verdicts(rep))
		}
	}
}

// Everybody writes to everybody but to himself, by the seed, and with reach to those
// next to him only.
func TestBetweenChooses(t *testing.T) {
	const n = 5
	for _, reach := range []int{0, 2, 99} {
		b := Between{Reach: reach}
		for i := range n {
			b.List = append(b.List, Correspondent{Node: string(rune('a' + i))})
		}
		count := map[string]int{}
		differ := 0
		for i := range 1000 {
			from, to := b.choose(7, mailOf("m", i))
			if again, _ := b.choose(7, mailOf("m", i)); again != from {
				t.Fatalf("reach %d: mail %d is of %v, and of %v", reach, i, from, again)
			}
			if other, _ := b.choose(8, mailOf("m", i)); other != from {
				differ++
			}
			count[from.Node+to.Node]++
		}
		want := n * (n - 1)
		if reach == 2 {
			want = n * 2
		}
		if len(count) != want || differ == 0 {
			t.Errorf("reach %d: %d pairs, want %d; another seed chose %d others: %v", reach, len(count), want, differ, count)
		}
		for pair, k := range count {
			step := (int(pair[1]) - int(pair[0]) + n) % n
			if step == 0 || reach == 2 && step > 2 || k < 1000/want/2 {
				t.Errorf("reach %d: %s %d times", reach, pair, k)
			}
		}
	}
}
