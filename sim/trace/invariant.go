package trace

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The invariants: what holds in every run, whatever is expected of it.
const (
	Body       = "body"        // the octets of a body do not change (RFC 5321 6.4)
	Duplicates = "duplicates"  // nothing is taken, sent on or delivered twice
	Leaks      = "leaks"       // nothing of the run outlives it
	Loops      = "loops"       // no mail comes to a node more often than loop detection allows (RFC 5321 6.3)
	Lost       = "lost"        // what was taken comes to an end that is told (RFC 5321 4.2.5, 6.1)
	NullSender = "null-sender" // a null reverse-path causes no notification (RFC 5321 4.5.5)
	Trace      = "received"    // Received fields agree with the hops (RFC 5321 4.4)
	ReturnPath = "return-path" // one Return-Path, on top, that of the envelope (RFC 5321 4.4)
)

// Invariants returns the names of all invariants, sorted.
func Invariants() []string {
	return []string{Body, Duplicates, Leaks, Loops, Lost, NullSender, Trace, ReturnPath}
}

// DefaultHops is how many Received fields a message may have where no node says
// otherwise: at least 100, RFC 5321 6.3.
const DefaultHops = 100

// Evidence is what is known at the end of a run. It should be gathered at a
// quiet moment; a transaction whose reply is still on its way is understood.
type Evidence struct {
	Events    []*Event // all of them, in any order that keeps that of one node
	Nodes     []NodeFacts
	Queued    []Held     // what is in the queues, an entry a recipient
	Delivered []Delivery // what is in the mailboxes, an entry a message
	Sent      []Sent     // what was handed in by those who are no nodes, and by user agents
	MaxHops   int        // Received fields that a message may have; at least DefaultHops is assumed
	Leaks     []string   // what was left behind, each in a few words
}

// NodeFacts is what the invariants need to know of a node.
type NodeFacts struct {
	Name  string
	Host  string   // its name in EHLO and in Received
	Addrs []string // IP addresses
	Role  string   // a "mua" has no server and tells nothing of itself
	Hops  int      // its own limit of Received fields; 0: Evidence.MaxHops
}

// Held is one recipient in a node's queue.
type Held struct{ Node, ID, Mail, To string }

// Delivery is one message in a mailbox.
type Delivery struct {
	Node, ID, Mail, To string
	From               string // reverse-path of the envelope
	Recipients         int    // that the node took in that transaction; 0: as the events say

	// Read, if it is not nil, reads the message when its turn comes, and fills the
	// fields below: a run may have more messages than their headers should be in
	// memory at once.
	Read func(*Delivery)

	ReturnPaths     []string // values of the fields, from the top down
	ReturnPathFirst bool     // the first field of all is a Return-Path
	Received        []Hop    // newest first
	BodySum         [32]byte // SHA-256

	// Parts, if it is not nil, gives a digest of what the parts of the message decode
	// to, whatever they are encoded in. It is asked where the message was converted.
	Parts func() [32]byte
}

// Hop is one Received field. A field that could not be read has only Raw.
type Hop struct {
	From     string
	FromAddr string // TCP-info: "[192.0.2.1]"
	By, With string
	ID, For  string
	Date     time.Time
	Raw      string // value of the field
}

// Sent is one mail as it was handed in.
type Sent struct {
	Mail     string
	BodySum  [32]byte // SHA-256
	Parts    [32]byte // as Delivery.Parts has it; zero: not known
	Received []string // values of the Received fields that it had, from the top down
}

// Violation is one way in which an invariant is broken.
type Violation struct {
	Invariant string
	Mail      string
	Node      string
	Text      string // what is wrong, in a line
	Want, Got string
}

// Verify checks all invariants. The violations are in order of invariant, mail,
// node and text. It takes time in proportion to the evidence.
func Verify(e Evidence) []Violation {
	nodes := make(map[string]*NodeFacts, len(e.Nodes))
	for i := range e.Nodes {
		nodes[e.Nodes[i].Name] = &e.Nodes[i]
	}
	c := &investigation{nodes: nodes, maxHops: e.MaxHops}
	for f := range e.families() {
		c.take(f)
		c.conserve()
		c.compareEdges()
		c.compareMailboxes()
		c.repeatedInSession()
		c.checkDeliveries()
		c.checkLoops()
		c.checkNullSender()
	}
	for _, l := range e.Leaks {
		c.report(Violation{Invariant: Leaks, Text: l, Want: "nothing left behind", Got: l})
	}
	slices.SortStableFunc(c.violations, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.Invariant, b.Invariant), strings.Compare(a.Mail, b.Mail),
			strings.Compare(a.Node, b.Node), strings.Compare(a.Text, b.Text), strings.Compare(a.Got, b.Got))
	})
	return c.violations
}

// investigation is the evidence of one family at a time, sorted for looking things
// up, and what was found in all of them.
type investigation struct {
	family
	nodes      map[string]*NodeFacts
	maxHops    int
	violations []Violation
	// accepted is all mail.accepted of a node under one ID: one transaction.
	accepted map[taken][]*Event
	// generated tells which IDs are mails of the node's own.
	generated map[taken]*Event
	// wrote finds those IDs by node and name of the mail.
	wrote map[taken]string
	// converted tells which mails were given another encoding on their way.
	converted map[string]bool
	// relayed finds the events by which a node gave a mail to another.
	relayed map[handover][]*Event

	accounts map[instance]*account // of conserve
	edges    map[handover]*traffic // of compareEdges
	visits   map[visit]lastVisit   // of checkLoops
}

// taken names a mail at a node.
type taken struct{ node, id string }

// handover is what one node gives another.
type handover struct{ mail, from, to, rcpt string }

// take begins with the next family.
func (c *investigation) take(f family) {
	c.family = f
	c.accepted, c.generated, c.wrote = emptied(c.accepted), emptied(c.generated), emptied(c.wrote)
	c.relayed, c.converted = emptied(c.relayed), emptied(c.converted)
	for _, v := range f.events {
		t := taken{v.Node, v.ID}
		switch v.Kind {
		case MailAccepted:
			c.accepted[t] = append(c.accepted[t], v)
		case MailGenerated:
			c.generated[t] = v
			c.wrote[taken{v.Node, v.Mail}] = v.ID
		case MailConverted:
			c.converted[v.Mail] = true
		case MailRelayed:
			h := handover{v.Mail, v.Node, v.Peer, key(v.To)}
			c.relayed[h] = append(c.relayed[h], v)
		}
	}
}

// emptied returns a map without anything in it: m again, unless it has grown so much
// that to empty it takes longer than to make another.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) > 64 {
		return make(map[K]V)
	}
	clear(m)
	return m
}

func (c *investigation) report(v Violation) { c.violations = append(c.violations, v) }

// relays reports whether a peer is a node that tells of what it relays. A user
// agent and whoever is no node tell nothing, so nothing can be said of them.
func (c *investigation) relays(peer string) bool {
	n := c.nodes[peer]
	return n != nil && n.Role != "mua" && n.Role != "external"
}

// hops is the limit of loop detection at a node.
func (c *investigation) hops(node string) int {
	if n := c.nodes[node]; n != nil && n.Hops > 0 {
		return n.Hops
	}
	return max(c.maxHops, DefaultHops)
}
