package sim

import (
	"fmt"
	"time"
)

// watchdog sees, on the real clock, that a run in virtual time does not wait
// for something that virtual time cannot bring: a mutex whose owner waits, a
// socket, a channel from outside. The runtime itself only finds out when all
// goroutines wait for one another.
type watchdog struct {
	every time.Duration // between two looks
	limit time.Duration // as long as this without progress is a hang
}

// watch returns when the run ends, or hangs.
func (w watchdog) watch(b *bubble) error {
	var id int
	select {
	case err := <-b.done:
		return err
	case id = <-b.named:
	}
	tick := time.NewTimer(w.every)
	defer tick.Stop()
	var still string // where those stand that hold time up
	var since time.Time
	for {
		select {
		case err := <-b.done:
			return err
		case <-tick.C:
		}
		begin := time.Now()
		gs := goroutines(id)
		switch place := holdUp(gs); {
		case place == "" || place != still:
			still, since = place, begin
		case begin.Sub(since) >= w.limit:
			return &Stuck{
				Reason:     fmt.Sprintf("hang: no goroutine has run for %v, and some wait for what virtual time cannot bring", w.limit),
				Goroutines: gs,
			}
		}
		// A look stops the world: never spend more than a hundredth on it.
		tick.Reset(max(w.every, 100*time.Since(begin)))
	}
}

// holdUp names the goroutines that time waits for and where they stand. It is
// empty while one of the run works, however long that takes.
func holdUp(gs []Goroutine) string {
	s := ""
	for _, g := range gs {
		if g.busy() {
			return ""
		}
		if !g.durable() {
			s += fmt.Sprintln(g.ID, g.At)
		}
	}
	return s
}
