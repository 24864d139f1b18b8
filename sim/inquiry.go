package sim

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Lookup is a question to the DNS and its answer.
type Lookup struct {
	Type    string        `json:"type"` // MX, A, AAAA
	Name    string        `json:"name"`
	Aliases []string      `json:"aliases,omitempty"` // where CNAMEs led
	Answer  []string      `json:"answer,omitempty"`
	Error   string        `json:"error,omitempty"`
	TTL     time.Duration `json:"ttl,omitempty"`    // for which the answer, good or bad, still holds
	Cached  bool          `json:"cached,omitempty"` // it was known from before
}

// noPreference stands for the preference of what no MX record names.
const noPreference = -1

// inquiry records how targets come about. It goes with a question, in the place of
// the node's cache and of the log.
type inquiry struct {
	node     *Node
	resolver Resolver
	began    time.Time
	e        *Explanation
}

// question makes the question that fills an explanation.
func (x *explainer) question(n *Node, e *Explanation) question {
	i := &inquiry{node: n, resolver: n.resolver, began: x.began, e: e}
	if x.Resolver != nil {
		i.resolver = x.Resolver(n.cfg.Name)
	}
	return question{id: x.ID, attempt: x.Attempt, why: i}
}

// askedMX notes a question for MX records.
func (i *inquiry) askedMX(domain string, mxs []*net.MX, err error) {
	l := i.lookup("MX", domain, err)
	for _, mx := range mxs {
		l.Answer = append(l.Answer, strconv.Itoa(int(mx.Pref))+" "+hostOf(mx))
	}
}

// askedAddrs notes the two questions whose answers were put together.
func (i *inquiry) askedAddrs(ctx context.Context, host string) {
	for _, of := range [][2]string{{"AAAA", "ip6"}, {"A", "ip4"}} {
		addrs, err := i.resolver.LookupNetIP(ctx, of[1], host)
		l := i.lookup(of[0], host, err)
		for _, a := range addrs {
			l.Answer = append(l.Answer, a.String())
		}
	}
}

func (i *inquiry) lookup(rrtype, name string, err error) *Lookup {
	l := Lookup{Type: rrtype, Name: name}
	if err != nil {
		l.Error = plainDNS(err)
	}
	if m, ok := i.resolver.(rememberer); ok {
		if aliases, asked, ttl := m.Memory(name, rrtype); !asked.IsZero() {
			l.Cached = asked.Before(i.began)
			l.TTL = max(ttl-time.Since(asked), 0).Round(time.Second)
			for _, a := range aliases {
				l.Aliases = append(l.Aliases, strings.TrimSuffix(a, "."))
			}
		}
	}
	i.e.Lookups = append(i.e.Lookups, l)
	return &i.e.Lookups[len(i.e.Lookups)-1]
}

// take notes targets that will be tried, behind those noted before.
func (q question) take(ts []target, pref int) {
	if q.why == nil {
		return
	}
	n := q.why.node
	for _, t := range ts {
		q.why.e.Tried = append(q.why.e.Tried, q.why.candidate(t, pref, cmp.Or(n.network.deaf(t), n.queue.knownDown(t))))
	}
}

// leaveOut notes a target that is not tried.
func (q question) leaveOut(t target, pref int, why string) {
	if q.why != nil {
		q.why.e.LeftOut = append(q.why.e.LeftOut, q.why.candidate(t, pref, why))
	}
}

// leaveOutAll notes targets that are not tried.
func (q question) leaveOutAll(ts []target, pref int, why string) {
	for _, t := range ts {
		q.leaveOut(t, pref, why)
	}
}

// leaveOutHosts notes MX hosts that are not tried.
func (q question) leaveOutHosts(mxs []*net.MX, why string) {
	for _, mx := range mxs {
		q.leaveOutHost(mx, why)
	}
}

// leaveOutHost notes one.
func (q question) leaveOutHost(mx *net.MX, why string) {
	q.leaveOut(target{host: hostOf(mx)}, int(mx.Pref), why)
}

// hostOf is the host of an MX record without its last dot, save the root.
func hostOf(mx *net.MX) string {
	if mx.Host == "." {
		return mx.Host
	}
	return strings.TrimSuffix(mx.Host, ".")
}

// candidate is a target in words.
func (i *inquiry) candidate(t target, pref int, why string) Candidate {
	c := Candidate{Host: t.host, Why: why}
	if pref != noPreference {
		c.Preference = &pref
	}
	if t.addr.IsValid() {
		c.Addr = t.addr.String()
		if nd := i.node.network.byAddr[t.addr.Addr()]; nd != nil {
			c.Node = nd.cfg.Name
		}
	}
	return c
}

// deaf tells why a connection to a target would be refused; "" if it would not.
func (n *Network) deaf(t target) string {
	nd := n.byAddr[t.addr.Addr()]
	switch {
	case nd == nil:
		return "no node of this network has the address"
	case nd.cfg.Role == MUA:
		return "node " + nd.cfg.Name + " is a user agent, and takes no mail"
	case !slices.Contains(nd.cfg.ListenPorts(), int(t.addr.Port())):
		return fmt.Sprintf("node %s listens on port %d", nd.cfg.Name, nd.cfg.ListenPorts()[0])
	case !nd.Up():
		return "node " + nd.cfg.Name + " is down"
	}
	return ""
}

// knownDown tells that the node has found a target down a moment ago, and so passes
// it over; "" if not.
func (q *queue) knownDown(t target) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if h := q.reach.known(t.addr, now, q.node.network.news.Load()); h != nil {
		return "it is known to be down: " + h.told(now).Text()
	}
	return ""
}

func portOf(addr string) uint16 {
	a, _ := netip.ParseAddrPort(addr) // of a target
	return a.Port()
}

// refuses tells what the node would say to another one that gives it mail for an
// address; code 0 if it takes it.
func (n *Node) refuses(client *Node, address string, port uint16) mail.Reply {
	inbound := n.cfg.inbound(port)
	if n.cfg.AuthRequired && !inbound {
		return localReply(530, "5.7.0", "authentication is required")
	}
	addr, err := mail.ParseAddress(address)
	if err != nil || n.locate(addr).class != remote {
		return mail.Reply{} // what becomes of it there, the node itself explains
	}
	for _, a := range client.host.Addrs {
		if n.cfg.relaysFor(a, inbound) {
			return mail.Reply{}
		}
	}
	return localReply(550, "5.7.1", "relaying denied")
}
