package wire

import (
	"context"
	"io"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

var (
	client = netip.MustParseAddr("192.0.2.1")
	server = netip.MustParseAddrPort("192.0.2.10:25")
)

// connect makes a connection over f.
func connect(tb testing.TB, f *Fabric) (c1, c2 *Conn) {
	tb.Helper()
	l, err := f.Listen(server)
	if err != nil {
		tb.Fatal(err)
	}
	c1, err = f.Dial(context.Background(), client, server)
	if err != nil {
		tb.Fatal(err)
	}
	a, err := l.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
	return c1, a.(*Conn)
}

func TestNettest(t *testing.T) {
	for _, tt := range []struct {
		name string
		link Link
	}{
		{"instant", Link{Latency: Instant}},
		{"latency", Link{Latency: 50 * time.Microsecond, Jitter: 50 * time.Microsecond}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
				f := New(Config{Link: tt.link})
				c1, c2 := connect(t, f)
				return c1, c2, func() { f.Close() }, nil
			})
		})
	}
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Config{Link: Link{Latency: 10 * time.Millisecond}})
		defer f.Close()
		start := time.Now()
		c1, c2 := connect(t, f)
		if d := time.Since(start); d < 30*time.Millisecond || d > 31*time.Millisecond {
			t.Errorf("dial and accept took %v, want 1.5 round trips", d)
		}
		start = time.Now()
		for range 3 {
			if _, err := io.WriteString(c1, "hello"); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("writes took %v", d)
		}
		buf := make([]byte, 100)
		n, err := c2.Read(buf)
		if d := time.Since(start); d < 10*time.Millisecond || d > 10*time.Millisecond+MinJitter || n != 15 || err != nil {
			t.Errorf("read %d bytes, %v after %v", n, err, d)
		}
	})
}
