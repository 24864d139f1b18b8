package wire

import (
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/emersion/go-smtp"
)

// transports are what the benchmarks compare.
var transports = []struct {
	name string
	open func(tb testing.TB) transport
}{
	{"wire", func(tb testing.TB) transport { return wireTransport(tb, Link{Latency: Instant}) }},
	{"net.Pipe", pipeTransport},
	{"tcp", tcpTransport},
}

// pipeTransport listens in memory with the connections of net.Pipe.
func pipeTransport(tb testing.TB) transport {
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	return transport{listener: l, dial: func() (net.Conn, error) {
		c1, c2 := net.Pipe()
		select {
		case l.conns <- c2:
			return c1, nil
		case <-l.done:
			return nil, net.ErrClosed
		}
	}}
}

type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func BenchmarkThroughput(b *testing.B) {
	for _, tr := range transports {
		b.Run(tr.name, func(b *testing.B) {
			t := tr.open(b)
			c1, c2 := t.pair(b)
			done := make(chan error, 1)
			go func() {
				buf := make([]byte, 32<<10)
				for {
					if _, err := c2.Read(buf); err != nil {
						done <- err
						return
					}
				}
			}()
			buf := make([]byte, 32<<10)
			b.SetBytes(int64(len(buf)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c1.Write(buf); err != nil {
					b.Fatal(err)
				}
			}
			c1.Close()
			<-done
			c2.Close()
		})
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	for _, tr := range transports {
		b.Run(tr.name, func(b *testing.B) {
			t := tr.open(b)
			c1, c2 := t.pair(b)
			done := make(chan struct{})
			go func() {
				defer close(done)
				echo(c2, 100)
			}()
			buf := make([]byte, 100)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c1.Write(buf); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c1, buf); err != nil {
					b.Fatal(err)
				}
			}
			c1.Close()
			<-done
			c2.Close()
		})
	}
}

func echo(c net.Conn, size int) {
	buf := make([]byte, size)
	for {
		if _, err := io.ReadFull(c, buf); err != nil {
			return
		}
		if _, err := c.Write(buf); err != nil {
			return
		}
	}
}

// BenchmarkSMTP sends a mail of 1 KB with go-smtp on both sides: in a session
// of its own, or one after the other in ten kept sessions side by side.
func BenchmarkSMTP(b *testing.B) {
	for _, tr := range transports {
		b.Run("session/"+tr.name, func(b *testing.B) {
			t := tr.open(b)
			serve(b, t.listener)
			b.ReportAllocs()
			for b.Loop() {
				if err := session(t.dial); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("sessions10/"+tr.name, func(b *testing.B) {
			t := tr.open(b)
			serve(b, t.listener)
			b.SetParallelism(5)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := session(t.dial); err != nil {
						b.Error(err)
					}
				}
			})
		})
		b.Run("kept/"+tr.name, func(b *testing.B) {
			t := tr.open(b)
			serve(b, t.listener)
			c := hello(b, t)
			b.ReportAllocs()
			for b.Loop() {
				if err := mail(c); err != nil {
					b.Fatal(err)
				}
			}
			c.Close()
		})
		b.Run("kept10/"+tr.name, func(b *testing.B) {
			t := tr.open(b)
			serve(b, t.listener)
			b.SetParallelism(5)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				c := hello(b, t)
				defer c.Close()
				for pb.Next() {
					if err := mail(c); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkVirtual is BenchmarkSMTP in virtual time, with latency. The time that
// it gives is real: the benchmark's clock is not touched inside.
func BenchmarkVirtual(b *testing.B) {
	for _, tt := range []struct {
		name string
		link Link
	}{
		{"default", Link{}},
		{"loss", Link{Loss: 0.01}},
		{"instant", Link{Latency: Instant}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			n := b.N
			inBubble(b, func() {
				t := wireTransport(nil, tt.link)
				stop := serveUntil(t.listener)
				for range n {
					if err := session(t.dial); err != nil {
						b.Error(err)
					}
				}
				stop()
				t.fabric.Close()
			})
		})
	}
}

func inBubble(tb testing.TB, f func()) {
	synctest.Test(new(testing.T), func(*testing.T) { f() })
}

var body = []byte(strings.Repeat("Subject: 0123456789012345678901234567890123456789\r\n", 4) + "\r\n" +
	strings.Repeat("0123456789012345678901234567890123456789012345678901234567890123456789\r\n", 12))

func hello(tb testing.TB, t transport) *smtp.Client {
	nc, err := t.dial()
	if err != nil {
		tb.Fatal(err)
	}
	c := smtp.NewClient(nc)
	if err := c.Hello("out.example.net"); err != nil {
		tb.Fatal(err)
	}
	return c
}

func session(dial func() (net.Conn, error)) error {
	nc, err := dial()
	if err != nil {
		return err
	}
	c := smtp.NewClient(nc)
	defer c.Close()
	if err := c.Hello("out.example.net"); err != nil {
		return err
	}
	if err := mail(c); err != nil {
		return err
	}
	return c.Quit()
}

func mail(c *smtp.Client) error {
	if err := c.Mail("alice@example.net", nil); err != nil {
		return err
	}
	if err := c.Rcpt("bob@example.org", nil); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Close()
}

type sink struct{ buf bytes.Buffer }

func (s *sink) Mail(string, *smtp.MailOptions) error { return nil }
func (s *sink) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *sink) Reset()                               {}
func (s *sink) Logout() error                        { return nil }

func (s *sink) Data(r io.Reader) error {
	s.buf.Reset()
	_, err := s.buf.ReadFrom(r)
	return err
}

func serve(tb testing.TB, l net.Listener) { tb.Cleanup(serveUntil(l)) }

func serveUntil(l net.Listener) (stop func()) {
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return new(sink), nil }))
	srv.Domain = "mx.example.org"
	srv.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(l)
	}()
	return func() {
		srv.Shutdown(context.Background())
		<-done
	}
}

// BenchmarkIdle gives the memory of a connection over which mail has gone, and
// whose two ends now wait.
func BenchmarkIdle(b *testing.B) {
	t := wireTransport(b, Link{Latency: Instant})
	wait := func(c net.Conn) {
		buf := make([]byte, 1)
		for {
			if _, err := c.Read(buf); err != nil {
				return
			}
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for b.Loop() {
		c1, c2 := t.pair(b)
		go wait(c1)
		go wait(c2)
		c1.Write(body)
		c2.Write(body)
		n++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "heap-B/conn")
	b.ReportMetric(float64(after.StackInuse-before.StackInuse)/float64(n), "stack-B/conn")
}
