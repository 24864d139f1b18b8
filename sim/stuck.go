package sim

import (
	"bytes"
	"fmt"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// Stuck says that a run in virtual time cannot go on, and where it stands.
type Stuck struct {
	Reason     string
	Goroutines []Goroutine // those of the run
}

// Goroutine is one that is stuck.
type Goroutine struct {
	ID    int
	State string  // as the runtime calls it: "chan receive (durable)"
	At    Frame   // what waits, below the runtime and package sync
	Ours  Frame   // the topmost function of mailsim, if there is one
	From  string  // the function that began it
	Stack []Frame // topmost first
}

// Frame is one function on a stack.
type Frame struct {
	Func string // with its import path
	File string
	Line int
}

// String gives the function and its place.
func (f Frame) String() string {
	if f.Func == "" {
		return "an unknown place"
	}
	return fmt.Sprintf("%s (%s:%d)", path.Base(f.Func), path.Base(f.File), f.Line)
}

// Error lists the goroutines; those that stand at the same place share a line.
func (s *Stuck) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "virtual time is stuck: %s", s.Reason)
	count := map[string]int{}
	var lines []string
	for _, g := range s.Goroutines {
		l := g.String()
		if count[l]++; count[l] == 1 {
			lines = append(lines, l)
		}
	}
	for i, l := range lines {
		if i == 20 {
			fmt.Fprintf(&b, "\n  and %d other places", len(lines)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %d at %s", count[l], l)
	}
	return b.String()
}

// String gives place and state.
func (g Goroutine) String() string {
	s := g.At.String()
	if g.Ours != (Frame{}) && g.Ours != g.At {
		s += ", called by " + g.Ours.String()
	}
	s += ": " + g.State
	if g.From != "" {
		s += ", begun by " + path.Base(g.From)
	}
	return s
}

// durable reports whether the bubble's time may move on while g waits.
func (g Goroutine) durable() bool { return strings.Contains(g.State, "(durable)") }

// busy reports whether g runs, or will without anybody's help. A system call is
// work until it has lasted for minutes, which the runtime writes behind it.
func (g Goroutine) busy() bool {
	state, since, _ := strings.Cut(g.State, ", ")
	switch {
	case g.durable():
		return false
	case state == "syscall":
		return since == ""
	}
	for _, s := range []string{"running", "runnable", "preempted", "copystack", "idle", "dead", "GC ", "wait for GC", "garbage", "trace", "debug call"} {
		if strings.HasPrefix(state, s) {
			return true
		}
	}
	return false
}

// goroutines returns the goroutines of a bubble, without those of the bubble's
// own machinery.
func goroutines(stacks []byte, bubble int) []Goroutine {
	var gs []Goroutine
	for len(stacks) > 0 {
		var b []byte
		b, stacks, _ = bytes.Cut(stacks, []byte("\n\n"))
		head, _, _ := bytes.Cut(b, []byte("\n"))
		if id, ok := bubbleOf(string(head)); !ok || id != bubble {
			continue
		}
		if g, ok := parseGoroutine(string(b)); ok && !g.machinery() {
			gs = append(gs, g)
		}
	}
	return gs
}

// machinery reports whether g is the bubble's root, waits for the testing.T, or
// waits for the function that runs in the bubble.
func (g Goroutine) machinery() bool {
	if len(g.Stack) == 0 {
		return false
	}
	switch g.Stack[0].Func {
	case "internal/synctest.Run", "testing/synctest.testingSynctestTest", modulePath + "/sim.(*bubble).main":
		return true
	}
	return false
}

const modulePath = "github.com/mailsim/mailsim"

// allStacks returns the stacks of all goroutines as runtime.Stack writes them,
// in the memory of buf if that is enough.
func allStacks(buf []byte) []byte {
	buf = buf[:cap(buf)]
	for {
		if n := runtime.Stack(buf, true); n < len(buf) || n >= 256<<20 {
			return buf[:n]
		}
		// Stacks are some 800 octets a goroutine.
		buf = make([]byte, max(2*len(buf), 64<<10, 1200*runtime.NumGoroutine()))
	}
}

// ownStack returns the beginning of the stack of its caller's goroutine.
func ownStack() string {
	buf := make([]byte, 256)
	return string(buf[:runtime.Stack(buf, false)])
}

// bubbleOf returns the number of the bubble that the goroutine of a stack is in.
func bubbleOf(stack string) (int, bool) {
	head, _, _ := strings.Cut(stack, "\n")
	_, n, ok := strings.Cut(head, ", synctest bubble ")
	if !ok {
		return 0, false
	}
	n, _, _ = strings.Cut(n, "]")
	n, _, _ = strings.Cut(n, ",")
	id, err := strconv.Atoi(n)
	return id, err == nil
}

// parseGoroutine reads one goroutine of runtime.Stack.
func parseGoroutine(block string) (Goroutine, bool) {
	lines := strings.Split(strings.TrimSpace(block), "\n")
	head, ok := strings.CutPrefix(lines[0], "goroutine ")
	if !ok {
		return Goroutine{}, false
	}
	id, state, ok := strings.Cut(head, " [")
	if !ok {
		return Goroutine{}, false
	}
	var g Goroutine
	id, _, _ = strings.Cut(id, " ")
	g.ID, _ = strconv.Atoi(id)
	state, _, _ = strings.Cut(state, "]")
	g.State, _, _ = strings.Cut(state, ", synctest bubble ")
	for i := 1; i+1 < len(lines); i += 2 {
		name, place := lines[i], strings.TrimSpace(lines[i+1])
		if strings.HasPrefix(name, "...") { // frames elided
			i--
			continue
		}
		if from, ok := strings.CutPrefix(name, "created by "); ok {
			g.From, _, _ = strings.Cut(from, " in goroutine ")
			break
		}
		if k := strings.LastIndexByte(name, '('); k > 0 {
			name = name[:k]
		}
		file, line, _ := strings.Cut(place, ":")
		line, _, _ = strings.Cut(line, " ")
		f := Frame{Func: name, File: file}
		f.Line, _ = strconv.Atoi(line)
		g.Stack = append(g.Stack, f)
	}
	if len(g.Stack) == 0 { // one that runs may have none to show
		return g, true
	}
	g.At = g.Stack[0]
	for _, f := range g.Stack {
		if !waits(f.Func) {
			g.At = f
			break
		}
	}
	for _, f := range g.Stack {
		if strings.HasPrefix(f.Func, modulePath) {
			g.Ours = f
			break
		}
	}
	return g, true
}

// waits reports whether a function only waits for its caller.
func waits(name string) bool {
	for _, p := range []string{"runtime.", "internal/", "sync.", "time.Sleep", "testing/synctest.", "syscall."} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
