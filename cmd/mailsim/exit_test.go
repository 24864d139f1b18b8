package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mailsim/mailsim/reports"
)

func TestJudge(t *testing.T) {
	report := func(vs ...reports.Verdict) reports.Report {
		r := reports.Report{Groups: []reports.Group{{}}}
		for _, v := range vs {
			r.Groups[0].Checks = append(r.Groups[0].Checks, reports.Check{Verdict: v})
		}
		r.Verdict = r.Worst()
		return r
	}
	stopped := report(reports.Fail)
	stopped.Interrupted = true
	for _, tt := range []struct {
		name    string
		of      []reports.Report
		stopped bool
		want    int
	}{
		{"nothing", nil, false, exitPassed},
		{"passed", []reports.Report{report(reports.Pass), report(reports.Skip)}, false, exitPassed},
		{"warned", []reports.Report{report(reports.Pass, reports.Warn)}, false, exitPassed},
		{"failed", []reports.Report{report(reports.Pass), report(reports.Pass, reports.Fail)}, false, exitFailed},
		{"trouble", []reports.Report{report(reports.Error), report(reports.Pass)}, false, exitEnvironment},
		{"both", []reports.Report{report(reports.Error, reports.Fail)}, false, exitFailed},
		{"both apart", []reports.Report{report(reports.Error), report(reports.Fail)}, false, exitFailed},
		{"no checks", []reports.Report{{Verdict: reports.Error}}, false, exitEnvironment},
		{"unheard of", []reports.Report{{Verdict: "perhaps"}}, false, exitEnvironment},
		{"interrupted", []reports.Report{stopped}, false, exitInterrupted},
		{"not started", nil, true, exitInterrupted},
	} {
		if got, _ := code(judge(tt.of, tt.stopped)); got != tt.want {
			t.Errorf("%s: exit code %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestCode(t *testing.T) {
	cause := errors.New("disk full")
	for _, tt := range []struct {
		err  error
		want int
		tell bool
	}{
		{nil, exitPassed, false},
		{errors.New("unknown flag"), exitUsage, true},
		{environment(cause), exitEnvironment, true},
		{fmt.Errorf("write: %w", environment(cause)), exitEnvironment, true},
		{&exit{code: exitFailed}, exitFailed, false},
	} {
		if got, tell := code(tt.err); got != tt.want || tell != tt.tell {
			t.Errorf("code(%v) = %d, %v, want %d, %v", tt.err, got, tell, tt.want, tt.tell)
		}
	}
	if !errors.Is(environment(cause), cause) {
		t.Error("environment hides its cause")
	}
}

// TestLongLine: an error that quotes a file does not fill the screen with it.
func TestLongLine(t *testing.T) {
	got := lines(errors.New("a\n" + strings.Repeat("\u00e4", longLine)))
	if len(got) != 2 || got[0] != "a" || len(got[1]) > longLine+3 || !strings.HasSuffix(got[1], "\u00e4...") {
		t.Errorf("%d lines, %q", len(got), got)
	}
}
