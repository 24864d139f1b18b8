package mail

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message"
)

// maxReport bounds what ParseReport reads, in octets.
const maxReport = 64 << 20

// ErrNotReport is returned by ParseReport for a message that is no delivery
// status notification.
var ErrNotReport = errors.New("not a delivery status notification")

// ParseReport reads a delivery status notification (RFC 3464), also those of
// others. Host is the Reporting-MTA; Original is what was returned, Full tells
// whether it is the whole message.
func ParseReport(c Content) (Report, error) {
	rc := c.Open()
	defer rc.Close() //nolint:errcheck // only read
	e, err := message.ReadWithOptions(io.LimitReader(rc, maxReport), &message.ReadOptions{MaxHeaderBytes: DefaultHeaderLimit})
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return Report{}, fmt.Errorf("read report: %w", err)
	}
	typ, params, err := e.Header.ContentType()
	if err != nil || typ != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") {
		return Report{}, ErrNotReport
	}
	r := Report{
		MessageID: e.Header.Get("Message-Id"),
		Subject:   decodeHeader(e.Header.Get("Subject")),
		To:        onlyAddress(e.Header.Get("To")),
	}
	r.Date, _ = parseDate(e.Header.Get("Date"))
	m := e.MultipartReader()
	if m == nil {
		return Report{}, ErrNotReport
	}
	status := false
	for {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return Report{}, fmt.Errorf("read report: %w", err)
		}
		typ, _, _ := p.Header.ContentType()
		switch typ {
		case "message/delivery-status", "message/global-delivery-status":
			if status {
				continue
			}
			status = true
			r.UTF8 = typ == "message/global-delivery-status"
			blocks, err := statusBlocks(bufio.NewReader(p.Body))
			if err != nil {
				return Report{}, fmt.Errorf("read report: %w", err)
			}
			if err := r.fill(blocks); err != nil {
				return Report{}, fmt.Errorf("read report: %w", err)
			}
		case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
			if !status {
				continue
			}
			b, err := io.ReadAll(p.Body)
			if err != nil {
				return Report{}, fmt.Errorf("read report: %w", err)
			}
			r.Original, r.Full = Bytes(b), typ == "message/rfc822" || typ == "message/global"
		}
	}
	if !status {
		return Report{}, ErrNotReport
	}
	return r, nil
}

func decodeHeader(s string) string { return Field{Raw: []byte(s)}.Decoded() }

// parseDate reads a date-time of RFC 5322 3.3. The form that nodes write is tried
// first: the library goes through all others by way of errors.
func parseDate(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(DateFormat, s); err == nil {
		return t, nil
	}
	return netmail.ParseDate(s)
}

// onlyAddress returns the mailbox of a field that has one address.
func onlyAddress(s string) string {
	if a, err := netmail.ParseAddress(s); err == nil {
		return a.Address
	}
	return strings.TrimSpace(s)
}

// fill takes the fields of the blocks (RFC 3464 2.2, 2.3).
func (r *Report) fill(blocks []Header) error {
	if len(blocks) == 0 {
		return errors.New("empty delivery status (RFC 3464 2.1)")
	}
	_, r.Host = typed(blocks[0].Get("Reporting-MTA"))
	_, r.ReceivedFrom = typed(blocks[0].Get("Received-From-MTA"))
	r.EnvelopeID = blocks[0].Get("Original-Envelope-Id")
	r.Arrival, _ = parseDate(blocks[0].Get("Arrival-Date"))
	for _, h := range blocks[1:] {
		p := ReportRecipient{
			To:     mailboxOf(h.Get("Final-Recipient")),
			Action: strings.ToLower(h.Get("Action")),
			Status: h.Get("Status"),
		}
		if p.To == "" || p.Action == "" || p.Status == "" {
			return errors.New("a recipient without Final-Recipient, Action or Status (RFC 3464 2.3)")
		}
		if v := h.Get("Original-Recipient"); v != "" {
			p.OriginalType, _ = typed(v)
			p.Original = mailboxOf(v)
		}
		_, p.RemoteMTA = typed(h.Get("Remote-MTA"))
		if f := h.All("Diagnostic-Code"); len(f) > 0 {
			p.diagnose(f[0])
		}
		p.LastAttempt, _ = parseDate(h.Get("Last-Attempt-Date"))
		p.RetryUntil, _ = parseDate(h.Get("Will-Retry-Until"))
		p.LogID = h.Get("Final-Log-ID")
		r.Recipients = append(r.Recipients, p)
	}
	return nil
}

// diagnose takes a Diagnostic-Code. The lines of the field are those of the
// reply, where they begin with its code; others were only folded.
func (p *ReportRecipient) diagnose(f Field) {
	typ, text := typed(f.Value())
	if strings.EqualFold(typ, "smtp") && len(text) >= 3 {
		code := text[:3]
		_, value, _ := strings.Cut(string(f.Raw), ";")
		var lines []string
		for line := range strings.SplitSeq(strings.TrimSpace(value), "\n") {
			line = strings.Trim(line, " \t\r")
			if len(lines) == 0 || strings.HasPrefix(line, code) && (len(line) == 3 || line[3] == ' ' || line[3] == '-') {
				lines = append(lines, line)
			} else {
				lines[len(lines)-1] += " " + line
			}
		}
		for _, whole := range []string{strings.Join(lines, "\r\n"), text} {
			if reply, err := ParseReply(whole); err == nil {
				p.Reply = reply
				return
			}
		}
	}
	p.Diagnostic = text
}

// typed splits "rfc822; user@domain".
func typed(v string) (typ, value string) {
	typ, value, ok := strings.Cut(v, ";")
	if !ok {
		return "", strings.TrimSpace(v)
	}
	return strings.TrimSpace(typ), strings.TrimSpace(value)
}

func mailboxOf(v string) string {
	typ, value := typed(v)
	if strings.EqualFold(typ, "utf-8") {
		if s, err := decodeUTF8Xtext(value); err == nil {
			return s
		}
	}
	return value
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
