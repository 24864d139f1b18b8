package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pty opens a terminal of 90 columns: what is written to tty is read from ptm.
func pty(t *testing.T) (ptm, tty *os.File) {
	t.Helper()
	ptm, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { ptm.Close() })
	fd := int(ptm.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { tty.Close() })
	if err := unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 90}); err != nil {
		t.Fatal(err)
	}
	return ptm, tty
}

// onTerminal runs mailsim with standard output and error on a terminal and
// returns what is seen there.
func onTerminal(t *testing.T, env []string, args ...string) string {
	t.Helper()
	ptm, tty := pty(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(append(childEnv(), "TERM=xterm", "NO_COLOR="), env...)
	cmd.Stdout, cmd.Stderr = tty, tty
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seen := make(chan string)
	go func() {
		var b bytes.Buffer
		_, _ = b.ReadFrom(ptm) // ends with an error when the other side is closed
		seen <- b.String()
	}()
	err := cmd.Wait()
	tty.Close()
	out := <-seen
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return strings.ReplaceAll(out, "\r\n", "\n")
}

// TestTerminal: on a terminal there is colour unless somebody objects, and a
// progress bar while it takes long, which costs no line of the text.
func TestTerminal(t *testing.T) {
	dir := t.TempDir()
	quick, slow := filepath.Join(dir, "quick.yaml"), filepath.Join(dir, "slow.yaml")
	write(t, quick, quickScenario)
	write(t, slow, strings.Replace(wallScenario, "wait: 1h", "wait: 900ms", 1))
	const green = "\x1b[32mok"
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		want bool
	}{
		{"auto", nil, nil, true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, nil, false},
		{"flag over NO_COLOR", []string{"NO_COLOR=1"}, []string{"--color", "always"}, true},
		{"never", nil, []string{"--color", "never"}, false},
		{"--no-color", nil, []string{"--no-color"}, false},
		{"dumb", []string{"TERM=dumb"}, nil, false},
	} {
		out := onTerminal(t, tt.env, append([]string{"run", quick}, tt.args...)...)
		if got := strings.Contains(out, green); got != tt.want {
			t.Errorf("%s: coloured %v, want %v:\n%q", tt.name, got, tt.want, out)
		}
	}

	out := onTerminal(t, nil, "run", "--no-color", "--jobs", "1", quick, slow, quick)
	if !strings.Contains(out, " of 3") {
		t.Errorf("no progress in\n%q", out)
	}
	// How often the bar was drawn, and taken away, is a matter of luck.
	out = regexp.MustCompile(`\x1b\[\d*[A-Z]`).ReplaceAllString(out, "")
	for _, line := range []string{"\nok quick: ", "\nok slow: ", "\n3 scenarios: 3 passed; "} {
		if !strings.Contains(out, line) {
			t.Errorf("no line %q in\n%q", line, out)
		}
	}
}
