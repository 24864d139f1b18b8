package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Explanation is where mail for an address goes from a node, and why.
type Explanation struct {
	Node     string        `json:"node,omitempty"` // "": nobody of the network
	Address  string        `json:"address"`
	By       string        `json:"by"` // what decided
	Lookups  []Lookup      `json:"lookups,omitempty"`
	Tried    []Candidate   `json:"tried,omitempty"` // in the order of the tries
	Chance   string        `json:"chance,omitempty"`
	LeftOut  []Candidate   `json:"leftOut,omitempty"`
	Verdict  string        `json:"verdict,omitempty"`  // the reply that says why there is no way
	Expanded []Explanation `json:"expanded,omitempty"` // where the members of an alias or list go
	Next     *Explanation  `json:"next,omitempty"`     // what the first host does that takes the mail
}

// Candidate is one address of a next hop, or a host of which none is known.
type Candidate struct {
	Host       string `json:"host"`
	Addr       string `json:"addr,omitempty"`       // address and port
	Preference *int   `json:"preference,omitempty"` // of its MX record
	Node       string `json:"node,omitempty"`       // who has the address
	Why        string `json:"why,omitempty"`        // why it is left out, or would not take the mail
}

// Inquiry is what Explain is asked.
type Inquiry struct {
	Address string

	// ID and Attempt are those of a mail and of a try: chance decides by them between
	// hosts of equal preference. Without, it is some mail that is not there.
	ID      string
	Attempt int

	// Resolver answers the questions; nil: the node's own. In the middle of a run it
	// should be one whose answers change nothing for the nodes.
	Resolver func(node string) Resolver

	// Follow goes on from node to node, at each to the first host that takes the mail,
	// until it is delivered.
	Follow bool
}

// maxExplained bounds one inquiry: aliases may have any number of members.
const maxExplained = 200

// Explain tells where the node would send mail for an address now, by the very code
// that sends. Nothing is sent, and no event is logged. What a user agent hands over
// is followed to its submission server.
func (n *Node) Explain(ctx context.Context, q Inquiry) Explanation {
	x := explainer{Inquiry: q, ctx: ctx, began: time.Now(), left: maxExplained, been: map[place]bool{}}
	return x.arrive(n, q.Address)
}

// Arrives reports whether mail gets as far as the explanation goes: to a next hop,
// or into mailboxes.
func (e *Explanation) Arrives() bool {
	return e.Verdict == "" && (e.Next == nil || e.Next.Arrives()) &&
		!slices.ContainsFunc(e.Expanded, func(m Explanation) bool { return !m.Arrives() })
}

// explainer works on one inquiry.
type explainer struct {
	Inquiry
	ctx   context.Context
	began time.Time
	left  int            // explanations that it may still make
	been  map[place]bool // where the mail was on its way
}

// place is an address at a node.
type place struct{ node, address string }

// arrive explains what becomes of mail for an address that comes to a node.
func (x *explainer) arrive(n *Node, address string) Explanation {
	here := place{n.cfg.Name, address}
	if x.been[here] {
		x.left--
		hops := orDefault(n.cfg.Limits.Hops, defaultHops)
		return Explanation{
			Node: n.cfg.Name, Address: address,
			By:      fmt.Sprintf("what was said above: the mail goes round until it has been through %d hops (RFC 5321 6.3)", hops),
			Verdict: localReply(554, "5.4.6", "too many hops, this is a loop").String(),
		}
	}
	x.been[here] = true
	defer delete(x.been, here)
	e, circle := x.from(n, address, nil)
	if circle {
		e.Verdict = localReply(554, "5.4.6", "the alias leads back to itself").String()
	}
	return e
}

// from explains where mail for an address goes from a node, to which the aliases
// and lists in via have led. circle says that it leads to nobody but back to them.
func (x *explainer) from(n *Node, address string, via []string) (e Explanation, circle bool) {
	e = Explanation{Node: n.cfg.Name, Address: address}
	x.left--
	if n.cfg.Role == MUA {
		x.submit(n, &e)
		return e, false
	}
	addr, err := mail.ParseAddress(address)
	if err != nil {
		e.By, e.Verdict = "nothing: this is no address", localReply(553, "5.1.3", err.Error()).String()
		return e, false
	}
	found := n.locate(addr)
	if slices.Contains(via, found.key) {
		// An alias may be a mailbox too: it keeps a copy.
		if found = n.directory.mailboxOf(addr); found.class != localMailbox {
			e.By = "what was said above: it leads back there"
			return e, true
		}
	}
	switch found.class {
	case localMailbox:
		e.By = "the mailbox " + found.mailbox + ": it is delivered here"
	case localAlias:
		e.By = "the alias " + found.key + " (RFC 5321 3.9.1)"
		circle = x.expand(n, &e, found, via)
	case localList:
		e.By = "the list " + found.key + " (RFC 5321 3.9.2)"
		circle = x.expand(n, &e, found, via)
	case localMoved:
		e.By, e.Verdict = "nothing: the user has moved (RFC 5321 3.4)", found.unknown(true).String()
	case localDomain:
		if !n.relaysOwn(addr.Domain) {
			e.By = "nothing: the domain is this node's own, and has no such address"
			e.Verdict = localReply(550, "5.1.1", "no such user here").String()
			return e, false
		}
		x.onward(n, &e, addr)
	default:
		x.onward(n, &e, addr)
	}
	return e, circle
}

