package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// class is what a node makes of an address.
type class int

const (
	remote       class = iota // of a domain that is not ours
	localDomain               // of a domain of ours, but no such user
	localMailbox              //
	localAlias                // RFC 5321 3.9.1
	localList                 // RFC 5321 3.9.2
	localMoved                // RFC 5321 3.4: refused, with the new address
)

// local is an address that the node knows.
type local struct {
	class   class
	key     string   // as declared
	mailbox string   // name in the store
	members []string // of an alias or list; the new address of who has moved
	owner   string   // of a list
	told    bool     // 251 tells of the new address (RFC 5321 3.4)
}

// unknown is the reply for a recipient that nothing is taken for. The new address of
// who has moved is told where the session may see it (RFC 6531 3.7.4.2).
func (l *local) unknown(utf8 bool) mail.Reply {
	switch {
	case l.class != localMoved:
		return localReply(550, "5.1.1", "no such user here")
	case !utf8 && !ascii(l.members[0]):
		return localReply(550, "5.1.6", "the user has moved")
	}
	return localReply(551, "5.1.6", "user not local; please try <"+l.members[0]+">")
}

// directory knows the local addresses of a node. It does not change.
//
// Local parts are compared octet by octet first, as RFC 5321 2.4 has it, and
// then without case, as most systems do. name+detail is name where it is not
// declared itself (RFC 5233). *@domain takes what is left.
type directory struct {
	byFold  map[string][]*local // by key in lower case
	domains map[string]bool     // by domain key: true where it has addresses
	host    string
	postbox *local // for postmaster@host and postmaster alone
}

