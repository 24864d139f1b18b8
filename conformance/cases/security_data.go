package cases

import (
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// securityData is about the true end of data, and messages that have none.
func securityData() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.1.4: CRLF dot CRLF ends the data, whatever stands in front of it, a CR
			// among that.
			ID:    "security/data/doubled-cr-before-the-end",
			Title: "a CR in front of CRLF dot CRLF does not hide the end of data",
			Why:   "A server that misses the end takes the next commands for message text, and the client waits for a reply until it gives up.",
			Rows:  []string{"SEC-SMUGGLE-IN-9"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Begin()
				s.Write(strings.TrimSuffix(p.Message().Text, "\r\n") + "\r\r\n.\r\n")
				// A refusal of the bare CR is right too, and so is an end of the session with it.
				if r := s.Reply().Want("250 or 5yz or 421"); !r.Dropped && r.Is("250") {
					s.InStep()
				}
			},
		},
		{
			// RFC 5321 4.1.1.4 and 4.5.2: TCP has no borders of messages; the end of data is
			// found wherever the segments end.
			ID:    "security/data/cut-into-segments",
			Title: "the end of data and doubled dots are found however TCP cuts them",
			Why:   "Networks cut the stream where they like: now and then mail would hang, or lose dots and lines.",
			Rows:  []string{"SEC-SMUGGLE-IN-15"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				m := p.Message("..", ".a", "end")
				s := p.Ready()
				s.Begin()
				text := conformance.Stuffed(m.Text)
				at := strings.Index(text, "\r\n\r\n") + 4
				s.Write(text[:at])
				s.WriteSlowly(text[at:at+len("...\r\n..a\r\n")], 20*time.Millisecond)
				s.Write("en")
				s.WriteSlowly("d\r\n.\r\n", 50*time.Millisecond)
				s.Reply().Want("250")
				s.InStep()
				if readable(p) {
					if got := p.Arrives("", m.Marker).Lines(); !slices.Equal(got, []string{"..", ".a", "end"}) {
						p.Fail(`lines "..", ".a", "end"`, quoted(got))
					}
				}
				s = p.Ready()
				s.Begin()
				s.WriteSlowly(".\r\n", 50*time.Millisecond)
				// RFC 5321 4.1.1.4: the CRLF of the DATA command is the first of the five octets. A
				// message without any field may be refused.
				s.Reply().Want("250 or 5yz or 4yz")
				s.InStep()
			},
		},
		{
			// RFC 2920 3.1: DATA ends a group of commands; its message waits for the 354, and a
			// client may pipeline only where EHLO has offered it.
			ID:    "security/data/message-before-354",
			Title: "transactions sent in one go without waiting are not both accepted",
			Why:   "Browsers and other programs that are no mail clients can be brought to send such a stream; real clients never do.",
			Rows:  []string{"SEC-SMUGGLE-IN-16"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedSMTP, conformance.NeedPlain},
			Run: func(p *conformance.Probe) {
				if p.MailAuth {
					p.Skip("MAIL is taken after AUTH only, which HELO does not offer")
				}
				one := func() string {
					return "MAIL FROM:<" + p.From + ">\r\nRCPT TO:<" + p.Rcpt + ">\r\nDATA\r\n" + p.Message().Text + ".\r\n"
				}
				s := p.Greet()
				s.Cmd("HELO %s", p.Target.Hello).Need("250")
				s.Write(one() + one())
				s.CloseWrite()
				accepted, refused := 0, false
				var got []string
				for range 20 {
					r := s.Reply()
					if r.Code == 0 {
						break
					}
					got = append(got, r.String())
					refused = refused || r.Is("4yz or 5yz")
					if r.Is("354") {
						accepted++
					}
				}
				if accepted > 1 && !refused {
					p.Fail("a refusal of commands that do not wait", quoted(got))
				}
			},
		},
		{
			// RFC 5321 4.1.1.4: the mail is taken over with the reply to the end of data. If the
			// connection ends before, there is no message.
			ID:    "security/data/end-never-comes",
			Title: "a message whose end was never received is not delivered",
			Why:   "Mail would arrive cut off, and a second time when the client tries again.",
			Rows:  []string{"SEC-BDAT-5"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				var markers []string
				cut := func(behind string, end func(s *conformance.Session)) {
					m := p.Message()
					markers = append(markers, m.Marker)
					s := p.Ready()
					s.Begin()
					s.Write(m.Text + behind)
					p.Sleep(50 * time.Millisecond)
					end(s)
				}
				cut("", (*conformance.Session).Close)
				cut("", (*conformance.Session).Reset)
				cut("QUIT\r\n", (*conformance.Session).CloseWrite)
				cut(".", (*conformance.Session).CloseWrite)
				if p.Offers("CHUNKING") {
					m := p.Message()
					markers = append(markers, m.Marker)
					s := p.Ready()
					if _, ok := s.Offers("CHUNKING"); ok {
						s.Envelope()
						s.Write("BDAT 4096 LAST\r\n" + m.Text)
						p.Sleep(50 * time.Millisecond)
						s.Close()
					}
				}
				p.Settle("")
				for _, marker := range markers {
					if len(p.Copies("", marker)) > 0 {
						p.Fail("nothing of a message without an end in the mailbox", "it was delivered")
					}
				}
			},
		},
	}
}
