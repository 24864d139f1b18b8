// Package sim is a network of mail nodes in one process: submission servers,
// relays and delivery agents that speak SMTP and LMTP over an in-memory network.
//
// # What a crash leaves
//
// A node answers the end of data when the mail is in its queue or in the mailbox, and
// not before (RFC 5321 6.1), and a recipient leaves the queue when the next host's
// reply was read, or when the sender was told. A crash keeps queue and mailboxes and
// nothing else, so no moment is left in which a mail could be lost.
//
// There is one in which it is doubled: the next host has taken the mail, and the
// connection or either side breaks before the reply to the end of data is read. The
// sender cannot tell this from mail that did not arrive, and has to send again (RFC
// 5321 4.5.3.2.6, RFC 1047). It asks no other host for the mail in that try, and waits
// for the reply for ten minutes; more cannot be done. The invariant "duplicates" tells
// of it, so a scenario that brings it about waives that one: the example
// the-one-duplicate.
package sim

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// Role is what a node does with mail; RFC 5598 names the parts.
type Role string

// The roles.
const (
	MUA Role = "mua" // submits, has no server
	MSA Role = "msa" // takes submissions (RFC 6409)
	MTA Role = "mta" // relays (RFC 5321)
	MDA Role = "mda" // delivers into mailboxes
)

// TLSMode is what a server offers.
type TLSMode string

// The server modes. The empty mode is TLSNone.
const (
	TLSNone     TLSMode = "none"
	TLSOffered  TLSMode = "offered"  // STARTTLS in EHLO (RFC 3207)
	TLSRequired TLSMode = "required" // 530 before STARTTLS
	TLSImplicit TLSMode = "implicit" // handshake first (RFC 8314 3.3)
)

// TLSClient is what a client asks for. Empty: none.
type TLSClient string

// The client modes.
const (
	ClientPlain    TLSClient = "none"
	ClientStartTLS TLSClient = "starttls"
	ClientImplicit TLSClient = "implicit"
)

// Auth is a client's credentials.
type Auth struct {
	User, Password string
	Mechanism      string // PLAIN (default), LOGIN or SCRAM-SHA-256
}

// Resolver answers a node's look-ups. Errors are *net.DNSError: IsNotFound for
// NXDOMAIN and NODATA, IsTemporary or IsTimeout for the rest.
type Resolver interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Config is what a network is made of. The zero value works; it has no DNS.
type Config struct {
	Seed     uint64                     // source of all chance
	Resolver func(node string) Resolver // one for each node, so that each has its own cache
	Log      *trace.Log                 // nil: a new one
	Latency  time.Duration              // of every link, one way; 0: DefaultLatency
	Jitter   time.Duration
	Loss     float64 // share of segments that are lost and sent again, 0 to 1
	Spool    string  // where the bodies of large messages are kept, in a directory of their own; "": where the system has temporary files
	Maildir  string  // where mailboxes are kept, as Maildir/NODE/MAILBOX (see FileName); nothing may be there before; "": in memory
}

// NodeConfig is one node.
type NodeConfig struct {
	Name  string // unique
	Role  Role
	Host  string       // name in EHLO, greeting and Received; default Name
	Addrs []netip.Addr // none: asked from the resolver, by Host
	Ports []int        // none: by role (25; LMTP 24; msa 587 or 465, and 25 for addresses of its own)

	Domains   []string // domains it takes mail for, besides those of its mailboxes, aliases and lists
	RelayFor  RelayFor
	Next      string              // smart host: a node's name, host, host:port or [address]
	Routes    map[string]string   // domain, .domain or * to a value like Next, or RouteNext
	Aliases   map[string][]string // RFC 5321 3.9.1
	Lists     map[string]List     // RFC 5321 3.9.2
	Forwards  map[string]Forward  // RFC 5321 3.4
	Mailboxes []string            // addresses; *@domain takes all
	Quota     map[string]Quota    // by mailbox address
	LMTP      bool                // of an mda: RFC 2033

	Greylist      *Greylist // nil: none
	Tarpit        Tarpit
	Greeting      Greeting
	Checks        []Check // what it looks at before it takes mail
	AcceptUnknown bool    // take mail for unknown users of its domains, and return it

	FaultsByAddress bool // clients choose faults by the local part of addresses

	Submit *Submit // of a mua

	AuthRequired bool                // MAIL before AUTH is refused with 530
	Users        map[string]string   // passwords by user name; none: no AUTH
	Mechanisms   []string            // that AUTH takes, CRAM-MD5 among them; none: PLAIN LOGIN SCRAM-SHA-256
	Senders      map[string][]string // of an msa: reverse-paths by user; users who are not there may use any
	Qualify      string              // of an msa: the domain that completes addresses without one
	TLS          TLSMode
	Extensions   Extensions
	Size         int64 // largest message in octets; 0: no limit
	Limits       Limits
	Queue        QueueConfig
	Chunking     Chunking  // how content is sent
	Downgrade    Downgrade // what becomes of content that the next hop cannot take

	Certificate Certificate          // that its server shows
	OwnedSince  map[string]time.Time // since when mailboxes have their owner, by address (RFC 7293)
	Login       map[string]Auth      // who it is where it sends, by name of a node or host
	TLSTo       map[string]TLSPolicy // what TLS has to be on the way to a domain, .domain or *
	Mutants     []Mutant             // rules that it breaks on purpose
	Record      bool                 // keep what is said in sessions: see Node.Recordings
}

