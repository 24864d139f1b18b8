package cases

import (
	"bytes"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc3461Reports is about the reports that DSN asks for, and the trace of SMTPUTF8.
func rfc3461Reports() []conformance.Case {
	dsn := conformance.Keyword("DSN")
	return []conformance.Case{
		{
			// RFC 3461 5.2.3: final delivery of a message with NOTIFY=SUCCESS is reported as "delivered".
			ID:    "rfc3461/5.2.3/report-of-success",
			Title: "NOTIFY=SUCCESS brings a report that the message was delivered",
			Why:   "A sender who has to know that a message arrived waits for a report that never comes.",
			Rows:  []string{"R3461-5.2.3-a"},
			Needs: []conformance.Need{dsn, conformance.NeedFinal, conformance.NeedSecond},
			Run: func(p *conformance.Probe) {
				id := reported(p, "NOTIFY=SUCCESS")
				report := p.Arrives("", id)
				if !bytes.Contains(bytes.ToLower(report.Octets), []byte("original-envelope-id: "+strings.ToLower(id))) {
					p.Note("the report does not name the envelope as MAIL did (RFC 3464 2.2.1)")
				}
				if text := strings.ToLower(string(report.Octets)); !strings.Contains(text, "action: delivered") {
					// Where a program of its own delivers, a server may know no more than that it was relayed.
					p.Warn("Action: delivered", "another action")
				}
			},
		},
		{
			// RFC 3461 5.2.3: without SUCCESS there is no report of a delivery.
			ID:    "rfc3461/5.2.3/no-report-unasked",
			Title: "no delivery is reported that NOTIFY does not ask about",
			Why:   "Senders get a second message for each that they send.",
			Rows:  []string{"R3461-5.2.3-b"},
			Needs: []conformance.Need{dsn, conformance.NeedMailbox, conformance.NeedSecond},
			Run: func(p *conformance.Probe) {
				var ids []string
				for _, notify := range []string{"", "NOTIFY=FAILURE", "NOTIFY=NEVER", "NOTIFY=DELAY"} {
					ids = append(ids, reported(p, notify))
				}
				p.Settle("")
				for _, id := range ids {
					if len(p.Copies("", id)) > 0 {
						p.Report("no report of the delivery", "one of "+id)
					}
				}
			},
		},
		{
			// RFC 6531 3.7.3: the protocol of a message with SMTPUTF8 is UTF8SMTP and what belongs behind it.
			ID:    "rfc6531/3.7.3/trace",
			Title: "the Received field of a message with SMTPUTF8 says so",
			Why:   "Whoever looks into lost mail cannot see at which server SMTPUTF8 got lost.",
			Rows:  []string{"R6531-3.7.3-a"},
			Needs: []conformance.Need{conformance.Keyword("SMTPUTF8"), conformance.NeedSMTP, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := offering(p, "SMTPUTF8")
				m := p.Message()
				s.Mail("SMTPUTF8").Want("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				s.Content(m.Text).Want("250")
				received := p.Arrives("", m.Marker).Header.Values("Received")
				for _, f := range received {
					if strings.Contains(strings.ToUpper(f), "WITH UTF8SMTP") {
						return
					}
				}
				p.Fail("with UTF8SMTP in a Received field", quoted(received))
			},
		},
	}
}

// reported sends a message from one mailbox to the other and waits for it there; it
// returns its marker, which is the envelope id too, so that a report in the mailbox of
// the sender has it wherever it names the message.
func reported(p *conformance.Probe, notify string) string {
	m := p.Message()
	s := offering(p, "DSN")
	defer s.Close()
	if r := s.Cmd("MAIL FROM:<%s> RET=HDRS ENVID=%s", p.Rcpt, m.Marker); !r.Is("250") {
		p.Skip("MAIL FROM:<%s> is not accepted: %s", p.Rcpt, r)
	}
	s.RcptTo(p.Second, strings.Fields(notify)...).Need("25z")
	s.Cmd("DATA").Need("354")
	s.Content(m.Text).Need("250")
	p.Arrives(p.Second, m.Marker)
	return m.Marker
}
