package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// Node is one mail program on one host. Its role is a choice of pieces: a
// receiver (not for a mua), a directory and store of local mailboxes, and a
// queue that routes and sends what is not local.
type Node struct {
	network  *Network
	cfg      NodeConfig
	host     *Host
	resolver Resolver
	routes   map[string]string // NodeConfig.Routes by domain key

	tlsPolicies map[string]TLSPolicy // NodeConfig.TLSTo by domain key
	owners      map[string]time.Time // NodeConfig.OwnedSince by name of the mailbox

	directory *directory
	store     *store
	faults    *faults
	policy    *policy // nil: none
	scram     scramKeys
	receiver  *receiver
	queue     *queue

	refusals sync.Map // of mutantRemembersRefusals: replies by recipient

	life chan struct{} // what Start or Crash holds: both wait, so a mutex will not do

	mu      sync.Mutex
	ids     map[string]int // how often newID was asked for a mail
	notices map[string]int // how many notifications there were about a mail
	down    bool
}

// item is one mail in a node's care.
type item struct {
	id        string // id clause of Received
	mail      string // its name
	env       mail.Envelope
	content   mail.Content // this node's Received field on top
	plain     mail.Content // of a notification that is not ASCII: the same as ASCII
	client    string       // what the host called itself that the mail came from
	stored    mail.Content // content as a mailbox gets it; nil: as it is
	file      *spoolFile   // that content needs; nil: none
	facts     facts        // of the message as it came
	measures  measures     // of content
	arrived   time.Time
	generated bool // a notification of this node's own
}

// newItem is a message with the fields of this node on top.
func newItem(m message, top []byte) *item {
	it := &item{content: mail.Join(top, m.content()), file: m.file, facts: m.facts, measures: m.measures}
	it.measures.highHeader = it.measures.highHeader || highOctets(top)
	if m.facts.returnPath {
		// RFC 5321 4.4: final delivery removes the Return-Path that there is.
		clean := m.without("Return-Path")
		it.stored = mail.Join(top, clean.content())
	}
	return it
}

func newNode(network *Network, cfg NodeConfig) (*Node, error) {
	if cfg.Host == "" {
		cfg.Host = cfg.Name
	}
	if !ascii(cfg.Host) {
		cfg.Host = mail.DomainKey(cfg.Host) // RFC 6531 3.7.1: EHLO and its reply have A-labels
	}
	nd := &Node{
		network: network,
		cfg:     cfg,
		host:    &Host{Name: strings.TrimSuffix(cfg.Host, "."), Addrs: cfg.Addrs, network: network},
		down:    true,
		life:    make(chan struct{}, 1),
	}
	if network.cfg.Resolver != nil {
		nd.resolver = network.cfg.Resolver(cfg.Name)
	}
	if len(nd.host.Addrs) == 0 {
		addrs, err := network.lookupOwn(nd)
		if err != nil {
			return nil, err
		}
		nd.host.Addrs = addrs
	}
	switch cfg.Role {
	case MUA:
		if cfg.Submit == nil {
			return nil, errors.New("a mua needs Submit: through which msa it sends")
		}
	case MSA, MTA, MDA:
	default:
		return nil, fmt.Errorf("role %q is none of mua, msa, mta, mda", cfg.Role)
	}
	nd.routes, nd.tlsPolicies, nd.owners = domainTable(cfg.Routes), domainTable(cfg.TLSTo), ownersByBox(cfg.OwnedSince)
	var err error
	if nd.directory, err = newDirectory(cfg); err != nil {
		return nil, err
	}
	if err := checkSubmission(cfg); err != nil {
		return nil, err
	}
	if nd.policy, err = newPolicy(cfg); err != nil {
		return nil, err
	}
	k, err := network.keeper(cfg.Name)
	if err != nil {
		return nil, fmt.Errorf("mailboxes: %w", err)
	}
	if nd.store, err = newStore(cfg, k); err != nil {
		return nil, err
	}
	nd.faults = newFaults(nd)
	nd.queue = newQueue(nd)
	if cfg.Role != MUA {
		nd.receiver = newReceiver(nd)
	}
	return nd, nil
}

