package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"

	"github.com/mailsim/mailsim/reports"
)

// plain is go-smtp's server as its users write it: two mailboxes, kept as Maildirs
// below dir, and a user.
type plain struct {
	dir  string
	auth bool
	dots bool // it keeps the dots that clients double
	n    atomic.Int64
}

func (b *plain) NewSession(*smtp.Conn) (smtp.Session, error) {
	s := &plainSession{b: b}
	if b.auth {
		return &plainAuth{s}, nil
	}
	return s, nil
}

type plainSession struct {
	b  *plain
	to []string
}

func (s *plainSession) Reset()                               { s.to = nil }
func (s *plainSession) Logout() error                        { return nil }
func (s *plainSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *plainSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	local, domain, _ := strings.Cut(strings.ToLower(to), "@")
	switch {
	case domain != "" && domain != "local.test":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "no relaying"}
	case local != "good" && local != "second" && local != "postmaster":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	s.to = append(s.to, local)
	return nil
}

func (s *plainSession) Data(r io.Reader) error {
	octets, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.b.dots {
		octets = bytes.ReplaceAll(octets, []byte("\n."), []byte("\n.."))
	}
	for _, local := range s.to {
		dir := filepath.Join(s.b.dir, local, "new")
		name := filepath.Join(dir, fmt.Sprint(s.b.n.Add(1)))
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(name, octets, 0o600)); err != nil {
			return err
		}
	}
	return nil
}

type plainAuth struct{ *plainSession }

func (s *plainAuth) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *plainAuth) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "user" || password != "correct-horse" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// serve starts it at a listener; at a socket of Unix it speaks LMTP.
func serve(l net.Listener, b *plain) (stop func()) {
	s := smtp.NewServer(b)
	s.Domain, s.AllowInsecureAuth = "mx.local.test", true
	s.LMTP = l.Addr().Network() == "unix"
	s.ErrorLog = silent{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // its error is that it was closed
	}()
	return func() {
		_ = s.Close()
		<-done
	}
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// serverCommand is for scripts: "server" starts a server and sets ADDR. "server auth"
// has a user too, "server tls" TLS from the beginning with the certificate cert.pem,
// "server lmtp" is at the socket $ADDR, and "server dots" breaks RFC 5321 4.5.2. The
// others are hardly servers: see misbehave.
func serverCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: server [auth|dots|tls|lmtp|garbage|silent|closes|noehlo]")
	}
	kind := strings.Join(args, "")
	network, address := "tcp", "127.0.0.1:0"
	if kind == "lmtp" {
		// The name of a socket is short, that of a work directory may be long.
		dir, err := os.MkdirTemp("", "lmtp")
		ts.Check(err)
		ts.Defer(func() { _ = os.RemoveAll(dir) })
		network, address = "unix", filepath.Join(dir, "socket")
	}
	l, err := net.Listen(network, address)
	ts.Check(err)
	ts.Setenv("ADDR", l.Addr().String())
	if kind == "tls" {
		cert, text, err := certificate()
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs("cert.pem"), text, 0o600))
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})
	}
	switch kind {
	case "", "auth", "dots", "tls", "lmtp":
		dir := ts.MkAbs("mail")
		ts.Check(os.MkdirAll(dir, 0o700))
		ts.Defer(serve(l, &plain{dir: dir, auth: kind == "auth", dots: kind == "dots"}))
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		misbehave(l, kind)
	}()
	ts.Defer(func() {
		_ = l.Close()
		<-done
	})
}

// certificate makes one for 127.0.0.1 that it has signed itself.
func certificate() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text, nil
}

// noEHLO is a server of 1982: it takes HELO, and answers 502 to EHLO.
func noEHLO(c net.Conn) {
	defer c.Close()
	_, _ = io.WriteString(c, "220 old.local.test ready\r\n") // the peer may be gone
	for lines := bufio.NewScanner(c); lines.Scan(); {
		reply := "250 ok"
		if strings.HasPrefix(strings.ToUpper(lines.Text()), "EHLO") {
			reply = "502 what is that"
		}
		_, _ = io.WriteString(c, reply+"\r\n")
	}
}

// misbehave takes connections as no server should: it sends garbage, says nothing,
// closes at once, or knows no EHLO.
func misbehave(l net.Listener, kind string) {
	var open []net.Conn
	var sessions sync.WaitGroup
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
		sessions.Wait()
	}()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		switch kind {
		case "garbage":
			_, _ = c.Write(bytes.Repeat([]byte("\x00\x1b[2J\xff"), 100_000)) // the peer may be gone
			_ = c.Close()
		case "closes":
			_ = c.Close()
		case "noehlo":
			open = append(open, c)
			sessions.Go(func() { noEHLO(c) })
		default:
			open = append(open, c)
		}
	}
}

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
