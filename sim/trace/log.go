package trace

import (
	"slices"
	"sync"
)

// Log collects the events of one run. Its methods may be called from any
// goroutine. The zero value is ready; inside a synctest bubble it must be made
// there.
type Log struct {
	mu     sync.Mutex
	events []Event
	wake   chan struct{}
}

// Add appends e.
func (l *Log) Add(e Event) {
	l.mu.Lock()
	if len(l.events) == cap(l.events) {
		// Doubling costs a long run a fifth of the copies that append makes.
		l.events = slices.Grow(l.events, max(len(l.events), 64))
	}
	l.events = append(l.events, e)
	wake := l.wake
	l.wake = nil
	l.mu.Unlock()
	if wake != nil {
		close(wake)
	}
}

// Len returns how many events there are.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.events)
}

// Since returns the events from index i on, in the order of their arrival, and
// a channel that is closed when there is another. The slice is shared and must
// not be changed.
func (l *Log) Since(i int) ([]Event, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wake == nil {
		l.wake = make(chan struct{})
	}
	if i > len(l.events) {
		i = len(l.events)
	}
	return l.events[i:len(l.events):len(l.events)], l.wake
}
