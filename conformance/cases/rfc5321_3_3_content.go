package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Content is about messages that are not as they should be, and are taken all
// the same, RFC 5321 3.3, 3.7.2.
func rfc5321Content() []conformance.Case {
	rcpt := []conformance.Need{conformance.NeedRcpt}
	return []conformance.Case{
		{
			// RFC 5321 3.3: faults of the header are no reason to refuse a message. A
			// submission server may do so (RFC 6409 6.3).
			ID:    "rfc5321/3.3/faulty-header",
			Title: "messages with faults in their header are accepted",
			Why:   "What a server in the middle takes for a fault is often one of its own parser, and the recipient might have read the mail.",
			Rows:  []string{"R5321-3.3-q"},
			Needs: rcpt,
			Run: func(p *conformance.Probe) {
				notForSubmission(p)
				faulty(p, "no Date", p.MessageWith([]string{"Date"}).Text)
				faulty(p, "no From", p.MessageWith([]string{"From"}).Text)
				faulty(p, "two Subjects", "Subject: another\r\n"+p.Message().Text)
				faulty(p, "a To that is no address", p.MessageWith([]string{"To: <<,;@ (never closed"}).Text)
				faulty(p, "no header", "This is a message without a header.\r\n")
			},
		},
		{
			// RFC 5321 3.3: neither are faults of the MIME structure or the body.
			ID:    "rfc5321/3.3/faulty-mime",
			Title: "messages with faults in their MIME structure are accepted",
			Why:   "A message that a few programs cannot show well is worth more than one that nobody gets.",
			Rows:  []string{"R5321-3.3-r"},
			Needs: rcpt,
			Run: func(p *conformance.Probe) {
				notForSubmission(p)
				part := func(fields ...string) []string { return append([]string{"MIME-Version: 1.0"}, fields...) }
				faulty(p, "a multipart without its last boundary", p.MessageWith(
					part(`Content-Type: multipart/mixed; boundary="cut"`), "--cut", "Content-Type: text/plain", "", "text").Text)
				faulty(p, "an unknown transfer encoding", p.MessageWith(
					part("Content-Type: text/plain", "Content-Transfer-Encoding: base91")).Text)
				faulty(p, "base64 that is none", p.MessageWith(
					part("Content-Type: text/plain", "Content-Transfer-Encoding: base64"), "!!! this is no base64 !!!", "=a=").Text)
			},
		},
		{
			// RFC 5321 3.3: messages whose numbers of Resent- fields differ, and those that
			// have Resent-To alone, must not be refused.
			ID:    "rfc5321/3.3/faulty-resent-fields",
			Title: "messages with Resent- fields that do not fit are accepted",
			Why:   "Many programs resend mail without a full set of these fields; the mail itself is good.",
			Rows:  []string{"R5321-3.3-s", "R5321-3.3-t"},
			Needs: rcpt,
			Run: func(p *conformance.Probe) {
				faulty(p, "two Resent-From and one Resent-Date", "Resent-From: <"+p.From+">\r\nResent-From: <other@mailsim.test>\r\n"+
					"Resent-Date: Mon, 05 Jan 2026 09:00:00 +0000\r\n"+p.Message().Text)
				p.Row("R5321-3.3-t")
				faulty(p, "Resent-To alone", "Resent-To: <"+p.Rcpt+">\r\n"+p.Message().Text)
			},
		},
		{
			// RFC 5321 3.7.2: mail from other environments has trace fields of other forms,
			// and must not be refused for that.
			ID:    "rfc5321/3.7.2/strange-received-accepted",
			Title: "messages with Received fields of other forms are accepted",
			Why:   "The field was written by somebody on the way; the sender cannot mend it, and the mail is good.",
			Rows:  []string{"R5321-3.7.2-c"},
			Needs: rcpt,
			Run: func(p *conformance.Probe) {
				for _, field := range []string{
					"Received: garbage",
					"X400-Received: by mta x400.mailsim.test in /PRMD=mailsim/ADMD=x/C=xx/; Relayed; 05 Jan 2026 09:00:00+0000\r\n" +
						"Received: by /PRMD=mailsim/ADMD=x/C=xx/; Relayed; 05 Jan 2026 09:00:00+0000",
					"Received: from a.mailsim.test by b.mailsim.test with ESMTP id 1",
				} {
					faulty(p, "the trace "+strings.ReplaceAll(field, "\r\n", " "), field+"\r\n"+p.Message().Text)
				}
			},
		},
		{
			// RFC 5321 3.7.2: servers should be robust when trace fields are strange; 4.4
			// forbids them to change what is there.
			ID:    "rfc5321/3.7.2/strange-received-delivered",
			Title: "messages with strange Received fields are delivered, with these as they were",
			Why:   "A parser that falls over them takes the server with it, and whoever sent the mail can do that again.",
			Rows:  []string{"R5321-3.7.2-d"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				tracedAs(p, "Received:", "Received: from "+strings.Repeat("x", 850)+" by b.mailsim.test; Mon, 05 Jan 2026 09:00:00 +0000",
					"Received: (a (b (c) (d)) e) by b.mailsim.test; Mon, 05 Jan 2026 09:00:00 +0000 (((")
				tracedAs(p, "Received: from caf\xe9.mailsim.test by b.mailsim.test; Mon, 05 Jan 2026 09:00:00 +0000")
			},
		},
	}
}

// faulty sends a message that is not as it should be, in a session of its own, and
// judges that it is accepted.
func faulty(p *conformance.Probe, fault, text string) {
	s := p.Ready()
	s.Begin()
	if r := s.Content(text); !r.Is("250") {
		p.Report("250 to a message with "+fault, r.String())
	}
}

// tracedAs sends a message with Received fields and judges that it arrives with them.
// Where they are not ASCII the server may refuse it (RFC 5321 2.4).
func tracedAs(p *conformance.Probe, fields ...string) {
	block := strings.Join(fields, "\r\n") + "\r\n"
	m := p.Message()
	s := p.Ready()
	s.Begin()
	if r := s.Content(block + m.Text); strings.Contains(block, "\xe9") && r.Is("5yz") {
		p.Note("a Received field with 8-bit octets is refused with %d", r.Code)
		return
	} else if !r.Should("250") {
		return
	}
	s.InStep()
	got := string(p.Arrives("", m.Marker).Octets)
	for _, f := range fields {
		if !strings.Contains(got, f+"\r\n") && !strings.Contains(got, f+" \r\n") {
			p.Report("the line "+shortened(f)+" as it was", "it was changed or taken away")
		}
	}
}

// notForSubmission ends cases about faults that submission servers may refuse.
func notForSubmission(p *conformance.Probe) {
	if p.Profile == conformance.Submit {
		p.Skip("a submission server may refuse what is not complete (RFC 6409 6.3)")
	}
}

// shortened is a line for a report.
func shortened(line string) string {
	if len(line) > 60 {
		line = line[:60] + "..."
	}
	return conformance.Visible([]byte(line + "\r\n"))
}
