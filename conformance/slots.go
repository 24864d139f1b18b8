package conformance

import "sync"

// slots bounds how many sessions are open at a time. The bound sinks when the target
// does not bear so many.
type slots struct {
	mu    sync.Mutex
	free  *sync.Cond
	limit int
	used  int
}

func newSlots(limit int) *slots {
	s := &slots{limit: limit}
	s.free = sync.NewCond(&s.mu)
	return s
}

// take waits for n slots, or for all that there are, and returns how many it took.
func (s *slots) take(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.used > 0 && s.used+n > s.limit {
		s.free.Wait()
	}
	s.used += n
	return n
}

func (s *slots) give(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used -= n
	s.free.Broadcast()
}

// alone reports whether nobody but the one who took n has any.
func (s *slots) alone(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used <= n
}

// crowded halves the bound.
func (s *slots) crowded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = max(1, min(s.limit, s.used)/2)
}
