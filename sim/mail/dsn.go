package mail

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The actions of RFC 3464 2.3.3.
const (
	ActionFailed    = "failed"
	ActionDelayed   = "delayed"
	ActionDelivered = "delivered"
	ActionRelayed   = "relayed"
	ActionExpanded  = "expanded"
)

// DefaultReportLimit is the size in octets over which an original message is
// not returned whole.
const DefaultReportLimit = 256 << 10

// maxDiagnostic bounds what is told of a peer's reply, in octets.
const maxDiagnostic = 500

// Report is a delivery status notification: RFC 3461 6, RFC 3464, RFC 6522.
type Report struct {
	MessageID    string // with angle brackets
	Host         string // the node that reports: Reporting-MTA and the domain of From
	To           string // reverse-path of the original message
	Date         time.Time
	Arrival      time.Time // when the original message came to Host
	ReceivedFrom string    // name of the host that it came from; "": not known
	EnvelopeID   string    // ENVID, decoded
	Subject      string    // default by the actions
	Recipients   []ReportRecipient
	Original     Content // nil: nothing is returned
	Full         bool    // RET=FULL; else, and without a failure, the header alone (RFC 3461 4.3)
	Limit        int64   // size of Original over which Full is not kept; 0: DefaultReportLimit
	// UTF8 makes it the internationalised form of RFC 6533, which travels by
	// SMTPUTF8 alone; see International.
	UTF8 bool
	// SevenBit makes it ASCII alone, for a path without 8BITMIME: an original
	// message that is not ASCII is not returned whole.
	SevenBit bool
}

// ReportRecipient is what became of one recipient (RFC 3464 2.3).
type ReportRecipient struct {
	To           string // Final-Recipient
	OriginalType string // of ORCPT, such as rfc822; "": no Original-Recipient
	Original     string // ORCPT, decoded
	Action       string // one of the Action constants
	Status       string // "5.1.1"; default by Reply and Action
	RemoteMTA    string // host name of the peer that gave Reply
	Reply        Reply  // Diagnostic-Code of type smtp
	Diagnostic   string // Diagnostic-Code where there is no Reply, of type x-mailsim
	LastAttempt  time.Time
	RetryUntil   time.Time // Will-Retry-Until, of delayed alone (RFC 3464 2.3.9)
	LogID        string    // Final-Log-ID: the name of the mail in the log of Host
}

// Message writes the notification. It is to be sent with a null reverse-path
// (RFC 3461 6). The same report gives the same octets.
func (r Report) Message() ([]byte, error) {
	r.UTF8 = r.UTF8 && !r.SevenBit
	r.Host = asciiHost(r.Host)
	parts := []part{
		{typ: "text/plain; charset=us-ascii", description: "Notification", body: normalise([]byte(r.text()))},
		{typ: "message/delivery-status", description: "Delivery report", body: nil},
	}
	if r.SevenBit && !plain(r.To) {
		return nil, fmt.Errorf("write report %s: %s is told by SMTPUTF8 alone (RFC 6531 3.2)", clip(r.MessageID), clip(r.To))
	}
	if r.UTF8 {
		parts[0].typ, parts[0].encoding = "text/plain; charset=utf-8", "8bit"
		parts[1].typ, parts[1].encoding = "message/global-delivery-status", "8bit" // RFC 6533 4
	}
	var err error
	if parts[1].body, err = r.status(); err != nil {
		return nil, fmt.Errorf("write report %s: %w", clip(r.MessageID), err)
	}
	var inReplyTo string
	if r.Original != nil {
		p, id, err := r.returned()
		if err != nil {
			return nil, fmt.Errorf("write report %s: read the original message: %w", clip(r.MessageID), err)
		}
		if p.typ != "" {
			parts = append(parts, p)
		}
		inReplyTo = id
	}
	boundary := boundaryOf(r.MessageID+"\x00"+r.Host, parts)
	w := fieldWriter{utf8: r.UTF8}
	w.add("From", "MAILER-DAEMON <postmaster@"+r.Host+">") // RFC 3461 6.1: somebody responsible
	w.add("To", r.To)
	w.add("Date", FormatDate(r.Date))
	w.add("Message-ID", r.MessageID)
	if inReplyTo != "" {
		w.add("In-Reply-To", inReplyTo) // RFC 3834 3.1.5
	}
	w.add("Subject", r.subject())
	w.add("Auto-Submitted", "auto-replied") // RFC 3834 5
	w.add("MIME-Version", "1.0")
	// RFC 6533 4: the report-type of the internationalised form is the same.
	w.add("Content-Type", `multipart/report; report-type=delivery-status; boundary="`+boundary+`"`)
	for _, p := range parts {
		if p.encoding == "8bit" {
			w.add("Content-Transfer-Encoding", "8bit") // RFC 2045 6.4
			break
		}
	}
	if w.err != nil {
		return nil, fmt.Errorf("write report %s: %w", clip(r.MessageID), w.err)
	}
	body, err := multipart(boundary, parts)
	if err != nil {
		return nil, fmt.Errorf("write report %s: %w", clip(r.MessageID), err)
	}
	return slices.Concat(w.top, w.form, []byte("\r\n"), body), nil
}

func (r Report) has(action string) bool {
	for _, p := range r.Recipients {
		if p.Action == action {
			return true
		}
	}
	return false
}

func (r Report) subject() string {
	switch {
	case r.Subject != "":
		return r.Subject
	case r.has(ActionFailed):
		return "Your mail could not be delivered"
	case r.has(ActionDelayed):
		return "Your mail is delayed"
	}
	return "Your mail was passed on"
}

// text is the part for people.
func (r Report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "This is the mail system of %s.\n", r.Host)
	for _, kind := range []struct{ action, says string }{
		{ActionFailed, "Your mail could not be delivered to:"},
		{ActionDelayed, "Your mail is not yet delivered, and will be tried again, to:"},
		{ActionDelivered, "Your mail was delivered to:"},
		{ActionRelayed, "Your mail went on to a server that sends no notifications, to:"},
		{ActionExpanded, "Your mail was passed on to the members of:"},
	} {
		if !r.has(kind.action) {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n\n", kind.says)
		for _, p := range r.Recipients {
			if p.Action != kind.action {
				continue
			}
			fmt.Fprintf(&b, "  <%s>\n", cut(r.safe(p.To), MaxPath))
			if why := p.why(); why != "" {
				fmt.Fprintf(&b, "    %s\n", r.safe(why))
			}
			if !p.RetryUntil.IsZero() {
				fmt.Fprintf(&b, "    tries go on until %s\n", FormatDate(p.RetryUntil))
			}
		}
	}
	return b.String()
}

func (p ReportRecipient) why() string {
	why := p.Reply.String()
	if why == "" {
		why = p.Diagnostic
	}
	why = cut(why, maxDiagnostic)
	if why != "" && p.RemoteMTA != "" {
		return cut(p.RemoteMTA, MaxDomain) + " said: " + why
	}
	return why
}