// Chunking says when a node sends content by BDAT (RFC 3030) to who offers it. Empty
// is ChunkingWhenNeeded.
type Chunking string

// The ways of sending content.
const (
	ChunkingWhenNeeded Chunking = "when-needed" // binary content alone; DATA for the rest
	ChunkingAlways     Chunking = "always"
)

// Downgrade says what a node does with content that the next hop cannot take: with
// octets of 0x80 and more where there is no 8BITMIME, binary content, overlong lines
// (RFC 6152 3, RFC 3030 3). Empty is DowngradeConvert.
type Downgrade string

// The ways of downgrading.
const (
	DowngradeConvert Downgrade = "convert" // where that can be done, else return it
	DowngradeBounce  Downgrade = "bounce"
)

// RelayFor says which clients may relay to domains that are not the node's own.
type RelayFor struct {
	Any  bool
	Nets []netip.Prefix
}

// List is a mailing list: copies go out with Owner as reverse-path.
type List struct {
	Owner   string
	Members []string
}

// Forward is an address whose user has moved. The server says so: it takes mail and
// forwards it (251), or refuses it (551).
type Forward struct {
	To     string
	Refuse bool
}

// Submit is how a mua sends.
type Submit struct {
	Via  string // name of an msa
	Auth *Auth
	TLS  TLSClient
}

// Extensions edits what EHLO offers. Only, when not nil, is the exact list.
type Extensions struct {
	Only []string
	Hide []string
	Add  []string
}

// Limits bounds a server session. Zero values are the defaults.
type Limits struct {
	Recipients     int           // a message; default 1000, RFC 5321 4.5.3.1.8 wants at least 100
	Hops           int           // Received fields; default 100, RFC 5321 6.3
	Errors         int           // 5yz replies a session before it is closed; default 20
	Connections    int           // at once; default none
	CommandTimeout time.Duration // default 5 minutes, RFC 5321 4.5.3.2.7
	Rates          []Rate        // how much may come within a time
}

// QueueConfig is the retry policy of RFC 5321 4.5.4.1.
type QueueConfig struct {
	Retry       []time.Duration // waits between tries, the last one repeats; default 30 minutes
	Expire      time.Duration   // default 5 days
	DelayNotice time.Duration   // 0: no delay notification
	Parallel    int             // transactions at once; default 20
	PerHost     int             // transactions at once to one next hop; default Parallel
	Reuse       int             // mails in one session, 1: each has its own; default 100
}

// Stage is a moment of a session where a fault acts or a reply is judged.
type Stage string

// The stages in their order.
const (
	AtConnect  Stage = "connect"
	AtBanner   Stage = "banner"
	AtEHLO     Stage = "ehlo"
	AtStartTLS Stage = "starttls"
	AtAuth     Stage = "auth"
	AtMail     Stage = "mail"
	AtRcpt     Stage = "rcpt"
	AtData     Stage = "data"
	AtDot      Stage = "dot"
	AtQuit     Stage = "quit"
)

// Effect is what a fault does instead of a right answer.
type Effect string

// The effects.
const (
	DoReply     Effect = ""          // give Fault.Reply
	DoRefuse    Effect = "refuse"    // at connect: connection refused; later: 554 or 5yz of the stage
	DoDrop      Effect = "drop"      // close after the command was acted on, before its reply
	DoReset     Effect = "reset"     // close before it was acted on
	DoStall     Effect = "stall"     // never answer
	DoGarble    Effect = "garble"    // answer with octets that are no reply
	DoLose      Effect = "lose"      // at dot: 250, and forget the mail
	DoDuplicate Effect = "duplicate" // at dot: queue the mail twice
)

// Fault is one deliberate misbehaviour of a node's server.
type Fault struct {
	Name   string // "" for one that is never cleared by name
	Node   string
	At     Stage
	Do     Effect
	Reply  string             // "451 4.3.0 try later", for DoReply
	Delay  time.Duration      // before acting; alone (no Do, no Reply) it only delays
	Times  int                // 0: no limit
	For    time.Duration      // 0: until cleared
	Chance float64            // 0 and 1: always
	Match  map[string]Matcher // mail, from, to, peer: all must match
}

// Matcher decides on one value; scenarios.Pattern is one.
type Matcher interface{ Match(string) bool }
