package trace

import "sync"

// Log collects the events of one run. Its methods may be called from any
// goroutine. The zero value is ready; inside a synctest bubble it must be made
// there.
//
// An event never moves: it is handed out by pointer, from the log to the report,
// since a long run has millions and a copy of each would double what it takes.
type Log struct {
	mu     sync.Mutex
	events []*Event
	room   []Event // where the next ones go
	wake   chan struct{}
}

// chunk is how many events are allocated at a time: 104 KB on a 64-bit machine,
// which is a whole number of the allocator's pages.
const chunk = 512

// Add appends e.
func (l *Log) Add(e Event) {
	l.mu.Lock()
	if len(l.room) == 0 {
		l.room = make([]Event, chunk)
	}
	l.room[0] = e
	l.events = append(l.events, &l.room[0])
	l.room = l.room[1:]
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
// a channel that is closed when there is another. Slice and events are shared and
// must not be changed.
func (l *Log) Since(i int) ([]*Event, <-chan struct{}) {
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
