package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// world is who is who on the wire: the zones of the scenario, completed, and
// the addresses of its nodes.
type world struct {
	dns   *fakedns.World
	nodes []sim.NodeConfig // with Host and Addrs filled in
	auto  []string         // the records that no zone had, as zone-file text
}

// placedError is an error at a place of the scenario.
type placedError struct {
	pos Pos
	err error
}

func (p placedError) Error() string {
	if p.pos.Line == 0 {
		return p.err.Error()
	}
	return p.pos.String() + ": " + p.err.Error()
}

func (p placedError) Unwrap() error { return p.err }

// placed takes err apart into the errors that it joins.
func placed(err error) []placedError {
	var all []placedError
	if list, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the join itself is wanted, not one in its chain
		for _, e := range list.Unwrap() {
			all = append(all, placed(e)...)
		}
		return all
	}
	var p placedError
	if errors.As(err, &p) {
		return []placedError{p}
	}
	if err == nil {
		return nil
	}
	return []placedError{{err: err}}
}

// World returns what the resolvers of a run ask: the zones of s, and the records
// that a run adds for hosts and domains that no zone mentions. An error names
// its place in the scenario.
func (s *Scenario) World() (*fakedns.World, error) {
	w, err := newWorld(s)
	if err != nil {
		return nil, err
	}
	return w.dns, nil
}

