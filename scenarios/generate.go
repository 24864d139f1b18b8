package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Plan is a network to generate: domains with an MX and a mailbox each, linked as
// the topology says, and mail between them.
type Plan struct {
	Topology string // one of Topologies
	Nodes    int    // domains; at least 2
	Mails    int    // at least 1
	Seed     uint64 // the same plan gives the same scenario, octet for octet
}

// MaxSeed is the largest seed that a scenario may have.
const MaxSeed = 1<<63 - 1

// MaxNodes bounds a generated network; reading a larger file takes minutes.
const MaxNodes = 10_000

// Topologies returns the names of the networks that Generate knows, sorted.
func Topologies() []string {
	names := make([]string, 0, len(topologies()))
	for _, t := range topologies() {
		names = append(names, t.name)
	}
	return names
}

// topology is one way to link domains.
type topology struct {
	name   string
	about  string // of the domains
	covers []string
	reach  int // how far mail goes; 0: to any domain
	link   func(*generated)
}

func topologies() []topology {
	return []topology{
		{
			"random", "domains that find each other by MX, some with backup MXs, some behind a smart host",
			[]string{"RFC5321#3.6.1", "RFC5321#5.1"},
			0, (*generated).random,
		},
		{
			"ring", "domains that give all but their own mail to their neighbour, so that it walks around",
			[]string{"RFC5321#3.6", "RFC5321#6.3"},
			ringReach, (*generated).ring,
		},
		{
			"star", "domains, and the first is the smart host of all others",
			[]string{"RFC5321#3.6"},
			0, (*generated).star,
		},
		{
			"tree", "domains in a tree, where mail goes up to the parent that has a route down",
			[]string{"RFC5321#3.6"},
			0, (*generated).tree,
		},
	}
}

// ringReach bounds the way of a mail in a ring: a tenth of the 100 hops at which a
// mail is taken for a loop (RFC 5321 6.3), or large rings would only relay.
const ringReach = 10

// fanOut is how many children a node of a tree has. With 10,000 nodes it is 7 deep.
const fanOut = 4

// check says what is wrong with a plan.
func (p Plan) check() error {
	if !slices.Contains(Topologies(), p.Topology) {
		hint := suggest(p.Topology, Topologies())
		if hint != "" {
			hint = fmt.Sprintf(" (did you mean %q?)", hint)
		}
		return fmt.Errorf("unknown network %q%s: there is %s", p.Topology, hint, strings.Join(Topologies(), ", "))
	}
	switch {
	case p.Nodes < 2 || p.Nodes > MaxNodes:
		return fmt.Errorf("a network has 2 to %d nodes, not %d", MaxNodes, p.Nodes)
	case p.Mails < 1 || p.Mails > maxMails:
		return fmt.Errorf("a network is sent 1 to %d mails, not %d", maxMails, p.Mails)
	case p.Seed > MaxSeed:
		return fmt.Errorf("a seed is at most %d, not %d", uint64(MaxSeed), p.Seed)
	}
	return nil
}

// Generate writes the scenario of a plan: YAML that Parse reads, and that passes.
func Generate(p Plan) (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	t := topologies()[slices.Index(Topologies(), p.Topology)]
	g := &generated{
		plan:    p,
		width:   len(fmt.Sprint(p.Nodes)),
		domains: make([]string, p.Nodes), like: make([]int, p.Nodes), fields: make([]string, p.Nodes),
		chance: rand.New(rand.NewPCG(p.Seed, 0)),
	}
	for i := range g.domains {
		g.domains[i] = g.name(i) + ".example"
	}
	t.link(g)
	return g.write(t), nil
}

// generated is a scenario in the making. Nodes are counted from 0.
type generated struct {
	plan    Plan
	width   int      // of the number in a name
	domains []string // of each node
	like    []int    // the node that each is a copy of; itself: none
	fields  []string // what else a node says: next, routes
	zone    []string
	chance  *rand.Rand
}

func (g *generated) name(i int) string { return fmt.Sprintf("n%0*d", g.width, i+1) }

func (g *generated) host(i int) string { return "mx." + g.domains[i] }

// ring makes the next node the smart host of each.
func (g *generated) ring() {
	for i := range g.fields {
		g.fields[i] = ", next: " + g.name((i+1)%g.plan.Nodes)
	}
}

