// Package trace is the record of a run: what every node did with every mail, and when.
package trace

import "time"

// Kind names what happened. The names are an interface: scenarios, the JSON
// report and OpenTelemetry use them; they are added to, never renamed.
type Kind string

// The kinds of event, in the order in which a mail meets them.
const (
	SessionOpen   Kind = "session.open"   // a server accepted a connection
	SessionTLS    Kind = "session.tls"    // a handshake ended well; Detail is version and cipher suite
	SessionAuth   Kind = "session.auth"   // AUTH ended; Detail is the mechanism, Reply the answer
	SessionClose  Kind = "session.close"  // the session ended
	MailAccepted  Kind = "mail.accepted"  // a server took responsibility for one recipient (RFC 5321 4.2.5)
	MailRefused   Kind = "mail.refused"   // a server refused a command or one recipient; Detail is the stage
	MailGenerated Kind = "mail.generated" // a node wrote a mail of its own (a notification), one event a recipient
	MailExpanded  Kind = "mail.expanded"  // an alias or list (From) gave a recipient (To)
	MailAttempt   Kind = "mail.attempt"   // one try of one copy: To lists its recipients, Attempt counts from 1
	MailConverted Kind = "mail.converted" // a mail is sent to the next hop (Peer) in another encoding; Detail says in which
	MailRelayed   Kind = "mail.relayed"   // the next hop (Peer) took one recipient
	MailDeferred  Kind = "mail.deferred"  // one recipient stays in the queue
	MailDelivered Kind = "mail.delivered" // one recipient's copy is in a mailbox
	MailBounced   Kind = "mail.bounced"   // one recipient failed for good
	MailExpired   Kind = "mail.expired"   // one recipient was given up after the queue's lifetime
	MailDiscarded Kind = "mail.discarded" // one recipient was dropped by a rule; Detail says which
	DNSQuery      Kind = "dns.query"      // a node asked its resolver; Detail is question and answer
	FaultHit      Kind = "fault.hit"      // a fault acted; Detail is its name and what it did
)

// Event is one thing that one node did. Fields that do not apply are empty.
type Event struct {
	At      time.Time `json:"at"`
	Node    string    `json:"node"`              // name of the node that acted
	Kind    Kind      `json:"kind"`              //
	Mail    string    `json:"mail,omitempty"`    // name of the mail: its Message-ID without "@mailsim"
	Peer    string    `json:"peer,omitempty"`    // name of the other node, or its address
	From    string    `json:"from,omitempty"`    // reverse-path; in mail.expanded the alias or list
	To      string    `json:"to,omitempty"`      // forward-path; several are joined by ", "
	Reply   string    `json:"reply,omitempty"`   // SMTP reply: code, enhanced code and text
	Attempt int       `json:"attempt,omitempty"` // counts from 1
	Detail  string    `json:"detail,omitempty"`  // free text; a comparison may use a pattern

	// ID is the node's own name for the mail, the id clause of its Received field.
	ID string `json:"id,omitempty"`
	// Session names the server session, so that session.* events can be told to belong to a mail.
	Session string `json:"session,omitempty"`
	// With is the protocol of the session by RFC 3848 and its successors: ESMTP, ESMTPSA, LMTP.
	With string `json:"with,omitempty"`
}
