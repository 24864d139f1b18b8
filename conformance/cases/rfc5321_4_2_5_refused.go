package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Refused is about messages that are refused at the end of data, RFC 5321 4.2.5.
func rfc5321Refused() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.2.5: after a 4yz at the end of data the message is the client's; the server must not
			// deliver it.
			ID:    "rfc5321/4.2.5/deferred-message",
			Title: "a message that got 4yz is not delivered",
			Why:   "The client sends it again, and the recipient gets it twice.",
			Rows:  []string{"R5321-4.2.5-b"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m, r := unwelcome(p, "4yz")
				if !r.Is("4yz") {
					p.Skip("the server answered no end of data with 4yz")
				}
				p.Absent("", m.Marker)
			},
		},
		{
			// RFC 5321 4.2.5: after a 5yz at the end of data the server must not deliver.
			ID:    "rfc5321/4.2.5/refused-message",
			Title: "a message that got 5yz is not delivered",
			Why:   "The sender is told that nothing arrived, and does something else about it; the recipient has read it.",
			Rows:  []string{"R5321-4.2.5-d"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m, r := unwelcome(p, "5yz")
				if !r.Is("5yz") {
					p.Skip("the server answered no end of data with 5yz")
				}
				p.Absent("", m.Marker)
			},
		},
	}
}

// unwelcome sends an ordinary message and one that servers refuse, until one gets a reply that fits, and returns that
// one. The null reverse-path keeps notifications away.
func unwelcome(p *conformance.Probe, pattern string) (conformance.Message, conformance.Reply) {
	var r conformance.Reply
	for _, m := range []conformance.Message{p.Message(), looping(p)} {
		s := p.Ready()
		s.Cmd("MAIL FROM:<>").Need("250")
		s.RcptTo(p.Rcpt).Need("25z")
		s.Cmd("DATA").Need("354")
		r = s.Content(m.Text)
		s.Close()
		if r.Is(pattern) {
			return m, r
		}
	}
	return conformance.Message{}, r
}
