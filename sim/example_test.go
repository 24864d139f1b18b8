package sim_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
)

// A network of two nodes in virtual time: a greylisting MX makes the mail wait
// for half an hour. A test uses synctest.Test with its own *testing.T instead of
// sim.Virtual.
func Example() {
	err := sim.Virtual(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), func() {
		zones := fakedns.NewWorld()
		if err := zones.Load("zones", 1, "example.org. MX 10 mx.example.org.\nmx.example.org. A 192.0.2.10\n"); err != nil {
			fmt.Println(err)
			return
		}
		net := sim.New(sim.Config{Resolver: func(string) sim.Resolver { return fakedns.NewResolver(zones) }})
		defer net.Stop()
		for _, cfg := range []sim.NodeConfig{
			{Name: "out", Role: sim.MSA, Host: "out.example.net", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
			{Name: "mx", Role: sim.MTA, Host: "mx.example.org", Mailboxes: []string{"bob@example.org"}},
		} {
			if _, err := net.Add(cfg); err != nil {
				fmt.Println(err)
				return
			}
		}
		if err := net.Start(); err != nil {
			fmt.Println(err)
			return
		}
		net.Node("mx").SetFault(sim.Fault{At: sim.AtRcpt, Reply: "451 4.7.1 come back later", Times: 1})

		dialog := net.Send(context.Background(), sim.Submission{
			Mail: "hello", Via: "out", From: "alice@example.net", To: []string{"bob@example.org"},
			Message: []byte("Subject: hello\r\nMessage-ID: <hello@mailsim>\r\n\r\nHi.\r\n"),
		})
		fmt.Println("accepted:", dialog.Accepted())
		time.Sleep(time.Minute)
		fmt.Println("after a minute:", net.Node("out").Queue()[0].Last)
		time.Sleep(time.Hour)
		fmt.Println("after an hour:", len(net.Node("mx").Mailbox("bob@example.org")), "message")

		events, _ := net.Log().Since(0)
		for _, p := range trace.Paths(events, "hello") {
			fmt.Println("by way of", p.Nodes)
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// accepted: true
	// after a minute: 451 4.7.1 come back later
	// after an hour: 1 message
	// by way of [out mx]
}
