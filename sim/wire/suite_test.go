package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// transport is one way to connect; the suite runs over each.
type transport struct {
	listener net.Listener
	dial     func() (net.Conn, error)
	reset    func(net.Conn) error
	fabric   *Fabric // of a wire
}

// pair returns both ends of a connection.
func (t transport) pair(tb testing.TB) (dialed, accepted net.Conn) {
	tb.Helper()
	type result struct {
		c   net.Conn
		err error
	}
	ch := make(chan result, 1)
	go func() {
		c, err := t.listener.Accept()
		ch <- result{c, err}
	}()
	c1, err := t.dial()
	if err != nil {
		tb.Fatal(err)
	}
	r := <-ch
	if r.err != nil {
		tb.Fatal(r.err)
	}
	return c1, r.c
}

func wireTransport(tb testing.TB, link Link) transport {
	f := New(Config{Link: link})
	l, err := f.Listen(server)
	if err != nil {
		panic(err)
	}
	if tb != nil {
		tb.Cleanup(func() { f.Close() })
	}
	return transport{
		listener: l, fabric: f,
		dial: func() (net.Conn, error) {
			return f.Dial(context.Background(), client, l.AddrPort())
		},
		reset: func(c net.Conn) error {
			c.(*Conn).Reset()
			return nil
		},
	}
}

func tcpTransport(tb testing.TB) transport {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	return transport{
		listener: l,
		dial:     func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) },
		reset: func(c net.Conn) error {
			if err := c.(*net.TCPConn).SetLinger(0); err != nil {
				return err
			}
			return c.Close()
		},
	}
}

// TestSuite holds what is true of a TCP connection, and so must be of ours.
func TestSuite(t *testing.T) {
	transports := []struct {
		name string
		open func(testing.TB) transport
	}{
		{"tcp", tcpTransport},
		{"instant", func(tb testing.TB) transport { return wireTransport(tb, Link{Latency: Instant}) }},
		{"default", func(tb testing.TB) transport { return wireTransport(tb, Link{}) }},
	}
	cases := []struct {
		name string
		run  func(*testing.T, transport)
	}{
		{"echo", suiteEcho},
		{"transfer", suiteTransfer},
		{"copy", suiteCopy},
		{"half close", suiteHalfClose},
		{"close", suiteClose},
		{"reset", suiteReset},
		{"refuse", suiteRefuse},
		{"never accepted", suiteNeverAccepted},
		{"deadlines", suiteDeadlines},
		{"concurrent close", suiteConcurrentClose},
		{"accept after close", suiteAcceptAfterClose},
		{"tls", suiteTLS},
		{"addresses", suiteAddresses},
	}
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) { c.run(t, tr.open(t)) })
			}
		})
	}
}

func suiteEcho(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c1.Close()
	defer c2.Close()
	go echo(c2, 5)
	for range 100 {
		got := make([]byte, 5)
		if _, err := io.WriteString(c1, "hello"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c1, got); err != nil || string(got) != "hello" {
			t.Fatalf("echo is %q, %v", got, err)
		}
	}
}

// suiteTransfer sends much in pieces of all sizes, both ways at once.
func suiteTransfer(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c1.Close()
	defer c2.Close()
	const size = 1 << 20
	want := make([]byte, size)
	for i := range want {
		want[i] = byte(i * i >> 8)
	}
	var wg sync.WaitGroup
	for _, c := range []net.Conn{c1, c2} {
		wg.Go(func() {
			for i, p := 1, want; len(p) > 0; i = i*3%100003 + 1 {
				n, err := c.Write(p[:min(i, len(p))])
				if err != nil {
					t.Error(err)
					return
				}
				p = p[n:]
			}
		})
		wg.Go(func() {
			h, got := sha256.New(), 0
			buf := make([]byte, 70000)
			for i := 1; got < size; i = i*7%69999 + 1 {
				n, err := c.Read(buf[:i])
				if err != nil {
					t.Error(err)
					return
				}
				h.Write(buf[:n])
				got += n
			}
			if sum := sha256.Sum256(want); got != size || !bytes.Equal(h.Sum(nil), sum[:]) {
				t.Errorf("%d bytes arrived, not those that were sent", got)
			}
		})
	}
	wg.Wait()
}

func suiteCopy(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c1.Close()
	defer c2.Close()
	want := bytes.Repeat([]byte("0123456789abcdef"), 20000)
	go func() {
		io.Copy(c1, struct{ io.Reader }{bytes.NewReader(want)})
		closeWrite(c1)
	}()
	var got bytes.Buffer
	n, err := io.Copy(&got, c2)
	if err != nil || n != int64(len(want)) || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("copied %d bytes of %d: %v", n, len(want), err)
	}
	if n, err := io.Copy(c1, struct{ io.Reader }{bytes.NewReader(want)}); n != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("copy after CloseWrite gives %d, %v", n, err)
	}
}

func closeWrite(c net.Conn) error { return c.(interface{ CloseWrite() error }).CloseWrite() }

func suiteHalfClose(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c1.Close()
	defer c2.Close()
	io.WriteString(c1, "question")
	if err := closeWrite(c1); err != nil {
		t.Fatal(err)
	}
	if _, err := c1.Write([]byte("more")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write after CloseWrite: %v, want EPIPE", err)
	}
	if got, err := io.ReadAll(c2); err != nil || string(got) != "question" {
		t.Errorf("read %q, %v", got, err)
	}
	io.WriteString(c2, "answer")
	c2.Close()
	if got, err := io.ReadAll(c1); err != nil || string(got) != "answer" {
		t.Errorf("read %q, %v", got, err)
	}
}

