package sim_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// zones has a domain for each rule of RFC 5321 5.
const zones = `
$TTL 300
me.test.          A     192.0.2.1
me.test.          AAAA  2001:db8::1
h1.test.          A     192.0.2.11
h2.test.          A     192.0.2.12
h3.test.          A     192.0.2.13
h4.test.          A     192.0.2.14
h6.test.          AAAA  2001:db8::16
both.test.        A     192.0.2.17
both.test.        AAAA  2001:db8::17
many.test.        A     192.0.2.33
many.test.        A     192.0.2.31
many.test.        A     192.0.2.32
text.test.        TXT   "no address"
mine.test.        A     192.0.2.1

far.test.         MX    10 h1.test.
far.test.         A     192.0.2.99
alias.test.       CNAME far.test.
alias2.test.      CNAME alias.test.
bare-alias.test.  CNAME h2.test.
loop1.test.       CNAME loop2.test.
loop2.test.       CNAME loop1.test.
dangling.test.    CNAME gone.test.
a-only.test.      A     192.0.2.18
aaaa-only.test.   AAAA  2001:db8::18
unusable.test.    MX    10 text.test.
unusable.test.    MX    20 gone.test.
unusable.test.    A     192.0.2.99
address.test.     MX    10 192.0.2.12.
address.test.     MX    20 h3.test.
addresses.test.   MX    10 192.0.2.12.
cn.test.          MX    10 cn-host.test.
cn-host.test.     CNAME h1.test.
sorted.test.      MX    30 h3.test.
sorted.test.      MX    10 h1.test.
sorted.test.      MX    20 h2.test.
numbers.test.     MX    65535 h4.test.
numbers.test.     MX    40000 h3.test.
numbers.test.     MX    100 h2.test.
numbers.test.     MX    9 h1.test.
multi.test.       MX    10 many.test.
dual.test.        MX    10 both.test.
six.test.         MX    10 h6.test.
six.test.         MX    20 h1.test.
only-six.test.    MX    10 h6.test.
null.test.        MX    0 .
null.test.        A     192.0.2.99
null-ten.test.    MX    10 .
null-and.test.    MX    0 .
null-and.test.    MX    10 h1.test.

self.test.        MX    10 ME.test.
middle.test.      MX    10 h1.test.
middle.test.      MX    20 me.test.
middle.test.      MX    20 h2.test.
middle.test.      MX    30 h3.test.
by-address.test.  MX    10 h1.test.
by-address.test.  MX    20 mine.test.
by-address.test.  MX    20 h2.test.
by-address.test.  MX    30 nobody-asks.test.
mixed.test.       MX    10 half-mine.test.
half-mine.test.   A     192.0.2.77
half-mine.test.   A     192.0.2.1
loopback.test.    MX    10 lo4.test.
loopback6.test.   MX    10 lo6.test.
unspecified.test. MX    10 zero.test.
lo4.test.         A     127.8.9.10
lo6.test.         AAAA  ::1
zero.test.        A     0.0.0.0
zero.test.        AAAA  ::
localhost.test.   MX    10 localhost.
mine-a.test.      A     192.0.2.1
backup.test.      MX    10 gone.test.
backup.test.      MX    20 me.test.
waiting.test.     MX    10 servfail.test.
waiting.test.     MX    20 me.test.
no-wait.test.     MX    10 me.test.
no-wait.test.     MX    20 servfail.test.

servfail.test.    MX    10 h1.test.
servfail.test.    A     192.0.2.99
timeout.test.     MX    10 h1.test.
timeout.test.     A     192.0.2.99
half.test.        MX    10 servfail.test.
half.test.        MX    20 h2.test.
flaky.test.       MX    10 gone.test.
flaky.test.       MX    20 servfail.test.
xn--bcher-kva.test. MX  10 h1.test.
under_score.test. A     192.0.2.19
under.test.       MX    10 under_score.test.
`

