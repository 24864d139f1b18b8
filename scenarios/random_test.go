package scenarios_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// world draws a random network, and a story of mail, faults, crashes, cut links
// and failing DNS in it. It is written as the text of a scenario, so that what
// is found is a file that anybody can run. Nothing but the invariants judges it.
//
// What is drawn first is kept longest when a failure is made smaller: few
// domains, no relay, one mail, no trouble.
type world struct {
	t     *rapid.T
	dns   []string
	nodes []string
	steps []string

	hosts     []string // nodes that may be stopped, cut off and faulty
	edges     []edge   // links that mail takes
	domains   []string
	addresses []string // that somebody may write to
	senders   []string
	twice     bool // something may break between a mail and its reply: RFC 5321 4.5.3.2.6
}

type edge struct{ from, to string }

// drawScenario draws the text of a scenario. The node `out` has the mutants.
func drawScenario(t *rapid.T, mutant string) string {
	w := &world{t: t, senders: []string{"ann@home.example", "", "nobody@gone.example"}}
	w.node("out: {role: msa, auth: none%s%s}", w.queue(), mutant)
	for i := range w.upTo(1, 3, "domains") {
		w.domain(i)
	}
	w.node("home: {role: mda, mailboxes: [ann@home.example, owner@home.example]}")
	w.addresses = append(w.addresses, "ann@home.example")
	w.edges = append(w.edges, edge{"out", "home"})
	w.expansions()
	w.hosts = append(w.hosts, "out")
	for i := range w.upTo(1, 4, "mails") {
		for range w.upTo(0, 2, "troubles") {
			w.trouble()
		}
		w.send(i)
	}
	for range w.upTo(0, 2, "late troubles") {
		w.trouble()
	}
	w.step("wait: 3h") // whatever is temporary is over
	w.step("start: [%s]", strings.Join(w.hosts, ", "))
	w.step("wait: quiet")
	return w.String()
}

func (w *world) String() string {
	var b strings.Builder
	b.WriteString("scenario: random\n")
	if w.twice {
		b.WriteString("waive: [duplicates] # a reply may be missing (RFC 5321 4.5.3.2.6)\n")
	}
	b.WriteString("dns: |\n  $TTL 300\n")
	for _, l := range w.dns {
		b.WriteString("  " + l + "\n")
	}
	b.WriteString("nodes:\n")
	for _, l := range w.nodes {
		b.WriteString("  " + l + "\n")
	}
	b.WriteString("steps:\n")
	for _, l := range w.steps {
		b.WriteString("  - " + l + "\n")
	}
	return b.String()
}

func (w *world) node(format string, a ...any) {
	w.nodes = append(w.nodes, fmt.Sprintf(format, a...))
}

func (w *world) step(format string, a ...any) {
	w.steps = append(w.steps, fmt.Sprintf(format, a...))
}

func (w *world) upTo(low, high int, what string) int {
	return rapid.IntRange(low, high).Draw(w.t, what)
}

func (w *world) one(what string, of ...string) string {
	return rapid.SampledFrom(of).Draw(w.t, what)
}

func (w *world) maybe(what string) bool { return rapid.Bool().Draw(w.t, what) }

func (w *world) queue() string {
	return w.one("queue", "", ", queue: {retry: 10m, expire: 2h}", ", queue: {retry: [1m, 5m, 20m], expire: 4h, delay-notice: 30m}",
		", queue: {retry: 15m, expire: 1h, parallel: 1}")
}

// domain adds a domain with its mailboxes: in a store of its own, or behind relays.
func (w *world) domain(i int) {
	name := fmt.Sprintf("d%d.example", i)
	w.domains = append(w.domains, name)
	store := fmt.Sprintf("store%d", i)
	boxes := []string{"bob@" + name, "carol@" + name}
	w.addresses = append(w.addresses, boxes...)
	w.addresses = append(w.addresses, "Bob+detail@"+name, "nobody@"+name, "postmaster@"+name)
	features := w.one("store", "", ", extensions: [SIZE]", ", tls: offered", ", limits: {recipients: 1}", ", quota: {carol@"+name+": 2KiB}", ", size: 3KiB")
	relays := w.upTo(0, 2, "relays")
	if relays > 0 && w.maybe("LMTP") {
		features += ", protocol: lmtp"
	}
	w.node("%s: {role: mda, mailboxes: [%s]%s}", store, strings.Join(boxes, ", "), features)
	w.hosts = append(w.hosts, store)
	for r := range relays {
		relay := fmt.Sprintf("mx%d%c", i, 'a'+r)
		w.node("%s: {role: mta, host: %s.%s, domains: [%s], next: %s%s}", relay, relay, name, name, store,
			w.queue()+w.one("relay", "", ", extensions: [SIZE, DSN]", ", tls: offered", ", limits: {connections: 1}"))
		w.dns = append(w.dns, fmt.Sprintf("%s. MX %d %s.%s.", name, 10*(r*w.upTo(0, 1, "preference")+1), relay, name))
		w.hosts = append(w.hosts, relay)
		w.edges = append(w.edges, edge{"out", relay}, edge{relay, store})
	}
	if relays == 0 {
		w.edges = append(w.edges, edge{"out", store})
	}
}

