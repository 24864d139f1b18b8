package scenarios

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim"
)

// nodeSpec is a node as its fields say, before roles and defaults.
type nodeSpec struct {
	sim.NodeConfig
	role           string
	submit         string
	user, password string
	mechanism      string
	protocol       string
	auth           string
	tls            sim.TLSMode
	extensions     extensionSpec
}

type extensionSpec struct{ only, hide, add []string }

// nodeField is a field with the roles that have it.
type nodeField struct {
	field[nodeSpec]
	roles string // "" is all
}

const (
	external = "external"
	servers  = "msa mta mda"
)

// nodeFields is the table of the nodes' fields, in the order of the language's page.
func nodeFields() []nodeField {
	f := func(name, roles, about string, value func(*nodeSpec) value) nodeField {
		return nodeField{field[nodeSpec]{name: name, about: about, value: value}, roles}
	}
	return []nodeField{
		f("role", "", "what the node does: mua submits, msa takes submissions, mta relays, mda delivers, external is a real server", func(n *nodeSpec) value {
			return oneOf(&n.role, "role", string(sim.MUA), string(sim.MSA), string(sim.MTA), string(sim.MDA), external)
		}),
		f("host", "", "its name in EHLO, greeting and Received; its address comes from the zone", func(n *nodeSpec) value { return host(&n.Host) }),
		f("like", "", "copy the fields of this node first, all but its host", func(n *nodeSpec) value { return nodeName(new(string)) }),
		f("domains", servers, "domains it takes mail for, besides those of its mailboxes, aliases, lists and forwards", func(n *nodeSpec) value {
			return list(&n.Domains, "domains", domain)
		}),
		f("submit", "mua", "the msa that it submits through", func(n *nodeSpec) value { return nodeName(&n.submit) }),
		f("user", "mua", "the user name it authenticates with", func(n *nodeSpec) value { return words(&n.user) }),
		f("password", "mua", "the password of user", func(n *nodeSpec) value { return text(&n.password) }),
		f("mechanism", "mua", "the SASL mechanism: PLAIN (default), LOGIN or SCRAM-SHA-256", func(n *nodeSpec) value { return mechanism(&n.mechanism) }),
		f("relay-for", "msa mta", "who may relay through it: networks, any, or none (default)", func(n *nodeSpec) value { return relayFor(&n.RelayFor) }),
		f("next", "msa mta", "smart host: a node, host:port or [address]; default is MX look-up", func(n *nodeSpec) value { return nextHop(&n.Next) }),
		f("routes", "msa mta", "next hops by domain (example.org), its subdomains (.example.org) or all (*), over MX", func(n *nodeSpec) value {
			return table(&n.Routes, "domains and next hops", routeKey, routeHop)
		}),
		f("aliases", servers, "addresses that an address stands for; the reverse-path is kept (RFC 5321 3.9.1)", func(n *nodeSpec) value {
			return table(&n.Aliases, "addresses and what they stand for", addressKey, func(to *[]string) value { return some(to, "addresses", address) })
		}),
		f("lists", servers, "mailing lists by address; the owner becomes the reverse-path (RFC 5321 3.9.2)", func(n *nodeSpec) value {
			return table(&n.Lists, "addresses, each with owner and members", addressKey, mailingList)
		}),
		f("forwards", servers, "new addresses of users who have moved; the server tells of them by 251 or 551 (RFC 5321 3.4)", func(n *nodeSpec) value {
			return table(&n.Forwards, "addresses, each with to and reply", addressKey, forward)
		}),
		f("mailboxes", servers, "local mailboxes; *@example.org takes all", func(n *nodeSpec) value { return list(&n.Mailboxes, "addresses", mailbox) }),
		f("quota", servers, "bounds of mailboxes: a size, or {size, messages, reply}", func(n *nodeSpec) value { return table(&n.Quota, "mailboxes and sizes", mailboxKey, quota) }),
		f("owned-since", servers, "dates since when mailboxes have their owner, for RRVS (RFC 7293)", func(n *nodeSpec) value {
			return table(&n.OwnedSince, "mailboxes and dates", mailboxKey, func(t *time.Time) value { return parsed(t, "a date", parseStart, startSchema) })
		}),
		f("protocol", "mda", "smtp (default) or lmtp (RFC 2033)", func(n *nodeSpec) value { return oneOf(&n.protocol, "protocol", "smtp", "lmtp") }),
		f("auth", "msa mta", "required (default for an msa) or none", func(n *nodeSpec) value { return oneOf(&n.auth, "auth", "required", "none") }),
		f("users", "msa mta", "passwords by user name", func(n *nodeSpec) value { return table(&n.Users, "user names and passwords", wordsKey, text) }),
		f("senders", "msa", "the reverse-paths that users may have, by user name; *@example.org is all (RFC 6409 6.1)", func(n *nodeSpec) value {
			return table(&n.Senders, "user names and addresses", wordsKey, func(to *[]string) value { return some(to, "addresses", mailbox) })
		}),
		f("qualify", "msa", "the domain that completes addresses without one (RFC 6409 4.2)", func(n *nodeSpec) value { return domain(&n.Qualify) }),
		f("mechanisms", "msa mta", "the SASL mechanisms that AUTH takes, CRAM-MD5 among them; default PLAIN, LOGIN and SCRAM-SHA-256", func(n *nodeSpec) value {
			return some(&n.Mechanisms, "mechanisms", offered)
		}),
		f("tls", servers, "none (default), offered, required or implicit", func(n *nodeSpec) value {
			return oneOf(&n.tls, "tls", sim.TLSNone, sim.TLSOffered, sim.TLSRequired, sim.TLSImplicit)
		}),
		f("certificate", servers, "what its server shows: valid (default: from the run's authority), self-signed, expired or wrong-name", func(n *nodeSpec) value {
			return oneOf(&n.Certificate, "certificate", sim.CertificateValid, sim.CertificateSelfSigned, sim.CertificateExpired, sim.CertificateWrongName)
		}),
		f("tls-to", servers, "what TLS has to be where it sends, for all or by domain as in routes: opportunistic (default), required, verified or none", func(n *nodeSpec) value { return tlsTo(&n.TLSTo) }),
		f("login", servers, "who it is where it sends, by node or host: {relay: {user, password, mechanism}}; without its AUTH no mail goes there", func(n *nodeSpec) value { return logins(&n.Login) }),
		f("extensions", servers, "what EHLO offers: exactly these, or {hide: [...], add: [...]}", func(n *nodeSpec) value { return extensions(&n.extensions) }),
		f("size", servers, "the largest message", func(n *nodeSpec) value { return size(&n.Size) }),
		f("limits", servers, "bounds of a session", func(n *nodeSpec) value { return object("limits", limitFields(), &n.Limits) }),
		f("greylist", servers, "refuse strangers for this long (RFC 6647): 5m, or {delay, retry-window, remember, reply}", func(n *nodeSpec) value { return greylist(&n.Greylist) }),
		f("tarpit", servers, "how long each reply waits: 5s, or {delay, after}: after so many 5yz replies", func(n *nodeSpec) value { return tarpit(&n.Tarpit) }),
		f("greeting", servers, "how long the greeting waits: 5s, or {delay, early-talk: wait | refuse}", func(n *nodeSpec) value { return greeting(&n.Greeting) }),
		f("check", servers, "what it looks at before it takes mail: sender-domain", func(n *nodeSpec) value {
			return some(&n.Checks, "checks", func(c *sim.Check) value { return oneOf(c, "check", sim.CheckSenderDomain) })
		}),
		f("unknown-users", servers, "refuse (default), or accept: their mail is taken and returned", func(n *nodeSpec) value { return unknownUsers(&n.AcceptUnknown) }),
		f("queue", servers, "how mail is tried again (RFC 5321 4.5.4.1)", func(n *nodeSpec) value { return object("queue", queueFields(), &n.Queue) }),
		f("chunking", "mua "+servers, "when content goes by BDAT (RFC 3030): when-needed (default: binary content alone) or always, to who offers it", func(n *nodeSpec) value {
			return oneOf(&n.Chunking, "chunking", sim.ChunkingWhenNeeded, sim.ChunkingAlways)
		}),
		f("downgrade", servers, "content that the next hop cannot take: convert it (default) or bounce it (RFC 6152 3)", func(n *nodeSpec) value {
			return oneOf(&n.Downgrade, "downgrade", sim.DowngradeConvert, sim.DowngradeBounce)
		}),
		f("ports", servers, "ports it listens on; default 25, an msa 587 (465 with implicit TLS) and 25 for addresses of its own, LMTP 24", func(n *nodeSpec) value { return ports(&n.Ports) }),
		f("mutant", servers, "a rule, or rules, that it breaks on purpose, so that a scenario can be shown to fail", func(n *nodeSpec) value {
			return some(&n.Mutants, "mutants", mutant)
		}),
		f("address", external, "host:port of a real server", func(*nodeSpec) value { return refused("real servers (address)") }),
		f("image", external, "the container image of a real server", func(*nodeSpec) value { return refused("containers (image)") }),
		f("target", external, "a real server that mailsim knows how to start", func(*nodeSpec) value { return refused("real servers (target)") }),
		f("faults-by-address", servers, "true: clients choose faults by the local parts of addresses: rcpt451_4.3.0, dot-drop", func(n *nodeSpec) value { return yes(&n.FaultsByAddress) }),
	}
}