func newDirectory(cfg NodeConfig) (*directory, error) {
	d := &directory{host: mail.DomainKey(strings.TrimSuffix(cfg.Host, "."))}
	for _, name := range cfg.Domains {
		key := mail.DomainKey(strings.TrimSuffix(name, "."))
		if !strings.HasPrefix(key, "[") {
			if err := mail.CheckDomain(key); err != nil {
				return nil, fmt.Errorf("domains: %w", err)
			}
		}
		d.own(key, false)
	}
	for _, m := range cfg.Mailboxes {
		if err := d.declare("mailboxes", m, local{class: localMailbox, mailbox: boxKey(m)}); err != nil {
			return nil, err
		}
	}
	for _, a := range sortedKeys(cfg.Aliases) {
		if err := checkMembers("aliases", a, cfg.Aliases[a]); err != nil {
			return nil, err
		}
		if err := d.declare("aliases", a, local{class: localAlias, members: cfg.Aliases[a]}); err != nil {
			return nil, err
		}
	}
	for _, l := range sortedKeys(cfg.Lists) {
		list := cfg.Lists[l]
		if err := checkMembers("lists", l, list.Members); err != nil {
			return nil, err
		}
		if list.Owner != "" {
			if _, err := mail.ParseAddress(list.Owner); err != nil {
				return nil, fmt.Errorf("lists: %s: owner: %w", l, err)
			}
		}
		if err := d.declare("lists", l, local{class: localList, members: list.Members, owner: list.Owner}); err != nil {
			return nil, err
		}
	}
	for _, a := range sortedKeys(cfg.Forwards) {
		f := cfg.Forwards[a]
		if err := checkMembers("forwards", a, []string{f.To}); err != nil {
			return nil, err
		}
		l := local{class: localAlias, members: []string{f.To}, told: true}
		if f.Refuse {
			l.class, l.told = localMoved, false
		}
		if err := d.declare("forwards", a, l); err != nil {
			return nil, err
		}
	}
	for _, q := range sortedKeys(cfg.Quota) {
		a, err := mail.ParseAddress(q)
		if err != nil {
			return nil, fmt.Errorf("quota: %w", err)
		}
		if l := d.exactly(a, localMailbox); l == nil || l.class != localMailbox {
			return nil, fmt.Errorf("quota: %s is not among the mailboxes", q)
		}
	}
	if d.postbox == nil {
		d.postbox = &local{class: localMailbox, mailbox: "postmaster@" + d.host}
	}
	return d, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func checkMembers(field, name string, members []string) error {
	for _, m := range members {
		if _, err := mail.ParseAddress(m); err != nil {
			return fmt.Errorf("%s: %s: %w", field, name, err)
		}
	}
	return nil
}

// own notes that a domain is the node's own.
func (d *directory) own(domain string, hasUsers bool) {
	if d.domains == nil {
		d.domains = map[string]bool{}
	}
	d.domains[domain] = d.domains[domain] || hasUsers
}

func (d *directory) declare(field, address string, l local) error {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	l.key = a.Key()
	fold := strings.ToLower(l.key)
	for _, other := range d.byFold[fold] {
		// An alias may be a mailbox too: it can then keep a copy.
		if other.key == l.key && (other.class != localMailbox || l.class != localAlias || l.told) {
			return fmt.Errorf("%s: %s is declared twice", field, address)
		}
	}
	if d.byFold == nil {
		d.byFold = map[string][]*local{}
	}
	d.byFold[fold] = append(d.byFold[fold], &l)
	if a.Domain != "" {
		d.own(mail.DomainKey(a.Domain), true)
	}
	if a.IsPostmaster() && d.postbox == nil {
		d.postbox = &l
	}
	return nil
}

// find tells what an address is here.
func (d *directory) find(a mail.Address) *local {
	if l := d.declared(a, localAlias); l != nil {
		return l
	}
	return d.fallback(a)
}

// mailboxOf tells what an address is here when it is no alias.
func (d *directory) mailboxOf(a mail.Address) *local {
	if l := d.declared(a, localMailbox); l != nil && l.class == localMailbox {
		return l
	}
	return &local{class: localDomain}
}

// declared looks for an address, its name before the +, and its domain's
// catch-all. Where an address is both, preferred decides.
func (d *directory) declared(a mail.Address, preferred class) *local {
	if l := d.exactly(a, preferred); l != nil {
		return l
	}
	if base, _, ok := a.Detail(); ok {
		if l := d.exactly(base, preferred); l != nil {
			return l
		}
	}
	return d.exactly(mail.Address{Local: "*", Domain: a.Domain}, preferred)
}

func (d *directory) exactly(a mail.Address, preferred class) *local {
	if len(d.byFold) == 0 {
		return nil
	}
	key := a.Key()
	var best *local
	score := 0
	for _, l := range d.byFold[strings.ToLower(key)] {
		s := 1
		if l.key == key {
			s += 2
		}
		if l.class == preferred {
			s++
		}
		if s > score {
			best, score = l, s
		}
	}
	return best
}

// fallback is for addresses that are not declared. RFC 5321 4.5.1: every server
// that relays or delivers has a postmaster, for each of its domains and without
// one, whatever else is configured.
func (d *directory) fallback(a mail.Address) *local {
	key := mail.DomainKey(a.Domain)
	if a.IsPostmaster() && (a.Domain == "" || key == d.host) {
		return d.postbox
	}
	if _, ours := d.domains[key]; ours || a.Domain == "" {
		return &local{class: localDomain}
	}
	return &local{class: remote}
}

// hasUsers reports whether any address of a domain is declared here.
func (d *directory) hasUsers(domain string) bool { return d.domains[mail.DomainKey(domain)] }

// locate tells what the node makes of an address. A postmaster of its domains
// that is not declared goes where unknown users go, and if they go nowhere, into
// the postmaster's mailbox (RFC 5321 4.5.1).
func (n *Node) locate(a mail.Address) *local {
	if a.IsPostmaster() && a.Local != "postmaster" && n.is(mutantCasePostmaster) {
		return &local{class: localDomain}
	}
	l := n.directory.find(a)
	if l.class == remote && n.ownLiteral(a.Domain) {
		l = &local{class: localDomain} // RFC 1123 5.2.17: it names this host
	}
	if l.class == localDomain && a.IsPostmaster() && !n.relaysOwn(a.Domain) {
		return n.directory.postbox
	}
	return l
}

// relaysOwn reports whether the node sends mail on for a domain of its own where
// it knows no such user: to its smart host or by a route; and, as a backup MX
// (RFC 5321 5.1), for a domain in which it has no addresses at all.
func (n *Node) relaysOwn(domain string) bool {
	if domain == "" || n.cfg.Role == MDA || n.ownLiteral(domain) {
		return false
	}
	return n.route(domain).mx == "" || !n.directory.hasUsers(domain)
}

// hasDomain reports whether a domain is the node's own.
func (d *directory) hasDomain(domain string) bool {
	_, ours := d.domains[mail.DomainKey(domain)]
	return ours
}
