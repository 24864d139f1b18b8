package sim

import (
	"testing"
	"time"
)

func TestNextTry(t *testing.T) {
	t0 := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	at := t0.Add
	end := at(5 * 24 * time.Hour)
	for _, tt := range []struct {
		name         string
		retry        []time.Duration
		tries        int
		started, now time.Duration
		want         time.Duration
	}{
		{"RFC 5321 4.5.4.1: 30 minutes by default", nil, 1, 0, time.Second, 30 * time.Minute},
		{"counted from the start of the try", []time.Duration{time.Hour}, 1, 0, 20 * time.Minute, time.Hour},
		{"second wait", []time.Duration{time.Minute, time.Hour}, 2, time.Hour, time.Hour, 2 * time.Hour},
		{"the last wait repeats", []time.Duration{time.Minute, time.Hour}, 9, 0, 0, time.Hour},
		{"a try longer than the wait is followed by a pause", []time.Duration{10 * time.Minute}, 1, 0, time.Hour, time.Hour + 5*time.Minute},
		{"the last try is at the end", nil, 9, 5*24*time.Hour - time.Minute, 5*24*time.Hour - time.Minute, 5 * 24 * time.Hour},
	} {
		c := QueueConfig{Retry: tt.retry}
		if got := c.next(at(tt.started), at(tt.now), tt.tries, end); !got.Equal(at(tt.want)) {
			t.Errorf("%s: %s, want %s", tt.name, got.Sub(t0), tt.want)
		}
	}
}
