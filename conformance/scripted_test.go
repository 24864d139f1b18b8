package conformance_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim/wire"
)

// scripted makes a target of a function that serves the n-th connection, from 1 on.
// Use it in a bubble; the connection is closed when serve returns.
func scripted(t *testing.T, serve func(c net.Conn, n int)) conformance.Target {
	t.Helper()
	fabric := wire.New(wire.Config{Seed: 1})
	at := netip.MustParseAddrPort("192.0.2.1:25")
	l, err := fabric.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer c.Close()
				serve(c, n)
			})
		}
	})
	t.Cleanup(func() {
		_ = fabric.Close()
		running.Wait()
	})
	return conformance.Target{
		Name: "scripted", Rcpt: "good@local.test",
		Dial: func(ctx context.Context) (net.Conn, error) {
			c, err := fabric.Dial(ctx, netip.MustParseAddr("192.0.2.2"), at)
			if err != nil {
				return nil, err // no conn that is not nil and holds none
			}
			return c, nil
		},
	}
}

// polite serves a session as a small server does, until after, which counts commands
// over all sessions, says something else.
func polite(c net.Conn, count *atomic.Int64, after int64, then func(c net.Conn)) {
	io.WriteString(c, "220 mx.local.test ESMTP\r\n")
	r := bufio.NewReader(c)
	data := false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if count.Add(1) > after {
			then(c)
			return
		}
		reply := "250 2.0.0 ok"
		switch word := strings.ToUpper(strings.TrimSpace(strings.SplitN(line, " ", 2)[0])); {
		case data && line == ".\r\n":
			data = false
		case data:
			continue
		case word == "DATA":
			data, reply = true, "354 go on"
		case word == "QUIT":
			io.WriteString(c, "221 2.0.0 bye\r\n")
			return
		}
		io.WriteString(c, reply+"\r\n")
	}
}
