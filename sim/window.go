package sim

import (
	"slices"
	"time"
)

// window counts what came within the last while.
type window struct {
	now   int64     // the newest instant, in nanoseconds
	fresh []portion // what came at it
	log   []came    // what came before it, oldest first
	sum   int64     // of log
}

// came is how much came at an instant.
type came struct{ at, n int64 }

// portion is how much came in one session.
type portion struct {
	session string
	n       int64
}

// maxInstants is how many instants a window tells apart. Beyond it those of a
// 256th of the span become one, the last of them: then things count a little
// longer, never shorter.
const maxInstants = 512

// move lets time pass, and forgets what is as old as span.
func (w *window) move(now int64, span time.Duration) {
	if now > w.now {
		n := int64(0)
		for _, s := range w.fresh {
			n += s.n
		}
		if n > 0 {
			w.log = append(w.log, came{w.now, n})
			w.sum += n
		}
		w.now, w.fresh = now, w.fresh[:0]
	}
	old := 0
	for old < len(w.log) && w.log[old].at+int64(span) <= w.now {
		w.sum -= w.log[old].n
		old++
	}
	w.log = slices.Delete(w.log, 0, old)
	if len(w.log) > maxInstants {
		w.merge(2 * int64(span) / maxInstants)
	}
}

// merge makes one of what came within the same tick.
func (w *window) merge(tick int64) {
	log := w.log[:1]
	for _, c := range w.log[1:] {
		if last := &log[len(log)-1]; last.at/max(1, tick) == c.at/max(1, tick) {
			*last = came{c.at, last.n + c.n}
			continue
		}
		log = append(log, c)
	}
	w.log = log
}

// count is how much came, as a session sees it: what others do at this very
// instant it cannot know, since sessions of one instant run in any order.
func (w *window) count(session string) int64 {
	n := w.sum
	for _, s := range w.fresh {
		if s.session == session {
			n += s.n
		}
	}
	return n
}

// add counts what comes now.
func (w *window) add(session string, n int64) {
	for i := range w.fresh {
		if w.fresh[i].session == session {
			w.fresh[i].n += n
			return
		}
	}
	w.fresh = append(w.fresh, portion{session, n})
}