// submit explains a user agent.
func (x *explainer) submit(n *Node, e *Explanation) {
	e.By = "the submission server of this user agent, node " + n.cfg.Submit.Via
	via := n.network.byName[n.cfg.Submit.Via]
	if via == nil || via.cfg.Role == MUA {
		e.Verdict = localReply(550, "5.4.4", n.cfg.Submit.Via+" is no server").String()
		return
	}
	q := x.question(n, e)
	if _, err := n.nodeTargets(via.cfg.Name, q); err != nil {
		e.Verdict = err.Error()
		return
	}
	next := x.arrive(via, e.Address)
	e.Next = &next
}

// expand explains where the members of an alias or list go. Those that lead back
// are dropped; where all do, nobody gets the mail.
func (x *explainer) expand(n *Node, e *Explanation, found *local, via []string) (circle bool) {
	via = append(via[:len(via):len(via)], found.key)
	circle = true
	for _, to := range found.members {
		if x.left <= 0 {
			e.By += fmt.Sprintf("; only %d of its %d members are explained", len(e.Expanded), len(found.members))
			return false
		}
		member, back := x.from(n, to, via)
		circle = circle && back
		e.Expanded = append(e.Expanded, member)
	}
	return circle
}

// onward explains the next hop.
func (x *explainer) onward(n *Node, e *Explanation, addr mail.Address) {
	d := n.decide(addr.Domain)
	e.By = n.inWords(d, addr.Domain)
	if _, err := n.targets(x.ctx, d.hop, x.question(n, e)); err != nil {
		var r routeError
		if !errors.As(err, &r) {
			r = routeError{localReply(451, "4.4.3", err.Error())}
		}
		e.Verdict = r.reply.String()
		return
	}
	if len(e.Tried) > maxTargets {
		for _, c := range e.Tried[maxTargets:] {
			c.Why = fmt.Sprintf("behind the %d addresses that one attempt tries", maxTargets)
			e.LeftOut = append(e.LeftOut, c)
		}
		e.Tried = e.Tried[:maxTargets]
	}
	e.Chance = x.chance(e.Tried)
	if x.Follow {
		x.follow(n, e)
	}
}

// inWords says what decided about the mail for a domain.
func (n *Node) inWords(d decision, domain string) string {
	switch d.by {
	case byRoute:
		return fmt.Sprintf("the route %s: %s", d.route, d.hop)
	case bySmartHost:
		return "the smart host: " + d.hop.String()
	case byLiteral:
		return "the address literal: no MX is asked (RFC 5321 4.1.3)"
	}
	s := "the MX records of " + strings.TrimPrefix(d.hop.String(), "MX of ") + " (RFC 5321 5.1)"
	if n.cfg.Next != "" {
		s += fmt.Sprintf("; the smart host %s delivers no mail for %s, and relays none", n.cfg.Next, domain)
	}
	return s
}

// chance says what chance decides.
func (x *explainer) chance(tried []Candidate) string {
	for i := 1; i < len(tried); i++ {
		a, b := &tried[i-1], &tried[i]
		if a.Preference == nil || b.Preference == nil || *a.Preference != *b.Preference || a.Host == b.Host {
			continue
		}
		const s = "the order of hosts of equal preference, anew for each mail and try (RFC 5321 5.1)"
		if x.ID == "" {
			return s + "; this is one of them"
		}
		return s + fmt.Sprintf("; this is that of try %d", x.Attempt)
	}
	return ""
}

// follow goes on at the first host that takes the mail.
func (x *explainer) follow(n *Node, e *Explanation) {
	for i := range e.Tried {
		c := &e.Tried[i]
		nd := n.network.byName[c.Node]
		if c.Why != "" || x.left <= 0 {
			continue
		}
		if refused := nd.refuses(n, e.Address, portOf(c.Addr)); refused.Code != 0 {
			c.Why = "it refuses: " + refused.String()
			if e.Verdict == "" {
				e.Verdict = refused.String()
			}
			continue
		}
		next := x.arrive(nd, e.Address)
		e.Next, e.Verdict = &next, ""
		return
	}
	if e.Verdict == "" && x.left > 0 {
		last := &e.Tried[len(e.Tried)-1]
		e.Verdict = localReply(451, "4.4.1", last.Host+": "+last.Why).String()
	}
}
