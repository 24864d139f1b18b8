// Package mutants has servers that break one rule each, and shows that the cases of the conformance suite catch
// them: a verdict that cannot fail is worth nothing.
//
// A mutant is the reference server (package simulated) behind a Filter that edits what is said in a session, with a
// changed configuration, or with a Store that spoils what it delivers; or it is a small server of its own.
package mutants

import (
	"net"
	"slices"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/client"
)

// Mutant is a server that breaks one rule, and which case has to see it.
type Mutant struct {
	Name string // unique
	Case string // id of the case that has to catch it
	Row  string // id of the requirement that it breaks
	Does string // in a sentence: "It answers EHLO without a name with 250."

	// Guard marks a server that is right, in a way in which servers differ: the case
	// must pass it.
	Guard bool

	Profile conformance.Profile           // of the reference; "": conformance.MX
	Node    func(c *sim.NodeConfig)       // changes its configuration
	Target  func(t *conformance.Target)   // changes what the probe is told
	Filter  func() Filter                 // edits sessions; called once for each
	Store   func(message []byte) [][]byte // what becomes of a message on its way to a mailbox; none: it is lost
	Flaws   client.Flaw                   // of a sender, for cases of senders
	Serve   func(c net.Conn)              // a server of its own instead of the reference; it closes c

	// Surveyed mutants are there from the first session on. The others begin to
	// mutate after the survey, which is then made of the server without its fault.
	Surveyed bool
}

// All returns the mutants, by the sections of their cases.
func All() []Mutant {
	return slices.Concat(
		// RFC 5321 2, 3.1 to 3.4, 3.6 to 3.9.
		rfc5321Hello(),
		rfc5321Lines(),
		rfc5321LetterCase(),
		rfc5321Octets(),
		rfc5321Greeting(),
		rfc5321Transaction(),
		rfc5321Addressing(),
		rfc5321Content(),
		rfc5321Forwarding(),
		rfc5321Ending(),
		// RFC 5321 3.5, 4.1.1.
		rfc5321Vrfy(),
		rfc5321Expn(),
		rfc5321Ehlo(),
		rfc5321Arguments(),
		rfc5321Data(),
		rfc5321Rset(),
		rfc5321Quit(),
		// RFC 5321 4.1.2 to 4.1.5, 4.2, 4.3.
		rfc5321Paths(),
		rfc5321NamesAndParameters(),
		rfc5321Literals(),
		rfc5321BeforeHello(),
		rfc5321Order(),
		rfc5321Replies(),
		rfc5321NamesInReplies(),
		rfc5321Unknown(),
		rfc5321Refused(),
		rfc5321Codes(),
		// RFC 5321 4.4 to 4.5, 6, 7, appendices.
		rfc5321Received(),
		rfc5321ReturnPath(),
		rfc5321Minimum(),
		rfc5321Transparency(),
		rfc5321Limits(),
		rfc5321TextLimits(),
		rfc5321Recipients(),
		rfc5321Connections(),
		rfc5321Problems(),
		rfc5321Security(),
		rfc5321Old(),
		// Extensions of transport: SIZE, PIPELINING, CHUNKING, DSN, status codes, 8BITMIME, SMTPUTF8.
		rfc1870(),
		rfc2034(),
		rfc2920(),
		rfc3030(),
		rfc3461(),
		rfc3461Reports(),
		rfc6531(),
		// TLS, AUTH, submission, LMTP, trace, message format.
		rfc3207StartTLS(),
		rfc8314(),
		rfc4954Command(),
		rfc4954Exchange(),
		rfc4954Login(),
		rfc5802(),
		rfc6409(),
		rfc2033(),
		rfc3848(),
		rfc5322(),
		rareParameters(),
		// Safety.
		security(),
		senders(),
	)
}
