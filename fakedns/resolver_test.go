package fakedns_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/fakedns"
)

var _ fakedns.Exchanger = (*fakedns.World)(nil)

// serve runs a server for w on a free port for as long as the test runs.
func serve(t testing.TB, s *fakedns.Server) string {
	t.Helper()
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return s.Addr().String()
}

// exchangers runs a test once for each way to reach a world. impatient is an
// Exchanger of the same way that gives up soon.
func exchangers(t *testing.T, test func(t *testing.T, connect func(*fakedns.World) (x, impatient fakedns.Exchanger))) {
	t.Run("direct", func(t *testing.T) {
		test(t, func(w *fakedns.World) (x, impatient fakedns.Exchanger) { return w, hasty{w} })
	})
	t.Run("network", func(t *testing.T) {
		test(t, func(w *fakedns.World) (x, impatient fakedns.Exchanger) {
			addr := serve(t, &fakedns.Server{World: w})
			return fakedns.Client{Addr: addr}, fakedns.Client{Addr: addr, Timeout: 5 * time.Millisecond}
		})
	})
}

// hasty gives every exchange a deadline that is near.
type hasty struct{ fakedns.Exchanger }

func (h hasty) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
	defer cancel()
	return h.Exchanger.Exchange(ctx, q)
}

// lookup does "MX example.org", "ip host", "TXT name", "addr 192.0.2.1" or
// "TYPE name" and shows what came of it.
func lookup(r *fakedns.Resolver, what string) string {
	ctx := context.Background()
	kind, name, _ := strings.Cut(what, " ")
	var out []string
	var err error
	switch kind {
	case "MX":
		var mxs []*net.MX
		mxs, err = r.LookupMX(ctx, name)
		for _, mx := range mxs {
			out = append(out, fmt.Sprintf("%d %s", mx.Pref, mx.Host))
		}
	case "ip", "ip4", "ip6", "ip5":
		addrs, e := r.LookupNetIP(ctx, kind, name)
		for _, a := range addrs {
			out = append(out, a.String())
		}
		err = e
	case "TXT":
		out, err = r.LookupTXT(ctx, name)
	case "addr":
		out, err = r.LookupAddr(ctx, name)
	default:
		rrs, e := r.Lookup(ctx, name, dns.StringToType[kind])
		for _, rr := range rrs {
			out = append(out, strings.Join(strings.Fields(rr.String()), " "))
		}
		err = e
	}
	if err != nil {
		return complaint(err, name)
	}
	return strings.Join(out, ", ")
}

// complaint shows the error of a look-up and what a caller sees in it.
func complaint(err error, name string) string {
	var e *net.DNSError
	if !errors.As(err, &e) {
		return fmt.Sprintf("%T: %v", err, err)
	}
	s := e.Err
	if e.IsNotFound {
		s += " [not found]"
	}
	if e.IsTemporary {
		s += " [temporary]"
	}
	if e.IsTimeout {
		s += " [timeout]"
	}
	if e.Name != name {
		s += " of " + e.Name
	}
	return s
}

const more = `
team.example.org.    MX 10 b.example.org.
team.example.org.    MX 10 A.example.org.
team.example.org.    MX 5  z.example.org.
team.example.org.    MX 10 a.example.net.
www.example.org.     CNAME example.org.
text.example.org.    TXT "one " "and \"two\"" "\; \104i"
text.example.org.    TXT second
dual.example.org.    A 192.0.2.9
dual.example.org.    A 192.0.2.1
dual.example.org.    AAAA 2001:db8::9
dual.example.org.    AAAA 2001:db8::1
10.2.0.192.in-addr.arpa. PTR mx1.example.org.
0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR six.example.org.
`

