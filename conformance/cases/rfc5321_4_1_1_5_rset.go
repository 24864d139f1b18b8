package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Rset is about RSET and lost connections, RFC 5321 4.1.1.5 and 4.1.1.10.
func rfc5321Rset() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.1.5: sender and recipients are discarded, and all buffers cleared.
			ID:    "rfc5321/4.1.1.5/rset-clears-envelope",
			Title: "RSET drops the sender and the recipients",
			Why:   "What the client has taken back would be sent after all.",
			Rows:  []string{"R5321-4.1.1.5-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				s.Cmd("RSET").Want("250")
				s.RcptTo(p.Rcpt).Should("5yz")
				s.Cmd("DATA").Want("5yz")
			},
		},
		{
			// RFC 5321 4.1.1.5: the recipients are discarded.
			ID:    "rfc5321/4.1.1.5/rset-drops-recipients",
			Title: "recipients before RSET do not get the next message",
			Why:   "Mail is shown to people whom it is not for.",
			Rows:  []string{"R5321-4.1.1.5-b"},
			Needs: []conformance.Need{conformance.NeedSecond, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope(p.Rcpt)
				s.Cmd("RSET").Need("250")
				m := p.Message()
				s.Send(m, p.Second).Want("250")
				p.Arrives(p.Second, m.Marker)
				p.Absent(p.Rcpt, m.Marker)
			},
		},
		{
			// RFC 5321 4.1.1.5: the reply is 250, whether there is something to drop or not.
			ID:    "rfc5321/4.1.1.5/rset-gets-250",
			Title: "RSET is answered with 250 at any time",
			Why:   "Clients say it between messages, and give up at an error.",
			Rows:  []string{"R5321-4.1.1.5-c"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("RSET").Should("250")
				s.Mail().Need("250")
				s.Cmd("RSET").Should("250")
				s.Envelope()
				s.Cmd("RSET").Should("250")
				s.Cmd("RSET").Want("250")
				s.Cmd("QUIT")
			},
		},
		{
			// RFC 5321 4.1.1.5: a server must not close the connection at RSET; that is for QUIT.
			ID:    "rfc5321/4.1.1.5/rset-does-not-close",
			Title: "RSET leaves the connection open",
			Why:   "Clients that send several messages in a session lose the others.",
			Rows:  []string{"R5321-4.1.1.5-d"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				for range 3 {
					s.Cmd("RSET")
				}
				s.InStep()
			},
		},
		{
			// RFC 5321 4.1.1.5, 4.1.4: RSET is no new beginning of the session: EHLO stands.
			ID:    "rfc5321/4.1.1.5/rset-keeps-greeting",
			Title: "behind RSET there is no need for another EHLO",
			Why:   "Clients go on with MAIL, with the parameters that were offered, and would be refused.",
			Rows:  []string{"R5321-4.1.1.5-e"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("RSET").Need("250")
				if _, ok := s.Offers("SIZE"); ok {
					s.Mail("SIZE=100").Want("250")
					return
				}
				s.Mail().Want("250")
			},
		},
		{
			// RFC 5321 4.1.1.5: a lost connection is treated as if QUIT had come, which cancels
			// what is not complete.
			ID:    "rfc5321/4.1.1.5/reset-connection",
			Title: "half a message is not delivered when the connection is reset",
			Why:   "The client sends the message again, and there are two: one of them cut short.",
			Rows:  []string{"R5321-4.1.1.5-f"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m := p.Message()
				s := p.Ready()
				s.Begin()
				s.Write(m.Text[:len(m.Text)-2])
				p.Sleep(p.Quiet / 4)
				s.Reset()
				p.Absent("", m.Marker) // in new sessions
			},
		},
		{
			// RFC 5321 4.1.1.10: a transaction that is not complete is canceled when the connection
			// breaks, even if only its end is missing.
			ID:    "rfc5321/4.1.1.10/closed-before-dot",
			Title: "a message without its final dot is not delivered",
			Why:   "The client sends the message again, and it is there twice.",
			Rows:  []string{"R5321-4.1.1.10-f"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m := p.Message()
				s := p.Ready()
				s.Begin()
				s.Write(m.Text)
				s.CloseWrite()
				s.Closed(p.Quiet)
				s.Close()
				p.Absent("", m.Marker)
			},
		},
		{
			// RFC 5321 4.1.1.10: what is complete is not undone.
			ID:    "rfc5321/4.1.1.10/reset-behind-250",
			Title: "a message that got 250 is delivered, even if QUIT never comes",
			Why:   "The client has been told that the message is safe, and throws its copy away.",
			Rows:  []string{"R5321-4.1.1.10-g"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m := p.Message()
				s := p.Ready()
				s.Send(m).Need("250")
				s.Reset()
				p.Arrives("", m.Marker)
			},
		},
	}
}
