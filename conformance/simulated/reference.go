package simulated

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
)

// Reference is one of mailsim's own servers, with mailboxes, an alias, a list and
// users, in a small network. Make it inside the virtual time in which it runs.
type Reference struct {
	network *sim.Network
	profile conformance.Profile
}

// zones is the world of the reference: its own domain, and a host that takes what
// is for the domains of the probe.
const zones = `
local.test.                 MX 10 mx.local.test.
mx.local.test.              A  192.0.2.10
mx.local.test.              AAAA 2001:db8::10
mailsim.test.               MX 10 world.test.
elsewhere.mailsim.test.     MX 10 world.test.
world.test.                 A  192.0.2.20
`

// Start is when the virtual time of a reference begins.
func Start() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

// config is the server of a profile.
func config(p conformance.Profile) sim.NodeConfig {
	cfg := sim.NodeConfig{
		Name: "server", Role: sim.MTA, Host: "mx.local.test",
		Mailboxes: []string{"good@local.test", "second@local.test", "postmaster@local.test"},
		Aliases:   map[string][]string{"alias@local.test": {"good@local.test"}},
		Lists:     map[string]sim.List{"staff@local.test": {Owner: "owner@local.test", Members: []string{"good@local.test", "second@local.test"}}},
		Forwards:  map[string]sim.Forward{"moved@local.test": {To: "good@elsewhere.mailsim.test"}},
		TLS:       sim.TLSOffered,
		Size:      10 << 20,
	}
	switch p {
	case conformance.MX:
		cfg.Extensions.Add = []string{"BINARYMIME", "DELIVERBY", "LIMITS", "MT-PRIORITY", "REQUIRETLS", "RRVS"}
		cfg.OwnedSince = map[string]time.Time{"second@local.test": Start().AddDate(-1, 0, 0)}
	case conformance.Submit:
		cfg.Role = sim.MSA
		cfg.Users = map[string]string{"user": "secret"}
		cfg.TLS, cfg.AuthRequired = sim.TLSRequired, true
		cfg.Ports = []int{587}
		cfg.Mechanisms = []string{"PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5"}
		cfg.Extensions.Add = []string{"FUTURERELEASE"}
	case conformance.RelayHost:
		cfg.RelayFor.Any = true
		cfg.Users = map[string]string{"user": "secret"}
	case conformance.LMTP:
		cfg.Role, cfg.LMTP = sim.MDA, true
	}
	return cfg
}

// New starts the server of a profile. change, if there is one, edits its
// configuration first.
func New(p conformance.Profile, change func(*sim.NodeConfig)) (*Reference, error) {
	world := fakedns.NewWorld()
	if err := world.Load("reference", 1, zones); err != nil {
		return nil, err
	}
	n := sim.New(sim.Config{Seed: 1, Resolver: func(string) sim.Resolver { return fakedns.NewResolver(world) }})
	cfg := config(p)
	if change != nil {
		change(&cfg)
	}
	for _, c := range []sim.NodeConfig{
		cfg,
		{Name: "world", Role: sim.MTA, Host: "world.test", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.20")}, Mailboxes: []string{"*@mailsim.test", "*@elsewhere.mailsim.test"}},
	} {
		if _, err := n.Add(c); err != nil {
			return nil, fmt.Errorf("the reference: %w", err)
		}
	}
	if err := n.Start(); err != nil {
		return nil, fmt.Errorf("the reference: %w", err)
	}
	return &Reference{network: n, profile: p}, nil
}

// Target is the server as a target.
func (r *Reference) Target() conformance.Target {
	t, err := Target(r.network, "server")
	if err != nil {
		panic(err) // New has made it
	}
	t.Name, t.Profile = "self:"+string(r.profile), r.profile
	t.Alias, t.List = "alias@local.test", "staff@local.test"
	return t
}

// Close takes the network down.
func (r *Reference) Close() error { return r.network.Stop() }
