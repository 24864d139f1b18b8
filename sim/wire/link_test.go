package wire

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLinkDefaults(t *testing.T) {
	def := Link{Latency: time.Second, Jitter: time.Minute, Loss: 0.5}
	for _, tt := range []struct {
		name     string
		in, want Link
	}{
		{"zero", Link{}, Link{Latency: time.Second, Jitter: time.Minute}},
		{"jitter alone", Link{Jitter: 1}, Link{Latency: time.Second, Jitter: 1}},
		{"latency alone", Link{Latency: 2}, Link{Latency: 2, Jitter: MinJitter}},
		{"both", Link{Latency: 2, Jitter: 3}, Link{Latency: 2, Jitter: 3}},
		{"instant", Link{Latency: -5, Jitter: 3, Loss: 0.1}, Link{Latency: Instant, Loss: 0.1}},
		{"cut", Link{Cut: true}, Link{Latency: time.Second, Jitter: time.Minute, Cut: true}},
		{"all lost", Link{Latency: 2, Loss: 1}, Link{Latency: 2, Jitter: MinJitter, Loss: 1, Cut: true}},
		{"negative loss", Link{Latency: 2, Loss: -1}, Link{Latency: 2, Jitter: MinJitter}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.in.or(def)); diff != "" {
				t.Errorf("link (-want +got):\n%s", diff)
			}
		})
	}
}

// took measures f in virtual time.
func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func between(t *testing.T, what string, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s took %v, want %v to %v", what, got, least, most)
	}
}

func mustRead(t *testing.T, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Errorf("read %q, %v; want %q", got, err, want)
	}
}

// bubble runs f in virtual time with a connection over a fabric of cfg.
func bubble(t *testing.T, cfg Config, f func(t *testing.T, f *Fabric, c1, c2 *Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fab := New(cfg)
		defer fab.Close()
		c1, c2 := connect(t, fab)
		f(t, fab, c1, c2)
	})
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Config{Link: Link{Latency: 10 * time.Millisecond}})
		defer f.Close()
		var c1, c2 *Conn
		const ms, j = time.Millisecond, MinJitter
		between(t, "dial and accept", took(func() { c1, c2 = connect(t, f) }), 30*ms, 30*ms+3*j)
		start := time.Now()
		between(t, "three writes", took(func() {
			for range 3 {
				io.WriteString(c1, "hello")
			}
		}), 0, 0)
		mustRead(t, c2, "hellohellohello")
		between(t, "the way", time.Since(start), 10*ms, 10*ms+j)

		start = time.Now() // propagation, not bandwidth: all in flight at once
		for range 5 {
			io.WriteString(c1, "a")
			time.Sleep(ms)
		}
		mustRead(t, c2, "aaaaa")
		between(t, "five overlapping writes", time.Since(start), 14*ms, 14*ms+j)

		start = time.Now()
		io.WriteString(c1, "end")
		c1.Close()
		got, err := io.ReadAll(c2)
		if string(got) != "end" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		between(t, "the end", time.Since(start), 10*ms, 10*ms+j)
	})
}

func TestResetTravels(t *testing.T) {
	bubble(t, Config{Link: Link{Latency: time.Second}}, func(t *testing.T, f *Fabric, c1, c2 *Conn) {
		io.WriteString(c1, "read")
		io.WriteString(c1, "unread")
		mustRead(t, c2, "read")
		start := time.Now()
		c1.Reset()
		if _, err := c2.Write([]byte("x")); err != nil {
			t.Errorf("write before the reset has arrived: %v", err)
		}
		time.Sleep(2 * time.Second)
		if _, err := c2.Read(make([]byte, 10)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read gives %v, want ECONNRESET", err)
		}
		if _, err := c2.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("write gives %v, want ECONNRESET", err)
		}
		between(t, "all", time.Since(start), 2*time.Second, 2*time.Second)
	})
}

