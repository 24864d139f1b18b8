package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/spf13/pflag"

	"github.com/mailsim/mailsim/reports"
)

// FuzzParseTarget: nothing that is written as a target makes the parser panic, and what
// it takes has a host that can be dialled, or a path, and says itself in a form that it
// takes again.
func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{
		"smtp://127.0.0.1", "smtps://[::1]:465", "lmtp+unix:///run/lmtp", "self:mx", "self", "host:25", "[fe80::1%eth0]:25",
		"smtp://a@b", "smtp://[", "smtp://h:", "SMTP://h/", "smtp://" + strings.Repeat("a", 300), "lmtp+unix://x", "x://", ":", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pl, err := parseTarget(s)
		if err != nil {
			return
		}
		if !pl.self && pl.path == "" && (pl.host == "" || pl.port == 0) {
			t.Errorf("%q is taken as %+v", s, pl)
		}
		again, err := parseTarget(pl.String())
		if err != nil || again.String() != pl.String() {
			t.Errorf("%q calls itself %q, which is %q: %v", s, pl, again, err)
		}
	})
}

// FuzzConfig: no settings file makes the reader panic, and what it takes sets flags or
// says at which line it does not.
func FuzzConfig(f *testing.F) {
	for _, s := range []string{
		"rcpt: [a@b, c@d]\nstrict: true\n", "target: self:mx", "", "# nothing\n", "a: {b: c}", "- a", "rcpt:\n", "timeout: 3", "? x", "---\n---\n",
		"password: |\n  a\n  b\n", "rcpt: &x [a]\nonly: *x\n", "a: a: a", "durations: 99999999999999999999",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		list, err := parseConfig("x.yaml", in)
		if err != nil {
			return
		}
		for _, s := range list {
			if !strings.HasPrefix(s.at, "x.yaml:") {
				t.Errorf("%s stands at %q", s.name, s.at)
			}
		}
		var o conformOptions
		flags := pflag.NewFlagSet("conform", pflag.ContinueOnError)
		o.register(flags)
		if _, err := configure(flags, list); err == nil {
			_ = o.check() // whatever it says, it does not panic
		}
	})
}

// FuzzDiff: no report makes the comparison panic or write what a terminal acts on, and
// nothing is worse than itself.
func FuzzDiff(f *testing.F) {
	seed := []byte(`{"tool": "mailsim", "reports": [{"kind": "conform", "name": "a", "verdict": "pass",
		"groups": [{"name": "g", "checks": [{"name": "c", "id": "rfc5321/4/c", "verdict": "fail", "got": "\u001b[2J"}]}]}]}`)
	f.Add(seed, seed)
	f.Add(seed, bytes.Replace(seed, []byte(`"fail"`), []byte(`"skip"`), 1))
	f.Add([]byte("{}"), []byte(""))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		x, err := oneConform(bytes.NewReader(a))
		if err != nil {
			return
		}
		if d := compare(&x, &x); d.failed(true) {
			t.Errorf("worse than itself: %+v", d)
		}
		y, err := oneConform(bytes.NewReader(b))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := compare(&x, &y).write(&out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimSuffix(line, "\n"); reports.Escape(line) != line {
				t.Errorf("%q", line)
			}
		}
	})
}

// TestReadSmall: what a person has written is small, and in a file.
func TestReadSmall(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.yaml")
	for size, want := range map[int]string{0: "", maxConfig: "", maxConfig + 1: "larger than 1024 KiB"} {
		if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		data, err := readSmall(file)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d octets: %v", size, err)
		}
		if err == nil && len(data) != size {
			t.Errorf("%d octets: %d were read", size, len(data))
		}
	}
	if _, err := readSmall(dir); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory: %v", err)
	}
}

func TestNear(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "127.8.9.1": true, "10.1.2.3": true, "172.16.0.1": true, "172.32.0.1": false, "192.168.1.1": true,
		"192.0.2.1": false, "8.8.8.8": false, "169.254.1.1": false, "169.254.169.254": false, "fd00:ec2::254": false, "100.64.0.1": false, "::1": true, "fd00::1": true, "fe80::1": true,
		"2001:db8::1": false, "::ffff:127.0.0.1": true, "::ffff:8.8.8.8": false, "64:ff9b::7f00:1": false, "::127.0.0.1": false,
	} {
		if got := near(netip.MustParseAddr(address)); got != want {
			t.Errorf("near(%s) = %t", address, got)
		}
	}
}

// TestDialer: an address that is not allowed is not dialled, whatever the list says,
// and sessions stay with the address that answered.
func TestDialer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here := netip.MustParseAddrPort(l.Addr().String())
	d := &dialer{addresses: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:25"), here}}
	for range 2 {
		c, err := d.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
	}
	if d.chosen.Load() != 1 {
		t.Errorf("address %d is the one to dial, want 1", d.chosen.Load())
	}
	d = &dialer{addresses: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:25")}}
	if _, err := d.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), "--allow-remote") {
		t.Errorf("a remote address: %v", err)
	}
}

// trigger calls do when something is written that holds text.
type trigger struct {
	text string
	do   func()
	mu   sync.Mutex
	buf  bytes.Buffer
}

func (w *trigger) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.Write(b)
	if strings.Contains(w.buf.String(), w.text) {
		w.do()
	}
	return len(b), nil
}

// TestConformInterrupted: the first signal ends the run at once, with a report of what
// ran and exit code 130; mailsim's own server too, whose time is virtual.
func TestConformInterrupted(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer serve(l, &plain{dir: t.TempDir()})()
	for _, target := range []string{"smtp://" + l.Addr().String(), "self:mx"} {
		t.Run(strings.Split(target, ":")[0], func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			file := filepath.Join(t.TempDir(), "r.json")
			p := &program{in: strings.NewReader(""), out: new(bytes.Buffer), env: func(string) (string, bool) { return "", false }, interrupt: new(atomic.Bool)}
			p.err = &trigger{text: "passed", do: func() {
				p.interrupt.Store(true)
				cancel()
			}}
			if n := p.run(ctx, []string{"conform", target, "--json", file, "--parallel", "1"}); n != exitInterrupted {
				t.Errorf("exit code %d, want %d", n, exitInterrupted)
			}
			r, err := readConform(file)
			if err != nil {
				t.Fatal(err)
			}
			if c := r.Counts(); !r.Interrupted || c.Pass == 0 || c.Error == 0 {
				t.Errorf("interrupted %t, %s", r.Interrupted, c)
			}
		})
	}
	t.Run("before", func(t *testing.T) {
		p := &program{in: strings.NewReader(""), out: io.Discard, err: new(bytes.Buffer), env: func(string) (string, bool) { return "", false }, interrupt: new(atomic.Bool)}
		p.interrupt.Store(true)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if n := p.run(ctx, []string{"conform", "smtp://" + l.Addr().String()}); n != exitInterrupted {
			t.Errorf("exit code %d, want %d: %s", n, exitInterrupted, p.err)
		}
	})
}