// nextHops makes a network in which only the node "me" is asked.
func nextHops(t *testing.T, cfg sim.NodeConfig, more ...sim.NodeConfig) *sim.Node {
	t.Helper()
	world := fakedns.NewWorld()
	if err := world.Load("zones", 1, zones); err != nil {
		t.Fatal(err)
	}
	world.Fail(fakedns.Failure{Kind: fakedns.FailServfail, Name: "servfail.test"})
	world.Fail(fakedns.Failure{Kind: fakedns.FailTimeout, Name: "timeout.test", Type: "MX"})
	n := sim.New(sim.Config{Seed: 1, Resolver: func(string) sim.Resolver { return fakedns.NewResolver(world) }})
	t.Cleanup(func() {
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	})
	cfg.Name, cfg.Host = "me", "me.test"
	if cfg.Role == "" {
		cfg.Role = sim.MTA
	}
	for _, c := range append([]sim.NodeConfig{cfg}, more...) {
		if _, err := n.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return n.Node("me")
}

// way writes an explanation in short: "10 h1.test 192.0.2.11:25, ..." or the verdict.
func way(e sim.Explanation) string {
	if e.Verdict != "" {
		return e.Verdict
	}
	var all []string
	for _, c := range e.Tried {
		s := c.Host + " " + c.Addr
		if c.Preference != nil {
			s = fmt.Sprint(*c.Preference) + " " + s
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func TestNextHop(t *testing.T) {
	four := sim.NodeConfig{Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	six := sim.NodeConfig{Addrs: []netip.Addr{netip.MustParseAddr("2001:db8::1")}}
	for _, tt := range []struct {
		rule, domain string
		cfg          sim.NodeConfig
		want         string
	}{
		{"R5321-5.1-a, d, m: MX, and not the address beside it", "far.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},
		{"in any case", "FAR.Test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},
		{"R5321-5.1-b, c: no guess of a full name", "far", sim.NodeConfig{}, "550 5.1.2 host or domain far not found"},
		{"R5321-5.1-e: the MX of what an alias leads to", "alias.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},
		{"R5321-5.1-e: over several aliases", "alias2.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},
		{"R5321-5.1-e: without MX the name that it leads to", "bare-alias.test", sim.NodeConfig{}, "0 h2.test 192.0.2.12:25"},
		{"aliases in a circle may be mended", "loop1.test", sim.NodeConfig{}, "451 4.4.3 look up loop1.test: server failure (SERVFAIL): the CNAMEs of loop1.test. lead back to loop1.test."},
		{"an alias of nothing", "dangling.test", sim.NodeConfig{}, "550 5.1.2 host or domain dangling.test not found"},
		{"R5321-5.1-f: no such domain", "gone.test", sim.NodeConfig{}, "550 5.1.2 host or domain gone.test not found"},
		{"R5321-5.1-g, h: a failure that may pass is no empty list", "servfail.test", sim.NodeConfig{}, "451 4.4.3 look up servfail.test: server failure (SERVFAIL)"},
		{"R5321-5.1-g: no answer", "timeout.test", sim.NodeConfig{}, "451 4.4.3 look up timeout.test: i/o timeout"},
		{"R5321-5.1-i: the address where there is no MX", "a-only.test", sim.NodeConfig{}, "0 a-only.test 192.0.2.18:25"},
		{"R5321-5.1-j: an IPv6 address is one", "aaaa-only.test", sim.NodeConfig{}, "0 aaaa-only.test [2001:db8::18]:25"},
		{"R5321-5.1-k, m: no MX can be used", "unusable.test", sim.NodeConfig{}, "550 5.4.4 no MX of unusable.test can be used: text.test: no such record (NODATA)"},
		{"R5321-5.1-l: nor can the domain itself", "text.test", sim.NodeConfig{}, "550 5.1.2 text.test has neither an MX nor an address record"},
		{"R5321-5.1-n: an address is no name", "address.test", sim.NodeConfig{}, "20 h3.test 192.0.2.13:25"},
		{"R5321-5.1-n: and leads nowhere", "addresses.test", sim.NodeConfig{}, "550 5.4.4 no MX of addresses.test can be used: 192.0.2.12: an address is no host name (RFC 5321 5.1)"},
		{"an address without brackets is no domain", "192.0.2.12", sim.NodeConfig{}, "550 5.1.2 host or domain 192.0.2.12 not found"},
		{"R5321-5.1-o: an alias as MX is tolerated", "cn.test", sim.NodeConfig{}, "10 cn-host.test 192.0.2.11:25"},
		{"R5321-5.1-p, u: all in the order of preference", "sorted.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25, 20 h2.test 192.0.2.12:25, 30 h3.test 192.0.2.13:25"},
		{"R5321-5.1-v: preferences are unsigned", "numbers.test", sim.NodeConfig{}, "9 h1.test 192.0.2.11:25, 100 h2.test 192.0.2.12:25, 40000 h3.test 192.0.2.13:25, 65535 h4.test 192.0.2.14:25"},
		{"R5321-5.1-r, x: all addresses, as the resolver gives them", "multi.test", sim.NodeConfig{}, "10 many.test 192.0.2.33:25, 10 many.test 192.0.2.31:25, 10 many.test 192.0.2.32:25"},
		{"R5321-5.2-a, b: both families", "dual.test", sim.NodeConfig{}, "10 both.test [2001:db8::17]:25, 10 both.test 192.0.2.17:25"},
		{"5.2: no try without an address of the family", "six.test", four, "20 h1.test 192.0.2.11:25"},
		{"5.2: one address of two", "dual.test", four, "10 both.test 192.0.2.17:25"},
		{"5.2: none of the family", "only-six.test", four, "550 5.4.4 no MX of only-six.test can be used: h6.test: this node has no address of that family"},
		{"5.2: nor of the other one", "a-only.test", six, "550 5.4.4 a-only.test: this node has no address of that family"},
		{"5.2: a smart host of the other family", "far.test", sim.NodeConfig{Addrs: six.Addrs, Next: "h1.test"}, "550 5.4.4 h1.test: this node has no address of that family"},
		{"R7505-3-a: null MX", "null.test", sim.NodeConfig{}, "556 5.1.10 null.test accepts no mail (null MX)"},
		{"R7505-3-a: whatever its preference", "null-ten.test", sim.NodeConfig{}, "556 5.1.10 null-ten.test accepts no mail (null MX)"},
		{"R7505-3-b: beside another it means nothing", "null-and.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},

		{"R5321-5.1-z, ac: itself alone, in any case", "self.test", sim.NodeConfig{}, "554 5.4.6 mail for self.test loops back to myself"},
		{"R5321-5.1-z, ab: itself among others", "middle.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},
		{"R5321-5.1-aa, ab: by its address", "by-address.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},
		{"by one address of two", "mixed.test", sim.NodeConfig{}, "554 5.4.6 mail for mixed.test loops back to myself"},
		{"by 127.0.0.0/8", "loopback.test", sim.NodeConfig{}, "554 5.4.6 mail for loopback.test loops back to myself"},
		{"by ::1", "loopback6.test", sim.NodeConfig{}, "554 5.4.6 mail for loopback6.test loops back to myself"},
		{"by 0.0.0.0 and ::", "unspecified.test", sim.NodeConfig{}, "554 5.4.6 mail for unspecified.test loops back to myself"},
		{"by the name localhost", "localhost.test", sim.NodeConfig{}, "554 5.4.6 mail for localhost.test loops back to myself"},
		{"without MX, by its address", "mine-a.test", sim.NodeConfig{}, "554 5.4.6 mail for mine-a.test loops back to myself"},
		{"without MX, by its name", "me.test", sim.NodeConfig{}, "554 5.4.6 mail for me.test loops back to myself"},
		{"R5321-5.1-ac: what is better does not exist", "backup.test", sim.NodeConfig{}, "554 5.4.6 mail for backup.test loops back to myself"},
		{"what is better may come back", "waiting.test", sim.NodeConfig{}, "451 4.4.3 look up servfail.test (MX of waiting.test): server failure (SERVFAIL)"},
		{"what is worse does not matter", "no-wait.test", sim.NodeConfig{}, "554 5.4.6 mail for no-wait.test loops back to myself"},
		{"one host fails, another is there", "half.test", sim.NodeConfig{}, "20 h2.test 192.0.2.12:25"},
		{"what may pass outweighs what does not", "flaky.test", sim.NodeConfig{}, "451 4.4.3 look up servfail.test (MX of flaky.test): server failure (SERVFAIL)"},

		{"R5321-4.1.3-g: a literal is its own address", "[192.0.2.77]", sim.NodeConfig{}, "[192.0.2.77] 192.0.2.77:25"},
		{"R5321-4.1.3-g: of IPv6", "[ipv6:2001:DB8::77]", sim.NodeConfig{}, "[IPv6:2001:db8::77] [2001:db8::77]:25"},
		{"a literal of the other family", "[IPv6:2001:db8::77]", four, "550 5.4.4 [IPv6:2001:db8::77]: this node has no address of that family"},
		{"the loopback as smart host", "far.test", sim.NodeConfig{Next: "[127.0.0.1]"}, "554 5.4.6 mail for [127.0.0.1] loops back to myself"},
		{"the loopback in IPv6's words", "far.test", sim.NodeConfig{Next: "::ffff:127.0.0.1"}, "554 5.4.6 mail for ::ffff:127.0.0.1 loops back to myself"},
		{"its own address as route", "far.test", sim.NodeConfig{Routes: map[string]string{"*": "[192.0.2.1]:25"}}, "554 5.4.6 mail for [192.0.2.1]:25 loops back to myself"},
		{"a host with its own address as route", "far.test", sim.NodeConfig{Routes: map[string]string{"far.test": "mine.test"}}, "554 5.4.6 mail for mine.test loops back to myself"},
		{"itself as smart host", "far.test", sim.NodeConfig{Next: "me"}, "554 5.4.6 mail for node me loops back to myself"},
		{"a port where it does not listen", "far.test", sim.NodeConfig{Next: "[127.0.0.1]:10025"}, "[127.0.0.1] 127.0.0.1:10025"},
		{"a port where it does", "far.test", sim.NodeConfig{Next: "[127.0.0.1]:10025", Ports: []int{10025}}, "554 5.4.6 mail for [127.0.0.1]:10025 loops back to myself"},

		{"R6531-3.2-c: the DNS is asked for A-labels", "Bücher.test", sim.NodeConfig{}, "10 h1.test 192.0.2.11:25"},
		{"R6531-3.2-c: or for nothing", "aא.test", sim.NodeConfig{}, "550 5.1.2 domain aא.test cannot be written in A-labels"},
		{"a label that no message of the DNS can carry", strings.Repeat("äöü", 21) + ".test", sim.NodeConfig{}, "550 5.1.2 host or domain " + mail.DomainKey(strings.Repeat("äöü", 21)) + ".test not found"},
		{"a host name with an underscore is the zone's matter", "under.test", sim.NodeConfig{}, "10 under_score.test 192.0.2.19:25"},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := nextHops(t, tt.cfg).Explain(t.Context(), sim.Inquiry{Address: "u@" + tt.domain})
				if diff := cmp.Diff(tt.want, way(e)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

// RFC 5321 5.1: what is left out has its reason, and what can make no difference
// is not asked.
func TestNextHopLeavesOut(t *testing.T) {
	for _, tt := range []struct {
		domain  string
		leftOut []string
		asked   []string
	}{
		{
			"by-address.test",
			[]string{
				"20 mine.test 192.0.2.1:25: this node itself, by its address",
				"20 h2.test 192.0.2.12:25: not preferred to this node itself (RFC 5321 5.1)",
				"30 nobody-asks.test: not preferred to this node itself (RFC 5321 5.1)",
			},
			[]string{
				"MX by-address.test", "AAAA h1.test", "A h1.test", "AAAA h2.test", "A h2.test", "AAAA mine.test", "A mine.test",
			},
		},
		{"null-and.test", []string{"0 .: no host: a null MX beside others (RFC 7505 3)"}, []string{"MX null-and.test", "AAAA h1.test", "A h1.test"}},
		{"address.test", []string{"10 192.0.2.12: an address is no host name (RFC 5321 5.1)"}, []string{"MX address.test", "AAAA h3.test", "A h3.test"}},
		{"null.test", nil, []string{"MX null.test"}},
		{"gone.test", nil, []string{"MX gone.test"}},
		{"[192.0.2.77]", nil, nil},
		{"aא.test", nil, nil},
	} {
		t.Run(tt.domain, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := nextHops(t, sim.NodeConfig{}).Explain(t.Context(), sim.Inquiry{Address: "u@" + tt.domain})
				var leftOut, asked []string
				for _, c := range e.LeftOut {
					leftOut = append(leftOut, strings.Join(strings.Fields(fmt.Sprint(*c.Preference, " ", c.Host, " ", c.Addr)), " ")+": "+c.Why)
				}
				for _, l := range e.Lookups {
					asked = append(asked, l.Type+" "+l.Name)
				}
				slices.Sort(asked[min(1, len(asked)):]) // equal preferences are looked up in an order of chance
				slices.Sort(tt.asked[min(1, len(tt.asked)):])
				if diff := cmp.Diff(tt.leftOut, leftOut); diff != "" {
					t.Errorf("left out (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.asked, asked); diff != "" {
					t.Errorf("asked (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A zone of somebody else must not keep a node busy: hosts that come behind all
// that one attempt can do are not looked up.
func TestNextHopIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		world := fakedns.NewWorld()
		var text strings.Builder
		text.WriteString("me.test. 300 A 192.0.2.1\n")
		for i := range 200 {
			fmt.Fprintf(&text, "hostile.test. 300 MX %d nobody%d.hosts.test.\n", i/80, i)
			fmt.Fprintf(&text, "wide.test. 300 MX %d wide%d.test.\nwide%d.test. 300 A 198.51.100.%d\n", i, i, i, i+1)
		}
		if err := world.Load("zones", 1, text.String()); err != nil {
			t.Fatal(err)
		}
		n := sim.New(sim.Config{Resolver: func(string) sim.Resolver { return fakedns.NewResolver(world) }})
		defer n.Stop()
		me, err := n.Add(sim.NodeConfig{Name: "me", Role: sim.MTA, Host: "me.test"})
		if err != nil {
			t.Fatal(err)
		}
		world.Fail(fakedns.Failure{Kind: fakedns.FailTimeout, Name: "*.hosts.test"})
		began := time.Now()
		e := me.Explain(t.Context(), sim.Inquiry{Address: "u@hostile.test"})
		if took := time.Since(began); took > 50*40*time.Second {
			t.Errorf("it took %s of time-outs", took)
		}
		if !strings.HasPrefix(e.Verdict, "451 4.4.3") || len(e.LeftOut) != 200 {
			t.Errorf("verdict %q and %d left out; want 451 4.4.3 and all 200", e.Verdict, len(e.LeftOut))
		}
		world.ClearFailures()
		e = me.Explain(context.Background(), sim.Inquiry{Address: "u@wide.test"})
		if len(e.Tried) != 10 || len(e.LeftOut) != 190 || len(e.Lookups) != 21 {
			t.Errorf("%d tried, %d left out, %d questions; want 10, 190 and 21", len(e.Tried), len(e.LeftOut), len(e.Lookups))
		}
	})
}
