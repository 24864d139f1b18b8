package sim_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
	"github.com/mailsim/mailsim/sim/wire"
)

// cpu returns the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// chain is a network of relays in a row that ends in a delivery agent.
func chain(b *testing.B, relays int) *sim.Network {
	b.Helper()
	n := sim.New(sim.Config{Latency: wire.Instant})
	b.Cleanup(func() {
		if err := n.Stop(); err != nil {
			b.Error(err)
		}
	})
	next := "store"
	add(b, n, sim.NodeConfig{Name: "store", Role: sim.MDA, Host: "store.example", Addrs: addr(1), Mailboxes: []string{"bob@example.org"}})
	for i := range relays {
		name := fmt.Sprintf("relay%d", i)
		add(b, n, sim.NodeConfig{Name: name, Role: sim.MTA, Host: name + ".example", Addrs: addr(2 + i), Next: next, Domains: []string{"example.org"}})
		next = name
	}
	if err := n.Start(); err != nil {
		b.Fatal(err)
	}
	return n
}

func add(b *testing.B, n *sim.Network, cfg sim.NodeConfig) {
	b.Helper()
	if _, err := n.Add(cfg); err != nil {
		b.Fatal(err)
	}
}

func addr(i int) []netip.Addr {
	return []netip.Addr{netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)})}
}

// flood sends b.N mails over some sessions at once and waits for their delivery.
func flood(b *testing.B, n *sim.Network, via string, size, hops int) {
	draft := mail.Draft{Name: "m", From: "a@example.com", To: []string{"bob@example.org"}, Size: int64(size)}
	message, err := mail.Compose(draft)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	began := cpu()
	b.ResetTimer()
	var wg sync.WaitGroup
	next := make(chan int)
	for range 4 {
		wg.Go(func() {
			for i := range next {
				d := n.Send(context.Background(), sim.Submission{
					Mail: fmt.Sprint("m", i), Via: via, From: "a@example.com",
					To: []string{"bob@example.org"}, Message: message,
				})
				if !d.Accepted() {
					b.Errorf("mail %d: %v", i, d)
				}
			}
		})
	}
	for i := range b.N {
		next <- i
	}
	close(next)
	wg.Wait()
	wait(b, n, trace.MailDelivered, b.N)
	b.StopTimer()
	b.ReportMetric(float64((cpu()-began).Nanoseconds())/float64(b.N*hops)/1000, "cpu-us/hop")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// wait returns when there were so many events of a kind.
func wait(b *testing.B, n *sim.Network, kind trace.Kind, count int) {
	for at := 0; count > 0; {
		events, more := n.Log().Since(at)
		at += len(events)
		for _, e := range events {
			if e.Kind == kind {
				count--
			}
		}
		if len(events) == 0 {
			<-more
		}
	}
}

func BenchmarkDelivery1KB(b *testing.B)   { flood(b, chain(b, 0), "store", 1<<10, 1) }
func BenchmarkHop1KB(b *testing.B)        { flood(b, chain(b, 1), "relay0", 1<<10, 2) }
func BenchmarkHop100KB(b *testing.B)      { flood(b, chain(b, 1), "relay0", 100<<10, 2) }
func BenchmarkChainOf5Hops(b *testing.B)  { flood(b, chain(b, 4), "relay3", 1<<10, 5) }
func BenchmarkNetworkOf1000(b *testing.B) { idle(b, 1000) }

func BenchmarkNetworkOf10000(b *testing.B) { idle(b, 10000) }

// idle starts networks of so many nodes and says what one node takes.
func idle(b *testing.B, nodes int) {
	var before, after runtime.MemStats
	for range b.N {
		runtime.GC()
		runtime.ReadMemStats(&before)
		n := sim.New(sim.Config{})
		for i := range nodes {
			add(b, n, sim.NodeConfig{
				Name: fmt.Sprint("n", i), Role: sim.MTA, Host: fmt.Sprintf("n%d.example", i), Addrs: addr(i + 1),
				Domains: []string{fmt.Sprintf("d%d.example", i)},
			})
		}
		if err := n.Start(); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&after)
		used := (after.HeapInuse + after.StackInuse) - (before.HeapInuse + before.StackInuse)
		b.ReportMetric(float64(used)/float64(nodes), "bytes/node")
		if err := n.Stop(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// dead answers every look-up with one host.
type dead struct{}

func (dead) LookupMX(context.Context, string) ([]*net.MX, error) {
	return []*net.MX{{Host: "mx.example.org.", Pref: 10}}, nil
}

func (dead) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return addr(2), nil
}

// fiveDays keeps mails in a queue until they expire, in virtual time.
func fiveDays(b *testing.B, faults ...sim.Fault) {
	const mails = 1000
	message := []byte("Subject: x\r\n\r\n" + strings.Repeat("a line of the mail\r\n", 50))
	for range b.N {
		tries, hits := 0, 0
		err := sim.Virtual(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), func() {
			n := sim.New(sim.Config{Resolver: func(string) sim.Resolver { return dead{} }})
			defer n.Stop()
			add(b, n, sim.NodeConfig{Name: "out", Role: sim.MSA, Host: "out.example", Addrs: addr(1)})
			if len(faults) > 0 {
				add(b, n, sim.NodeConfig{Name: "mx", Role: sim.MTA, Host: "mx.example.org", Addrs: addr(2), Domains: []string{"example.org"}, Mailboxes: []string{"bob@example.org"}})
			}
			if err := n.Start(); err != nil {
				b.Error(err)
				return
			}
			for _, f := range faults {
				n.Node("mx").SetFault(f)
			}
			for i := range mails {
				n.Send(context.Background(), sim.Submission{Mail: fmt.Sprint("m", i), Via: "out", To: []string{"bob@example.org"}, Message: message})
			}
			time.Sleep(5*24*time.Hour + 3*time.Hour)
			expired := 0
			events, _ := n.Log().Since(0)
			for _, e := range events {
				switch e.Kind {
				case trace.MailAttempt:
					tries++
				case trace.MailExpired:
					expired++
				case trace.FaultHit:
					hits++
				}
			}
			if expired != mails {
				b.Errorf("%d of %d mails expired", expired, mails)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(tries), "tries")
		b.ReportMetric(float64(hits), "hits") // connections that met the fault
	}
}

func BenchmarkFiveDaysRefused(b *testing.B) {
	fiveDays(b, sim.Fault{Node: "mx", At: sim.AtConnect, Do: sim.DoRefuse})
}

func BenchmarkFiveDaysSilent(b *testing.B) {
	fiveDays(b, sim.Fault{Node: "mx", At: sim.AtConnect, Do: sim.DoStall})
}

func BenchmarkFiveDaysOf451(b *testing.B) {
	fiveDays(b, sim.Fault{Node: "mx", At: sim.AtRcpt, Reply: "451 4.3.0 try later"})
}
