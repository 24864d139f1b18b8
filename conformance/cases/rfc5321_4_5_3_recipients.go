package cases

import (
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Recipients is about how many recipients a message may have, RFC 5321 4.5.3.1.8 and 4.5.3.1.10.
func rfc5321Recipients() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.5.3.1.8: a server must take 100 recipients.
			ID:    "rfc5321/4.5.3.1.8/hundred-recipients",
			Title: "a message has room for a hundred recipients",
			Why:   "Clients count on it: the rest of a long list is put off, or never sent.",
			Rows:  []string{"R5321-4.5.3.1.8-a"},
			Needs: []conformance.Need{conformance.NeedMailbox, conformance.NeedSecond},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				m := p.Message()
				s.Mail().Need("250")
				for i := range 100 {
					s.RcptTo([]string{p.Rcpt, p.Second}[i%2]).Want("25z")
				}
				s.Cmd("DATA").Want("354")
				s.Content(m.Text).Want("250")
				p.Arrives(p.Rcpt, m.Marker)
				p.Arrives(p.Second, m.Marker)
			},
		},
		{
			// RFC 5321 4.5.3.1.8, 4.5.3.1.10: a server with a limit refuses the recipients beyond it,
			// with 452 where its table is full, and delivers to those that it has accepted.
			ID:    "rfc5321/4.5.3.1.10/too-many-recipients",
			Title: "recipients beyond a limit are refused with 452, and those before it get the message",
			Why:   "With 452 the client sends the message to the rest in another transaction; with 552 or 554 they get a bounce.",
			Rows:  []string{"R5321-4.5.3.1.10-b", "R5321-4.5.3.1.8-e", "R5321-4.5.3.1.10-c"},
			Needs: []conformance.Need{conformance.NeedMailbox, conformance.NeedSecond, conformance.NeedSMTP},
			// Hostile: a thousand recipients are more than some small servers have room for.
			Hostile: true,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				m := p.Message()
				s.Mail().Need("250")
				s.RcptTo(p.Second).Need("25z")
				n, refusal := 1, conformance.Reply{}
				for ; n < 1200 && refusal.Code == 0; n++ {
					if r := s.RcptTo(p.Rcpt); !r.Is("25z") {
						r.Want("4yz or 5yz")
						refusal = r
						n--
					}
				}
				switch {
				case refusal.Code == 0:
					p.Note("there is no limit below %d recipients", n)
				case refusal.Dropped:
					p.Fail(fmt.Sprintf("452 to recipient %d", n+1), refusal.String()+", and the transaction is lost")
				case refusal.Is("552") || refusal.Is("4yz") && !refusal.Is("452"):
					p.Report(fmt.Sprintf("452 to recipient %d", n+1), refusal.String())
				case refusal.Is("5yz"):
					p.Note("the site has a limit of %d recipients: %s", n, refusal)
					p.Row("R5321-4.5.3.1.10-c")
					if n < 100 {
						p.Report("a limit of at least 100 recipients", fmt.Sprintf("%d", n))
					}
				default:
					p.Note("there is a limit of %d recipients: %s", n, refusal)
				}

				p.Row("R5321-4.5.3.1.8-e")
				r := s.Cmd("DATA")
				if r.Is("503") && refusal.Is("5yz") {
					p.Note("DATA gets %s behind the limit", r) // RFC 5321 4.5.3.1.10 gives this as an example of a policy
					return
				}
				r.Want("354")
				s.Content(m.Text).Want("250")
				p.Arrives(p.Second, m.Marker)
				p.Arrives(p.Rcpt, m.Marker)
			},
		},
		{
			// RFC 5321 4.5.3.1.8: the number of addresses in the header is not a reason to refuse a message.
			ID:    "rfc5321/4.5.3.1.8/many-addresses-in-header",
			Title: "a message with 500 addresses in To is accepted",
			Why:   "The header does not say to whom a server delivers; the one who gets such a message has not written it.",
			Rows:  []string{"R5321-4.5.3.1.8-d"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				p.Ready().Send(p.MessageWith([]string{"To: " + manyAddresses(500, domainOf(p.From))})).Want("250")
			},
		},
		{
			// RFC 5321 4.5.3.1.8: a server that delivers should not look whether the fields of the
			// header are well formed.
			ID:    "rfc5321/4.5.3.1.8/odd-header",
			Title: "a message whose header is not well formed is accepted for a mailbox",
			Why:   "Old programs and devices write such headers, and their mail is wanted.",
			Rows:  []string{"R5321-4.5.3.1.8-c"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				twice := p.Message()
				twice.Text = "Date: yesterday at noon\r\n" + twice.Text
				for _, m := range []conformance.Message{
					p.MessageWith([]string{"From: A. Broken <a@b@" + domainOf(p.From)}),
					twice,
					p.MessageWith([]string{"To: " + manyAddresses(200, domainOf(p.From))}),
				} {
					p.Ready().Send(m).Should("250")
				}
			},
		},
	}
}

// manyAddresses is the value of a field with n addresses, folded.
func manyAddresses(n int, domain string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("<someone-%d@%s>", i, domain)
	}
	return strings.Join(list, ",\r\n ")
}