func TestDeadlinesInVirtualTime(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, f *Fabric, c1, c2 *Conn) {
		buf := make([]byte, 1<<20)
		c1.SetReadDeadline(time.Now().Add(5 * time.Minute))
		between(t, "read", took(func() {
			if _, err := c1.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("read gives %v", err)
			}
		}), 5*time.Minute, 5*time.Minute)
		c1.SetReadDeadline(time.Now().Add(time.Minute))
		go func() { // moved on while the read waits
			time.Sleep(30 * time.Second)
			c1.SetReadDeadline(time.Now().Add(time.Minute))
		}()
		between(t, "read", took(func() { c1.Read(buf) }), 90*time.Second, 90*time.Second)
		c1.SetWriteDeadline(time.Now().Add(time.Hour))
		between(t, "write", took(func() {
			n, err := c1.Write(buf)
			if n != ringMax || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("write gives %d, %v", n, err)
			}
		}), time.Hour, time.Hour)
	})
}

func TestJitterKeepsOrder(t *testing.T) {
	bubble(t, Config{Link: Link{Latency: time.Millisecond, Jitter: time.Second}}, func(t *testing.T, f *Fabric, c1, c2 *Conn) {
		want := ""
		for i := range 500 {
			s := fmt.Sprintln(i)
			want += s
			io.WriteString(c1, s)
			time.Sleep(10 * time.Millisecond)
		}
		mustRead(t, c2, want)
	})
}

func TestLossDelays(t *testing.T) {
	bubble(t, Config{Link: Link{Latency: time.Millisecond, Loss: 0.2}}, func(t *testing.T, f *Fabric, c1, c2 *Conn) {
		late := 0
		const n = 1000
		for range n {
			d := took(func() {
				io.WriteString(c1, "x")
				mustRead(t, c2, "x")
			})
			if d > 2*time.Millisecond {
				late++
				if d < minRTO {
					t.Fatalf("a lost segment took %v, want at least %v", d, minRTO)
				}
			}
		}
		if late < n/10 || late > n*3/10 {
			t.Errorf("%d of %d were lost, want about a fifth", late, n)
		}
	})
}

func TestCut(t *testing.T) {
	bubble(t, Config{Link: Link{Latency: time.Second}}, func(t *testing.T, f *Fabric, c1, c2 *Conn) {
		io.WriteString(c1, "before ")
		time.Sleep(1500 * time.Millisecond)
		io.WriteString(c1, "in flight ")
		f.SetLink(client, server.Addr(), Link{Cut: true})
		start := time.Now()
		mustRead(t, c2, "before ") // had arrived
		io.WriteString(c1, "meanwhile ")
		io.WriteString(c2, "other way")
		mustRead(t, c1, "other way")
		between(t, "the way that is not cut", time.Since(start), time.Second, time.Second+2*MinJitter)

		c2.SetReadDeadline(start.Add(10 * time.Minute))
		if n, err := c2.Read(make([]byte, 100)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read over a cut link gives %d, %v", n, err)
		}
		c2.SetReadDeadline(time.Time{})
		c1.Close()
		go func() {
			time.Sleep(10 * time.Minute)
			f.ResetLink(client, server.Addr())
		}()
		got, err := io.ReadAll(c2)
		if string(got) != "in flight meanwhile " || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		between(t, "cut and retransmission", time.Since(start), 20*time.Minute, 20*time.Minute+maxRTO+2*time.Second)
	})
}

// TestCutCloses: the end and the reset of a stream do not pass a cut either.
func TestCutCloses(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*Conn)
		want error
	}{
		{"close", func(c *Conn) { c.Close() }, io.EOF},
		{"reset", (*Conn).Reset, syscall.ECONNRESET},
	} {
		for _, flying := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, " flying ", flying), func(t *testing.T) {
				bubble(t, Config{}, func(t *testing.T, f *Fabric, c1, c2 *Conn) {
					if flying {
						tt.end(c1)
					}
					f.SetLink(client, server.Addr(), Link{Loss: 1})
					if !flying {
						tt.end(c1)
					}
					for range 100 {
						if _, err := c2.Write([]byte("x")); err != nil {
							t.Fatalf("write gives %v while the link is cut", err)
						}
						time.Sleep(time.Minute)
					}
					f.SetLink(client, server.Addr(), Link{})
					if _, err := c2.Read(make([]byte, 1)); !errors.Is(err, tt.want) {
						t.Errorf("read gives %v, want %v", err, tt.want)
					}
					if _, err := c2.Write([]byte("x")); err == nil {
						t.Error("write succeeds after the peer has closed")
					}
				})
			})
		}
	}
}
