package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/reports"
)

// childEnv is the environment of mailsim as a process of its own.
func childEnv() []string {
	name, value := quickExit()
	return append(os.Environ(), asProgram+"=1", name+"="+value)
}

// start runs mailsim as a process of its own.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, out *bufio.Reader) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = childEnv()
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(pipe)
}

// until reads lines up to the first that matches.
func until(t *testing.T, out *bufio.Reader, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		line, err := out.ReadString('\n')
		if re.MatchString(line) {
			return line
		}
		if err != nil {
			t.Fatalf("no line %q: %v", pattern, err)
		}
	}
}

func exitCode(cmd *exec.Cmd) int {
	var e *exec.ExitError
	if err := cmd.Wait(); errors.As(err, &e) {
		return e.ExitCode()
	} else if err != nil {
		return -1
	}
	return 0
}

const wallScenario = `scenario: slow
clock: wall
nodes: {store: {role: mda, host: store.example.org, mailboxes: [bob@example.org]}}
steps:
  - wait: 1h
`

const quickScenario = `scenario: quick
nodes: {store: {role: mda, host: store.example.org, mailboxes: [bob@example.org]}}
steps:
  - wait: 1h
`

// TestInterrupt: after a signal mailsim still reports what ran, and exits 130.
func TestInterrupt(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			if signal.Ignored(sig) {
				t.Skip("whoever runs the test ignores the signal, and so does what it starts")
			}
			dir := t.TempDir()
			quick, slow, report := filepath.Join(dir, "quick.yaml"), filepath.Join(dir, "slow.yaml"), filepath.Join(dir, "r.json")
			write(t, quick, quickScenario)
			write(t, slow, wallScenario)
			cmd, out := start(t, "run", "--jobs", "2", "--json", report, quick, slow, slow)
			until(t, out, `^ok quick: `)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			until(t, out, `^\d scenarios?: `)
			if got := exitCode(cmd); got != exitInterrupted {
				t.Errorf("exit code %d, want %d", got, exitInterrupted)
			}
			f, err := os.Open(report)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			run, err := reports.ReadJSON(f)
			if err != nil {
				t.Fatal(err)
			}
			if len(run.Reports) == 0 || run.Reports[0].Name != "quick" || run.Reports[0].Interrupted {
				t.Errorf("reports %+v, want the whole of quick first", run.Reports)
			}
			for _, r := range run.Reports[1:] {
				if r.Name != "slow" || !r.Interrupted {
					t.Errorf("report %q interrupted %v, want slow, true", r.Name, r.Interrupted)
				}
			}
		})
	}
}

// TestDNS: the verb serves a zone file, and a scenario with the records that its
// run adds, over UDP and TCP, and ends well when it is interrupted.
func TestDNS(t *testing.T) {
	zone := "example.org. 300 MX 10 mx.example.org.\nmx.example.org. 300 A 192.0.2.1\n"
	for _, tt := range []struct{ name, content, records, asked, answer string }{
		{"zone", zone, "2", "mx.example.org.", "192.0.2.1"},
		{"scenario.yaml", quickScenario + "dns: |\n  " +
			strings.ReplaceAll(strings.TrimSpace(zone), "\n", "\n  ") + "\n", "3", "store.example.org.", "198.18.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), tt.name)
			write(t, file, tt.content)
			cmd, out := start(t, "dns", file, "--listen", "127.0.0.1:0")
			line := until(t, out, `^serving `+tt.records+` records at `)
			addr := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(line)
			for _, transport := range []string{"udp", "tcp"} {
				if got := ask(t, transport, addr, "example.org.", dns.TypeMX); !strings.HasSuffix(got, "mx.example.org.") {
					t.Errorf("%s: answer %q, want the MX", transport, got)
				}
				if got := ask(t, transport, addr, tt.asked, dns.TypeA); !strings.HasSuffix(got, "\t"+tt.answer) {
					t.Errorf("%s: answer %q, want %s", transport, got, tt.answer)
				}
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if got := exitCode(cmd); got != exitPassed {
				t.Errorf("exit code %d, want 0: an interrupt is how a server is stopped", got)
			}
		})
	}
}

// ask returns the one record that a server answers with.
func ask(t *testing.T, transport, addr, name string, kind uint16) string {
	t.Helper()
	c := dns.Client{Net: transport, Dialer: &net.Dialer{Timeout: 10 * time.Second}}
	a, _, err := c.ExchangeContext(t.Context(), new(dns.Msg).SetQuestion(name, kind), addr)
	if err != nil {
		t.Fatalf("%s: %v", transport, err)
	}
	if len(a.Answer) != 1 {
		t.Fatalf("%s: answer %v, want one record", transport, a.Answer)
	}
	return a.Answer[0].String()
}

// TestPortTaken: what is in the way outside is no wrong usage.
func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file := filepath.Join(t.TempDir(), "zone")
	write(t, file, "example.org. 300 A 192.0.2.1\n")
	cmd, _ := start(t, "dns", file, "--listen", l.Addr().String())
	if got := exitCode(cmd); got != exitEnvironment {
		t.Errorf("exit code %d, want %d", got, exitEnvironment)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
