// Command mailsim simulates networks of mail servers: it runs scenarios, checks
// them without running, asks real servers whether they keep the rules, and serves fake
// DNS. See "mailsim help".
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		env: os.LookupEnv, interrupt: new(atomic.Bool),
	}
	// The first signal asks the verb to come to an end and to report what it
	// did; the second ends the process at once.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup wants it to be
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		<-signals
		p.interrupt.Store(true)
		cancel()
		<-signals
		fmt.Fprintln(os.Stderr, "mailsim: stopped without a report")
		os.Exit(exitInterrupted)
	}()
	os.Exit(p.run(ctx, os.Args[1:]))
}
