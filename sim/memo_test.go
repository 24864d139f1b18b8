package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// keys lists what a memo holds, in the order of the keys.
func (m *memo[V]) keys() string { return strings.Join(sortedKeys(m.all), " ") }

func TestMemo(t *testing.T) {
	m := memo[int]{most: 4, keep: time.Minute}
	second := int64(time.Second)
	use := func(key string, at int64) int {
		v := m.at(key, at*second)
		*v++
		return *v
	}
	for _, tt := range []struct {
		key  string
		at   int64
		want int
		keys string
	}{
		{"a", 0, 1, "a"},
		{"b", 1, 1, "a b"},
		{"a", 59, 2, "a b"},
		{"b", 60, 2, "a b"},  // just before it is too old
		{"b", 120, 1, "a b"}, // and just then
		{"c", 120, 1, "a b c"},
		{"d", 121, 1, "a b c d"}, // it is full
		{"e", 121, 1, "a b c d e"},
		{"f", 121, 1, "a b c d e f"}, // nothing is forgotten before time moves on
		{"e", 122, 2, "d e f"},       // a was too old, b and c the oldest
		{"b", 122, 1, "b d e f"},
		{"c", 122, 1, "b c d e f"},
		{"d", 123, 1, "b c d e"}, // d and f were the oldest
	} {
		if got := use(tt.key, tt.at); got != tt.want || m.keys() != tt.keys {
			t.Errorf("%s at %d: want %d of %s, got %d of %s", tt.key, tt.at, tt.want, tt.keys, got, m.keys())
		}
	}
}

// TestMemoOrder: the order within one instant makes no difference.
func TestMemoOrder(t *testing.T) {
	run := func(turn bool) string {
		m := memo[int]{most: 8, keep: time.Hour}
		for instant := range int64(40) {
			var keys []string
			for i := range 3 {
				keys = append(keys, fmt.Sprint("k", (instant*7+int64(i)*5)%23))
			}
			if turn {
				slices.Reverse(keys)
			}
			for _, k := range keys {
				*m.at(k, instant)++
			}
		}
		got := ""
		for _, k := range sortedKeys(m.all) {
			got += fmt.Sprintf("%s=%d ", k, m.all[k].value)
		}
		return got
	}
	if diff := cmp.Diff(run(false), run(true)); diff != "" {
		t.Error(diff)
	}
}
