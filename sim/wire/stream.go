package wire

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// segment says that the next n bytes arrive at an instant.
type segment struct {
	n  int
	at int64
}

// ending is how a stream ends.
type ending byte

const (
	open ending = iota
	finished
	aborted
)

// maxSegments bounds the list of a stream; more are merged into the last.
const maxSegments = 128

// stream is one direction of a connection. Instants are nanoseconds since the
// fabric was made.
type stream struct {
	f    *Fabric
	mu   sync.Mutex
	rbuf ring
	tag  string

	// The link.
	link    Link
	rand    source
	flight  []segment // bytes behind the first arrived ones, in their order
	arrived int       // bytes that may be read
	sent    int64     // when the last bytes were written
	room    int       // bytes that still fit into the last segment
	last    int64     // when the last segment arrives
	lost    int64     // cut: since when segments have been sent in vain; else never
	ended   ending    // what the writer has sent last
	fin     int64     // when the end of the stream arrives
	rst     int64     // when the reset arrives

	// The reader's end.
	rclosed  bool
	rexpire  int64
	rwaiting int
	rcond    sync.Cond

	// The writer's end.
	wclosed  error // what a write gives
	wexpire  int64
	wbusy    bool // a write that has begun waits for room
	wwaiting int
	wcond    sync.Cond
	gone     int64 // when the writer learns that the reader has closed
	goneErr  error

	timer   *time.Timer
	timerAt int64 // when it fires next
}

func (s *stream) init(f *Fabric, r source) {
	s.f, s.rand = f, r
	s.sent, s.lost, s.fin, s.rst, s.gone = -1, never, never, never, never
	s.rexpire, s.wexpire, s.timerAt = never, never, never
	s.rcond.L, s.wcond.L = &s.mu, &s.mu
}

// read waits for bytes.
func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.rclosed {
			return 0, net.ErrClosed
		}
		next := int64(never) // when to look again
		if s.rexpire != never || len(s.flight) > 0 || s.fin != never || s.rst != never {
			now := s.f.now()
			s.arrive(now)
			switch {
			case s.rexpire <= now:
				return 0, os.ErrDeadlineExceeded
			case s.rst <= now:
				return 0, syscall.ECONNRESET
			case s.fin <= now && s.rbuf.n == 0:
				return 0, io.EOF
			}
			next = min(s.rexpire, s.event())
		}
		if len(p) == 0 {
			return 0, nil
		}
		if s.arrived > 0 {
			n := min(len(p), s.arrived)
			s.rbuf.read(p[:n])
			s.arrived -= n
			s.drained()
			return n, nil
		}
		if s.rbuf.n == 0 { // a connection that idles holds no memory
			s.rbuf.free(&s.f.pool)
		}
		s.wakeAt(next)
		s.rwaiting++
		s.rcond.Wait()
		s.rwaiting--
	}
}

// drained wakes who waits for what a read has left.
func (s *stream) drained() {
	if s.arrived > 0 && s.rwaiting > 0 {
		s.rcond.Signal()
	}
	// A quarter of the ring is worth waking a writer for. When less is free, the
	// reader still has something to read, and comes by here again.
	if s.wwaiting > 0 && (s.arrived == 0 || len(s.rbuf.buf)-s.rbuf.n >= ringMax/4) {
		s.wcond.Broadcast()
	}
}

// write copies p into the ring, and waits while it is full.
func (s *stream) write(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := false
	defer func() {
		if mine {
			s.wbusy = false
			s.wcond.Broadcast()
		}
	}()
	for {
		now := int64(0)
		if s.link.Latency != Instant || s.wexpire != never || s.gone != never || s.link.Cut {
			now = s.f.now()
		}
		switch {
		case s.wclosed != nil:
			return n, s.wclosed
		case s.wexpire <= now:
			return n, os.ErrDeadlineExceeded
		case s.gone <= now:
			return n, s.goneErr
		case s.rclosed: // nobody reads it, and the writer does not know yet
			return n + len(p), nil
		}
		if len(p) == 0 {
			return n, nil
		}
		if mine || !s.wbusy {
			if k := s.rbuf.write(p, &s.f.pool); k > 0 {
				n, p = n+k, p[k:]
				s.send(k, now)
				if len(p) == 0 {
					return n, nil
				}
			}
			mine, s.wbusy = true, true
		}
		s.wakeAt(s.wexpire)
		s.wwaiting++
		s.wcond.Wait()
		s.wwaiting--
	}
}

// send puts the last n bytes of the ring on their way.
func (s *stream) send(n int, now int64) {
	at := s.departs(n, now)
	if at <= now && len(s.flight) == 0 {
		s.arrived += n
		if s.rwaiting > 0 {
			s.rcond.Signal()
		}
		return
	}
	if k := len(s.flight); k > 0 && (s.flight[k-1].at == at || k == maxSegments) {
		s.flight[k-1].n += n
		s.flight[k-1].at = at
	} else {
		s.flight = append(s.flight, segment{n, at})
	}
	if s.rwaiting > 0 {
		s.wakeAt(s.flight[0].at)
	}
}

// departs returns when n bytes that are sent now arrive. Writes of the same
// instant share their segments, so that it does not matter how the bytes were
// cut into writes.
func (s *stream) departs(n int, now int64) int64 {
	if s.link.Cut {
		if s.lost == never {
			s.lost = now
		}
		return never
	}
	if s.link.Latency == Instant && s.link.Loss == 0 {
		s.last = max(s.last, now)
		return s.last
	}
	if s.sent != now {
		s.sent, s.room = now, segmentSize
		s.last = max(s.last, now+int64(s.link.delay(&s.rand)))
	}
	for ; n > s.room; s.room += segmentSize {
		if s.link.Loss > 0 {
			s.last = max(s.last, now+int64(s.link.delay(&s.rand)))
		}
	}
	s.room -= n
	s.f.departed(s.last)
	return s.last
}

// arrive counts the segments that have arrived by now.
func (s *stream) arrive(now int64) {
	k := 0
	for k < len(s.flight) && s.flight[k].at <= now {
		s.arrived += s.flight[k].n
		k++
	}
	if k > 0 {
		s.flight = s.flight[:copy(s.flight, s.flight[k:])]
	}
}

// event returns when something arrives next.
func (s *stream) event() int64 {
	at := min(s.fin, s.rst)
	if len(s.flight) > 0 {
		at = min(at, s.flight[0].at)
	}
	return at
}

// wakeAt sees to it that all who wait look again at an instant or before. A
// timer that is set for an earlier instant is left alone: deadlines are moved
// on with every command, and mostly never met.
func (s *stream) wakeAt(at int64) {
	if at >= s.timerAt {
		return
	}
	s.timerAt = at
	d := time.Duration(at - s.f.now())
	if s.timer == nil {
		s.timer = time.AfterFunc(d, s.fire)
		return
	}
	s.timer.Reset(d)
}

func (s *stream) fire() {
	s.mu.Lock()
	s.timerAt = never
	s.wakeAll()
	s.mu.Unlock()
}

func (s *stream) wakeAll() {
	if s.rwaiting > 0 {
		s.rcond.Broadcast()
	}
	if s.wwaiting > 0 {
		s.wcond.Broadcast()
	}
}