func suiteClose(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c2.Close()
	io.WriteString(c1, "last words")
	if err := c1.Close(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1)
	_, rerr := c1.Read(buf)
	_, werr := c1.Write(buf)
	for what, err := range map[string]error{
		"read": rerr, "write": werr, "close": c1.Close(), "deadline": c1.SetDeadline(time.Time{}),
	} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s after Close: %v, want net.ErrClosed", what, err)
		}
	}
	got, err := io.ReadAll(c2)
	if err != nil || string(got) != "last words" {
		t.Errorf("the peer reads %q, %v", got, err)
	}
	for {
		if _, err := c2.Write(buf); err != nil {
			if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the peer's write gives %v, want EPIPE", err)
			}
			break
		}
	}
}

func suiteReset(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c2.Close()
	io.WriteString(c1, "lost")
	if err := tr.reset(c1); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := c2.Write([]byte("x")); err != nil {
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
				t.Errorf("write gives %v, want ECONNRESET", err)
			}
			break
		}
	}
	c1, c2 = tr.pair(t)
	defer c2.Close()
	done := make(chan error)
	go func() {
		_, err := c2.Read(make([]byte, 1))
		done <- err
	}()
	if err := tr.reset(c1); err != nil {
		t.Fatal(err)
	}
	err := <-done
	var ne *net.OpError
	if !errors.Is(err, syscall.ECONNRESET) || !errors.As(err, &ne) || ne.Op != "read" {
		t.Errorf("read gives %v, want ECONNRESET", err)
	}
}

func suiteRefuse(t *testing.T, tr transport) {
	tr.listener.Close()
	c, err := tr.dial()
	var ne *net.OpError
	if !errors.Is(err, syscall.ECONNREFUSED) || !errors.As(err, &ne) || ne.Op != "dial" || ne.Timeout() {
		t.Errorf("dial gives %v, %v, want ECONNREFUSED", c, err)
	}
}

func suiteNeverAccepted(t *testing.T, tr transport) {
	c, err := tr.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tr.listener.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read gives %v, want ECONNRESET", err)
	}
}

func suiteDeadlines(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c1.Close()
	defer c2.Close()
	timeout := func(what string, err error) {
		t.Helper()
		var ne net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() {
			t.Errorf("%s gives %v, want a timeout", what, err)
		}
	}
	buf := make([]byte, 1<<20)
	c1.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c1.Read(buf)
	timeout("read", err)
	c1.SetReadDeadline(time.Time{})
	io.WriteString(c2, "x")
	if n, err := c1.Read(buf); n != 1 || err != nil {
		t.Errorf("read without deadline gives %d, %v", n, err)
	}
	io.WriteString(c2, "x")
	c1.SetDeadline(time.Now().Add(-time.Second))
	_, err = c1.Read(buf)
	timeout("read after the deadline", err)
	_, err = c1.Write(buf)
	timeout("write after the deadline", err)
	c1.SetWriteDeadline(time.Now().Add(time.Millisecond))
	for err = nil; err == nil; {
		_, err = c1.Write(buf)
	}
	timeout("write into a full buffer", err)
	done := make(chan error)
	go func() { // a deadline that comes while a read waits
		_, err := c2.Read(buf[:0:0])
		for err == nil {
			_, err = c2.Read(buf)
		}
		done <- err
	}()
	c2.SetReadDeadline(time.Now().Add(time.Millisecond))
	timeout("read that waits", <-done)
}

func suiteConcurrentClose(t *testing.T, tr transport) {
	for range 20 {
		c1, c2 := tr.pair(t)
		var wg sync.WaitGroup
		for _, c := range []net.Conn{c1, c2} {
			for range 2 {
				wg.Go(func() { io.Copy(io.Discard, c) })
				wg.Go(func() {
					for {
						if _, err := c.Write(make([]byte, 10000)); err != nil {
							return
						}
					}
				})
				wg.Go(func() { c.SetDeadline(time.Now().Add(time.Hour)) })
			}
		}
		for _, c := range []net.Conn{c1, c2, c1} {
			wg.Go(func() { c.Close() })
		}
		wg.Wait()
	}
}

func suiteAcceptAfterClose(t *testing.T, tr transport) {
	done := make(chan error)
	go func() {
		_, err := tr.listener.Accept()
		done <- err
	}()
	tr.listener.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept gives %v, want net.ErrClosed", err)
	}
	if err := tr.listener.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second close gives %v, want net.ErrClosed", err)
	}
}

func suiteAddresses(t *testing.T, tr transport) {
	c1, c2 := tr.pair(t)
	defer c1.Close()
	defer c2.Close()
	if c1.LocalAddr().String() != c2.RemoteAddr().String() || c1.RemoteAddr().String() != c2.LocalAddr().String() {
		t.Errorf("addresses are %v-%v and %v-%v", c1.LocalAddr(), c1.RemoteAddr(), c2.LocalAddr(), c2.RemoteAddr())
	}
	if _, ok := c1.RemoteAddr().(*net.TCPAddr); !ok || c1.RemoteAddr().String() != tr.listener.Addr().String() {
		t.Errorf("remote address is %v, want %v", c1.RemoteAddr(), tr.listener.Addr())
	}
}
