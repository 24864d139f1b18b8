package cases

import (
	"net/mail"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc6409 is about servers that take mail from its authors.
func rfc6409() []conformance.Case {
	submission := []conformance.Need{conformance.NeedSubmit, conformance.NeedRcpt}
	delivered := []conformance.Need{conformance.NeedSubmit, conformance.NeedMailbox}
	return []conformance.Case{
		{
			// RFC 6409 3.2: the null reverse-path must not, in itself, be a reason to refuse a message.
			ID:    "rfc6409/3.2/null-reverse-path",
			Title: "a user may submit a message with the null reverse-path",
			Why:   "Receipts that mail programs send have it; they never leave.",
			Rows:  []string{"R6409-3.2-a"},
			Needs: submission,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("MAIL FROM:<>").Want("250")
				s.RcptTo(p.Rcpt).Want("25z")
				s.Cmd("DATA").Want("354")
				s.Content(p.Message().Text).Want("250")
			},
		},
		{
			// RFC 6409 4.3: MAIL of a client that has not logged in gets an error, unless the client is
			// known otherwise, by its network for example.
			ID:    "rfc6409/4.3/login-first",
			Title: "a client that has not logged in cannot submit mail",
			Why:   "Whoever finds the port sends spam through it, in the name of its owner. Ask from an address that the target does not trust.",
			Rows:  []string{"R6409-4.3-a"},
			Needs: []conformance.Need{conformance.NeedSubmit},
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				r := s.Mail()
				if r.Is("4yz or 5yz") {
					return
				}
				r.Want("250 or 5yz")
				late := s.RcptTo(p.Foreign)
				if late.Is("4yz or 5yz") {
					p.Warn("530 to MAIL before AUTH", r.String()+", and "+late.String()+" to RCPT")
					return
				}
				p.Usable("strangers can send mail to anywhere, if they can do this from their own addresses")
				p.Fail("530 to MAIL before AUTH, or at the latest to RCPT", r.String()+", and "+late.String()+" to RCPT")
			},
		},
		{
			// RFC 6409 5.1: addresses with wrong syntax are to be refused, with 501.
			ID:    "rfc6409/5.1/address-syntax",
			Title: "addresses that are none are refused at once",
			Why:   "Their author is still there and can mend them; later it takes a notification, which may not find him.",
			Rows:  []string{"R6409-5.1-a"},
			Needs: submission,
			Run: func(p *conformance.Probe) {
				bad := []string{"a b@x.test", "@x.test", "a@-x.test", "a@x..test"}
				for i := range bad {
					s := p.Ready()
					s.Mail().Need("250")
					s.RcptTo(bad[i]).Should("501 or 55z")
				}
				s := p.Ready()
				s.Cmd("MAIL FROM:<a b@x.test>").Should("501 or 55z")
				s.Mail().Need("250")
				if r := s.RcptTo("a..b@x.test"); r.Is("25z") {
					p.Note("a local part with two dots side by side is taken, though it is no dot-string")
				}
			},
		},
		{
			// RFC 6409 6.1: a server may refuse reverse-paths that a login may not use, with 550 5.7.1.
			ID:    "rfc6409/6.1/own-reverse-path",
			Title: "a user may use the reverse-path that is his; others may be refused",
			Why:   "What is looked at must not hinder users in their own name.",
			Rows:  []string{"R6409-6.1-a"},
			Needs: []conformance.Need{conformance.NeedSubmit, conformance.NeedAuth, conformance.NeedRcpt, conformance.NeedSecond},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Want("250")
				s.Cmd("RSET").Need("250")
				r := s.Cmd("MAIL FROM:<%s>", p.Second)
				switch {
				case r.Is("250"):
					p.Note("a login may use the reverse-path of another user: %s", r)
				case r.Is("5yz"):
					p.Note("a login may not use the reverse-path of another user: %s", r)
				default:
					r.Should("250 or 5yz")
				}
				s.InStep()
			},
		},
		{
			// RFC 6409 7: which extensions belong on a submission server, and which must not be there.
			ID:    "rfc6409/7/extensions",
			Title: "a submission server offers AUTH, and neither ETRN nor ATRN",
			Why:   "ETRN and ATRN are for hosts that fetch their mail; on the port of users they let strangers set queues in motion.",
			Rows:  []string{"R6409-7-a"},
			Needs: []conformance.Need{conformance.NeedSubmit},
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				for _, word := range []string{"ETRN", "ATRN"} {
					if _, ok := s.Offers(word); ok {
						// Postfix has one list for all its ports, so this is common.
						p.Warn("no "+word+" on a submission server", word+" is there")
					}
				}
				if _, ok := s.Offers("AUTH"); !ok {
					p.Report("AUTH in the reply to EHLO", "it is not there")
				}
				for _, word := range []string{"PIPELINING", "ENHANCEDSTATUSCODES", "DSN", "8BITMIME"} {
					if _, ok := s.Offers(word); !ok {
						p.Warn(word+", which submission servers should offer", "it is not there")
					}
				}
			},
		},
		{
			// RFC 6409 8.2: a server may add a Date, which then is right.
			ID:    "rfc6409/8.2/date",
			Title: "a Date that a submission server adds is right, and the only one",
			Why:   "Mail programs sort by it; a wrong one hides the message among old ones.",
			Rows:  []string{"R6409-8.2-a"},
			Needs: delivered,
			Run: func(p *conformance.Probe) {
				m := p.MessageWith([]string{"Date"})
				sent := time.Now()
				p.Ready().Send(m).Want("250")
				got := p.Arrives("", m.Marker).Header.Values("Date")
				if len(got) == 0 {
					p.Note("no Date is added")
					return
				}
				if len(got) > 1 {
					p.Fail("one Date field", quoted(got))
				}
				at, err := mail.ParseDate(got[0])
				if err != nil {
					p.Fail("a date of RFC 5322 3.3", got[0])
				}
				if off := at.Sub(sent).Abs(); off > time.Minute {
					p.Warn("a date within a minute of now, "+sent.Format(time.RFC1123Z), got[0])
				}
			},
		},
		{
			// RFC 6409 8.3: a server should add a Message-ID where there is none.
			ID:    "rfc6409/8.3/message-id",
			Title: "a submission server adds a Message-ID where there is none",
			Why:   "Replies and filters against doubles need it, and many hosts refuse mail without it.",
			Rows:  []string{"R6409-8.3-a"},
			Needs: delivered,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				seen := ""
				for range 2 {
					m := p.MessageWith([]string{"Message-ID"})
					s.Send(m).Want("250")
					got := p.Arrives("", m.Marker).Header.Values("Message-ID")
					if len(got) != 1 || !messageID.MatchString(strings.TrimSpace(got[0])) {
						p.Fail("one Message-ID, <x@y>", quoted(got))
					}
					if got[0] == seen {
						p.Fail("another Message-ID for another message", quoted(got))
					}
					seen = got[0]
				}
			},
		},
	}
}
