package sim

import (
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestStartThatFails: a node whose port is taken is down, and starts once the port
// is free.
func TestStartThatFails(t *testing.T) {
	inBubble(t, func(b *bench) {
		n := b.net.Node("mx")
		n.Crash()
		l, err := b.net.fabric.Listen(netip.AddrPortFrom(n.Addrs()[0], 25))
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Start(); err == nil || n.Up() {
			t.Errorf("error %v, up %v; want an error and down", err, n.Up())
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := n.Start(); err != nil || !n.Up() {
			t.Errorf("error %v, up %v; want up", err, n.Up())
		}
		if got := b.session("mx"); got != "ok" {
			t.Error(got)
		}
	}, faultNode())
}

// TestStartDuringACrash: a node is started when the crash is over, whoever says so.
func TestStartDuringACrash(t *testing.T) {
	inBubble(t, func(b *bench) {
		out := b.net.Node("out")
		var wg sync.WaitGroup
		wg.Go(func() { b.submit("plan", "out", "", "bob@example.org") })
		for out.queue.size() == 0 {
			time.Sleep(time.Microsecond)
		}
		wg.Go(out.Crash)
		synctest.Wait()
		out.queue.mu.Lock()
		crashing := out.queue.ctx != nil
		out.queue.mu.Unlock()
		if out.Up() || !crashing {
			t.Fatal("it should be crashing, and wait for the try that is about to begin")
		}
		for range 2 {
			wg.Go(func() {
				if err := out.Start(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if !out.Up() {
			t.Error("it is down")
		}
		time.Sleep(time.Minute)
		b.want("mails", 1, len(b.mailbox("mx", "bob@example.org")))
	}, mxNode(), outNode(QueueConfig{}))
}

// TestManyLives: crashes and starts from all sides at once leave a node that works.
func TestManyLives(t *testing.T) {
	inBubble(t, func(b *bench) {
		out := b.net.Node("out")
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				time.Sleep(time.Duration(i%7) * time.Millisecond)
				if i%2 == 0 {
					out.Crash()
				} else if err := out.Start(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := out.Start(); err != nil {
			t.Fatal(err)
		}
		b.submit("plan", "out", "", "bob@example.org")
		time.Sleep(time.Minute)
		b.want("mails", 1, len(b.mailbox("mx", "bob@example.org")))
	}, mxNode(), outNode(QueueConfig{}))
}
