package main

import (
	"errors"
	"fmt"

	"github.com/mailsim/mailsim/reports"
)

// The exit codes.
const (
	exitPassed      = 0
	exitFailed      = 1   // an expectation, verdict or threshold failed
	exitUsage       = 2   // wrong usage or scenario
	exitEnvironment = 3   // the environment failed
	exitInterrupted = 130 // by a signal, after the report of what ran
)

// exit is an error that ends mailsim with a code of its own. One without err
// has told its reason already. Any other error is wrong usage.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// environment marks err as trouble outside of what was asked for: a port that
// is taken, a disk that is full.
func environment(err error) error {
	if err == nil {
		return nil
	}
	return &exit{code: exitEnvironment, err: err}
}

// code returns the exit code for err, and whether err is still to be told.
func code(err error) (int, bool) {
	if err == nil {
		return exitPassed, false
	}
	var e *exit
	if errors.As(err, &e) {
		return e.code, e.err != nil
	}
	return exitUsage, true
}

// judge turns what the reports say into the error to end with. What failed
// goes before what could not be judged: it is certain.
func judge(rs []reports.Report, interrupted bool) error {
	var all reports.Counts
	for i := range rs {
		c := rs[i].Counts()
		all.Fail += c.Fail
		all.Error += c.Error
		all.Add(rs[i].Verdict)
		interrupted = interrupted || rs[i].Interrupted
	}
	switch {
	case interrupted:
		return &exit{code: exitInterrupted}
	case all.Fail > 0:
		return &exit{code: exitFailed}
	case all.Error > 0:
		return &exit{code: exitEnvironment}
	}
	return nil
}
