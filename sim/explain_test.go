package sim_test

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
)

// postalZones are those of a small Internet that explanations walk through.
const postalZones = `
$TTL 300
example.org.        MX 10 mx1.example.org.
example.org.        MX 10 mx2.example.org.
example.org.        MX 20 old.example.org.
mx1.example.org.    A  192.0.2.10
mx2.example.org.    A  192.0.2.20
old.example.org.    A  192.0.2.99
alias.example.org.  CNAME example.org.
ping.example.       MX 10 ping.example.
ping.example.       A  192.0.2.30
pong.example.       A  192.0.2.31
user.example.       A  192.0.2.40
lmtp.example.       MX 10 store.example.org.
store.example.org.  A  192.0.2.50
out.example.net.    A  192.0.2.1
closed.example.     MX 10 mx1.example.org.
nobody.example.     MX 10 old.example.org.
`

// postal is that Internet, running in a bubble.
func postal(t *testing.T, test func(n *sim.Network, zones *fakedns.World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		zones := fakedns.NewWorld()
		if err := zones.Load("zones", 1, postalZones); err != nil {
			t.Fatal(err)
		}
		n := sim.New(sim.Config{Seed: 6, Resolver: func(string) sim.Resolver { return fakedns.NewResolver(zones) }})
		mx := sim.NodeConfig{
			Role: sim.MTA, Domains: []string{"example.org"}, Next: "store",
			Aliases: map[string][]string{
				"team@example.org": {"bob@example.org", "team@example.org", "carol@ping.example"},
				"a@example.org":    {"b@example.org"}, "b@example.org": {"a@example.org"},
			},
			Lists: map[string]sim.List{"list@example.org": {Owner: "o@example.org", Members: []string{"bob@example.org"}}},
		}
		mx1, mx2 := mx, mx
		mx1.Name, mx1.Host, mx1.Mailboxes = "mx1", "mx1.example.org", []string{"team@example.org"}
		mx2.Name, mx2.Host = "mx2", "mx2.example.org"
		for _, cfg := range []sim.NodeConfig{
			{Name: "alice", Role: sim.MUA, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.2")}, Submit: &sim.Submit{Via: "out"}},
			{Name: "user", Role: sim.MUA, Host: "user.example", Submit: &sim.Submit{Via: "out"}},
			{Name: "out", Role: sim.MSA, Host: "out.example.net", AuthRequired: true},
			mx1, mx2,
			{Name: "store", Role: sim.MDA, Host: "store.example.org", LMTP: true, Mailboxes: []string{"bob@example.org"}},
			{Name: "ping", Role: sim.MTA, Host: "ping.example", RelayFor: sim.RelayFor{Any: true}, Routes: map[string]string{"ping.example": "pong"}},
			{Name: "pong", Role: sim.MTA, Host: "pong.example", RelayFor: sim.RelayFor{Any: true}},
		} {
			if _, err := n.Add(cfg); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		defer n.Stop()
		test(n, zones)
	})
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct {
		name, from, to string
		follow         bool
		arrives        bool
		want           string
	}{
		{"the next hop", "out", "bob@example.org", false, true, `
out: bob@example.org
  decided by  the MX records of example.org (RFC 5321 5.1)
  asked       MX example.org: 10 mx1.example.org, 10 mx2.example.org, 20 old.example.org [TTL 5m]
              AAAA mx1.example.org: no such record (NODATA) [TTL 1m]
              A mx1.example.org: 192.0.2.10 [TTL 5m]
              AAAA mx2.example.org: no such record (NODATA) [TTL 1m]
              A mx2.example.org: 192.0.2.20 [TTL 5m]
              AAAA old.example.org: no such record (NODATA) [TTL 1m]
              A old.example.org: 192.0.2.99 [TTL 5m]
  tries        1  mx1.example.org 192.0.2.10:25, preference 10, node mx1
               2  mx2.example.org 192.0.2.20:25, preference 10, node mx2
               3  old.example.org 192.0.2.99:25, preference 20: no node of this network has the address
  chance      the order of hosts of equal preference, anew for each mail and try (RFC 5321 5.1); this is one of them
`},
		{"an alias, a smart host, a mailbox", "mx1", "bob@alias.example.org", true, false, `
mx1: bob@alias.example.org
  decided by  the MX records of alias.example.org (RFC 5321 5.1); the smart host store delivers no mail for alias.example.org, and relays none
  asked       MX alias.example.org: alias of example.org; 10 mx1.example.org, 10 mx2.example.org, 20 old.example.org [TTL 5m]
              AAAA mx2.example.org: no such record (NODATA) [TTL 1m]
              A mx2.example.org: 192.0.2.20 [TTL 5m]
  leaves out  mx1.example.org, preference 10: this node itself, by its name
              mx2.example.org 192.0.2.20:25, preference 10, node mx2: not preferred to this node itself (RFC 5321 5.1)
              old.example.org, preference 20: not preferred to this node itself (RFC 5321 5.1)
  no way      554 5.4.6 mail for alias.example.org loops back to myself
              the mail is returned to its sender
`},
		{"from a user agent to the mailbox", "alice", "bob@example.org", true, true, `
alice: bob@example.org
  decided by  the submission server of this user agent, node out
  tries        1  out.example.net 192.0.2.1:587, node out
out: bob@example.org
  decided by  the MX records of example.org (RFC 5321 5.1)
  asked       MX example.org: 10 mx1.example.org, 10 mx2.example.org, 20 old.example.org [TTL 5m]
              AAAA mx1.example.org: no such record (NODATA) [TTL 1m]
              A mx1.example.org: 192.0.2.10 [TTL 5m]
              AAAA mx2.example.org: no such record (NODATA) [TTL 1m]
              A mx2.example.org: 192.0.2.20 [TTL 5m]
              AAAA old.example.org: no such record (NODATA) [TTL 1m]
              A old.example.org: 192.0.2.99 [TTL 5m]
  tries        1  mx1.example.org 192.0.2.10:25, preference 10, node mx1
               2  mx2.example.org 192.0.2.20:25, preference 10, node mx2
               3  old.example.org 192.0.2.99:25, preference 20: no node of this network has the address
  chance      the order of hosts of equal preference, anew for each mail and try (RFC 5321 5.1); this is one of them
mx1: bob@example.org
  decided by  the smart host: node store
  tries        1  store.example.org 192.0.2.50:24, node store
store: bob@example.org
  decided by  the mailbox bob@example.org: it is delivered here
`},
		{"the members of an alias that keeps a copy", "mx1", "Team@Example.org", true, false, `
mx1: Team@Example.org
  decided by  the alias team@example.org (RFC 5321 3.9.1)
mx1: bob@example.org
  decided by  the smart host: node store
  tries        1  store.example.org 192.0.2.50:24, node store
store: bob@example.org
  decided by  the mailbox bob@example.org: it is delivered here
mx1: team@example.org
  decided by  the mailbox team@example.org: it is delivered here
mx1: carol@ping.example
  decided by  the MX records of ping.example (RFC 5321 5.1); the smart host store delivers no mail for ping.example, and relays none
  asked       MX ping.example: 10 ping.example [TTL 5m]
              AAAA ping.example: no such record (NODATA) [TTL 1m]
              A ping.example: 192.0.2.30 [TTL 5m]
  tries        1  ping.example 192.0.2.30:25, preference 10, node ping
ping: carol@ping.example
  decided by  the route ping.example: node pong
  tries        1  pong.example 192.0.2.31:25, node pong
pong: carol@ping.example
  decided by  the MX records of ping.example (RFC 5321 5.1)
  asked       MX ping.example: 10 ping.example [TTL 5m]
              AAAA ping.example: no such record (NODATA) [TTL 1m]
              A ping.example: 192.0.2.30 [TTL 5m]
  tries        1  ping.example 192.0.2.30:25, preference 10, node ping
ping: carol@ping.example
  decided by  what was said above: the mail goes round until it has been through 100 hops (RFC 5321 6.3)
  no way      554 5.4.6 too many hops, this is a loop
              the mail is returned to its sender
`},
		{"aliases in a circle", "mx2", "a@example.org", false, false, `
mx2: a@example.org
  decided by  the alias a@example.org (RFC 5321 3.9.1)
  no way      554 5.4.6 the alias leads back to itself
              the mail is returned to its sender
mx2: b@example.org
  decided by  the alias b@example.org (RFC 5321 3.9.1)
mx2: a@example.org
  decided by  what was said above: it leads back there
`},
		{"a list, unknown users, the postmaster", "mx2", "list@example.org", false, true, `
mx2: list@example.org
  decided by  the list list@example.org (RFC 5321 3.9.2)
mx2: bob@example.org
  decided by  the smart host: node store
  tries        1  store.example.org 192.0.2.50:24, node store
`},
		{"an unknown user", "store", "nobody@example.org", true, false, `
store: nobody@example.org
  decided by  nothing: the domain is this node's own, and has no such address
  no way      550 5.1.1 no such user here
              the mail is returned to its sender
`},
		{"the postmaster", "out", "postmaster", true, true, `
out: postmaster
  decided by  the mailbox postmaster@out.example.net: it is delivered here
`},
		{"no address", "out", "bob", true, false, `
out: bob
  decided by  nothing: this is no address
  no way      553 5.1.3 address "bob": no @; write user@domain
              the mail is returned to its sender
`},
		{"a user agent as MX", "pong", "u@user.example", true, false, `
pong: u@user.example
  decided by  the MX records of user.example (RFC 5321 5.1)
  asked       MX user.example: no such record (NODATA) [TTL 1m]
              AAAA user.example: no such record (NODATA) [TTL 1m]
              A user.example: 192.0.2.40 [TTL 5m]
  tries        1  user.example 192.0.2.40:25, preference 0, node user: node user is a user agent, and takes no mail
  no way now  451 4.4.1 user.example: node user is a user agent, and takes no mail
              the mail waits in the queue
`},
		{"LMTP by MX", "pong", "u@lmtp.example", true, false, `
pong: u@lmtp.example
  decided by  the MX records of lmtp.example (RFC 5321 5.1)
  asked       MX lmtp.example: 10 store.example.org [TTL 5m]
              AAAA store.example.org: no such record (NODATA) [TTL 1m]
              A store.example.org: 192.0.2.50 [TTL 5m]
  tries        1  store.example.org 192.0.2.50:25, preference 10, node store: node store listens on port 24
  no way now  451 4.4.1 store.example.org: node store listens on port 24
              the mail waits in the queue
`},
		{"an MX that does not relay", "pong", "u@closed.example", true, false, `
pong: u@closed.example
  decided by  the MX records of closed.example (RFC 5321 5.1)
  asked       MX closed.example: 10 mx1.example.org [TTL 5m]
              AAAA mx1.example.org: no such record (NODATA) [TTL 1m]
              A mx1.example.org: 192.0.2.10 [TTL 5m]
  tries        1  mx1.example.org 192.0.2.10:25, preference 10, node mx1: it refuses: 550 5.7.1 relaying denied
  no way      550 5.7.1 relaying denied
              the mail is returned to its sender
`},
		{"not followed, it is a way", "pong", "u@nobody.example", false, true, `
pong: u@nobody.example
  decided by  the MX records of nobody.example (RFC 5321 5.1)
  asked       MX nobody.example: 10 old.example.org [TTL 5m]
              AAAA old.example.org: no such record (NODATA) [TTL 1m]
              A old.example.org: 192.0.2.99 [TTL 5m]
  tries        1  old.example.org 192.0.2.99:25, preference 10: no node of this network has the address
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			postal(t, func(n *sim.Network, _ *fakedns.World) {
				e := n.Node(tt.from).Explain(t.Context(), sim.Inquiry{Address: tt.to, Follow: tt.follow})
				if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), e.String()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if e.Arrives() != tt.arrives {
					t.Errorf("arrives: %t, want %t", e.Arrives(), tt.arrives)
				}
				if n.Log().Len() > 0 {
					t.Errorf("%d events in the log", n.Log().Len())
				}
			})
		})
	}
}

// What Explain says in the middle of a run is what the run knows, and it changes
// nothing: the node asks again what it would have asked.
func TestExplainLeavesNoTrace(t *testing.T) {
	postal(t, func(n *sim.Network, zones *fakedns.World) {
		node := fakedns.NewResolver(zones)
		if _, err := node.LookupMX(t.Context(), "nobody.example"); err != nil {
			t.Fatal(err)
		}
		if err := zones.Set("nobody.example. 300 MX 10 mx2.example.org."); err != nil {
			t.Fatal(err)
		}
		zones.Fail(fakedns.Failure{Kind: fakedns.FailTimeout, Name: "old.example.org"})
		time.Sleep(70 * time.Second)
		began := time.Now()
		e := n.Node("pong").Explain(t.Context(), sim.Inquiry{
			Address: "u@nobody.example", Resolver: func(string) sim.Resolver { return node.Peek() },
		})
		want := `pong: u@nobody.example
  decided by  the MX records of nobody.example (RFC 5321 5.1)
  asked       MX nobody.example: 10 old.example.org [from the cache, 3m50s left]
              AAAA old.example.org: i/o timeout
              A old.example.org: i/o timeout
  leaves out  old.example.org, preference 10: i/o timeout
  no way now  451 4.4.3 look up old.example.org (MX of nobody.example): i/o timeout
              the mail waits in the queue
`
		if diff := cmp.Diff(want, e.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %s", took)
		}
	})
}

// A mail's own explanation has the order of its own tries.
func TestExplainTheOrderOfAMail(t *testing.T) {
	postal(t, func(n *sim.Network, _ *fakedns.World) {
		first := map[string]int{}
		for i := range 60 {
			q := sim.Inquiry{Address: "bob@example.org", ID: string(rune('A'+i%20)) + "1", Attempt: 1 + i/20}
			e := n.Node("out").Explain(t.Context(), q)
			if again := n.Node("out").Explain(t.Context(), q); again.Tried[0].Host != e.Tried[0].Host {
				t.Fatalf("try %d of %s begins at %s, and asked again at %s", q.Attempt, q.ID, e.Tried[0].Host, again.Tried[0].Host)
			}
			if !strings.HasSuffix(e.Chance, "this is that of try "+string(rune('0'+q.Attempt))) {
				t.Errorf("chance: %q", e.Chance)
			}
			first[e.Tried[0].Host]++
		}
		if first["mx1.example.org"] < 15 || first["mx2.example.org"] < 15 {
			t.Errorf("of 60 tries %v were first", first)
		}
	})
}

// An alias may have any number of members; an explanation has not.
func TestExplainIsBounded(t *testing.T) {
	n := sim.New(sim.Config{})
	defer n.Stop()
	members := make([]string, 1000)
	for i := range members {
		members[i] = "u" + strings.Repeat("x", i%50) + string(rune('a'+i/50)) + "@a.example"
	}
	mx, err := n.Add(sim.NodeConfig{
		Name: "mx", Role: sim.MTA, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
		Mailboxes: []string{"*@a.example"}, Aliases: map[string][]string{"all@a.example": members},
	})
	if err != nil {
		t.Fatal(err)
	}
	e := mx.Explain(t.Context(), sim.Inquiry{Address: "all@a.example"})
	if len(e.Expanded) != 199 || !strings.Contains(e.By, "only 199 of its 1000 members are explained") {
		t.Errorf("%d members, by %q", len(e.Expanded), e.By)
	}
}
