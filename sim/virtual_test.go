package sim

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// TestVirtual is the canary of the whole trick: a Go release that breaks it is
// seen here first.
func TestVirtual(t *testing.T) {
	var began, ended time.Time
	err := Virtual(monday, func() {
		began = time.Now()
		time.Sleep(5 * 24 * time.Hour)
		ended = time.Now()
	})
	if err != nil {
		t.Fatal(err)
	}
	if !began.Equal(monday) || ended.Sub(began) != 120*time.Hour {
		t.Errorf("virtual time went from %v to %v, want 5 days from %v", began, ended, monday)
	}
}

func TestVirtualStuck(t *testing.T) {
	for _, tt := range []struct {
		name   string
		f      func()
		reason string
		states map[string]int
	}{
		{
			name: "deadlock",
			f: func() {
				ch := make(chan int)
				go func() { select {} }()
				<-ch
			},
			reason: "all goroutines in bubble are blocked",
			states: map[string]int{"chan receive (durable)": 1, "select (no cases) (durable)": 1},
		},
		{
			name: "leak",
			f: func() {
				for range 3 {
					go func() { <-make(chan int) }()
				}
			},
			reason: "blocked goroutines remain",
			states: map[string]int{"chan receive (durable)": 3},
		},
		{
			name: "sleeper left over",
			f: func() {
				go time.Sleep(time.Hour)
			},
			reason: "blocked goroutines remain",
			states: map[string]int{"sleep (durable)": 1},
		},
		{
			name: "mutex held while waiting",
			f: func() {
				var mu sync.Mutex
				mu.Lock()
				go func() {
					time.Sleep(time.Second)
					mu.Unlock()
				}()
				mu.Lock()
			},
			reason: "hang",
			states: map[string]int{"sync.Mutex.Lock": 1, "sleep (durable)": 1},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := virtual(monday, tt.f, watchdog{every: time.Millisecond, limit: 20 * time.Millisecond})
			var stuck *Stuck
			if !errors.As(err, &stuck) {
				t.Fatalf("error is %v, want a *Stuck", err)
			}
			if !strings.Contains(stuck.Reason, tt.reason) {
				t.Errorf("reason is %q, want %q in it", stuck.Reason, tt.reason)
			}
			states := map[string]int{}
			for _, g := range stuck.Goroutines {
				states[g.State]++
				if !strings.Contains(g.String(), "TestVirtualStuck") {
					t.Errorf("goroutine %q does not name its place", g)
				}
			}
			for s, n := range tt.states {
				if states[s] != n {
					t.Errorf("%d goroutines %q, want %d; all: %v", states[s], s, n, err)
				}
			}
			if len(stuck.Goroutines) != 0 && len(states) != len(tt.states) {
				t.Errorf("states are %v, want %v", states, tt.states)
			}
			t.Log(err)
		})
	}
}

func TestVirtualFailures(t *testing.T) {
	boom := errors.New("boom")
	left := func() { <-make(chan int) }
	for _, tt := range []struct {
		name  string
		start time.Time
		f     func()
		check func(error) bool
	}{
		{"panic", monday, func() { go left(); panic(boom) }, func(err error) bool {
			var p *Panic
			return errors.As(err, &p) && errors.Is(err, boom) && strings.Contains(p.Stack, "virtual_test.go")
		}},
		{"goexit", monday, func() { runtime.Goexit() }, func(err error) bool { return errors.Is(err, errGoexit) }},
		{"too early", time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), func() {}, func(err error) bool {
			return err != nil && strings.Contains(err.Error(), "cannot start at 1999")
		}},
		{"twice", monday, func() {
			if err := Virtual(monday, func() {}); err != nil {
				panic(err)
			}
		}, func(err error) bool { return err != nil && strings.Contains(err.Error(), "already in virtual time") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := Virtual(tt.start, tt.f); !tt.check(err) {
				t.Errorf("unexpected error %v", err)
			}
		})
	}
}

// TestVirtualBusy: work is no hang, however long it takes and whoever waits.
func TestVirtualBusy(t *testing.T) {
	work := 0
	err := virtual(monday, func() {
		var mu sync.Mutex
		mu.Lock()
		done := make(chan bool)
		go func() {
			mu.Lock()
			defer mu.Unlock()
			close(done)
		}()
		for x := 0; x < 3e8; x++ { // some 100 ms
			work ^= x
		}
		mu.Unlock()
		<-done
	}, watchdog{every: time.Millisecond, limit: 5 * time.Millisecond})
	if err != nil {
		t.Error(err)
	}
}

// TestVirtualHangBesideBusy: work in one run does not hide that another hangs.
func TestVirtualHangBesideBusy(t *testing.T) {
	var stop atomic.Bool
	w := watchdog{every: time.Millisecond, limit: 20 * time.Millisecond}
	busy := make(chan error)
	go func() {
		busy <- virtual(monday, func() {
			for !stop.Load() {
				time.Sleep(time.Second)
			}
		}, w)
	}()
	err := virtual(monday, func() {
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	}, w)
	stop.Store(true)
	var stuck *Stuck
	if !errors.As(err, &stuck) || len(stuck.Goroutines) != 1 {
		t.Errorf("the run that hangs ends with %v, want a *Stuck with one goroutine", err)
	}
	if err := <-busy; err != nil {
		t.Errorf("the busy run ends with %v", err)
	}
}

func TestVirtualSideBySide(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			d := time.Duration(i) * time.Hour
			err := Virtual(monday.Add(d), func() {
				for range 1000 {
					time.Sleep(time.Minute)
				}
				if got := time.Since(monday); got != d+1000*time.Minute {
					t.Errorf("run %d ended at %v", i, got)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestSettle(t *testing.T) {
	Settle() // outside: returns
	synctest.Test(t, func(t *testing.T) {
		n := 0
		for range 10 {
			go func() {
				time.Sleep(0)
				n++ // the race detector knows that Settle comes after it
			}()
			Settle()
		}
		if n != 10 {
			t.Errorf("%d goroutines have run, want 10", n)
		}
	})
}
