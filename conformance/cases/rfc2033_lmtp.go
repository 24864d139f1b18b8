package cases

import (
	"fmt"

	"github.com/mailsim/mailsim/conformance"
)

// rfc2033 is about LMTP.
func rfc2033() []conformance.Case {
	lmtp := conformance.NeedLMTP
	// alone judges that no reply comes behind those that were read.
	alone := func(p *conformance.Probe, s *conformance.Session) {
		if !s.Silent() {
			p.Fail("no more replies", "another: "+s.Reply().String())
		}
		s.InStep()
	}
	return []conformance.Case{
		{
			// RFC 2033 4.1: LHLO is there in place of EHLO and HELO, which must not succeed.
			ID:    "rfc2033/4.1/lhlo",
			Title: "an LMTP server knows LHLO, and neither EHLO nor HELO",
			Why:   "A client that is let in with EHLO believes that it speaks SMTP, and reads one reply where there are many.",
			Rows:  []string{"R2033-4.1-a"},
			Needs: []conformance.Need{lmtp},
			Run: func(p *conformance.Probe) {
				s := p.Greet()
				s.Cmd("EHLO %s", p.Target.Hello).Want("5yz")
				s.Cmd("HELO %s", p.Target.Hello).Want("5yz")
				s.Hello().Want("250")
			},
		},
		{
			// RFC 2033 4.2: DATA fails with 503 if no RCPT was accepted.
			ID:    "rfc2033/4.2/data-without-recipient",
			Title: "DATA gets 503 where no RCPT was accepted",
			Why:   "With a 354 and nobody to reply for, the client waits for replies that never come.",
			Rows:  []string{"R2033-4.2-a"},
			Needs: []conformance.Need{lmtp, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); !r.Is("5yz") {
					p.Skip("an address that should not be there got %s", r)
				}
				s.Cmd("DATA").Want("503")
				s.InStep()
			},
		},
		{
			// RFC 2033 4.2: one reply for each RCPT that was accepted, in their order, doubles among them.
			ID:    "rfc2033/4.2/reply-for-each-recipient",
			Title: "behind the dot there is a reply for each RCPT that was accepted",
			Why:   "The client counts replies: with one too few it waits and sends the message again, with one too many it is out of step.",
			Rows:  []string{"R2033-4.2-b"},
			Needs: []conformance.Need{lmtp, conformance.NeedSecond, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				var to []string
				for _, a := range []string{p.Rcpt, p.Unknown, p.Second, p.Rcpt} {
					if s.RcptTo(a).Is("25z") {
						to = append(to, a)
					}
				}
				s.Cmd("DATA").Need("354")
				m := p.Message()
				taken := map[string]bool{}
				r := s.Content(m.Text)
				for i, a := range to {
					if i > 0 {
						r = s.Reply()
					}
					if r.Code == 0 {
						p.Fail(fmt.Sprintf("%d replies to the end of data, one for each recipient", len(to)), fmt.Sprintf("%d, and then %s", i, r))
					}
					taken[a] = taken[a] || r.Is("250")
				}
				alone(p, s)
				if p.Lacks[conformance.NeedMailbox] != "" {
					return
				}
				for _, a := range []string{p.Rcpt, p.Second} {
					if taken[a] {
						p.Arrives(a, m.Marker)
					} else {
						p.Absent(a, m.Marker)
					}
				}
			},
		},
		{
			// RFC 2033 4.3: BDAT LAST gets one reply for each RCPT that was accepted, and none if there
			// was none; any other BDAT gets one.
			ID:    "rfc2033/4.3/reply-to-chunks",
			Title: "the last chunk gets a reply for each recipient, and others get one",
			Why:   "The client counts replies, and is out of step if there is one too many or too few.",
			Rows:  []string{"R2033-4.3-a"},
			Needs: []conformance.Need{lmtp, conformance.NeedSecond, conformance.NeedUnknown, conformance.Keyword("CHUNKING")},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope(p.Rcpt, p.Second)
				text := p.Message().Text
				s.Write("BDAT 5\r\n" + text[:5])
				s.Reply().Want("250")
				alone(p, s)
				s.Write(fmt.Sprintf("BDAT %d LAST\r\n", len(text)-5) + text[5:])
				s.Reply().Want("250")
				s.Reply().Want("250")
				alone(p, s)

				s = p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); !r.Is("5yz") {
					p.Note("an address that should not be there got %s", r)
					return
				}
				s.Write("BDAT 2 LAST\r\n\r\nNOOP\r\n")
				if r := s.Reply(); !r.Is("250") {
					p.Fail("no reply to BDAT LAST without a recipient, and 250 to the NOOP behind it", r.String())
				}
				alone(p, s)
			},
		},
		{
			// RFC 2033 5: an LMTP server has to have PIPELINING and ENHANCEDSTATUSCODES, and should have 8BITMIME.
			ID:    "rfc2033/5/extensions",
			Title: "an LMTP server offers PIPELINING, ENHANCEDSTATUSCODES and 8BITMIME",
			Why:   "LMTP has as many replies as recipients; without pipelining a list of thousands takes thousands of round trips.",
			Rows:  []string{"R2033-5-a"},
			Needs: []conformance.Need{lmtp},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				for _, word := range []string{"PIPELINING", "ENHANCEDSTATUSCODES"} {
					if _, ok := s.Offers(word); !ok {
						p.Report(word+" in the reply to LHLO", "it is not there")
					}
				}
				if _, ok := s.Offers("8BITMIME"); !ok {
					p.Warn("8BITMIME in the reply to LHLO", "it is not there")
				}
			},
		},
		{
			// RFC 2033 5: LMTP is not to be found on the port of SMTP.
			ID:    "rfc2033/5/no-lhlo-in-smtp",
			Title: "an SMTP server does not know LHLO",
			Why:   "A delivery server on the port for mail of the world has no queue, so mail is lost where a mailbox cannot be written.",
			Rows:  []string{"R2033-5-a"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				s := p.Greet()
				s.Cmd("LHLO %s", p.Target.Hello).Want("5yz")
			},
		},
	}
}
