package wire_test

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/sim/wire"
)

func Example() {
	// In a test, its own *testing.T; in a program, sim.Virtual.
	synctest.Test(new(testing.T), func(*testing.T) {
		f := wire.New(wire.Config{Link: wire.Link{Latency: 20 * time.Millisecond}})
		defer f.Close()
		l, err := f.Listen(netip.MustParseAddrPort("192.0.2.10:25"))
		if err != nil {
			fmt.Println(err)
			return
		}
		go func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			io.WriteString(c, "220 mx.example.org\r\n")
		}()

		begin := time.Now()
		c, err := f.Dial(context.Background(), netip.MustParseAddr("192.0.2.1"), l.AddrPort())
		if err != nil {
			fmt.Println(err)
			return
		}
		defer c.Close()
		greeting, err := io.ReadAll(c)
		fmt.Printf("%q %v after %v\n", greeting, err, time.Since(begin).Round(time.Millisecond))
	})
	// Output:
	// "220 mx.example.org\r\n" <nil> after 80ms
}

func ExampleFabric_SetLink() {
	synctest.Test(new(testing.T), func(*testing.T) {
		f := wire.New(wire.Config{})
		defer f.Close()
		out, mx := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddrPort("192.0.2.10:25")
		f.SetLink(out, mx.Addr(), wire.Link{Cut: true})
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_, err := f.Dial(ctx, out, mx)
		fmt.Println(err != nil, ctx.Err())
	})
	// Output:
	// true context deadline exceeded
}
