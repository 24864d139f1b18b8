package wire

import (
	"errors"
	"net"
)

// closeWrite ends the stream behind what was written, or by a reset, and
// returns when the reader learns of it. Later writes give err.
func (s *stream) closeWrite(how ending, err error) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wclosed == nil || errors.Is(err, net.ErrClosed) {
		s.wclosed = err
	}
	if s.ended < how {
		s.ended = how
		at := s.departs(1, s.f.now())
		if how == aborted {
			s.rst = at
		} else {
			s.fin = at
		}
		s.wakeAll()
	}
	return min(s.fin, s.rst)
}

// closeRead throws away what was not read. The writer learns of it at gone.
func (s *stream) closeRead(gone int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rclosed {
		return
	}
	s.rclosed = true
	s.gone, s.goneErr = gone, err
	s.rbuf.free(&s.f.pool)
	s.flight, s.arrived = nil, 0
	if s.timer != nil {
		s.timer.Stop()
	}
	s.wakeAll()
}

func (s *stream) closedWriter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Is(s.wclosed, net.ErrClosed)
}

// setReadDeadline reports whether the reader's end is open.
func (s *stream) setReadDeadline(at int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rclosed {
		return false
	}
	s.rexpire = at
	if s.rwaiting > 0 {
		s.rcond.Broadcast()
	}
	return true
}

// setWriteDeadline reports whether the writer's end is open.
func (s *stream) setWriteDeadline(at int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.wclosed, net.ErrClosed) {
		return false
	}
	s.wexpire = at
	if s.wwaiting > 0 {
		s.wcond.Broadcast()
	}
	return true
}
