package scenarios

import "testing"

// A group that does not hold is asked about the mail that was wrong, and not about
// those before it; when that one is right, about all.
func TestGroupAll(t *testing.T) {
	r := &run{groups: map[string]int{"m": 5}}
	var g group
	right := map[string]bool{"m-1": true, "m-2": true, "m-4": true, "m-5": true}
	asked := 0
	holds := func(mail string) bool {
		asked++
		return right[mail]
	}
	for _, step := range []struct {
		change, asked int
		want          bool
	}{{0, 3, false}, {0, 1, false}, {0, 1, false}, {3, 5, true}, {-1, 4, false}, {1, 5, true}} {
		if step.change != 0 {
			right[mailOf("m", max(step.change, -step.change))] = step.change > 0
		}
		asked = 0
		if got := g.all(r, "m", holds); got != step.want || asked != step.asked {
			t.Errorf("%+v: %v after %d questions", step, got, asked)
		}
	}
	if !g.all(r, "m-1", holds) || g.all(r, "x", holds) {
		t.Error("a single mail is judged by another")
	}
}
