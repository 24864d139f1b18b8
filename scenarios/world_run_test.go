package scenarios

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim"
)

func worldOf(zone string, nodes ...sim.NodeConfig) *Scenario {
	s := &Scenario{Name: "t", Zones: []Zone{{Pos: Pos{"t.yaml", 3, 1}, Text: zone}}}
	for i, cfg := range nodes {
		s.Nodes = append(s.Nodes, Node{Pos: Pos{"t.yaml", 20 + i, 3}, Config: cfg})
	}
	return s
}

func TestWorldAddresses(t *testing.T) {
	w, err := newWorld(worldOf("mx.example.org. A 192.0.2.1\nmx.example.org. AAAA 2001:db8::1\nbusy.example. A 198.18.0.1\nagent.example. MX 10 mx.example.org.\n",
		sim.NodeConfig{Name: "mx", Role: sim.MTA, Host: "mx.example.org"},
		sim.NodeConfig{Name: "a", Role: sim.MTA},
		sim.NodeConfig{Name: "b", Role: sim.MDA, Host: "b.example.net"},
		sim.NodeConfig{Name: "literal", Role: sim.MTA, Host: "[192.0.2.77]"},
		sim.NodeConfig{Name: "agent", Role: sim.MUA, Host: "agent.example"},
	))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, n := range w.nodes {
		for _, a := range n.Addrs {
			got[n.Name] = append(got[n.Name], a.String())
		}
	}
	want := map[string][]string{
		"mx": {"192.0.2.1", "2001:db8::1"}, "a": {"198.18.0.2"}, "b": {"198.18.0.3"},
		"literal": {"192.0.2.77"}, "agent": {"198.18.0.4"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	for host, want := range map[string]string{"a": "198.18.0.2", "b.example.net": "198.18.0.3"} {
		if diff := cmp.Diff([]netip.Addr{netip.MustParseAddr(want)}, w.dns.Addrs(host), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("A of %s (-want +got):\n%s", host, diff)
		}
	}
	if a := w.dns.Addrs("agent.example"); len(a) > 0 {
		t.Errorf("a name that the zone mentions got a record: %v", a)
	}
}

func TestWorldErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    *Scenario
		want []string
	}{
		{
			"host without address", worldOf("mx.example.org. TXT hello\n", sim.NodeConfig{Name: "mx", Role: sim.MTA, Host: "mx.example.org"}),
			[]string{"t.yaml:20:3: node mx: host mx.example.org is in the dns and has no address there: add an A record"},
		},
		{
			"one address twice", worldOf("a.example. A 192.0.2.1\nb.example. A 192.0.2.1\n",
				sim.NodeConfig{Name: "a", Role: sim.MTA, Host: "a.example"}, sim.NodeConfig{Name: "b", Role: sim.MTA, Host: "b.example"}),
			[]string{"t.yaml:21:3: node b: address 192.0.2.1 is that of node a already: give their hosts different addresses"},
		},
		{
			"no literal", worldOf("", sim.NodeConfig{Name: "a", Role: sim.MTA, Host: "[mx]"}),
			[]string{"t.yaml:20:3: node a: host [mx] is no address literal: write [192.0.2.1] or a name"},
		},
		{"a wrong zone", worldOf("example.org. MX ten mx.\n"), []string{"t.yaml:3:"}},
	} {
		_, err := newWorld(tt.s)
		var got []string
		for _, p := range placed(err) {
			got = append(got, p.Error())
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], tt.want[i]) {
				t.Errorf("%s: %q, want %q", tt.name, got[i], tt.want[i])
			}
		}
	}
}

func TestWorldMailExchangers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		zone  string
		nodes []sim.NodeConfig
		want  []string
	}{
		{"a domain nobody mentions", "", []sim.NodeConfig{
			{Name: "mx", Role: sim.MTA, Domains: []string{"Example.ORG"}},
		}, []string{"example.org. 300 IN MX 10 mx."}},
		{"a domain that is mentioned stays as it is", "example.org. TXT hello\n", []sim.NodeConfig{
			{Name: "mx", Role: sim.MTA, Domains: []string{"example.org"}},
		}, nil},
		{"the relay before the store behind it", "", []sim.NodeConfig{
			{Name: "store", Role: sim.MDA, Mailboxes: []string{"bob@example.org"}},
			{Name: "mx", Role: sim.MTA, Domains: []string{"example.org"}},
			{Name: "msa", Role: sim.MSA, Domains: []string{"example.org"}},
		}, []string{"example.org. 300 IN MX 10 mx."}},
		{"a store on port 25 before an msa", "", []sim.NodeConfig{
			{Name: "msa", Role: sim.MSA, Domains: []string{"example.org"}},
			{Name: "store", Role: sim.MDA, Mailboxes: []string{"bob@example.org"}},
		}, []string{"example.org. 300 IN MX 10 store."}},
		{"an LMTP store comes last", "", []sim.NodeConfig{
			{Name: "store", Role: sim.MDA, LMTP: true, Mailboxes: []string{"bob@example.org"}},
			{Name: "msa", Role: sim.MSA, Domains: []string{"example.org"}},
		}, []string{"example.org. 300 IN MX 10 msa."}},
		{"equals share", "", []sim.NodeConfig{
			{Name: "b", Role: sim.MTA, Domains: []string{"example.org"}},
			{Name: "a", Role: sim.MTA, Domains: []string{"example.org"}},
		}, []string{"example.org. 300 IN MX 10 b.", "example.org. 300 IN MX 10 a."}},
		{"of mailboxes, aliases and lists", "", []sim.NodeConfig{{
			Name: "mx", Role: sim.MTA, Mailboxes: []string{"*@c.example", "postmaster", "x@[192.0.2.1]"},
			Aliases: map[string][]string{"team@a.example": {"x@y"}}, Lists: map[string]sim.List{"all@b.example": {}},
		}}, []string{"a.example. 300 IN MX 10 mx.", "b.example. 300 IN MX 10 mx.", "c.example. 300 IN MX 10 mx."}},
	} {
		w, err := newWorld(worldOf(tt.zone, tt.nodes...))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, r := range w.auto {
			if strings.Contains(r, " MX ") {
				got = append(got, r)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestPool(t *testing.T) {
	taken := map[netip.Addr]bool{netip.MustParseAddr("198.18.0.2"): true}
	p := newPool(taken)
	seen := map[netip.Addr]bool{}
	net := netip.MustParsePrefix("198.18.0.0/15")
	n := 0
	for {
		a, err := p.next()
		if err != nil {
			break
		}
		if seen[a] || taken[a] || !net.Contains(a) || a == netip.MustParseAddr("198.19.255.254") {
			t.Fatalf("pool gave %s", a)
		}
		seen[a] = true
		n++
	}
	if n < 100_000 {
		t.Errorf("the pool has %d addresses, want 100,000 at least: so many nodes a scenario may have", n)
	}
}
