package sim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const stackSeed = `goroutine 21 gp=0x1 m=nil [sync.Mutex.Lock, 3 minutes, synctest bubble 4]:
internal/sync.runtime_SemacquireMutex(0x482bf2?, 0x28?, 0x45503f?)
	/usr/local/go/src/runtime/sema.go:95 +0x25
sync.(*Mutex).Lock(...)
	/usr/local/go/src/sync/mutex.go:46
example.org/user.(*T).hold(0x1, {0x2, 0x3})
	/src/user/t.go:12 +0xa5
github.com/mailsim/mailsim/sim.(*Network).Send(0x1)
	/src/sim/submit.go:43 +0x208
...additional frames elided...
created by github.com/mailsim/mailsim/sim.(*Node).start in goroutine 7
	/src/sim/node.go:9 +0x277`

func TestParseGoroutine(t *testing.T) {
	lock := Frame{Func: "example.org/user.(*T).hold", File: "/src/user/t.go", Line: 12}
	send := Frame{Func: modulePath + "/sim.(*Network).Send", File: "/src/sim/submit.go", Line: 43}
	want := Goroutine{
		ID: 21, State: "sync.Mutex.Lock, 3 minutes", At: lock, Ours: send,
		From: modulePath + "/sim.(*Node).start",
		Stack: []Frame{
			{"internal/sync.runtime_SemacquireMutex", "/usr/local/go/src/runtime/sema.go", 95},
			{"sync.(*Mutex).Lock", "/usr/local/go/src/sync/mutex.go", 46},
			lock, send,
		},
	}
	got, ok := parseGoroutine(stackSeed)
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("goroutine (-want +got):\n%s", diff)
	}
	if id, ok := bubbleOf(stackSeed); id != 4 || !ok {
		t.Errorf("bubble is %d, %v, want 4", id, ok)
	}
	wantLine := "user.(*T).hold (t.go:12), called by sim.(*Network).Send (submit.go:43): sync.Mutex.Lock, 3 minutes, begun by sim.(*Node).start"
	if got.String() != wantLine {
		t.Errorf("line is %q, want %q", got, wantLine)
	}
}

func TestBusy(t *testing.T) {
	for _, tt := range []struct {
		state         string
		busy, durable bool
	}{
		{"running", true, false},
		{"runnable", true, false},
		{"GC assist wait", true, false},
		{"syscall", true, false},
		{"syscall, 2 minutes", false, false},
		{"chan receive (durable)", false, true},
		{"chan receive", false, false},
		{"IO wait", false, false},
		{"sync.Mutex.Lock", false, false},
		{"sleep (durable), 1 minutes", false, true},
	} {
		g := Goroutine{State: tt.state}
		if g.busy() != tt.busy || g.durable() != tt.durable {
			t.Errorf("%q: busy is %v, durable is %v", tt.state, g.busy(), g.durable())
		}
	}
}

func TestStuckError(t *testing.T) {
	g, _ := parseGoroutine(stackSeed)
	s := &Stuck{Reason: "deadlock"}
	for i := range 60 {
		g.At.Line = i / 2
		s.Goroutines = append(s.Goroutines, g)
	}
	lines := strings.Split(s.Error(), "\n")
	if len(lines) != 22 || !strings.HasPrefix(lines[1], "  2 at ") || lines[21] != "  and 10 other places" {
		t.Errorf("error has %d lines: %s", len(lines), s)
	}
}

func FuzzParseGoroutine(f *testing.F) {
	f.Add(stackSeed)
	f.Add("goroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1")
	f.Add("goroutine  []:\n\n\n")
	f.Fuzz(func(t *testing.T, s string) {
		bubbleOf(s)
		g, ok := parseGoroutine(s)
		if ok && !strings.HasPrefix(strings.TrimSpace(s), "goroutine ") {
			t.Error("read what is no goroutine")
		}
		if g.String() == "" || g.machinery() && len(g.Stack) == 0 {
			t.Errorf("goroutine is %+v", g)
		}
	})
}
