package conformance

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"strings"
	"time"
)

// Target is a server under test and what its owner says about it. Dial and Rcpt
// are enough to begin with.
type Target struct {
	Name    string  // as reports call it: smtp://127.0.0.1:2525
	Profile Profile // "": MX

	// Dial opens a connection. It is called from many goroutines.
	Dial        func(ctx context.Context) (net.Conn, error)
	ImplicitTLS bool        // TLS begins with the connection (RFC 8314 3.3)
	TLS         *tls.Config // for handshakes; nil: no certificate is looked at

	// Send makes the target a sender, which is asked the cases of senders; Listen is
	// where it finds our server, a free port of loopback if it is nil.
	Send   SendFunc
	Listen func() (net.Listener, error)

	Hello   string // what we call ourselves; "": probe.mailsim.test
	From    string // reverse-path; "": sender@mailsim.test
	Rcpt    string // a mailbox of the target; "": cases that need one are skipped
	Second  string // another one
	Unknown string // an address in the domain of Rcpt that is not there; "": no-such-user-7391@ that domain
	Alias   string // an address of the target that leads elsewhere (RFC 5321 3.4, 3.9.1)
	List    string // a mailing list of the target
	Foreign string // an address of a domain that the target has nothing to do with; "": victim@elsewhere.mailsim.test

	User, Password string // for AUTH

	Mailbox Mailbox // how mail that arrived is read; nil: it cannot be

	Timeout  time.Duration // for a reply; 0: 10 seconds
	Quiet    time.Duration // how long silence has to last to be one; 0: 1 second
	Delivery time.Duration // how long mail takes to its mailbox at most; 0: 20 seconds
}

// Mailbox reads what was delivered. One with a method Relayed() bool that says so
// shows messages as the target hands them on: the rules of final delivery cannot be
// judged.
type Mailbox interface {
	// Find returns the messages in the mailbox of address whose octets hold text,
	// as they are stored, with line ends CRLF.
	Find(ctx context.Context, address, text string) ([][]byte, error)
}

// withDefaults fills in what was left out.
func (t Target) withDefaults() Target {
	if t.Send != nil {
		t.Profile, t.Rcpt = sending, cmp.Or(t.Rcpt, "good@local.test")
	}
	t.Profile = cmp.Or(t.Profile, MX)
	t.Hello = cmp.Or(t.Hello, "probe.mailsim.test")
	t.From = cmp.Or(t.From, "sender@mailsim.test")
	t.Foreign = cmp.Or(t.Foreign, "victim@elsewhere.mailsim.test")
	t.Timeout = cmp.Or(t.Timeout, 10*time.Second)
	t.Quiet = cmp.Or(t.Quiet, time.Second)
	t.Delivery = cmp.Or(t.Delivery, 20*time.Second)
	if t.Unknown == "" && t.Rcpt != "" {
		t.Unknown = "no-such-user-7391@" + t.Domain()
	}
	if t.TLS == nil {
		t.TLS = &tls.Config{InsecureSkipVerify: true}
	}
	return t
}

// Domain is the domain of Rcpt, which the target is responsible for.
func (t Target) Domain() string { return t.Rcpt[strings.LastIndexByte(t.Rcpt, '@')+1:] }
