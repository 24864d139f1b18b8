// Command gosmtp runs the server of go-smtp on loopback, set up as its documentation shows it, with a backend that
// keeps mail in Maildirs: gosmtp DIR PORT, an MX host at PORT and a submission server (user good, password secret)
// at PORT+1. DIR gets the mailboxes, DIR/mail/good and so on.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/mailsim/mailsim/conformance"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gosmtp:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("it takes a directory and a port: gosmtp DIR PORT")
	}
	port, err := strconv.ParseUint(args[1], 10, 16)
	if err != nil {
		return fmt.Errorf("read the port: %w", err)
	}
	cfg := &tls.Config{Certificates: []tls.Certificate{conformance.SelfSigned("mx.local.test")}}
	dir := filepath.Join(args[0], "mail")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	servers := []*smtp.Server{
		newServer(&backend{dir: dir}, cfg),
		newServer(&backend{dir: dir, submission: true}, cfg),
	}
	ended := make(chan error, len(servers))
	for i, s := range servers {
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", int(port)+i))
		if err != nil {
			return err
		}
		go func() { ended <- s.Serve(l) }()
	}
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	for _, s := range servers {
		err = errors.Join(err, s.Close())
	}
	return err
}

// newServer is the server of go-smtp's example, but for what RFC 5321 asks for: five minutes for a command (4.5.3.2.7) and
// a hundred recipients (4.5.3.1.8) where the example has ten seconds and fifty.
func newServer(b smtp.Backend, cfg *tls.Config) *smtp.Server {
	s := smtp.NewServer(b)
	s.Domain = "mx.local.test"
	s.ReadTimeout = 5 * time.Minute
	s.WriteTimeout = 5 * time.Minute
	s.MaxMessageBytes = 1 << 20
	s.MaxRecipients = 100
	s.TLSConfig = cfg
	return s
}