func TestResolver(t *testing.T) {
	const (
		nxdomain = "no such host [not found]"
		nodata   = "no such record (NODATA) [not found]"
	)
	tests := []struct{ ask, want string }{
		{"MX example.org", "10 mx1.example.org., 20 mx2.example.org."},
		{"MX EXAMPLE.org.", "10 mx1.example.org., 20 mx2.example.org."},
		{"MX team.example.org", "5 z.example.org., 10 a.example.net., 10 A.example.org., 10 b.example.org."},
		{"MX www.example.org", "10 mx1.example.org., 20 mx2.example.org."},
		{"MX null.example.org", "0 ."},
		{"MX mx1.example.org", nodata},
		{"MX alias.example.org", nodata},
		{"MX nobody.example.org", nxdomain},
		{"MX dangling.example.org", nxdomain},
		{"MX b.c.example.org", nodata},
		{"MX loop1.example.org", "server failure (SERVFAIL): the CNAMEs of loop1.example.org. lead back to loop1.example.org. [temporary]"},
		{"MX x.lost.example.com", "lame delegation: lost.example.com. is delegated to a zone that is not there [temporary]"},
		{"MX child.example.com", "10 mx.child.example.com."},
		{"MX any.wild.example.com", "5 mx.example.com."},
		{"MX a..b", nxdomain},
		{"MX ", nxdomain},
		{"MX " + strings.Repeat("long.", 60), nxdomain},
		{"ip dual.example.org", "2001:db8::9, 2001:db8::1, 192.0.2.9, 192.0.2.1"},
		{"ip4 dual.example.org", "192.0.2.9, 192.0.2.1"},
		{"ip6 dual.example.org", "2001:db8::9, 2001:db8::1"},
		{"ip mx2.example.org", "192.0.2.20"},
		{"ip6 mx2.example.org", nodata},
		{"ip deep.alias.example.org", "2001:db8::10, 192.0.2.10"},
		{"ip example.org", nodata},
		{"ip x.old.example.com", "192.0.2.62"},
		{"ip 192.0.2.77", "192.0.2.77"},
		{"ip4 ::ffff:192.0.2.77", "192.0.2.77"},
		{"ip6 192.0.2.77", "no suitable address [not found]"},
		{"ip5 mx2.example.org", `unknown network "ip5": want ip, ip4 or ip6`},
		{"TXT text.example.org", `one and "two"; hi, second`},
		{"TXT any.wild.example.com", "any"},
		{"addr 192.0.2.10", "mx1.example.org."},
		{"addr ::ffff:192.0.2.10", "mx1.example.org."},
		{"addr 2001:db8::10", "six.example.org."},
		{"addr 192.0.2.11", nxdomain},
		{"addr mx1", "unrecognized address"},
		{"SRV _smtp._tcp.example.org", "_smtp._tcp.example.org. 300 IN SRV 0 0 25 mx2.example.org."},
		{"A alias.example.org", "mx1.example.org. 300 IN A 192.0.2.10"},
		{"CNAME deep.alias.example.org", "deep.alias.example.org. 300 IN CNAME ALIAS.example.org."},
		{"ANY mx2.example.org", "mx2.example.org. 300 IN A 192.0.2.20"},
		{"MAILB example.org", "server failure (NOTIMP) [temporary]"},
		{"AXFR example.org", "query refused (REFUSED) [temporary]"},
	}
	exchangers(t, func(t *testing.T, connect func(*fakedns.World) (x, impatient fakedns.Exchanger)) {
		x, _ := connect(load(t, simple, zoned, more))
		r := fakedns.NewResolver(x)
		for _, round := range []string{"asked", "cached"} {
			for _, tt := range tests {
				if diff := cmp.Diff(tt.want, lookup(r, tt.ask)); diff != "" {
					t.Errorf("%s, %s (-want +got):\n%s", tt.ask, round, diff)
				}
			}
		}
	})
}

