package scenarios

import (
	"time"

	"github.com/mailsim/mailsim/sim"
)

// Phase heads a group of steps.
type Phase struct{ Title string }

// Send gives a mail to a server, as its client.
type Send struct {
	Mail    string        // its name; see Numbered
	Via     string        // an msa or mta, or a mua, which submits as configured
	From    string        // reverse-path; "" is the null reverse-path
	To      []string      // forward-paths
	Auth    *sim.Auth     // nil: none
	TLS     sim.TLSClient // none, starttls, implicit
	Headers []HeaderValue // in the order of the file; Absent drops a default field
	Body    Body
	Attach  []Attachment
	Options map[string][]string // ESMTP parameters by upper-case name: BODY, RET, ENVID, NOTIFY, SIZE, SMTPUTF8, ...
	Count   int                 // at least 1
	// Numbered says that count was given, be it 1: the mails are Mail-1 to Mail-Count.
	Numbered bool
	Every    time.Duration // between two mails of Count
}

// HeaderValue is one header field of a mail to send.
type HeaderValue struct {
	Name, Value string
	Absent      bool
}

// Body is a message's text; at most one of Text, Size and File is set. File is
// read when the scenario is parsed: Data holds it.
type Body struct {
	Text string
	Size int64  // octets of generated text
	File string // .eml files bring their own header
	Data []byte
}

// Attachment is a file put into a MIME multipart. Either Data (read at parse)
// or Size (generated octets).
type Attachment struct {
	Name string
	Type string // media type; default by the name's ending, else application/octet-stream
	Size int64
	Data []byte
}

// Reply judges what the last send was told.
type Reply struct {
	At sim.Stage
	Is Pattern // a bare code matches the code; other text is the whole reply
}

// Expect is expect (holds now, or at a quiet moment) and never (must not hold).
// Exactly one subject is set: the field of that name is not nil.
type Expect struct {
	Never  bool
	Within time.Duration // 0: now
	AtEnd  bool          // within: end
	For    time.Duration // never only

	Mailbox  *MailboxCheck
	Queue    *QueueCheck
	Route    *RouteCheck
	Trace    *TraceCheck
	Event    *EventCheck
	Received *ReceivedCheck
	Node     *NodeCheck
	Wire     *WireCheck
}

// MailboxCheck looks into one mailbox. Count counts the mails that Has names,
// all when it is empty. Headers and Body hold if one message (of those) satisfies all.
type MailboxCheck struct {
	Address string
	Node    string // "": any node that holds the mailbox
	Has     string
	Count   *Count
	Headers []HeaderCheck
	Body    []Pattern
}

// HeaderCheck is one field name and what its values are: one pattern for a
// value of any field of that name, several for all of them from the top down.
type HeaderCheck struct {
	Name string
	Is   []Pattern
	List bool // written as a list: the fields must be exactly these, in order
}

// QueueCheck looks into a node's queue.
type QueueCheck struct {
	Node  string
	Has   string
	Count *Count
}

// RouteCheck compares the nodes that accepted a mail, first to last.
type RouteCheck struct {
	Mail string
	To   string // "": any recipient's path
	Is   []Pattern
}

// TraceCheck looks for events of one mail in this order; others may lie between.
type TraceCheck struct {
	Mail string
	Has  []EventCheck
}

// EventCheck matches events; nil patterns match all. Count nil means at least one.
type EventCheck struct {
	Event                            Pattern // event name
	Node, Mail, Peer, From, To       *Pattern
	Reply, Detail, Session, ID, With *Pattern
	Attempt                          *Count
	Count                            *Count
}

// ReceivedCheck compares the Received fields of a delivered mail, newest first.
type ReceivedCheck struct {
	Mail string
	At   string // mailbox address; "": any that has the mail
	Is   []ReceivedPattern
}

// ReceivedPattern is one Received field; By and From name nodes (or are
// patterns over the name in the field); nil matches all.
type ReceivedPattern struct {
	By, From, With, ID, For *Pattern
}

// NodeCheck looks at a node.
type NodeCheck struct {
	Node        string
	Connections *Count // open server sessions
	Queued      *Count // mails in the queue
	Up          *bool
}

// WireCheck looks into what was said in sessions with a node's server: it counts
// those in which Has is found in this order, others between, or Is is all there is.
type WireCheck struct {
	Node  string
	From  string    // the client's node; "": any
	Mail  string    // that was sent in the session; "": any
	Has   []Pattern // of lines such as "C> DATA" or "S> 354 go on"
	Is    []Pattern // of all lines but those of messages
	Count *Count    // nil: at least one
}

// Fault puts a fault on a node.
type Fault struct{ sim.Fault }

// Clear ends faults.
type Clear struct{ Names []string }

// DNS changes the zones or makes look-ups fail. Exactly one of Add, Set,
// Remove (zone-file lines, parsed and valid) and Fail is set.
type DNS struct {
	Add, Set, Remove string
	Fail             string // servfail nxdomain timeout refused truncate
	Name             string // "": every name
	Type             string // "": every type
	For              time.Duration
}

// Wait lets time pass: For, or until nothing is left to do (Quiet).
type Wait struct {
	For   time.Duration
	Quiet bool
}

// Power stops or starts nodes. A stop is a crash: the spool stays, memory is lost.
type Power struct {
	On    bool
	Nodes []string
}

// LinkChange changes the link from one node to another, one direction.
type LinkChange struct {
	From, To string
	Cut      *bool
	Latency  *time.Duration
	Jitter   *time.Duration
	Loss     *float64
	For      time.Duration // 0: until changed again
}

// Load sends many mails: at a rate (open model), or Sessions that send Count
// mails as fast as the target takes them (closed model).
type Load struct {
	Name     string // mails are Name-1, Name-2, ...; default "load", then "load2"
	Via      string
	From     string
	To       []string
	Between  *Between // instead of From and To, and of Via where that is empty
	Auth     *sim.Auth
	TLS      sim.TLSClient
	Rate     []RateStage
	Sessions int
	Count    int
	Size     int64
	Keep     []Threshold
}

// RateStage goes from the rate of the stage before to Rate in Over, or holds
// it for For. Rates are mails a second.
type RateStage struct {
	Rate float64
	Over time.Duration
	For  time.Duration
}

// Threshold is "metric op value": failures < 0.1%, lost = 0.
type Threshold struct {
	Text   string
	Metric string  // failures lost duplicated rate, or pNN latency
	Op     string  // < <= = >= >
	Value  float64 // percent as a share, durations in seconds
}
