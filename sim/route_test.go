package sim

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// world answers look-ups from two maps; what is in neither is not found, and a
// host of "?" is a server failure.
type world struct {
	mx map[string][]*net.MX
	a  map[string][]string
}

func (w world) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	mxs := w.mx[name]
	switch {
	case len(mxs) == 0:
		return nil, &net.DNSError{Err: "no such record", Name: name, IsNotFound: true}
	case mxs[0].Host == "?":
		return nil, &net.DNSError{Err: "server failure", Name: name, IsTemporary: true}
	}
	return mxs, nil
}

func (w world) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, a := range w.a[host] {
		if a == "?" {
			return nil, &net.DNSError{Err: "server failure", Name: host, IsTemporary: true}
		}
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	if addrs == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

func mxRecords(records ...any) []*net.MX {
	var l []*net.MX
	for i := 0; i < len(records); i += 2 {
		l = append(l, &net.MX{Pref: uint16(records[i].(int)), Host: records[i+1].(string)})
	}
	return l
}

var routeWorld = world{
	mx: map[string][]*net.MX{
		"two.example":     mxRecords(20, "mx2.two.example.", 10, "mx1.two.example."),
		"null.example":    mxRecords(0, "."),
		"broken.example":  mxRecords(0, "?"),
		"gone.example":    mxRecords(10, "nowhere.example."),
		"flaky.example":   mxRecords(10, "nowhere.example.", 20, "flaky.example."),
		"self.example":    mxRecords(10, "mx1.two.example.", 20, "me.example.", 20, "mx2.two.example.", 30, "far.example."),
		"selfonly.ex":     mxRecords(10, "me.example."),
		"selflater.ex":    mxRecords(10, "flaky.example.", 20, "me.example."),
		"selfbefore.ex":   mxRecords(10, "me.example.", 20, "flaky.example."),
		"selfaddr.ex":     mxRecords(10, "alias-of-me.example.", 20, "mx1.two.example."),
		"equal.example":   mxRecords(10, "a.equal.example.", 10, "b.equal.example.", 10, "c.equal.example."),
		"onebad.example":  mxRecords(10, "nowhere.example.", 20, "mx1.two.example."),
		"address.example": nil,
	},
	a: map[string][]string{
		"me.example":          {"192.0.2.1", "2001:db8::1"},
		"alias-of-me.example": {"192.0.2.1"},
		"mx1.two.example":     {"192.0.2.11", "2001:db8::11"},
		"mx2.two.example":     {"192.0.2.12"},
		"far.example":         {"192.0.2.13"},
		"flaky.example":       {"?"},
		"address.example":     {"192.0.2.14"},
		"a.equal.example":     {"192.0.2.21"},
		"b.equal.example":     {"192.0.2.22"},
		"c.equal.example":     {"192.0.2.23"},
		"smart.example":       {"192.0.2.30"},
	},
}

func routeNode(t *testing.T, cfg NodeConfig) *Node {
	t.Helper()
	n := New(Config{Seed: 1, Resolver: func(string) Resolver { return routeWorld }})
	t.Cleanup(func() { _ = n.Stop() })
	add := func(cfg NodeConfig) *Node {
		nd, err := n.Add(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return nd
	}
	add(NodeConfig{Name: "store", Role: MDA, Host: "store.example", LMTP: true, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.40")}, Mailboxes: []string{"bob@two.example"}})
	add(NodeConfig{Name: "gateway", Role: MTA, Host: "gateway.example", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.41")}})
	cfg.Name, cfg.Host, cfg.Role = "me", "me.example", MTA
	return add(cfg)
}

func TestTargets(t *testing.T) {
	for _, tt := range []struct {
		name, domain string
		cfg          NodeConfig
		want         string // "host addr:port[ lmtp]", or the reply
	}{
		{"MX by preference, all addresses", "two.example", NodeConfig{}, "mx1.two.example 192.0.2.11:25, mx1.two.example [2001:db8::11]:25, mx2.two.example 192.0.2.12:25"},
		{"domain in any case", "TWO.Example", NodeConfig{}, "mx1.two.example 192.0.2.11:25, mx1.two.example [2001:db8::11]:25, mx2.two.example 192.0.2.12:25"},
		{"no MX: the address", "address.example", NodeConfig{}, "address.example 192.0.2.14:25"},
		{"nothing: for good", "nothing.example", NodeConfig{}, "550 5.1.2 nothing.example has neither an MX nor an address record"},
		{"null MX", "null.example", NodeConfig{}, "556 5.1.10 null.example accepts no mail (null MX)"},
		{"server failure: later", "broken.example", NodeConfig{}, "451 4.4.3 look up broken.example: server failure"},
		{"MX without address: no address of the domain instead", "gone.example", NodeConfig{}, "550 5.4.4 no MX of gone.example can be used: nowhere.example: no such host"},
		{"one MX without address", "onebad.example", NodeConfig{}, "mx1.two.example 192.0.2.11:25, mx1.two.example [2001:db8::11]:25"},
		{"a failure that may pass outweighs one for good", "flaky.example", NodeConfig{}, "451 4.4.3 look up flaky.example (MX of flaky.example): server failure"},
		{"own name prunes equal and worse", "self.example", NodeConfig{}, "mx1.two.example 192.0.2.11:25, mx1.two.example [2001:db8::11]:25"},
		{"own name alone: loop", "selfonly.ex", NodeConfig{}, "554 5.4.6 mail for selfonly.ex loops back to myself"},
		{"a better host that may come back: later", "selflater.ex", NodeConfig{}, "451 4.4.3 look up flaky.example (MX of selflater.ex): server failure"},
		{"a worse host that may come back: loop", "selfbefore.ex", NodeConfig{}, "554 5.4.6 mail for selfbefore.ex loops back to myself"},
		{"own address alone: loop", "selfaddr.ex", NodeConfig{}, "554 5.4.6 mail for selfaddr.ex loops back to myself"},
		{"literal", "[192.0.2.77]", NodeConfig{}, "[192.0.2.77] 192.0.2.77:25"},
		{"IPv6 literal", "[IPv6:2001:db8::7]", NodeConfig{}, "[IPv6:2001:db8::7] [2001:db8::7]:25"},
		{"bad literal", "[192.0.2]", NodeConfig{}, "550 5.1.3 bad address literal [192.0.2]"},
		{"smart host by name", "two.example", NodeConfig{Next: "smart.example"}, "smart.example 192.0.2.30:25"},
		{"smart host with port", "two.example", NodeConfig{Next: "smart.example:2525"}, "smart.example 192.0.2.30:2525"},
		{"smart host by literal", "two.example", NodeConfig{Next: "[192.0.2.9]"}, "[192.0.2.9] 192.0.2.9:25"},
		{"smart host by a bare IPv6 address", "two.example", NodeConfig{Next: "2001:db8::9"}, "2001:db8::9 [2001:db8::9]:25"},
		{"smart host with a dot at its end", "two.example", NodeConfig{Next: "smart.example."}, "smart.example 192.0.2.30:25"},
		{"smart host that is not there", "two.example", NodeConfig{Next: "nowhere.example"}, "550 5.4.4 host nowhere.example: no such host"},
		{"smart host that cannot be looked up", "two.example", NodeConfig{Next: "flaky.example"}, "451 4.4.3 look up flaky.example: server failure"},
		{"smart host by literal and port", "two.example", NodeConfig{Next: "[2001:db8::9]:26"}, "[2001:db8::9] [2001:db8::9]:26"},
		{"smart host by node", "x.example", NodeConfig{Next: "gateway"}, "gateway.example 192.0.2.41:25"},
		{"a delivery agent as smart host takes its own domains", "two.example", NodeConfig{Next: "store"}, "store.example 192.0.2.40:24 lmtp"},
		{"and this node's", "mine.example", NodeConfig{Next: "store", Domains: []string{"mine.example"}}, "store.example 192.0.2.40:24 lmtp"},
		{"but no others", "address.example", NodeConfig{Next: "store"}, "address.example 192.0.2.14:25"},
		{"route before smart host", "two.example", NodeConfig{Next: "gateway", Routes: map[string]string{"Two.example": "smart.example"}}, "smart.example 192.0.2.30:25"},
		{"route with a dot at its end", "two.example", NodeConfig{Routes: map[string]string{"two.example.": "gateway"}}, "gateway.example 192.0.2.41:25"},
		{"route of an address literal", "[IPv6:2001:DB8::7]", NodeConfig{Routes: map[string]string{"[IPv6:2001:db8::7]": "gateway"}}, "gateway.example 192.0.2.41:25"},
		{"route of a parent domain", "a.b.two.example", NodeConfig{Routes: map[string]string{".two.example": "gateway"}}, "gateway.example 192.0.2.41:25"},
		{"the longest parent", "a.b.two.example", NodeConfig{Routes: map[string]string{".two.example": "smart.example", ".b.two.example": "gateway"}}, "gateway.example 192.0.2.41:25"},
		{"a parent's route is not the domain's", "two.example", NodeConfig{Routes: map[string]string{".two.example": "gateway"}}, "mx1.two.example 192.0.2.11:25, mx1.two.example [2001:db8::11]:25, mx2.two.example 192.0.2.12:25"},
		{"a route to what there is without it", "two.example", NodeConfig{Next: "gateway", Routes: map[string]string{"*": "smart.example", "two.example": "next"}}, "gateway.example 192.0.2.41:25"},
		{"a route to MX", "address.example", NodeConfig{Routes: map[string]string{"*": "smart.example", "address.example": "next"}}, "address.example 192.0.2.14:25"},
		{"route of everything", "two.example", NodeConfig{Routes: map[string]string{"*": "gateway"}}, "gateway.example 192.0.2.41:25"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := routeNode(t, tt.cfg)
			ts, err := n.targets(t.Context(), n.route(tt.domain), question{id: "1"})
			var got []string
			for _, x := range ts {
				s := x.host + " " + x.addr.String()
				if x.lmtp {
					s += " lmtp"
				}
				got = append(got, s)
			}
			var r routeError
			if errors.As(err, &r) {
				got = []string{r.reply.String()}
			} else if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// RFC 5321 5.1: among equal preferences chance decides, here by the mail, so
// that all come first sometimes and one seed gives one order.
func TestEqualPreferencesAreShuffled(t *testing.T) {
	n := routeNode(t, NodeConfig{})
	first := map[string]int{}
	for i := range 300 {
		q := question{id: string(rune('a'+i%26)) + string(rune('0'+i/26))}
		ts, err := n.targets(t.Context(), n.route("equal.example"), q)
		if err != nil {
			t.Fatal(err)
		}
		again, err := n.targets(t.Context(), n.route("equal.example"), q)
		if err != nil || !slices.Equal(ts, again) {
			t.Fatalf("the same mail got %v and %v, error %v", ts, again, err)
		}
		first[ts[0].host]++
	}
	for _, host := range []string{"a.equal.example", "b.equal.example", "c.equal.example"} {
		if first[host] < 60 {
			t.Errorf("%s came first %d times of 300", host, first[host])
		}
	}
}

// A queue that is empty has no goroutine, and a stopped one ends what it does.
func TestQueueEndsItsGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{Resolver: func(string) Resolver { return routeWorld }})
		nd, err := n.Add(NodeConfig{Name: "me", Role: MTA, Host: "me.example", RelayFor: RelayFor{Any: true}})
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		d := n.Send(t.Context(), Submission{Mail: "m", Via: "me", From: "a@address.example", To: []string{"b@two.example"}, Message: []byte("S: 1\r\n\r\n")})
		if !d.Accepted() {
			t.Fatalf("dialog %v", d)
		}
		Settle()
		if got := len(nd.Queue()); got != 1 {
			t.Errorf("%d in the queue, want 1", got)
		}
		if err := n.Stop(); err != nil {
			t.Fatal(err)
		}
	})
}