// mutant is the name of a rule that is broken. There are too many to list them
// in an error.
func mutant(dst *sim.Mutant) value {
	v := oneOf(dst, "mutant", sim.Mutants()...)
	read := v.read
	v.read = func(d *decoder, t *tree) {
		if t.shape == scalarShape && !t.wrong && suggest(t.text, texts(sim.Mutants())) == "" && !slices.Contains(sim.Mutants(), sim.Mutant(t.text)) {
			d.addf(t.pos, "unknown mutant %q: the language's page has a table of them", t.text)
			return
		}
		read(d, t)
	}
	return v
}

// nodeName is a node that must exist.
func nodeName(dst *string, roles ...sim.Role) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "the name of a node")
			if !ok {
				return
			}
			if d.names.node(d, t.pos, s, roles...) {
				*dst = s
			}
		},
		schema: nameSchema,
	}
}

// mechanism is what a client of the nodes logs in by.
func mechanism(dst *string) value { return mechanismOf(dst, clientMechanisms()) }

// offered is what a server takes.
func offered(dst *string) value { return mechanismOf(dst, append(clientMechanisms(), "CRAM-MD5")) }

func mechanismOf(dst *string, known []string) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "a SASL mechanism")
			if !ok {
				return
			}
			switch up := strings.ToUpper(s); {
			case slices.Contains(known, up):
				*dst = up
			case slices.Contains([]string{"CRAM-MD5", "EXTERNAL", "OAUTHBEARER", "SCRAM-SHA-1", "XOAUTH2"}, up):
				d.addf(t.pos, "not available yet: mechanism %s (%s are)", s, strings.Join(known, ", "))
			default:
				d.unknown(t.pos, "mechanism", s, known)
			}
		},
		schema: func() *schema { return enumSchema(known) },
	}
}