func TestResolverFailures(t *testing.T) {
	tests := []struct {
		kind fakedns.FailureKind
		want string
		is   error
	}{
		{fakedns.FailServfail, "server failure (SERVFAIL) [temporary]", fakedns.ErrServFail},
		{fakedns.FailRefused, "query refused (REFUSED) [temporary]", fakedns.ErrRefused},
		{fakedns.FailLame, "lame delegation: the server does not know the zone of example.org. [temporary]", fakedns.ErrLame},
		{fakedns.FailNXDomain, "no such host [not found]", fakedns.ErrNXDomain},
		{fakedns.FailNoData, "no such record (NODATA) [not found]", fakedns.ErrNoData},
		{fakedns.FailTruncate, "10 mx1.example.org., 20 mx2.example.org.", nil},
		{fakedns.FailTimeout, "i/o timeout [temporary] [timeout]", nil},
	}
	exchangers(t, func(t *testing.T, connect func(*fakedns.World) (x, impatient fakedns.Exchanger)) {
		w := load(t, simple)
		x, impatient := connect(w)
		for _, tt := range tests {
			w.ClearFailures()
			w.Fail(fakedns.Failure{Kind: tt.kind, Name: "Example.ORG", Type: "mx"})
			use := x
			if tt.kind == fakedns.FailTimeout {
				use = impatient
			}
			r := fakedns.NewResolver(use)
			if diff := cmp.Diff(tt.want, lookup(r, "MX example.org")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.kind, diff)
			}
			if _, err := r.LookupMX(t.Context(), "example.org"); tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%s: errors.Is(%v, %v) is false", tt.kind, err, tt.is)
			}
			if tt.kind != fakedns.FailNXDomain { // which is for all types, RFC 2308 5
				if got := lookup(fakedns.NewResolver(x), "NS example.org"); !strings.Contains(got, "ns.elsewhere.example.") {
					t.Errorf("%s of MX: NS gives %s", tt.kind, got)
				}
			}
		}
	})
}

// TestErrorMethods: packages that cannot name this one tell outcomes by methods.
func TestErrorMethods(t *testing.T) {
	r := fakedns.NewResolver(load(t, simple))
	for name, want := range map[string]bool{"mx1.example.org": true, "nobody.example.org": false} {
		_, err := r.LookupMX(t.Context(), name)
		var told interface{ NoData() bool }
		if !errors.As(err, &told) || told.NoData() != want {
			t.Errorf("%s: %v: NoData is not %v", name, err, want)
		}
		var other interface{ NXDomain() bool }
		if !errors.As(err, &other) || other.NXDomain() == want {
			t.Errorf("%s: %v: NXDomain is not %v", name, err, !want)
		}
	}
}

// bare answers without following aliases, and without an SOA, as some servers do.
type bare struct{ w *fakedns.World }

func (b bare) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	m := b.w.Answer(q, fakedns.Direct).Copy()
	if m.Rcode == dns.RcodeServerFailure {
		m.Rcode, m.Authoritative = dns.RcodeSuccess, true
		m.Answer = b.w.Answer(&dns.Msg{Question: []dns.Question{{
			Name: q.Question[0].Name, Qtype: dns.TypeCNAME, Qclass: dns.ClassINET,
		}}}, fakedns.Direct).Answer
	}
	m.Ns = nil
	if len(m.Answer) > 0 && q.Question[0].Qtype != dns.TypeMX {
		m.Answer, m.Rcode = m.Answer[:1], dns.RcodeSuccess
	}
	return m, nil
}

func TestResolverFollows(t *testing.T) {
	r := fakedns.NewResolver(bare{load(t, simple)})
	tests := []struct{ ask, want string }{
		{"ip4 deep.alias.example.org", "192.0.2.10"},
		{"ip4 dangling.example.org", "no such host [not found]"},
		{"ip4 example.org", "no such record (NODATA) [not found]"},
		{"ip4 loop1.example.org", "server failure (SERVFAIL): the CNAME chain of loop1.example.org. is too long [temporary]"},
	}
	for _, tt := range tests {
		if got := lookup(r, tt.ask); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.ask, got, tt.want)
		}
	}
}

// TestResolverOwns: what a caller does to an answer does not reach the cache.
func TestResolverOwns(t *testing.T) {
	w := load(t, simple, more)
	r := fakedns.NewResolver(w)
	for range 2 {
		mxs, err := r.LookupMX(t.Context(), "example.org")
		if err != nil || mxs[0].Host != "mx1.example.org." {
			t.Fatal(mxs, err)
		}
		mxs[0].Host, mxs[0], mxs[1] = "changed.", mxs[1], mxs[0]
		rrs, err := r.Lookup(t.Context(), "mx2.example.org", dns.TypeA)
		if err != nil || rrs[0].Header().Name != "mx2.example.org." {
			t.Fatal(rrs, err)
		}
		rrs[0].Header().Name = "changed."
		addrs, err := r.LookupNetIP(t.Context(), "ip4", "dual.example.org")
		if err != nil || addrs[0].String() != "192.0.2.9" {
			t.Fatal(addrs, err)
		}
		addrs[0] = addrs[1]
	}
}
