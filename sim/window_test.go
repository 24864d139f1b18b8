package sim

import (
	"fmt"
	"testing"
	"time"
)

// TestWindow asks at the borders of a window of a minute.
func TestWindow(t *testing.T) {
	const ms, minute = int64(time.Millisecond), 60_000
	type step struct {
		at      int64 // ms
		session string
		want    int64 // before it adds one
	}
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"an event counts for just the span", []step{{0, "a", 0}, {1, "a", 1}, {minute - 1, "a", 2}, {minute, "a", 2}, {minute + 1, "a", 2}, {2 * minute, "a", 1}}},
		{"all at once leave at once", []step{{5, "a", 0}, {5, "a", 1}, {5, "a", 2}, {5 + minute - 1, "b", 3}, {5 + minute, "b", 1}}},
		{"sessions of an instant do not know of each other", []step{{5, "a", 0}, {5, "b", 0}, {5, "a", 1}, {5, "b", 1}, {6, "c", 4}}},
		{"time that turns back stands still", []step{{5, "a", 0}, {3, "a", 1}, {3, "b", 0}, {6, "c", 3}}},
		{"long silence", []step{{0, "a", 0}, {1, "a", 1}, {1000 * minute, "a", 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var w window
			for i, s := range tt.steps {
				w.move(s.at*ms, time.Minute)
				if got := w.count(s.session); got != s.want {
					t.Errorf("step %d, %s at %d ms: want %d, got %d", i, s.session, s.at, s.want, got)
				}
				w.add(s.session, 1)
			}
		})
	}
}

// TestWindowBound: a window of many instants stays small, forgets nothing early
// and little late.
func TestWindowBound(t *testing.T) {
	var w window
	const many, span = 10 * maxInstants, 10 * maxInstants * time.Millisecond
	at := func(i int64) int64 { return i * int64(time.Millisecond) }
	for i := range int64(many) {
		w.move(at(i), span)
		w.add("a", 1)
		if len(w.log) > maxInstants {
			t.Fatalf("%d instants at %d", len(w.log), i)
		}
	}
	for _, tt := range []struct{ at, least, most int64 }{
		{many - 1, many, many},
		{many, many - 1, many},
		{many + many/2 - 1, many / 2, many/2 + many/256},
		{2*many - 2, 1, many / 256},
		{2*many - 1, 0, 0},
	} {
		w.move(at(tt.at), span)
		if got := w.count("a"); got < tt.least || got > tt.most {
			t.Errorf("at %d: want %d to %d, got %d", tt.at, tt.least, tt.most, got)
		}
	}
}

func ExampleRate() {
	r := Rate{Of: OfMessages, Per: PerSender, Most: 20, In: time.Minute}
	fmt.Println(r.Check())
	r.Of = OfConnections
	fmt.Println(r.Check())
	// Output:
	// <nil>
	// connections per sender: a connection has no sender yet
}