func clientMechanisms() []string { return []string{"PLAIN", "LOGIN", "SCRAM-SHA-256"} }

func relayFor(dst *sim.RelayFor) value {
	var nets []netip.Prefix
	network := func(p *netip.Prefix) value { return parsed(p, "a network", parseNetwork, textSchema) }
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape == scalarShape && t.text == "none" {
				*dst = sim.RelayFor{}
				return
			}
			if t.shape == scalarShape && t.text == "any" {
				*dst = sim.RelayFor{Any: true}
				return
			}
			if t.shape == scalarShape && strings.Trim(t.text, "anyoe") == "" {
				d.unknown(t.pos, "relay-for", t.text, []string{"any", "none"})
				return
			}
			some(&nets, "networks", network).read(d, t)
			*dst = sim.RelayFor{Nets: nets}
		},
		schema: some(&nets, "networks", network).schema,
	}
}

// nextHop is a node, a host of a node or of the zones, host:port, [address] or
// [address]:port.
func nextHop(dst *string) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "a node, host:port or [address]")
			if !ok {
				return
			}
			if err := checkNextHop(s); err == nil {
				*dst = s
				return
			} else if !errors.Is(err, errNoPlace) {
				d.addf(t.pos, "%v", err)
				return
			}
			if d.names.hosts[strings.ToLower(s)] != "" || strings.Contains(s, ".") && len(d.world.Addrs(s)) > 0 || d.names.node(d, t.pos, s, serverRoles()...) {
				*dst = s
			}
		},
		schema: textSchema,
	}
}

// routeHop is a next hop, or the word next: the node's own smart host, or MX
// where it has none.
func routeHop(dst *string) value {
	hop := nextHop(dst)
	read := hop.read
	hop.read = func(d *decoder, t *tree) {
		if _, node := d.names.roles[t.text]; t.text == sim.RouteNext && !node {
			*dst = sim.RouteNext
			return
		}
		read(d, t)
	}
	return hop
}

func serverRoles() []sim.Role { return []sim.Role{sim.MSA, sim.MTA, sim.MDA} }

var errNoPlace = errors.New("neither host:port nor [address]")

