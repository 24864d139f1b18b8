package cases

import (
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Transaction is about the order and the syntax of MAIL, RCPT and DATA, RFC 5321 3.3.
func rfc5321Transaction() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.3: who refuses a sender says whether that is for good (5yz) or for
			// now (4yz). He may wait with it until RCPT.
			ID:    "rfc5321/3.3/refused-sender-has-a-class",
			Title: "a sender is accepted, or refused by 4yz or 5yz, at MAIL or at RCPT",
			Why:   "From another answer a client cannot know whether to return the mail or to try again.",
			Rows:  []string{"R5321-3.3-a", "R5321-3.3-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, sender := range []string{"sender@no-such-domain.invalid", "sender@[192.0.2.1]", "sender@localhost"} {
					s := p.Ready()
					p.Row("R5321-3.3-a")
					r := s.Cmd("MAIL FROM:<%s>", sender).Want("250 or 4yz or 5yz")
					if !r.Is("250") {
						sameClass(p, r)
						continue
					}
					p.Row("R5321-3.3-b")
					sameClass(p, s.RcptTo(p.Rcpt).Want("250 or 251 or 4yz or 5yz"))
				}
			},
		},
		{
			// RFC 5321 3.3: RCPT without MAIL before it gets 503.
			ID:    "rfc5321/3.3/rcpt-before-mail",
			Title: "RCPT without MAIL before it is answered with 503",
			Why:   "A recipient without a sender belongs to no transaction: mail for it has nobody to be returned to.",
			Rows:  []string{"R5321-3.3-h"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Ready().RcptTo(p.Rcpt).Want("503")
			},
		},
		{
			// RFC 5321 3.3: there is no blank on either side of the colon. Many servers bear one.
			ID:    "rfc5321/3.3/blanks-at-the-colon",
			Title: "a blank before or behind the colon of MAIL is refused, or ignored",
			Why:   "A blank that becomes part of the address makes an address that no notification can ever reach.",
			Rows:  []string{"R5321-3.3-j"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, line := range []string{"MAIL FROM: <%s>", "MAIL FROM :<%s>"} {
					s := p.Ready()
					r := s.Cmd(line, p.From).Want("250 or 5yz")
					p.Note(line+" is answered with %d", p.From, r.Code)
					if !r.Is("250") || p.Lacks[conformance.NeedMailbox] != "" {
						continue
					}
					m := p.Message()
					s.RcptTo(p.Rcpt).Want("250 or 251")
					s.Cmd("DATA").Need("354")
					s.Content(m.Text).Want("250")
					header, _, _ := strings.Cut(string(p.Arrives("", m.Marker).Octets), "\r\n\r\n")
					if at := strings.Index(header, "Return-Path:"); at >= 0 {
						path, _, _ := strings.Cut(header[at+len("Return-Path:"):], "\r\n")
						if strings.TrimSpace(path) != "<"+p.From+">" {
							p.Fail("Return-Path: <"+p.From+">", "Return-Path:"+path)
						}
					}
				}
			},
		},
		{
			// RFC 5321 3.3, 4.1.4: DATA is for a transaction that has begun.
			ID:    "rfc5321/3.3/data-before-mail",
			Title: "DATA without MAIL before it is refused",
			Why:   "A server that takes a message from nobody to nobody says 250 for mail that it can only lose.",
			Rows:  []string{"R5321-3.3-k"},
			Run: func(p *conformance.Probe) {
				if r := p.Ready().Cmd("DATA").Want("5yz"); !r.Is("503 or 554") {
					p.Note("DATA without MAIL is refused with %d, where 503 is usual", r.Code)
				}
			},
		},
		{
			// RFC 5321 3.3: without a recipient DATA may be refused by 503 or 554; if not,
			// the message is.
			ID:    "rfc5321/3.3/data-before-rcpt",
			Title: "a message without a recipient is refused",
			Why:   "The 250 for it says that somebody will get it.",
			Rows:  []string{"R5321-3.3-l"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				forNobody(p, s)
			},
		},
		{
			// RFC 5321 3.3: recipients that were refused are none.
			ID:    "rfc5321/3.3/data-after-refused-rcpt",
			Title: "a message whose recipients were all refused is refused",
			Why:   "The 250 for it says that somebody will get it.",
			Rows:  []string{"R5321-3.3-m"},
			Needs: []conformance.Need{conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); !r.Is("4yz or 5yz") {
					p.Skip("the target accepts %s, which is not there: %s", p.Unknown, r)
				}
				forNobody(p, s)
			},
		},
	}
}

// forNobody sends a message in a transaction that has no recipient: it is refused, at DATA or behind it.
func forNobody(p *conformance.Probe, s *conformance.Session) {
	r := s.Cmd("DATA")
	if !r.Is("354") {
		if r.Want("5yz"); !r.Is("503 or 554") {
			p.Note("DATA without a recipient is refused with %d, where 503 and 554 are usual", r.Code)
		}
		return
	}
	if p.Profile == conformance.LMTP {
		p.Fail("503 to DATA: behind the message an LMTP server has nobody to reply for (RFC 2033 4.2)", r.String())
	}
	s.Content(p.Message().Text).Want("5yz")
}

// sameClass judges that an enhanced code says the same as the code: for good, or for now.
func sameClass(p *conformance.Probe, r conformance.Reply) {
	if e := r.Enhanced(); e != "" && int(e[0]-'0') != r.Code/100 {
		p.Fail(fmt.Sprintf("an enhanced code of the class of %d", r.Code), r.String())
	}
}
