package cases

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Octets is about octets that are no ASCII, RFC 5321 2.4.
func rfc5321Octets() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 2.4: content is 7-bit unless both sides have agreed on something
			// else; a server may clear the eighth bits of other content, or refuse it.
			ID:    "rfc5321/2.4/undeclared-8-bit-text",
			Title: "8-bit text that nobody has announced is refused or delivered",
			Why:   "Old programs send such text; whatever becomes of it, it must not vanish.",
			Rows:  []string{"R5321-2.4-j"},
			Needs: []conformance.Need{conformance.NeedSMTP, conformance.NeedPlain, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := oldClient(p)
				m := p.Message("caf\xe9")
				r := s.Send(m).Want("250 or 4yz or 5yz")
				if !r.Is("250") {
					p.Note("8-bit text behind HELO is refused with %d", r.Code)
					s.InStep()
					return
				}
				switch body := p.Arrives("", m.Marker).Body; {
				case strings.Contains(body, "caf\xe9"):
					p.Note("8-bit text behind HELO is delivered as it is")
				case strings.Contains(body, "cafi"):
					p.Note("8-bit text behind HELO is delivered with the eighth bits cleared")
				default:
					p.Note("8-bit text behind HELO is delivered in another form: %.60q", body)
				}
			},
		},
		{
			// RFC 5321 2.4: who delivers may refuse or return what he would have to
			// deliver as garbage.
			ID:    "rfc5321/2.4/mislabelled-8-bit-text",
			Title: "8-bit text that calls itself 7-bit is refused, returned or delivered",
			Why:   "Mail with wrong labels is common, and a 250 for what vanishes is a lost letter that nobody misses in time.",
			Rows:  []string{"R5321-2.4-l"},
			Needs: []conformance.Need{conformance.NeedMailbox, conformance.NeedSecond},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				m := p.MessageWith([]string{
					"MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii", "Content-Transfer-Encoding: 7bit",
				}, "caf\xe9")
				mailFromSecond(p, s)
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				if r := s.Content(m.Text).Want("250 or 4yz or 5yz"); !r.Is("250") {
					p.Note("8-bit text that calls itself 7-bit is refused with %d", r.Code)
					return
				}
				if !deliveredOrReturned(p, p.Rcpt, p.Second, m) {
					p.Fail("that it is delivered, or returned to its sender", "a 250, and then nothing")
				}
			},
		},
		{
			// RFC 5321 2.4: commands in other characters than ASCII should be refused,
			// normally with 500. With SMTPUTF8 (RFC 6531) UTF-8 may be used, which this is not.
			ID:    "rfc5321/2.4/8-bit-command",
			Title: "an address that is neither ASCII nor UTF-8 is refused",
			Why:   "Such an address means something else on each host that it passes, and no notification ever reaches it.",
			Rows:  []string{"R5321-2.4-n"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				_, domain, _ := strings.Cut(p.From, "@")
				r := s.Cmd("MAIL FROM:<b\xe9b@%s>", domain).Want("5yz")
				if !r.Is("500 or 501 or 553") {
					p.Note("8-bit octets in a command are refused with %d, where 500 is usual", r.Code)
				}
			},
		},
		{
			// RFC 5321 2.4: servers should implement 8BITMIME.
			ID:    "rfc5321/2.4/8bitmime-is-offered",
			Title: "8BITMIME is offered, and taken",
			Why:   "Without it text in most of the world's languages has to be encoded on its way, which breaks signatures.",
			Rows:  []string{"R5321-2.4-p"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if _, ok := s.Offers("8BITMIME"); !ok {
					p.Fail("8BITMIME among the extensions", "it is not offered")
				}
				s.Mail("BODY=8BITMIME").Want("250")
			},
		},
		{
			// RFC 5321 2.4: mail that was announced as 8BITMIME and is no MIME may be refused.
			ID:    "rfc5321/2.4/8bitmime-without-mime",
			Title: "8BITMIME content that is no MIME is accepted or refused",
			Why:   "Many programs announce 8BITMIME for all that they send; a server that falls over that loses the mail behind it, too.",
			Rows:  []string{"R5321-2.4-t"},
			Needs: []conformance.Need{conformance.Keyword("8BITMIME"), conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail("BODY=8BITMIME").Need("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				r := s.Content(p.Message("caf\xe9").Text).Want("250 or 5yz")
				p.Note("8BITMIME content that is no MIME is answered with %d", r.Code)
				s.InStep()
			},
		},
	}
}

// mailFromSecond says MAIL with the address of the second mailbox, where notifications
// can be seen. Servers may keep strangers from using the addresses of their users.
func mailFromSecond(p *conformance.Probe, s *conformance.Session) {
	if r := s.Cmd("MAIL FROM:<%s>", p.Second); !r.Is("250") {
		p.Skip("the target takes no mail from %s: %s", p.Second, r)
	}
}

// deliveredOrReturned waits until a message, or a notification about it, is in the
// mailbox of its recipient or its sender.
func deliveredOrReturned(p *conformance.Probe, to, from string, m conformance.Message) bool {
	for end := time.Now().Add(p.Delivery); ; p.Sleep(200 * time.Millisecond) {
		if len(p.Copies(to, m.Marker)) > 0 || len(p.Copies(from, m.Marker)) > 0 {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}
