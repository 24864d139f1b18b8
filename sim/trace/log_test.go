package trace

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLog(t *testing.T) {
	var l Log
	first, _ := l.Since(0)
	if len(first) != 0 || l.Len() != 0 {
		t.Errorf("a new log has %d events", l.Len())
	}
	l.Add(Event{Node: "a"})
	l.Add(Event{Node: "b"})
	events, _ := l.Since(1)
	if len(events) != 1 || events[0].Node != "b" || l.Len() != 2 {
		t.Errorf("since 1: %+v of %d", events, l.Len())
	}
	for _, i := range []int{2, 3} {
		if more, _ := l.Since(i); len(more) != 0 {
			t.Errorf("since %d: %+v", i, more)
		}
	}
	// What is appended by a reader is not in the log.
	_ = append(events, &Event{Node: "x"})
	l.Add(Event{Node: "c"})
	if events, _ := l.Since(2); events[0].Node != "c" {
		t.Errorf("third event: %+v", events[0])
	}
}

func TestLogWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(Log)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for seen := 0; seen < 10; {
					events, wake := l.Since(seen)
					if seen += len(events); len(events) == 0 {
						<-wake
					}
				}
			})
		}
		for range 10 {
			time.Sleep(time.Second)
			l.Add(Event{At: time.Now()})
		}
		wg.Wait() // a sleeper that is not woken is a deadlock, which the bubble tells
	})
}

func BenchmarkLogAdd(b *testing.B) {
	var l Log
	b.ReportAllocs()
	for b.Loop() {
		l.Add(Event{Node: "mx", Kind: MailAccepted, Mail: "plan"})
	}
}

// Events stay where they are, however many come after them.
func TestLogStays(t *testing.T) {
	var l Log
	l.Add(Event{Attempt: 1})
	first, _ := l.Since(0)
	for i := range 5 * chunk {
		l.Add(Event{Attempt: i + 2})
	}
	all, _ := l.Since(0)
	if first[0] != all[0] {
		t.Error("the first event has moved")
	}
	for i, e := range all {
		if e.Attempt != i+1 {
			t.Fatalf("event %d is %+v", i, e)
		}
	}
}
