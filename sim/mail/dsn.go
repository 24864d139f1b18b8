package mail

import (
	"bufio"
	"bytes"
	"errors"
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
	MessageID  string // with angle brackets
	Host       string // the node that reports: Reporting-MTA and the domain of From
	To         string // reverse-path of the original message
	Date       time.Time
	Arrival    time.Time // when the original message came to Host
	EnvelopeID string    // ENVID, decoded
	Subject    string    // default by the actions
	Recipients []ReportRecipient
	Original   Content // nil: nothing is returned
	Full       bool    // RET=FULL; else, and without a failure, the header alone (RFC 3461 4.3)
	Limit      int64   // size of Original over which Full is not kept; 0: DefaultReportLimit
	// UTF8 makes it the internationalised form of RFC 6533, for an original
	// message with SMTPUTF8.
	UTF8 bool
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
	RetryUntil   time.Time // Will-Retry-Until, of delayed
}

// Message writes the notification. It is to be sent with a null reverse-path
// (RFC 3461 6). The same report gives the same octets.
func (r Report) Message() ([]byte, error) {
	parts := []part{
		{typ: "text/plain; charset=us-ascii", description: "Notification", body: normalise([]byte(r.text()))},
		{typ: "message/delivery-status", description: "Delivery report", body: nil},
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

// safe makes s one line, and ASCII unless the report is internationalised.
func (r Report) safe(s string) string {
	s = oneLine(strings.ToValidUTF8(s, "?"))
	if r.UTF8 {
		return s
	}
	return strings.Map(func(c rune) rune {
		if c > '~' {
			return '?'
		}
		return c
	}, s)
}

// cut shortens s to about n octets, at a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}

// status writes the fields of RFC 3464 2.1: one block for the message, one for
// each recipient.
func (r Report) status() ([]byte, error) {
	var b bytes.Buffer
	var err error
	field := func(name, value string) {
		if value == "" || err != nil {
			return
		}
		var raw []byte
		raw, err = FormatField(name, cut(r.safe(value), 2*maxDiagnostic-100), true)
		b.Write(raw)
	}
	date := func(name string, t time.Time) {
		if !t.IsZero() {
			field(name, FormatDate(t))
		}
	}
	field("Original-Envelope-Id", r.EnvelopeID)
	field("Reporting-MTA", "dns; "+r.Host)
	date("Arrival-Date", r.Arrival)
	for _, p := range r.Recipients {
		b.WriteString("\r\n")
		if p.OriginalType != "" {
			field("Original-Recipient", r.address(p.OriginalType, p.Original))
		}
		field("Final-Recipient", r.address("rfc822", p.To))
		field("Action", p.Action)
		field("Status", p.status())
		if p.RemoteMTA != "" {
			field("Remote-MTA", "dns; "+p.RemoteMTA)
		}
		if p.Reply.Code != 0 {
			field("Diagnostic-Code", "smtp; "+cut(p.Reply.String(), maxDiagnostic))
		} else if p.Diagnostic != "" {
			field("Diagnostic-Code", "x-mailsim; "+cut(p.Diagnostic, maxDiagnostic))
		}
		date("Last-Attempt-Date", p.LastAttempt)
		date("Will-Retry-Until", p.RetryUntil)
	}
	return b.Bytes(), err
}

// address writes type; address. RFC 6533 3: what is not ASCII has the type
// utf-8, and in a 7-bit report its characters as numbers.
func (r Report) address(typ, s string) string {
	if plain(s) {
		return typ + "; " + s
	}
	if r.UTF8 {
		return "utf-8; " + s
	}
	return "utf-8; " + encodeUTF8Xtext(s)
}

// status gives the status code, by RFC 3463 the class of what happened.
func (p ReportRecipient) status() string {
	class := "2"
	switch p.Action {
	case ActionFailed:
		class = "5"
	case ActionDelayed:
		class = "4"
	}
	switch {
	case p.Status != "":
		return p.Status
	case p.Reply.Enhanced != "":
		return p.Reply.Enhanced
	case p.Reply.Class() == 4 || p.Reply.Class() == 5:
		return fmt.Sprintf("%d.0.0", p.Reply.Class())
	}
	return class + ".0.0"
}

// returned is the third part: the message, or its header alone. It is empty
// when even the header is too large (RFC 6522 3: the part is optional).
func (r Report) returned() (part, string, error) {
	h, err := HeaderOf(r.Original, int(min(r.limit(), DefaultHeaderLimit)))
	if errors.Is(err, ErrHeaderTooLarge) {
		return part{}, "", nil
	}
	if err != nil {
		return part{}, "", err
	}
	id := h.Get("Message-ID")
	if len(id) > 200 || !plain(id) {
		id = ""
	}
	p := part{typ: "text/rfc822-headers", description: "Header of the mail", body: h.Bytes()}
	if r.UTF8 {
		p.typ = "message/global-headers"
	}
	if r.Full && r.has(ActionFailed) && r.Original.Size() <= r.limit() {
		b, err := ReadAll(r.Original)
		if err != nil {
			return part{}, "", err
		}
		p = part{typ: "message/rfc822", description: "Undelivered mail", body: b}
		if r.UTF8 {
			p.typ = "message/global"
		}
	}
	if !ascii(p.body) {
		p.encoding = "8bit"
	}
	return p, id, nil
}

func (r Report) limit() int64 {
	if r.Limit > 0 {
		return r.Limit
	}
	return DefaultReportLimit
}

// statusBlocks reads the blocks of a message/delivery-status.
func statusBlocks(br *bufio.Reader) ([]Header, error) {
	var blocks []Header
	for {
		if _, err := br.Peek(1); err != nil {
			return blocks, nil //nolint:nilerr // the end of the octets in memory
		}
		h, err := ReadHeader(br, DefaultHeaderLimit)
		if err != nil {
			return nil, err
		}
		if len(h.Fields) > 0 {
			blocks = append(blocks, h)
		}
	}
}
