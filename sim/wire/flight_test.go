package wire

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const latency = 10 * time.Millisecond
		f := New(Config{Link: Link{Latency: latency, Jitter: time.Nanosecond}})
		defer f.Close()
		at := netip.MustParseAddrPort("192.0.2.1:25")
		l, err := f.Listen(at)
		if err != nil {
			t.Fatal(err)
		}
		from := netip.MustParseAddr("192.0.2.2")
		if d := f.InFlight(); d != 0 {
			t.Errorf("%s in a new fabric", d)
		}
		dialed := make(chan *Conn, 1)
		go func() {
			c, err := f.Dial(t.Context(), from, at)
			if err != nil {
				t.Error(err)
			}
			dialed <- c
		}()
		synctest.Wait()
		if d := f.InFlight(); d < latency {
			t.Errorf("a SYN is on its way: %s", d)
		}
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c := <-dialed
		settle(f)
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if d := f.InFlight(); d < latency || d > 2*latency {
			t.Errorf("an octet is on its way: %s", d)
		}
		settle(f)
		if d := f.InFlight(); d != 0 {
			t.Errorf("it has arrived, and is not read: %s", d)
		}
		f.SetLink(from, at.Addr(), Link{Cut: true})
		if _, err := c.Write([]byte("y")); err != nil {
			t.Fatal(err)
		}
		if d := f.InFlight(); d != 0 {
			t.Errorf("behind a cut link nothing moves: %s", d)
		}
		f.ResetLink(from, at.Addr())
		if d := f.InFlight(); d == 0 {
			t.Error("after healing it is sent again")
		}
		s.Close()
		settle(f)
	})
}

// settle lets all arrive that is on its way.
func settle(f *Fabric) {
	for d := f.InFlight(); d > 0; d = f.InFlight() {
		time.Sleep(d)
		synctest.Wait()
	}
}