func checkNextHop(s string) error {
	if rest, ok := strings.CutPrefix(s, "["); ok {
		lit, port, ok := strings.Cut(rest, "]")
		lit, isV6 := strings.CutPrefix(lit, "IPv6:")
		a, err := netip.ParseAddr(lit)
		if !ok || err != nil || a.Zone() != "" || isV6 && !a.Is6() {
			return fmt.Errorf("%q is no address in brackets: write [192.0.2.1] or [2001:db8::1]", s)
		}
		if port == "" {
			return nil
		}
		p, ok := strings.CutPrefix(port, ":")
		if !ok {
			return fmt.Errorf("%q: want a port behind the bracket, such as [192.0.2.1]:25", s)
		}
		return checkHostPort(lit, p)
	}
	h, port, ok := strings.Cut(s, ":")
	if !ok {
		if a, err := netip.ParseAddr(s); err == nil {
			return fmt.Errorf("%q is an address: write it in brackets, [%s]", s, a)
		}
		return errNoPlace
	}
	if strings.Contains(port, ":") {
		return fmt.Errorf("%q: write an IPv6 address in brackets, [2001:db8::1]:25", s)
	}
	if err := checkHostPort(h, port); err != nil {
		return fmt.Errorf("%q is no next hop: %w", s, err)
	}
	return nil
}

// routeKey is a domain, .domain or *.
func routeKey(d *decoder, t *tree) (string, bool) {
	s := t.text
	if s == "*" {
		return s, true
	}
	if err := checkDomain(strings.TrimPrefix(s, ".")); err != nil {
		d.addf(t.pos, "%q is no route: %v (a route is example.org, .example.org or *)", s, err)
		return "", false
	}
	return s, true
}

func wordsKey(d *decoder, t *tree) (string, bool) {
	if t.text == "" {
		d.addf(t.pos, "the name is empty")
		return "", false
	}
	return t.text, true
}

func mailingList(l *sim.List) value {
	return object("a list", []field[sim.List]{
		{"owner", "the address that failures go to", func(l *sim.List) value { return address(&l.Owner) }, true},
		{"members", "the addresses that get a copy", func(l *sim.List) value { return list(&l.Members, "addresses", address) }, true},
	}, l)
}

func forward(f *sim.Forward) value {
	code := 0
	return object("a forward", []field[sim.Forward]{
		{"to", "the new address", func(f *sim.Forward) value { return address(&f.To) }, true},
		{"reply", "251 (default): take the mail and forward it; 551: refuse it", func(f *sim.Forward) value {
			return whole(&code, 200, 599).then(func(d *decoder, t *tree) {
				if f.Refuse = code == 551; !f.Refuse && code != 251 {
					d.addf(t.pos, "want 251 or 551, not %d", code)
				}
			})
		}, false},
	}, f)
}

func limitFields() []field[sim.Limits] {
	return []field[sim.Limits]{
		{"recipients", "recipients of a message; default 1000", func(l *sim.Limits) value { return whole(&l.Recipients, 1, 1_000_000) }, false},
		{"hops", "Received fields before a mail is taken for a loop; default 100", func(l *sim.Limits) value { return whole(&l.Hops, 1, 10_000) }, false},
		{"errors", "5yz replies of a session before it is closed; default 20", func(l *sim.Limits) value { return whole(&l.Errors, 1, 1_000_000) }, false},
		{"connections", "sessions at once; default without limit", func(l *sim.Limits) value { return whole(&l.Connections, 1, 1_000_000) }, false},
		{"command-timeout", "how long it waits for a command; default 5m", func(l *sim.Limits) value { return period(&l.CommandTimeout) }, false},
		{"rate", "how much may come in a time: 20/m (messages of one peer), or {messages | recipients | connections | bytes: 20/m, per, reply}, or a list", func(l *sim.Limits) value { return rates(&l.Rates) }, false},
	}
}

func queueFields() []field[sim.QueueConfig] {
	return []field[sim.QueueConfig]{
		{"retry", "the wait between tries, or a list of waits whose last repeats; default 30m", func(q *sim.QueueConfig) value {
			return some(&q.Retry, "durations", period)
		}, false},
		{"expire", "when a mail is given up; default 5d", func(q *sim.QueueConfig) value { return period(&q.Expire) }, false},
		{"delay-notice", "when the sender is told that a mail is late; default never", func(q *sim.QueueConfig) value { return duration(&q.DelayNotice) }, false},
		{"parallel", "transactions at once; default 20", func(q *sim.QueueConfig) value { return whole(&q.Parallel, 1, 10_000) }, false},
		{"per-host", "transactions at once to one next hop; default as many as parallel", func(q *sim.QueueConfig) value { return whole(&q.PerHost, 1, 10_000) }, false},
		{"reuse", "mails in one session, 1 for a session each; default 100", func(q *sim.QueueConfig) value { return whole(&q.Reuse, 1, 10_000) }, false},
	}
}

func ports(dst *[]int) value {
	port := func(p *int) value { return whole(p, 1, 65535) }
	return some(dst, "ports", port).then(func(d *decoder, t *tree) {
		seen := map[int]bool{}
		for i, p := range *dst {
			if seen[p] {
				d.addf(t.items[i].pos, "port %d is there twice", p)
			}
			seen[p] = true
		}
	})
}
