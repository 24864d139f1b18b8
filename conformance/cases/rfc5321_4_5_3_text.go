package cases

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321TextLimits is about how long lines and messages may be, RFC 5321 4.5.3.1.6 and 4.5.3.1.7.
func rfc5321TextLimits() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.5.3.1.6: a text line may have 1000 octets with its CRLF, the dot that is
			// doubled not counted.
			ID:    "rfc5321/4.5.3.1.6/text-line",
			Title: "a line of 998 characters arrives whole, with a doubled dot before it as well",
			Why:   "A server that breaks lines breaks signatures and attachments; one that refuses them refuses a good message.",
			Rows:  []string{"R5321-4.5.3.1.6-a", "R5321-4.5.3.1.6-b"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				lines := []string{strings.Repeat("x", 997) + "!", "end"}
				m := p.Message(lines...)
				p.Ready().Send(m).Want("250")
				sameLines(p, lines, p.Arrives("", m.Marker).Lines())

				p.Row("R5321-4.5.3.1.6-b")
				lines[0] = "." + strings.Repeat("x", 996) + "!"
				m = p.Message(lines...)
				p.Ready().Send(m).Want("250")
				sameLines(p, lines, p.Arrives("", m.Marker).Lines())
			},
		},
		{
			// RFC 5321 4.5.3.1.7: a message may have 64K octets, header among them.
			ID:    "rfc5321/4.5.3.1.7/message",
			Title: "a message of 64K octets arrives",
			Why:   "It is little: any picture has more.",
			Rows:  []string{"R5321-4.5.3.1.7-a"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if params, ok := s.Offers("SIZE"); ok {
					if n, err := strconv.ParseUint(params, 10, 63); err == nil && n > 0 && n < 64<<10 {
						p.Fail("SIZE 0, or of 65536 octets or more", "SIZE "+params)
					}
				}
				m := p.Message("")
				var lines []string
				for rest := 64<<10 - len(m.Text); rest > 0; rest -= 64 {
					lines = append(lines, strings.Repeat("x", max(0, min(64, rest)-2)))
				}
				m.Text = m.Text[:len(m.Text)-2] + strings.Join(lines, "\r\n") + "\r\n"
				s.Send(m).Want("250")
				sameLines(p, lines, p.Arrives("", m.Marker).Lines())
			},
		},
		{
			// RFC 5321 4.5.3.1.7: a server that must have a limit should tell it by SIZE (RFC 1870).
			ID:    "rfc5321/4.5.3.1.7/size-is-offered",
			Title: "a server with a limit for messages offers SIZE",
			Why:   "Clients send the whole of a message before they hear that it is too big.",
			Rows:  []string{"R5321-4.5.3.1.7-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if _, ok := s.Offers("SIZE"); ok {
					return
				}
				m := p.Message()
				s.Begin()
				s.Write(m.Text)
				sent := s.Flood(strings.Repeat("x", 76)+"\r\n", 8<<20/78*78, 15*time.Second)
				s.Write(".\r\n")
				if r := s.Reply(); r.Is("552 or 523 or 554 or 452") || r.Code == 0 {
					p.Fail("SIZE in the list of EHLO, for there is a limit", fmt.Sprintf("no SIZE, and %s to a message of %d octets", r, sent))
				}
				p.Note("neither SIZE is offered, nor is a message of %d octets too big", sent)
			},
		},
	}
}