// expansions adds a node with aliases and lists, whose members are anybody.
func (w *world) expansions() {
	if !w.maybe("expansions") {
		return
	}
	all := append([]string{"team@club.example", "news@club.example"}, w.addresses...)
	members := func(what string) string {
		return strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 3, rapid.ID[string]).Draw(w.t, what), ", ")
	}
	w.node("club: {role: mta%s, aliases: {team@club.example: [%s]}, lists: {news@club.example: {owner: owner@home.example, members: [%s]}}}",
		w.queue(), members("alias"), members("list"))
	w.addresses = all
	w.hosts = append(w.hosts, "club")
	w.edges = append(w.edges, edge{"out", "club"})
}

// send adds a mail to one or several.
func (w *world) send(i int) {
	to := rapid.SliceOfNDistinct(rapid.SampledFrom(w.addresses), 1, 3, rapid.ID[string]).Draw(w.t, "to")
	more := w.one("mail", "", ", count: 3", ", body: {size: 4KiB}", ", body: {size: 300KiB}", ", body: \"8-bit: \\u00e9\", options: {BODY: 8BITMIME}",
		", options: {NOTIFY: [SUCCESS, FAILURE, DELAY], ENVID: x, RET: HDRS}", ", options: {NOTIFY: [NEVER]}")
	w.step("send: {mail: m%d, via: out, from: %q, to: [%s]%s}", i, w.one("from", w.senders...), strings.Join(to, ", "), more)
}

// trouble adds something that goes wrong.
func (w *world) trouble() {
	host := w.one("host", w.hosts...)
	switch w.one("trouble", "pause", "refusal", "breach", "crash", "restart", "cut", "dns") {
	case "pause":
		w.step("wait: %s", w.one("pause", "1s", "3ms", "10m", "1h"))
	case "refusal":
		w.step("fault: {node: %s, at: %s, reply: %s%s}", host, w.one("at", "rcpt", "banner", "ehlo", "mail", "data", "dot"),
			w.one("reply", "451 4.3.0 later", "550 5.7.1 no", "421 4.3.2 busy", "452 4.5.3 many", "552 5.2.2 full"), w.limit())
	case "breach":
		at, do := w.one("at", "rcpt", "connect", "banner", "ehlo", "mail", "data", "dot", "quit"), w.one("do", "drop", "reset", "stall", "garble")
		limit := w.limit()
		if at == "dot" && do != "reset" {
			w.twice = true
			limit = ", times: 2" // each costs a copy, and a hundred would be a loop
		}
		w.step("fault: {node: %s, at: %s, do: %s%s}", host, at, do, limit)
	case "crash":
		w.twice = true
		w.step("stop: %s", host)
	case "restart":
		w.twice = true
		w.step("wait: %s", w.one("until", "2ms", "5ms", "9ms", "13ms", "21ms"))
		w.step("stop: %s", host)
		w.step("start: %s", host)
	case "cut":
		w.twice = true
		e := rapid.SampledFrom(w.edges).Draw(w.t, "edge")
		w.step("link: {from: %s, to: %s, cut: true, for: %s}", e.from, e.to, w.one("for", "40m", "10ms", "5m"))
	case "dns":
		w.step("dns: {fail: %s, name: %s, for: %s}", w.one("fail", "servfail", "nxdomain", "timeout"), w.one("name", w.domains...), w.one("for", "40m", "5m"))
	}
}

func (w *world) limit() string {
	return w.one("limit", ", for: 50m", ", times: 1", ", times: 3", ", chance: 0.5", "")
}