// Name returns the node's name.
func (n *Node) Name() string { return n.cfg.Name }

// Host returns the node's host name.
func (n *Node) Host() string { return n.host.Name }

// Addrs returns the node's addresses.
func (n *Node) Addrs() []netip.Addr { return n.host.Addrs }

// Config returns the node's configuration.
func (n *Node) Config() NodeConfig { return n.cfg }

// Start brings the node up: it listens, and takes up its queue where it left
// off. Starting a node that is up does nothing. One that crashes just now is
// started when it is down.
func (n *Node) Start() error {
	n.life <- struct{}{}
	defer func() { <-n.life }()
	if n.Up() {
		return nil
	}
	n.setDown(false)
	if n.receiver != nil {
		if err := n.receiver.start(); err != nil {
			n.setDown(true)
			return fmt.Errorf("start %s: %w", n.cfg.Name, err)
		}
	}
	n.network.news.Add(1)
	n.queue.start()
	return nil
}

// Crash takes the node down in the middle of what it does: sessions are cut,
// queue and mailboxes stay, all else that it remembers is lost. It returns when
// the node's goroutines have ended.
func (n *Node) Crash() {
	n.life <- struct{}{}
	defer func() { <-n.life }()
	if !n.Up() {
		return
	}
	n.setDown(true)
	n.queue.stop()
	if n.receiver != nil {
		n.receiver.stop()
	}
	n.policy.crash()
	if r, ok := n.resolver.(interface{ Flush() }); ok {
		r.Flush()
	}
}

// Up reports whether the node runs.
func (n *Node) Up() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.down
}

func (n *Node) setDown(down bool) {
	n.mu.Lock()
	n.down = down
	n.mu.Unlock()
}

// SetFault makes the node's server misbehave.
func (n *Node) SetFault(f Fault) { n.faults.set(f) }

// ClearFault ends the faults of that name and reports whether there was one.
func (n *Node) ClearFault(name string) bool {
	defer n.network.news.Add(1)
	return n.faults.clear(name)
}

// Connections counts the open server sessions.
func (n *Node) Connections() int {
	if n.receiver == nil {
		return 0
	}
	return n.receiver.connections()
}

// Queue lists what the node has still to send, one entry a recipient, in the
// order of id and recipient.
func (n *Node) Queue() []Queued { return n.queue.list() }

// Mailboxes lists the node's mailboxes that hold mail or are declared.
func (n *Node) Mailboxes() []string { return n.store.mailboxes() }

// Mailbox returns the messages in a mailbox, oldest first.
func (n *Node) Mailbox(address string) []Stored { return n.store.messages(address) }

// emit puts an event of this node into the log.
func (n *Node) emit(e trace.Event) {
	e.At, e.Node = time.Now(), n.cfg.Name
	n.network.log.Add(e)
}

// chance returns a source of chance of this node that depends on the keys alone.
func (n *Node) chance(keys ...any) *rand.Rand {
	return keyed(n.network.cfg.Seed, append([]any{n.cfg.Name}, keys...)...)
}

// peerName tells who has an address.
func (n *Node) peerName(a netip.Addr) string { return n.network.peerName(a) }

// newID names a mail at this node. The name depends on the mail and how often
// the node met it, not on what else goes on.
func (n *Node) newID(mailName string) string {
	n.mu.Lock()
	if n.ids == nil {
		n.ids = map[string]int{}
	}
	n.ids[mailName]++
	count := n.ids[mailName]
	n.mu.Unlock()
	r := n.chance("id", mailName, count)
	const digits = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
	id := make([]byte, 12)
	for i := range id {
		id[i] = digits[r.IntN(len(digits))]
	}
	return string(id)
}
