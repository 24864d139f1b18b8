// Virtual time in an ordinary program; the argument says what goes wrong.
package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim"
)

func main() {
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	what := map[string]func(){
		"nothing":  func() { time.Sleep(5 * 24 * time.Hour); sim.Settle() },
		"deadlock": func() { new(sync.WaitGroup).Add(1); select {} },
		"leak":     func() { go func() { select {} }() },
		"panic":    func() { panic("oops") },
	}
	for _, name := range os.Args[1:] {
		err := sim.Virtual(start, what[name])
		var stuck *sim.Stuck
		var failed *sim.Panic
		switch {
		case errors.As(err, &stuck):
			fmt.Println(name, "stuck", len(stuck.Goroutines), stuck.Goroutines[0].At.Func)
		case errors.As(err, &failed):
			fmt.Println(name, "panic", failed.Value)
		default:
			fmt.Println(name, err)
		}
	}
}
