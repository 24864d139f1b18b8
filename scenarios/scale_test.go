package scenarios

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mailsim/mailsim/reports"
)

// What a hop of a mail costs does not depend on how many there are: ten times as many
// make ten times as many events.
func TestScale(t *testing.T) {
	for _, topology := range Topologies() {
		var each []float64
		for _, mails := range []int{60, 600} {
			rep := runPlan(t, Plan{Topology: topology, Nodes: 30, Mails: mails, Seed: 5})
			if rep.Verdict != reports.Pass {
				t.Fatalf("%s: %v", topology, verdicts(rep))
			}
			hops := 0
			for _, e := range rep.Events.All() {
				if e.Kind == "mail.accepted" {
					hops++
				}
			}
			each = append(each, float64(rep.Events.Len())/float64(hops))
		}
		if each[1] > each[0]*1.05 || each[1] < each[0]*0.95 {
			t.Errorf("%s: %.2f events a hop with 60 mails, %.2f with 600", topology, each[0], each[1])
		}
	}
}

// BenchmarkScale sends mail through a network of 1,000 domains that init --network
// random writes, with all invariants checked.
func BenchmarkScale(b *testing.B) {
	for _, mails := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("mails=%d", mails), func(b *testing.B) {
			if testing.Short() && mails > 10_000 {
				b.Skip("it takes most of a minute")
			}
			text, err := Generate(Plan{Topology: "random", Nodes: 1000, Mails: mails, Seed: 1})
			if err != nil {
				b.Fatal(err)
			}
			list, err := ParseBytes("scale.yaml", []byte(text), Options{})
			if err != nil {
				b.Fatal(err)
			}
			var before, after runtime.MemStats
			var peak float64
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := processorTime()
			for b.Loop() {
				stop := watchHeap(&peak)
				rep := Run(list[0], RunOptions{})
				stop()
				if rep.Verdict != reports.Pass {
					b.Fatal(verdicts(rep))
				}
			}
			runtime.ReadMemStats(&after)
			all := float64(b.N * mails)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/all, "ns/mail")
			b.ReportMetric(float64((processorTime()-began).Nanoseconds())/all, "cpu-ns/mail")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/all, "B/mail")
			b.ReportMetric(peak/1e6, "peak-MB")
		})
	}
}

// processorTime returns how long this process has used processors, which other
// processes change less than the time that passes.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchHeap keeps in peak the largest size of the heap, garbage included.
func watchHeap(peak *float64) (stop func()) {
	end := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			metrics.Read(heap)
			*peak = max(*peak, float64(heap[0].Value.Uint64()))
			select {
			case <-end:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return func() {
		close(end)
		wg.Wait()
	}
}
