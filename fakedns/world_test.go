package fakedns_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/fakedns"
)

func TestWorldChanges(t *testing.T) {
	const start = "a. MX 10 x.\na. MX 20 y.\na. A 192.0.2.1\nal. CNAME a.\ndeep.in.b. A 192.0.2.2"
	all := []string{"a. 300 A 192.0.2.1", "a. 300 MX 10 x.", "a. 300 MX 20 y.", "al. 300 CNAME a.", "deep.in.b. 300 A 192.0.2.2"}
	without := func(gone ...string) (left []string) {
		for _, rr := range all {
			if !strings.Contains(strings.Join(gone, "|"), rr) {
				left = append(left, rr)
			}
		}
		return left
	}
	tests := []struct {
		do   string // add, set or remove, and a record
		want []string
		err  string
	}{
		{"add a. 60 MX 5 z", append([]string{"a. 300 A 192.0.2.1", "a. 300 MX 10 x.", "a. 300 MX 20 y.", "a. 60 MX 5 z."}, all[3:]...), ""},
		{"add A. 5 mx 10 X.", all, ""},
		{"add a. CNAME b.", all, `record "a. CNAME b.": a. has A records, and a name with a CNAME can have no other; remove one of the two`},
		{"add a. MX", all, `record "a. MX": the MX record has no data`},
		{"set a. 60 MX 5 z", append([]string{"a. 300 A 192.0.2.1", "a. 60 MX 5 z."}, all[3:]...), ""},
		{"set al. CNAME b.", append(append([]string{}, all[:3]...), "al. 300 CNAME b.", all[4]), ""},
		{"set al. A 192.0.2.1", all, `record "al. A 192.0.2.1": al. has CNAME records, and a name with a CNAME can have no other; remove one of the two`},
		{"set a. AXX 1", all, `record "a. AXX 1": unknown record type "AXX": want NAME [TTL] TYPE DATA, with a type such as A, AAAA, MX, TXT`},
		{"remove a. MX 10 x", without(all[1]), ""},
		{"remove A 999 IN mx 10 X.", without(all[1]), ""},
		{"remove a. MX", without(all[1], all[2]), ""},
		{"remove a. 300 IN MX", without(all[1], all[2]), ""},
		{"remove a", without(all[:3]...), ""},
		{"remove deep.in.b.", all[:4], ""},
		{"remove a. MX 10 z.", all, `record "a. MX 10 z.": nothing to remove: no such record is there`},
		{"remove in.b.", all, `record "in.b.": nothing to remove: no such record is there`},
		{"remove a. TXT", all, `record "a. TXT": nothing to remove: no such record is there`},
		{"remove c. MX", all, `record "c. MX": nothing to remove: no such record is there`},
		{"remove a. MXX", all, `record "a. MXX": unknown record type "MXX": did you mean "MX"?`},
		{"remove ", all, `record "": want a name, a name and a type, or a whole record`},
		{"remove a..b", all, `record "a..b": "a..b" is no domain name`},
	}
	for _, tt := range tests {
		t.Run(tt.do, func(t *testing.T) {
			w := load(t, start)
			verb, rr, _ := strings.Cut(tt.do, " ")
			err := map[string]func(string) error{"add": w.Add, "set": w.Set, "remove": w.Remove}[verb](rr)
			got := ""
			if err != nil {
				got = err.Error()
				if !errors.As(err, new(*fakedns.ParseError)) {
					t.Errorf("error is a %T", err)
				}
			}
			if got != tt.err {
				t.Errorf("error:\n got %s\nwant %s", got, tt.err)
			}
			if diff := cmp.Diff(tt.want, records(w)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWorldPrunes: a name goes with its last record, and the empty ones above it too.
func TestWorldPrunes(t *testing.T) {
	w := load(t, "*.w.x. TXT wild\na.b.w.x. A 192.0.2.1")
	rcode := func(ask string) string { return dns.RcodeToString[w.Answer(query(t, ask), fakedns.Direct).Rcode] }
	if got := rcode("b.w.x. TXT") + rcode("c.b.w.x. TXT"); got != "NOERRORNXDOMAIN" {
		t.Errorf("before: %s", got)
	}
	if err := w.Remove("a.b.w.x. A 192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if m := w.Answer(query(t, "b.w.x. TXT"), fakedns.Direct); len(m.Answer) != 1 {
		t.Errorf("after: %v", show(m))
	}
	if err := w.Remove("*.w.x."); err != nil {
		t.Fatal(err)
	}
	if got := rcode("x. TXT") + rcode(". TXT"); got != "NXDOMAINNOERROR" {
		t.Errorf("at the end: %s", got)
	}
	if err := w.Add("x. A 192.0.2.1"); err != nil || rcode("x. A") != "NOERROR" {
		t.Errorf("again: %v", err)
	}
}

func TestMentions(t *testing.T) {
	w := load(t, simple, zoned, "*.wild.example.net. MX 1 mx.\nhost.wild.example.net. A 192.0.2.1")
	if err := w.Add("added.example.net. A 198.18.0.1"); err != nil {
		t.Fatal(err)
	}
	if err := w.Remove("mixed.example.org."); err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{
		"example.org": true, "MX1.example.org.": true, "mixed.example.org": true,
		"mx3.example.org": false, "org": false, ".": false, "b.c.example.org": false,
		"example.com": true, "whatever.example.com": true, "x.lost.example.com": true, "com": false,
		"x.wild.example.net": true, "x.y.wild.example.net": true, "host.wild.example.net": true,
		"x.host.wild.example.net": false, "wild.example.net": false,
		"added.example.net": false, "": false,
	}
	for name, want := range tests {
		if got := w.Mentions(name); got != want {
			t.Errorf("Mentions(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestAddrs(t *testing.T) {
	w := load(t, simple, zoned, more)
	w.Fail(fakedns.Failure{Kind: fakedns.FailServfail})
	tests := map[string]string{
		"dual.example.org":       "[2001:db8::9 2001:db8::1 192.0.2.9 192.0.2.1]",
		"DEEP.alias.example.org": "[2001:db8::10 192.0.2.10]",
		"x.alias.example.com":    "[192.0.2.61]",
		"ns.lost.example.com":    "[2001:db8::55 192.0.2.55]",
		"loop1.example.org":      "[]",
		"example.org":            "[]",
		"nobody.example.org":     "[]",
		"":                       "[]",
	}
	for host, want := range tests {
		if got := fmt.Sprint(w.Addrs(host)); got != want {
			t.Errorf("Addrs(%q) = %s, want %s", host, got, want)
		}
	}
}

// TestWorldConcurrently is for the race detector: answers share records with a
// world that changes.
func TestWorldConcurrently(t *testing.T) {
	w := load(t, simple)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			r := fakedns.NewResolver(w)
			for j := range 100 {
				rr := fmt.Sprintf("example.org. MX %d mx1.example.org.", 100+i)
				if err := w.Add(rr); err != nil {
					t.Error(err)
				}
				m := w.Answer(query(t, "example.org. MX"), fakedns.Direct)
				if _, err := m.Pack(); err != nil || len(m.Answer) < 3 {
					t.Error(err, m)
				}
				w.Fail(fakedns.Failure{Kind: fakedns.FailServfail, Name: "other.example", Times: 1})
				lookup(r, "ip mx1.example.org")
				w.Mentions("example.org")
				w.Addrs("mx1.example.org")
				if j%10 == 0 {
					w.Records()
					r.Flush()
				}
				if err := w.Remove(rr); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