// star makes the first node the smart host of all others.
func (g *generated) star() {
	for i := range g.fields[1:] {
		g.fields[i+1] = ", next: " + g.name(0)
	}
}

// tree names each domain below that of its parent, so that one route takes all
// that is below a child. What is not below goes up.
func (g *generated) tree() {
	leaf := (g.plan.Nodes + fanOut - 2) / fanOut // the first one without children
	routes := make([][]string, g.plan.Nodes)
	for i := 1; i < g.plan.Nodes; i++ {
		up := (i - 1) / fanOut
		g.domains[i] = g.name(i) + "." + g.domains[up]
		g.fields[i] = ", next: " + g.name(up)
		g.like[i] = leaf
		routes[up] = append(routes[up], fmt.Sprintf("%s: %s, .%[1]s: %s", g.domains[i], g.name(i)))
	}
	for i, r := range routes {
		if len(r) > 0 {
			g.fields[i] += ", routes: {" + strings.Join(r, ", ") + "}"
		}
	}
}

// random puts every fifth node behind a smart host, and gives every third domain
// one or two backup MXs. Who is a smart host or a backup finds the way by MX
// itself: behind a smart host, a backup would send in circles (RFC 5321 5.1 knows
// which MX it is, a smart host does not). The first node is always of that kind.
func (g *generated) random() {
	open := []int{0}
	for i := 1; i < g.plan.Nodes; i++ {
		if g.chance.IntN(5) == 0 {
			g.fields[i] = ", next: " + g.name(open[g.chance.IntN(len(open))])
		} else {
			open = append(open, i)
		}
	}
	for i, domain := range g.domains {
		if g.chance.IntN(3) > 0 {
			continue
		}
		mx := []string{fmt.Sprintf("%s. MX 10 %s.", domain, g.host(i))}
		for k := range 1 + g.chance.IntN(2) {
			backup := g.host(open[g.chance.IntN(len(open))])
			record := fmt.Sprintf("%s. MX %d %s.", domain, 20+10*k, backup)
			if !strings.Contains(strings.Join(mx, "\n"), " "+backup+".") {
				mx = append(mx, record)
			}
		}
		g.zone = append(g.zone, mx...)
	}
}

// write writes the scenario.
func (g *generated) write(t topology) string {
	var b strings.Builder
	p := g.plan
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put("# mailsim init --network %s --nodes %d --mails %d --seed %d", p.Topology, p.Nodes, p.Mails, p.Seed)
	put("scenario: %s-%d", p.Topology, p.Nodes)
	put("about: %d %s.", p.Nodes, t.about)
	put("covers: [%s]", strings.Join(t.covers, ", "))
	put("seed: %d", p.Seed)
	if len(g.zone) > 0 {
		put("\n# A domain that no zone mentions has its own MX only, and every host gets an address.")
		put("dns: |")
		for _, r := range g.zone {
			put("  %s", r)
		}
	}
	put("\nnodes:")
	for i, domain := range g.domains {
		kind := "role: mta, relay-for: 198.18.0.0/15"
		if g.like[i] != i {
			kind = "like: " + g.name(g.like[i])
		}
		put("  %s: {%s, host: %s, mailboxes: [user@%s]%s}", g.name(i), kind, g.host(i), domain, g.fields[i])
	}
	reach := ""
	if t.reach > 0 {
		reach = fmt.Sprintf(" reach: %d,", t.reach)
	}
	put("\nsteps:")
	put("  - load: {mail: m, between: all,%s rate: %s, count: %d, size: 1KiB,", reach, p.rate(), p.Mails)
	put("           keep: [failures = 0, lost = 0, duplicated = 0]}")
	put("  - expect: {event: mail.delivered, mail: m, count: %d, within: end}", p.Mails)
	put("  - expect: {event: mail.bounced, count: 0, within: end}")
	return b.String()
}

// rate lets every domain send a mail in ten seconds, until all are sent.
func (p Plan) rate() string {
	second := max(1, p.Nodes/10)
	stage := RateStage{Rate: float64(second), For: time.Duration((p.Mails+second-1)/second) * time.Second}
	return stage.String()
}
