package mail

import (
	"slices"
	"strings"
	"time"
)

// Envelope is what the MAIL and RCPT commands of one transaction say (RFC 5321
// 2.3.1). Addresses are written without angle brackets.
type Envelope struct {
	From       string // reverse-path mailbox; "" is the null reverse-path
	Recipients []Recipient
	Body       string  // BODY (RFC 6152, 3030): "", 7BIT, 8BITMIME, BINARYMIME
	Size       int64   // SIZE (RFC 1870), in octets; 0: not given
	UTF8       bool    // SMTPUTF8 (RFC 6531)
	RequireTLS bool    // REQUIRETLS (RFC 8689)
	Return     string  // RET (RFC 3461 4.3): "", FULL, HDRS
	EnvelopeID string  // ENVID (RFC 3461 4.4), as given: xtext
	Auth       *string // AUTH (RFC 4954 5), decoded; "" is <>
	Priority   *int    // MT-PRIORITY (RFC 6710), -9 to 9
	DeliverBy  *DeliverBy
	HoldUntil  time.Time // HOLDFOR or HOLDUNTIL (RFC 4865); zero: not given
}

// Recipient is one RCPT command.
type Recipient struct {
	To         string      // forward-path mailbox
	Notify     []string    // NOTIFY (RFC 3461 4.1): none, or NEVER, or of SUCCESS FAILURE DELAY
	ORCPT      string      // ORCPT (RFC 3461 4.2), as given: type;xtext, which ParseORCPT reads
	ValidSince *ValidSince // RRVS (RFC 7293)
}

// DeliverBy is the BY parameter of MAIL (RFC 2852 4).
type DeliverBy struct {
	At     time.Time // the time by which to deliver
	Return bool      // by-mode R: later it is returned; else N: the sender is notified
	Trace  bool      // each relay notifies the sender
}

// ValidSince is the RRVS parameter of RCPT (RFC 7293 3): the mailbox must have had
// its owner since then.
type ValidSince struct {
	At     time.Time
	Given  string // the value as it was given
	Reject bool   // action R: not by way of servers that do not know the extension
}

// Null reports whether the reverse-path is null, so that nothing may be sent
// back (RFC 5321 4.5.5).
func (e Envelope) Null() bool { return e.From == "" }

// With returns r for a copy that is o's too: a notification of any kind that either
// wants is wanted, and where only o names an original recipient it is that one.
func (r Recipient) With(o Recipient) Recipient {
	if len(r.Notify) > 0 && len(o.Notify) > 0 || r.Notifies("SUCCESS") || o.Notifies("SUCCESS") {
		r.Notify = slices.DeleteFunc([]string{"SUCCESS", "FAILURE", "DELAY"}, func(kind string) bool {
			return !r.Notifies(kind) && !o.Notifies(kind)
		})
		if len(r.Notify) == 0 {
			r.Notify = []string{"NEVER"}
		}
	} else {
		r.Notify = nil // the default of RFC 3461 4.1, which one of them has
	}
	if r.ORCPT == "" {
		r.ORCPT = o.ORCPT
	}
	return r
}

// Notifies reports whether a notification of the given kind (SUCCESS, FAILURE
// or DELAY) is wanted. RFC 3461 4.1: without NOTIFY, failures are to be told,
// and delays may be.
func (r Recipient) Notifies(kind string) bool {
	if len(r.Notify) == 0 {
		return kind != "SUCCESS"
	}
	return slices.ContainsFunc(r.Notify, func(n string) bool { return strings.EqualFold(n, kind) })
}
