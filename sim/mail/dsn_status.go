package mail

import (
	"bytes"
	"strings"
	"time"
)

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
	if r.ReceivedFrom != "" {
		field("Received-From-MTA", "dns; "+cut(r.ReceivedFrom, MaxDomain))
	}
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
			b.WriteString(r.diagnostic(p.Reply))
		} else if p.Diagnostic != "" {
			field("Diagnostic-Code", "x-mailsim; "+cut(p.Diagnostic, maxDiagnostic))
		}
		date("Last-Attempt-Date", p.LastAttempt)
		field("Final-Log-ID", p.LogID)
		if p.Action == ActionDelayed {
			date("Will-Retry-Until", p.RetryUntil)
		}
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

// diagnostic writes the reply of a peer as it came, a line of the field for each
// of its lines (RFC 3461 6.3, RFC 3464 2.3.6).
func (r Report) diagnostic(reply Reply) string {
	var b strings.Builder
	start, left := "Diagnostic-Code:", maxDiagnostic
	lines := strings.Split(strings.TrimSuffix(reply.Wire(), "\r\n"), "\r\n")
	for i, line := range lines {
		line = r.safe(line)
		if left -= len(line); left < 0 || i == len(lines)-1 {
			line = line[:3] + strings.TrimRight(" "+cut(line[4:], max(0, left+len(line)-4)), " ")
		}
		if i == 0 {
			line = "smtp; " + line
		}
		b.WriteString(fold(start, line))
		if start = ""; left < 0 {
			break
		}
	}
	return b.String()
}

// status gives the status code. Its class is that of what happened (RFC 3464
// 2.3.4), whatever a peer has said; only what took too long may have failed with
// a class of 4 (RFC 3463 3.5).
func (p ReportRecipient) status() string {
	class := byte('2')
	switch p.Action {
	case ActionFailed:
		class = '5'
	case ActionDelayed:
		class = '4'
	}
	said := p.Reply.Enhanced
	if ValidEnhanced(p.Status) {
		said = p.Status
		if p.Action == ActionFailed && said[0] == '4' {
			return said
		}
	}
	if !ValidEnhanced(said) {
		said = "0.0.0"
	}
	return string(class) + said[1:]
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

// asciiHost is a host's name as it is in the DNS (RFC 6531 3.7.1).
func asciiHost(name string) string {
	if plain(name) {
		return name
	}
	return DomainKey(name)
}
