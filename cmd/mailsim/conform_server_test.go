package main

import (
	"bufio"
	"bytes"
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
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
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
