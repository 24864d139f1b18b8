package sim_test

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/wire"
)

// bodySum is the SHA-256 of what is behind the header.
func bodySum(t testing.TB, c mail.Content) (sum [sha256.Size]byte) {
	t.Helper()
	_, body, err := mail.OpenBody(c, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// watchHeap looks at the heap again and again until stop is called, which returns
// the most that was in use.
func watchHeap() (stop func() uint64) {
	var most atomic.Uint64
	ended, done := make(chan struct{}), make(chan struct{})
	look := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most.Store(max(most.Load(), m.HeapInuse))
	}
	go func() {
		defer close(done)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			look()
			select {
			case <-ended:
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(ended)
		<-done
		return most.Load()
	}
}

// passLarge sends a mail of so many octets through two relays into a mailbox, over
// SMTP and LMTP, and returns what was allocated on the way and how the heap grew.
func passLarge(t *testing.T, size int64) (allocated, heap int64) {
	t.Helper()
	spool := t.TempDir()
	n := sim.New(sim.Config{Latency: wire.Instant, Spool: spool})
	for i, cfg := range []sim.NodeConfig{
		{Name: "out", Role: sim.MSA, Next: "mx"},
		{Name: "mx", Role: sim.MTA, Next: "store", Domains: []string{"example.org"}},
		{Name: "store", Role: sim.MDA, LMTP: true, Mailboxes: []string{"bob@example.org"}},
	} {
		cfg.Addrs = addr(i + 1)
		if _, err := n.Add(cfg); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	content, err := mail.Draft{
		Name: "large", From: "a@example.com", To: []string{"bob@example.org"}, Size: size / 2,
		Attach: []mail.DraftAttachment{{Name: "film", Size: size * 3 / 8}}, // base64 makes 4 of 3
	}.Content()
	if err != nil {
		t.Fatal(err)
	}
	if content.Size() < size {
		t.Fatalf("a mail of %d octets, want %d", content.Size(), size)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stop := watchHeap()
	d := n.Send(context.Background(), sim.Submission{Mail: "large", Via: "out", From: "a@example.com", To: []string{"bob@example.org"}, Content: content})
	if !d.Accepted() {
		t.Fatalf("%v", d)
	}
	arrived := func() []sim.Stored { return n.Node("store").Mailbox("bob@example.org") }
	for i := 0; len(arrived()) == 0 || !n.Idle(); {
		events, more := n.Log().Since(i)
		i += len(events)
		select {
		case <-more:
		case <-time.After(time.Minute):
			t.Fatal("the mail did not arrive")
		}
	}
	want, got := bodySum(t, content), bodySum(t, arrived()[0].Content)
	most := stop()
	runtime.ReadMemStats(&after)
	if got != want {
		t.Errorf("the SHA-256 of the body is %x, want %x", got, want)
	}
	files := func() []string { all, _ := filepath.Glob(filepath.Join(spool, "*", "*")); return all }
	if left := files(); len(left) != 1 {
		t.Errorf("the files %q are left, want that of the mailbox", left)
	}
	if err := n.Stop(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(spool); err != nil || len(left) > 0 {
		t.Errorf("%d files outlive the network, %v", len(left), err)
	}
	return int64(after.TotalAlloc - before.TotalAlloc), int64(most) - int64(before.HeapInuse)
}

// TestLargeMail: what relays need does not grow with what they relay.
func TestLargeMail(t *testing.T) {
	const mega = 1_000_000
	if raceDetector { // which makes pools forget on purpose
		passLarge(t, 10*mega)
		return
	}
	small, heapSmall := passLarge(t, 10*mega)
	large, heapLarge := passLarge(t, 100*mega)
	t.Logf("10 MB: %d KiB allocated, heap %d KiB larger; 100 MB: %d KiB, %d KiB", small>>10, heapSmall>>10, large>>10, heapLarge>>10)
	if large > small+4*mega || large > 16*mega {
		t.Errorf("100 MB allocated %d octets, 10 MB %d", large, small)
	}
}