// newWorld loads the zones and gives every node its addresses:
//
//   - a host that the zones give addresses has those;
//   - a host that no zone mentions gets the next of 198.18.0.0/15 (RFC 2544) and
//     an A record;
//   - a host that is mentioned and has no address is an error, except for a
//     user agent, which needs no name and gets an address without a record.
//
// A domain of the nodes that no zone mentions gets an MX of preference 10 to
// who lists it. Where several do, those take its mail that a stranger would
// find: an mta before all others, since an mda or msa behind it lists the
// domain as well; then whoever listens on port 25; then the rest. Equals share
// the domain with equal preference.
//
// A domain that only servers off port 25 list gets no MX, which would lead nowhere
// (LMTP is not found by MX: RFC 2033 5): the msa and mta nodes get a route to the
// first of them, unless they have a smart host or a route that takes the domain.
//
// A name that a zone mentions is never touched.
func newWorld(s *Scenario) (*world, error) {
	w := &world{dns: fakedns.NewWorld()}
	var bad []error
	for _, z := range s.Zones {
		if err := w.dns.Load(z.Pos.File, z.Pos.Line, z.Text); err != nil {
			bad = append(bad, err)
		}
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}

	taken := map[netip.Addr]bool{}
	for _, rr := range w.dns.Records() {
		switch rr := rr.(type) {
		case *dns.A:
			if a, ok := netip.AddrFromSlice(rr.A); ok {
				taken[a.Unmap()] = true
			}
		case *dns.AAAA:
			if a, ok := netip.AddrFromSlice(rr.AAAA); ok {
				taken[a] = true
			}
		}
	}
	pool := newPool(taken)
	owner := map[netip.Addr]string{}
	var records []string // decided on the zones as they are written, then loaded at once
	for _, n := range s.Nodes {
		cfg := n.Config
		if cfg.Host == "" {
			cfg.Host = cfg.Name
		}
		if len(cfg.Addrs) == 0 {
			addrs, record, err := w.addresses(cfg, pool)
			if err != nil {
				bad = append(bad, placedError{n.Pos, fmt.Errorf("node %s: %w", cfg.Name, err)})
				continue
			}
			cfg.Addrs = addrs
			if record != "" {
				records = append(records, record)
			}
		}
		for _, a := range cfg.Addrs {
			if other, ok := owner[a]; ok {
				bad = append(bad, placedError{n.Pos, fmt.Errorf(
					"node %s: address %s is that of node %s already: give their hosts different addresses", cfg.Name, a, other)})
				continue
			}
			owner[a] = cfg.Name
		}
		cfg.Record = s.listensTo(cfg.Name)
		w.nodes = append(w.nodes, cfg)
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	exchangers, behind := w.mailExchangers()
	records = append(records, exchangers...)
	w.addRoutes(behind)
	w.auto = records
	if len(records) > 0 {
		if err := w.dns.Load("automatic records", 1, strings.Join(records, "\n")+"\n"); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// addresses finds the addresses of a node, and the record that its host needs.
func (w *world) addresses(cfg sim.NodeConfig, pool *pool) ([]netip.Addr, string, error) {
	if literal, ok := strings.CutPrefix(cfg.Host, "["); ok {
		literal = strings.TrimSuffix(literal, "]")
		if v6, ok := strings.CutPrefix(literal, "IPv6:"); ok { // RFC 5321 4.1.3
			literal = v6
		}
		a, err := netip.ParseAddr(literal)
		if err != nil {
			return nil, "", fmt.Errorf("host %s is no address literal: write [192.0.2.1] or a name", cfg.Host)
		}
		return []netip.Addr{a.Unmap()}, "", nil
	}
	if addrs := w.dns.Addrs(cfg.Host); len(addrs) > 0 {
		// The first one is where submissions go: every client has IPv4.
		slices.SortStableFunc(addrs, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
		return addrs, "", nil
	}
	if w.dns.Mentions(cfg.Host) {
		if cfg.Role != sim.MUA {
			return nil, "", fmt.Errorf("host %s is in the dns and has no address there: add an A record", cfg.Host)
		}
		a, err := pool.next()
		return []netip.Addr{a}, "", err
	}
	a, err := pool.next()
	if err != nil {
		return nil, "", err
	}
	return []netip.Addr{a}, fmt.Sprintf("%s 300 IN A %s", dns.Fqdn(cfg.Host), a), nil
}

// mailExchangers returns an MX for each domain of the nodes that no zone mentions,
// and the node for each that no MX can lead to.
func (w *world) mailExchangers() (records []string, behind map[string]string) {
	type taker struct {
		rank       int
		host, node string
	}
	takers := map[string][]taker{}
	for _, cfg := range w.nodes {
		if cfg.Role == sim.MUA {
			continue
		}
		for _, d := range domainsOf(cfg) {
			if w.dns.Mentions(d) {
				continue
			}
			takers[d] = append(takers[d], taker{rankOf(cfg), dns.Fqdn(cfg.Host), cfg.Name})
		}
	}
	domains := make([]string, 0, len(takers))
	for d := range takers {
		domains = append(domains, d)
	}
	slices.Sort(domains)
	behind = map[string]string{}
	for _, d := range domains {
		best := takers[d][0].rank
		for _, t := range takers[d] {
			best = min(best, t.rank)
		}
		if best == rankNoMX {
			behind[d] = takers[d][0].node
			continue
		}
		for _, t := range takers[d] {
			if t.rank == best && !strings.HasPrefix(t.host, "[") {
				records = append(records, fmt.Sprintf("%s 300 IN MX 10 %s", dns.Fqdn(d), t.host))
			}
		}
	}
	return records, behind
}

// addRoutes gives the nodes that route by MX a way to domains that have none.
func (w *world) addRoutes(behind map[string]string) {
	if len(behind) == 0 {
		return
	}
	for i := range w.nodes {
		cfg := &w.nodes[i]
		if cfg.Role != sim.MSA && cfg.Role != sim.MTA || cfg.Next != "" || cfg.Routes["*"] != "" {
			continue
		}
		routes := maps.Clone(behind)
		maps.Copy(routes, cfg.Routes) // what the scenario says goes before
		cfg.Routes = routes
	}
}

// rankNoMX is the rank of who cannot be an MX.
const rankNoMX = 3

// rankOf tells how fit a node is to be the MX of a domain that it lists; less
// is better.
func rankOf(cfg sim.NodeConfig) int {
	const smtp = 25
	port25 := slices.Contains(cfg.ListenPorts(), smtp)
	switch {
	case port25 && cfg.Role == sim.MTA:
		return 0
	case port25 && (cfg.Role != sim.MSA || slices.Contains(cfg.Ports, smtp)):
		return 1
	case cfg.Role == sim.MSA:
		return 2 // on port 25 only because it has addresses
	default:
		return rankNoMX // RFC 2033 5
	}
}

// domainsOf returns the domains that a node takes mail for, sorted: those that
// it lists, and those of its mailboxes, aliases, lists and forwards.
func domainsOf(cfg sim.NodeConfig) []string {
	seen := map[string]bool{}
	add := func(domain string) {
		domain = mail.DomainKey(strings.TrimSuffix(domain, "."))
		if domain != "" && !strings.HasPrefix(domain, "[") {
			seen[domain] = true
		}
	}
	ofAddress := func(a string) {
		if i := strings.LastIndexByte(a, '@'); i >= 0 {
			add(a[i+1:])
		}
	}
	for _, d := range cfg.Domains {
		add(d)
	}
	for _, a := range cfg.Mailboxes {
		ofAddress(a)
	}
	for a := range cfg.Aliases {
		ofAddress(a)
	}
	for a := range cfg.Lists {
		ofAddress(a)
	}
	for a := range cfg.Forwards {
		ofAddress(a)
	}
	all := make([]string, 0, len(seen))
	for d := range seen {
		all = append(all, d)
	}
	slices.Sort(all)
	return all
}

// pool hands out the addresses of 198.18.0.0/15 that nobody has.
type pool struct {
	taken map[netip.Addr]bool
	last  netip.Addr
}

func newPool(taken map[netip.Addr]bool) *pool {
	return &pool{taken: taken, last: netip.AddrFrom4([4]byte{198, 18, 0, 0})}
}

// next returns the next free address. The end of the range belongs to whoever
// speaks to the nodes from outside (see package sim).
func (p *pool) next() (netip.Addr, error) {
	end := netip.AddrFrom4([4]byte{198, 19, 255, 0})
	for {
		p.last = p.last.Next()
		if !p.last.Less(end) {
			return netip.Addr{}, errors.New("198.18.0.0/15 has no address left: give hosts addresses in the dns")
		}
		if b := p.last.As4()[3]; b == 0 || b == 255 {
			continue // reads as a network or a broadcast address
		}
		if !p.taken[p.last] {
			return p.last, nil
		}
	}
}
