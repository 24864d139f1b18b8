package fakedns_test

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/fakedns"
)

// A Peek says what the resolver would say, from the cache where that would, and
// takes no time where that would wait.
func TestPeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fakedns.NewWorld()
		for _, rr := range []string{
			"old.example. 300 A 192.0.2.1", "far.example. 300 MX 10 mx.far.example.", "mx.far.example. 300 A 192.0.2.2",
		} {
			if err := w.Add(rr); err != nil {
				t.Fatal(err)
			}
		}
		r := fakedns.NewResolver(w)
		if _, err := r.LookupNetIP(t.Context(), "ip4", "old.example"); err != nil {
			t.Fatal(err)
		}
		if err := w.Set("old.example. 300 A 192.0.2.9"); err != nil {
			t.Fatal(err)
		}
		w.Fail(fakedns.Failure{Kind: fakedns.FailTimeout, Name: "mx.far.example", Times: 2})
		w.Fail(fakedns.Failure{Kind: fakedns.FailDelay, Name: "far.example", Delay: time.Second})

		began := time.Now()
		for range 2 { // a Peek of a Peek too, and asking twice is as good as once
			peek := r.Peek().Peek()
			addrs, err := peek.LookupNetIP(t.Context(), "ip4", "old.example")
			if err != nil || addrs[0].String() != "192.0.2.1" {
				t.Errorf("old.example: %v, %v; want the address in the cache", addrs, err)
			}
			if mxs, err := peek.LookupMX(t.Context(), "far.example"); err != nil || len(mxs) != 1 {
				t.Errorf("far.example: %v, %v; want the late answer", mxs, err)
			}
			_, err = peek.LookupNetIP(t.Context(), "ip4", "mx.far.example")
			if e, ok := errors.AsType[*net.DNSError](err); !ok || !e.IsTimeout {
				t.Errorf("mx.far.example: %v, want a timeout", err)
			}
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("it took %s", waited)
		}

		// Nothing of it is in the cache of r, and the failure has its two hits left.
		if _, asked, _ := r.Memory("far.example", "MX"); !asked.IsZero() {
			t.Error("r remembers what the Peek has asked")
		}
		if _, err := r.LookupNetIP(t.Context(), "ip4", "mx.far.example"); err == nil || time.Since(began) != 10*time.Second {
			t.Errorf("after the Peek: %v in %s; want two tries of five seconds", err, time.Since(began))
		}
	})
}

func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fakedns.NewWorld()
		for _, rr := range []string{
			"a.example. 60 CNAME b.example.", "b.example. 30 CNAME c.example.", "c.example. 300 MX 10 mx.c.example.",
			"zero.example. 0 MX 10 mx.c.example.", "c.example. 300 TXT none",
		} {
			if err := w.Add(rr); err != nil {
				t.Fatal(err)
			}
		}
		r := fakedns.NewResolver(w)
		asked := time.Now()
		for _, name := range []string{"a.example", "zero.example", "no.example"} {
			_, _ = r.LookupMX(t.Context(), name) // the last one fails, and is remembered as well
		}
		_, _ = r.LookupNetIP(t.Context(), "ip4", "A.example.")
		time.Sleep(10 * time.Second)
		type memory struct {
			Aliases []string
			Asked   time.Time
			TTL     time.Duration
		}
		for _, tt := range []struct {
			name, rrtype string
			want         memory
		}{
			{"a.example", "MX", memory{[]string{"b.example.", "c.example."}, asked, 30 * time.Second}},
			{"a.example", "A", memory{[]string{"b.example.", "c.example."}, asked, 30 * time.Second}},
			{"zero.example", "MX", memory{}},
			{"no.example", "AAAA", memory{nil, asked, fakedns.NegativeTTL}},
			{"never.example", "MX", memory{}},
			{"a.example", "NOTHING", memory{}},
		} {
			var got memory
			got.Aliases, got.Asked, got.TTL = r.Memory(tt.name, tt.rrtype)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", tt.name, tt.rrtype, diff)
			}
		}
	})
}
