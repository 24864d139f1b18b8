package sim

import (
	"errors"
	"fmt"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

// Virtual runs f in virtual time that begins at start, which is not before the
// year 2000: time stands still while anything in f runs, and jumps to the next
// timer when every goroutine that f began waits. It returns when f has.
//
// It is for ordinary programs. A test of its own calls synctest.Test with its
// own *testing.T, and builds the network inside; all else holds as here.
//
// Rules for f, and for all goroutines that it begins:
//
//   - whatever it waits on is made inside: channels, timers, contexts,
//     sync.Cond, sync.WaitGroup, a wire.Fabric. A channel from outside freezes
//     time, and a context from outside is fatal once it is cancelled there. A
//     run that can be interrupted looks at an atomic flag;
//   - no sockets, and no mutex held while waiting: time stands still meanwhile;
//   - all goroutines end before f returns;
//   - a goroutine of f that panics ends the process, as always in Go; f itself
//     may panic, and the panic becomes a *Panic.
//
// When nothing can run any more, when goroutines are left over, or when all
// wait for something that virtual time cannot bring, the error is a *Stuck that
// names them. The goroutines stay behind: the program should end soon.
//
// Several runs may go on side by side, each with its own time.
func Virtual(start time.Time, f func()) error {
	return virtual(start, f, watchdog{every: time.Second, limit: 10 * time.Second})
}

// Settle returns when all other goroutines of the run in virtual time wait.
// Only one goroutine may be in Settle at a time. Outside of virtual time it
// returns at once.
func Settle() {
	defer func() {
		if p := recover(); p != nil && p != notInBubble {
			panic(p)
		}
	}()
	synctest.Wait()
}

// notInBubble is what synctest.Wait panics with outside of a bubble. There is
// no other way to ask.
const notInBubble = "goroutine is not in a bubble"

// Panic is a panic of the function that ran in virtual time.
type Panic struct {
	Value any
	Stack string
}

// Error gives the value and the stack.
func (p *Panic) Error() string {
	return fmt.Sprintf("panic in virtual time: %v\n%s", p.Value, p.Stack)
}

// Unwrap gives the value, if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// errGoexit: runtime.Goexit, most likely by a testing.T of somebody else.
var errGoexit = errors.New("virtual time: the function left by runtime.Goexit; only the goroutine of a test may call FailNow")

func virtual(start time.Time, f func(), w watchdog) error {
	if id, inside := bubbleOf(ownStack()); inside {
		return fmt.Errorf("virtual time: already in virtual time (bubble %d); run f as it is", id)
	}
	b := &bubble{named: make(chan int, 1), done: make(chan error, 1)}
	go func() { b.done <- b.run(start, f) }()
	return w.watch(b)
}

// bubble is one run in virtual time.
type bubble struct {
	named chan int   // its number, once it is known
	done  chan error // how it ended

	id     int
	failed error // of f
}

// run is what the runtime calls the bubble's root: it raises here what it finds
// out about the whole bubble.
func (b *bubble) run(start time.Time, f func()) (err error) {
	defer func() {
		if p := recover(); b.failed == nil && p != nil {
			err = stuck(p, b.id)
		} else {
			err = b.failed // also the reason why goroutines are left over
		}
	}()
	synctest.Test(new(testing.T), func(*testing.T) { b.main(start, f) })
	return nil
}

// main runs f in a goroutine of its own: a Goexit in the one that belongs to the
// testing.T would crash.
func (b *bubble) main(start time.Time, f func()) {
	b.id, _ = bubbleOf(ownStack())
	b.named <- b.id
	d := time.Until(start)
	if d < 0 {
		b.failed = fmt.Errorf("virtual time: it cannot start at %s, only at %s or later",
			start.Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
		return
	}
	ended := make(chan error)
	go func() {
		err := errGoexit
		defer func() { ended <- err }()
		err = call(d, f)
	}()
	b.failed = <-ended
}

// call runs f after d.
func call(d time.Duration, f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Panic{Value: p, Stack: string(debug.Stack())}
		}
	}()
	time.Sleep(d)
	f()
	return nil
}

// stuck turns the runtime's panic about a bubble into an error.
func stuck(p any, id int) error {
	err, ok := p.(error)
	if !ok {
		return &Panic{Value: p, Stack: string(debug.Stack())}
	}
	return &Stuck{Reason: err.Error(), Goroutines: goroutines(allStacks(nil), id)}
}
