package sim

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// RFC 5321 4.1.1.10: a client waits for the reply to QUIT, but nothing hangs on
// it: the next mail does not wait.
func TestSilentQuitHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{Resolver: func(string) Resolver { return routeWorld }})
		defer n.Stop()
		for _, cfg := range []NodeConfig{
			{Name: "out", Role: MSA, Host: "out.example", Addrs: addrOf("192.0.2.1"), Next: "mx", Queue: QueueConfig{Parallel: 1}},
			{Name: "mx", Role: MTA, Host: "mx.example", Addrs: addrOf("192.0.2.2"), Mailboxes: []string{"b@mx.example"}},
		} {
			if _, err := n.Add(cfg); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		n.Node("mx").SetFault(Fault{At: AtQuit, Do: DoStall})
		for _, name := range []string{"m1", "m2", "m3"} {
			n.Send(t.Context(), Submission{Mail: name, Via: "out", From: "a@x.example", To: []string{"b@mx.example"}, Message: []byte("S: 1\r\n\r\n")})
		}
		time.Sleep(time.Minute)
		if got := len(n.Node("mx").Mailbox("b@mx.example")); got != 3 {
			t.Errorf("%d mails after a minute, want 3", got)
		}
	})
}

func addrOf(s string) []netip.Addr { return []netip.Addr{netip.MustParseAddr(s)} }

// An MX that leads to an LMTP server is a mistake that the deferral explains.
func TestRefusedWithAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{Resolver: func(string) Resolver { return routeWorld }})
		defer n.Stop()
		for _, cfg := range []NodeConfig{
			{Name: "out", Role: MSA, Host: "out.example", Addrs: addrOf("192.0.2.1")},
			{Name: "store", Role: MDA, Host: "address.example", LMTP: true, Mailboxes: []string{"b@address.example"}},
		} {
			if _, err := n.Add(cfg); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		n.Send(t.Context(), Submission{Mail: "m", Via: "out", From: "a@x.example", To: []string{"b@address.example"}, Message: []byte("S: 1\r\n\r\n")})
		time.Sleep(time.Minute)
		want := "451 4.4.1 address.example[192.0.2.14]: connection refused (node store speaks LMTP on port 24: reach it by next or a route)"
		if q := n.Node("out").Queue(); len(q) != 1 || q[0].Last.String() != want {
			t.Errorf("queue %v, want %s", q, want)
		}
	})
}
