package fakedns_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/fakedns"
)

// moment is one step of a story in virtual time: after a wait and a change, a
// look-up gives something, after some time.
type moment struct {
	after  time.Duration
	change func(*fakedns.World) error
	ask    string
	want   string
	takes  time.Duration
}

func tell(t *testing.T, text string, story []moment) {
	synctest.Test(t, func(t *testing.T) {
		w := load(t, text)
		r := fakedns.NewResolver(w)
		for i, m := range story {
			time.Sleep(m.after)
			if m.change != nil {
				if err := m.change(w); err != nil {
					t.Fatalf("moment %d: %v", i, err)
				}
			}
			start := time.Now()
			if got := lookup(r, m.ask); got != m.want {
				t.Errorf("moment %d, %s:\n got %s\nwant %s", i, m.ask, got, m.want)
			}
			if took := time.Since(start); took != m.takes {
				t.Errorf("moment %d, %s: took %v, want %v", i, m.ask, took, m.takes)
			}
		}
	})
}

func fail(f fakedns.Failure) func(*fakedns.World) error {
	return func(w *fakedns.World) error {
		if err := f.Check(); err != nil {
			return err
		}
		w.Fail(f)
		return nil
	}
}

func TestCache(t *testing.T) {
	set := func(rr string) func(*fakedns.World) error {
		return func(w *fakedns.World) error { return w.Set(rr) }
	}
	t.Run("positive", func(t *testing.T) {
		tell(t, "a. 300 A 192.0.2.1\nb. 100 CNAME a.\nzero. 0 A 192.0.2.1", []moment{
			{0, nil, "ip4 a", "192.0.2.1", 0},
			{0, nil, "ip4 b", "192.0.2.1", 0},
			{0, nil, "ip4 zero", "192.0.2.1", 0},
			{99 * time.Second, set("a. 300 A 192.0.2.2"), "ip4 a", "192.0.2.1", 0},
			{0, set("zero. 0 A 192.0.2.2"), "ip4 zero", "192.0.2.2", 0}, // a TTL of 0 is not kept
			{0, nil, "ip4 b", "192.0.2.1", 0},
			{1 * time.Second, nil, "ip4 b", "192.0.2.2", 0}, // the least TTL of the chain
			{100 * time.Second, nil, "A A.", "a. 100 IN A 192.0.2.1", 0},
			{100*time.Second - 1, nil, "A a", "a. 1 IN A 192.0.2.1", 0},
			{1, nil, "A a", "a. 300 IN A 192.0.2.2", 0},
		})
	})
	t.Run("negative of the implicit zone", func(t *testing.T) {
		add := func(rr string) func(*fakedns.World) error {
			return func(w *fakedns.World) error { return w.Add(rr) }
		}
		tell(t, "x.a. A 192.0.2.1", []moment{
			{0, nil, "ip4 b", "no such host [not found]", 0},
			{0, nil, "MX x.a", "no such record (NODATA) [not found]", 0},
			{0, add("b. A 192.0.2.1"), "ip4 b", "no such host [not found]", 0},
			{0, add("x.a. MX 1 b."), "MX x.a", "no such record (NODATA) [not found]", 0},
			{0, nil, "MX b", "no such host [not found]", 0}, // NXDOMAIN is for every type
			{0, nil, "ip4 x.a", "192.0.2.1", 0},             // NODATA for one
			{fakedns.NegativeTTL - 1, nil, "ip4 b", "no such host [not found]", 0},
			{1, nil, "ip4 b", "192.0.2.1", 0},
			{0, nil, "MX x.a", "1 b.", 0},
			{0, nil, "MX b", "no such record (NODATA) [not found]", 0},
		})
	})
	t.Run("negative by SOA", func(t *testing.T) { // RFC 2308 5: the lesser of TTL and minimum
		for text, ttl := range map[string]time.Duration{
			"z. 600 SOA n.z. h.z. 1 2 3 4 90":         90 * time.Second,
			"z. 30 SOA n.z. h.z. 1 2 3 4 90":          30 * time.Second,
			"z. 999999 SOA n.z. h.z. 1 2 3 4 9999999": 3 * time.Hour,
		} {
			tell(t, text, []moment{
				{0, nil, "ip4 b.z", "no such host [not found]", 0},
				{ttl - 1, set("b.z. A 192.0.2.1"), "ip4 b.z", "no such host [not found]", 0},
				{1, nil, "ip4 b.z", "192.0.2.1", 0},
			})
		}
	})
	t.Run("flush", func(t *testing.T) {
		w := load(t, "a. A 192.0.2.1")
		r := fakedns.NewResolver(w)
		lookup(r, "ip4 a")
		if err := w.Set("a. A 192.0.2.2"); err != nil {
			t.Fatal(err)
		}
		r.Flush()
		if got := lookup(r, "ip4 a"); got != "192.0.2.2" {
			t.Errorf("after Flush: %s", got)
		}
	})
}

