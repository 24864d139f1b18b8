package wire

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
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

func TestListen(t *testing.T) {
	f := New(Config{Link: Link{Latency: Instant}})
	listen := func(addr string) (*Listener, error) { return f.Listen(netip.MustParseAddrPort(addr)) }
	l, err := listen("192.0.2.10:25")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := listen("192.0.2.10:25"); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("second listen gives %v, want EADDRINUSE", err)
	}
	if _, err := f.Listen(netip.AddrPort{}); err == nil {
		t.Error("listening nowhere succeeds")
	}
	a, err1 := listen("192.0.2.10:0")
	b, err2 := listen("192.0.2.10:0")
	if err := errors.Join(err1, err2); err != nil || a.AddrPort() == b.AddrPort() || a.AddrPort().Port() == 0 {
		t.Errorf("port 0 gives %v and %v, %v", a, b, err)
	}
	if _, err := listen("[2001:db8::1]:25"); err != nil {
		t.Errorf("listen on IPv6: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := listen("192.0.2.10:25"); err != nil {
		t.Errorf("listen after close: %v", err)
	}
	f.Close()
	if _, err := listen("192.0.2.10:26"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("listen in a closed fabric gives %v", err)
	}
	if err := f.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second close gives %v", err)
	}
}

func TestAdmit(t *testing.T) {
	f := New(Config{Link: Link{Latency: Instant}})
	defer f.Close()
	l, err := f.Listen(server)
	if err != nil {
		t.Fatal(err)
	}
	var asked []netip.Addr
	l.SetAdmit(func(remote netip.AddrPort) Admission {
		asked = append(asked, remote.Addr())
		return Refuse
	})
	if _, err := f.Dial(context.Background(), client, server); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial gives %v", err)
	}
	if diff := cmp.Diff([]string{"192.0.2.1"}, strs(asked)); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	l.SetAdmit(nil)
	c, err := f.Dial(context.Background(), client, server)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func strs(as []netip.Addr) (s []string) {
	for _, a := range as {
		s = append(s, a.String())
	}
	return s
}

func TestTag(t *testing.T) {
	f := New(Config{Link: Link{Latency: Instant}})
	defer f.Close()
	c1, c2 := connect(t, f)
	c1.SetTag("first")
	c2.SetTag("reply")
	c1.SetTag("second")
	if c2.PeerTag() != "second" || c1.PeerTag() != "reply" {
		t.Errorf("tags are %q and %q", c2.PeerTag(), c1.PeerTag())
	}
}

// TestBacklog: a listener that nobody serves takes so many dials and no more.
func TestBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Config{})
		defer f.Close()
		l, err := f.Listen(server)
		if err != nil {
			t.Fatal(err)
		}
		for range backlog {
			if _, err := f.Dial(context.Background(), client, server); err != nil {
				t.Fatal(err)
			}
		}
		time.AfterFunc(10*time.Second, func() {
			c, err := l.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			c.Close()
		})
		start := time.Now()
		if _, err := f.Dial(context.Background(), client, server); err != nil {
			t.Error(err)
		}
		// SYN after 0, 1, 3, 7 and 15 s
		between(t, "dial to a full backlog", time.Since(start), 15*time.Second, 16*time.Second)
	})
}

// TestNothingIsKept: closed connections leave nothing in the fabric.
func TestNothingIsKept(t *testing.T) {
	f := New(Config{Link: Link{Latency: Instant}})
	defer f.Close()
	c1, c2 := connect(t, f)
	c1.Close()
	c2.Reset()
	if f.pairs.next != &f.pairs || len(f.listeners) != 0 {
		t.Error("a closed connection or listener is still held")
	}
}

func TestDialNowhere(t *testing.T) {
	f := New(Config{Link: Link{Latency: Instant}})
	defer f.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Dial(ctx, client, server); !errors.Is(err, context.Canceled) {
		t.Errorf("dial with an ended context gives %v", err)
	}
	if _, err := f.Dial(context.Background(), netip.Addr{}, server); err == nil {
		t.Error("dial from nowhere succeeds")
	}
}
