package cases

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Connections is about servers that are there all the time, RFC 5321 4.5.4.2.
func rfc5321Connections() []conformance.Case {
	const many = 50
	return []conformance.Case{
		{
			// RFC 5321 4.5.4.2: a server should listen all the time, while it is at work as well.
			ID:       "rfc5321/4.5.4.2/listening",
			Title:    "the server greets one client after the other while it takes a message",
			Why:      "Mail is late by the time that clients wait before they try again, half an hour and more.",
			Rows:     []string{"R5321-4.5.4.2-a"},
			Needs:    []conformance.Need{conformance.NeedRcpt},
			Sessions: 2,
			Run: func(p *conformance.Probe) {
				busy := p.Ready()
				busy.Begin()
				busy.Write(strings.TrimSuffix(p.Message().Text, "\r\n"))
				for range 15 {
					s := greeted(p, 2)
					s.Write("QUIT\r\n")
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.5.4.2, 7.8: a server may have a limit for connections at the same time.
			ID:       "rfc5321/4.5.4.2/many-connections",
			Title:    "connections beyond a limit wait or get 421, and those before it go on",
			Why:      "Clients come all at once after every outage; a server that falls over then never comes back.",
			Rows:     []string{"R5321-4.5.4.2-b"},
			Needs:    []conformance.Need{conformance.NeedSMTP},
			Sessions: many,
			Hostile:  true,
			Run: func(p *conformance.Probe) {
				if p.ImplicitTLS {
					p.Skip("with implicit TLS each connection costs a handshake")
				}
				first := p.Hello()
				var all []*conformance.Session
				refused := 0
				for range many - 1 {
					if s, err := p.TryOpen(); err == nil {
						all = append(all, s)
					} else {
						refused++
					}
				}
				end := time.Now().Add(2 * time.Second)
				served, busy, waiting := 0, 0, 0
				for _, s := range all {
					switch r := s.ReplyWithin(max(20*time.Millisecond, time.Until(end))); {
					case r.Is("220"):
						served++
					case r.Code == 0 && !r.Dropped:
						waiting++
					case r.Is("4yz or 554"):
						busy++
					default:
						p.Report("220, 421 or nothing for a while", r.String())
					}
				}
				p.Note("of %d connections, %d were greeted, %d turned away, %d left waiting and %d refused", many-1, served, busy, waiting, refused)
				first.InStep()
				for _, s := range all {
					s.Close()
				}
				greeted(p, 5).Close()
			},
		},
		{
			// RFC 5321 4.5.4.2: a server should be able to serve several clients at the same time.
			ID:       "rfc5321/4.5.4.2/two-transactions",
			Title:    "a second client can send a message while the first is in the middle of one",
			Why:      "One slow client, or one that does nothing, otherwise stops all mail.",
			Rows:     []string{"R5321-4.5.4.2-c"},
			Needs:    []conformance.Need{conformance.NeedRcpt},
			Sessions: 2,
			Run: func(p *conformance.Probe) {
				slow := p.Ready()
				m := p.Message()
				slow.Begin()
				slow.Write(m.Text[:len(m.Text)/2])
				greeted(p, 1).Close()
				p.Ready().Send(p.Message()).Want("250")
				slow.Content(m.Text[len(m.Text)/2:]).Want("250")
			},
		},
	}
}

// greeted connects and judges the greeting. A server that is busy is asked again, up to
// so many times in all.
func greeted(p *conformance.Probe, tries int) *conformance.Session {
	for try := 1; ; try++ {
		s, err := p.TryOpen()
		if err == nil && p.ImplicitTLS {
			err = s.Handshake()
		}
		var got string
		if err != nil {
			got = err.Error()
		} else {
			r := s.Reply()
			if r.Is("220") {
				return s
			}
			s.Close()
			got = r.String()
		}
		if try >= tries {
			p.Fail("220 to a new connection", got)
		}
		p.Sleep(500 * time.Millisecond)
	}
}