func TestFailuresInTime(t *testing.T) {
	const (
		two     = 2 * fakedns.DefaultTimeout
		text    = "$TTL 0\na. A 192.0.2.1\nb. CNAME a.\nx.sub.a. A 192.0.2.2\nsub.a. A 192.0.2.3"
		timeout = "i/o timeout [temporary] [timeout]"
		failure = "server failure (SERVFAIL) [temporary]"
	)
	const s = time.Second
	clearAll := func(w *fakedns.World) error { w.ClearFailures(); return nil }
	tests := []struct {
		name  string
		story []moment
	}{
		{"for a time", []moment{
			{0, fail(fakedns.Failure{Kind: "servfail", Name: "a.", For: time.Minute}), "ip4 a", failure, 0},
			{time.Minute - 1, nil, "ip4 a", failure, 0},
			{1, nil, "ip4 a", "192.0.2.1", 0},
		}},
		{"until cleared", []moment{
			{0, fail(fakedns.Failure{Kind: "servfail"}), "ip4 nobody", failure, 0},
			{1000 * time.Hour, nil, "ip4 a", failure, 0},
			{0, clearAll, "ip4 a", "192.0.2.1", 0},
		}},
		{"some times", []moment{
			{0, fail(fakedns.Failure{Kind: "servfail", Times: 2, Type: "A"}), "ip4 a", failure, 0},
			{0, nil, "ip6 a", "no such record (NODATA) [not found]", 0},
			{0, nil, "ip4 a", failure, 0},
			{0, nil, "ip4 a", "192.0.2.1", 0},
		}},
		{"below a name", []moment{
			{0, fail(fakedns.Failure{Kind: "servfail", Name: "*.A"}), "ip4 sub.a", failure, 0},
			{0, nil, "ip4 x.sub.a", failure, 0},
			{0, nil, "ip4 a", "192.0.2.1", 0},
		}},
		{"at the end of an alias", []moment{
			{0, fail(fakedns.Failure{Kind: "servfail", Name: "a"}), "ip4 b", failure, 0},
		}},
		{"NXDOMAIN at the end of an alias", []moment{
			{0, fail(fakedns.Failure{Kind: "nxdomain", Name: "a", Times: 1}), "ip4 b", "no such host [not found]", 0},
		}},
		{"NXDOMAIN is cached longer than it lasts", []moment{
			{0, fail(fakedns.Failure{Kind: "nxdomain", Name: "a", For: s}), "ip4 a", "no such host [not found]", 0},
			{s, nil, "ip4 a", "no such host [not found]", 0},
			{fakedns.NegativeTTL - s, nil, "ip4 a", "192.0.2.1", 0},
		}},
		{"timeout", []moment{
			{0, fail(fakedns.Failure{Kind: "timeout", Name: "a"}), "ip4 a", timeout, two},
			{0, nil, "ip4 sub.a", "192.0.2.3", 0},
		}},
		{"timeout of the first try", []moment{
			{0, fail(fakedns.Failure{Kind: "timeout", Name: "a", Times: 1}), "ip4 a", "192.0.2.1", fakedns.DefaultTimeout},
		}},
		{"timeout that ends before the second try", []moment{
			{0, fail(fakedns.Failure{Kind: "timeout", For: 2 * s}), "ip4 a", "192.0.2.1", fakedns.DefaultTimeout},
		}},
		{"delay", []moment{
			{0, fail(fakedns.Failure{Kind: "delay", Delay: 2 * s, Type: "A"}), "ip a", "192.0.2.1", 2 * s},
		}},
		{"delays add up", []moment{
			{0, fail(fakedns.Failure{Kind: "delay", Delay: 2 * s}), "ip4 a", "192.0.2.1", 2 * s},
			{0, fail(fakedns.Failure{Kind: "servfail", Delay: s}), "ip4 a", failure, 3 * s},
		}},
		{"delay past all patience", []moment{
			{0, fail(fakedns.Failure{Kind: "delay", Delay: time.Hour}), "ip4 a", timeout, two},
		}},
		{"the newest decides", []moment{
			{0, fail(fakedns.Failure{Kind: "refused", Name: "a"}), "ip4 a", "query refused (REFUSED) [temporary]", 0},
			{0, fail(fakedns.Failure{Kind: "servfail", Name: "a", For: s}), "ip4 a", failure, 0},
			{s, nil, "ip4 a", "query refused (REFUSED) [temporary]", 0},
		}},
		{"one family is enough", []moment{
			{0, fail(fakedns.Failure{Kind: "servfail", Type: "AAAA"}), "ip a", "192.0.2.1", 0},
			{0, nil, "ip6 a", failure, 0},
			{0, fail(fakedns.Failure{Kind: "nodata", Type: "A"}), "ip a", failure, 0}, // the graver of two errors
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tell(t, text, tt.story) })
	}
}

func TestExchangeContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := load(t, "a. A 192.0.2.1")
		w.Fail(fakedns.Failure{Kind: fakedns.FailTimeout})
		r := fakedns.NewResolver(w)

		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := r.LookupMX(ctx, "a")
		if got := complaint(err, "a"); got != "i/o timeout [temporary] [timeout]" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("deadline: %s", got)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("deadline of 3s took %v", took)
		}

		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		_, err = r.LookupNetIP(ctx, "ip", "a")
		if got := complaint(err, "a"); got != "operation was canceled" || !errors.Is(err, context.Canceled) {
			t.Errorf("canceled: %s", got)
		}
	})
}

func TestFailureCheck(t *testing.T) {
	tests := []struct {
		f  fakedns.Failure
		ok bool
	}{
		{fakedns.Failure{Kind: "servfail"}, true},
		{fakedns.Failure{Kind: "lame", Name: "*.example.org", Type: "tlsa", For: 1, Times: 1, Delay: 1}, true},
		{fakedns.Failure{Kind: "refused", Type: "TYPE65280"}, true},
		{fakedns.Failure{}, false},
		{fakedns.Failure{Kind: "sometimes"}, false},
		{fakedns.Failure{Kind: "servfail", Type: "MXX"}, false},
		{fakedns.Failure{Kind: "servfail", Type: "TYPE1x"}, false},
		{fakedns.Failure{Kind: "servfail", Name: "a..b"}, false},
		{fakedns.Failure{Kind: "servfail", For: -1}, false},
		{fakedns.Failure{Kind: "delay"}, false},
	}
	for _, tt := range tests {
		err := tt.f.Check()
		if (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt.f, err)
		}
		w := load(t, "a. A 192.0.2.1")
		w.Fail(tt.f)
		if !tt.ok && lookup(fakedns.NewResolver(w), "ip4 a") != "192.0.2.1" {
			t.Errorf("%+v: acts though it is wrong", tt.f)
		}
	}
}
