package wire

import "slices"

// relink gives the stream another link. What is in flight when a link is cut
// is lost, and is sent again, like what is written meanwhile, until the link
// is healed. It returns when the end of the stream arrives.
func (s *stream) relink(l Link) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.f.now()
	s.arrive(now)
	s.link = l
	s.sent, s.room = -1, 0 // the next write draws anew
	switch {
	case l.Cut && s.lost == never:
		s.lose(now)
	case !l.Cut && s.lost != never:
		s.resend(now)
	}
	s.wakeAll()
	return min(s.fin, s.rst)
}

// lose takes all that has not arrived off the wire.
func (s *stream) lose(now int64) {
	n := 0
	for _, g := range s.flight {
		n += g.n
	}
	if n > 0 {
		s.flight = append(s.flight[:0], segment{n, never})
		s.lost = now
	}
	for _, at := range []*int64{&s.fin, &s.rst} {
		if *at != never && *at > now {
			*at, s.lost = never, now
		}
	}
	s.last = min(s.last, now)
}

// resend lets arrive what was lost: the oldest segment when its retransmission
// timer next fires, all that waits behind it together with it.
func (s *stream) resend(now int64) {
	at := s.link.resent(s.lost, now) + int64(s.link.delay(&s.rand))
	s.lost, s.last = never, max(s.last, at)
	s.f.departed(s.last)
	for i := range s.flight {
		s.flight[i].at = min(s.flight[i].at, s.last)
	}
	if s.ended == finished && s.fin == never {
		s.fin = s.last
	}
	if s.ended == aborted && s.rst == never {
		s.rst = s.last
	}
	s.flight = slices.Clip(s.flight)
}

// learn tells the writer when it will know that the reader has closed.
func (s *stream) learn(gone int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rclosed {
		s.gone = gone
	}
}
