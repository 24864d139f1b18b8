package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Problems is about mail that is odd, and mail that has come a long way, RFC 5321 6.
func rfc5321Problems() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 6.1: the reply to the end of data comes as soon as it can, for a client that
			// loses its patience sends the message again.
			ID:    "rfc5321/6.1/quick-reply",
			Title: "the reply to the end of data comes within seconds",
			Why:   "A client that has given up sends the message again, and it arrives twice (RFC 1047).",
			Rows:  []string{"R5321-6.1-g"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Begin()
				begun := time.Now()
				s.Write(p.Message().Text + ".\r\n")
				r := s.ReplyWithin(replyIsSlow + 5*time.Second)
				if took := time.Since(begun).Round(time.Second); took > replyIsSlow || !r.Dropped && r.Code == 0 {
					p.Warn(fmt.Sprintf("a reply to the end of data within %s", replyIsSlow), fmt.Sprintf("%s after %s", r, took))
				}
			},
		},
		{
			// RFC 5321 6.2: what was accepted is delivered or returned; to drop it in silence is for
			// clear fraud alone.
			ID:    "rfc5321/6.2/odd-mail-does-not-vanish",
			Title: "an odd message is refused or delivered",
			Why:   "Mail that vanishes after 250 is missed by nobody until it is too late: the sender has it in writing that it arrived.",
			Rows:  []string{"R5321-6.2-a"},
			Needs: []conformance.Need{conformance.NeedMailbox, conformance.NeedMX},
			Run: func(p *conformance.Probe) {
				odd := map[string]conformance.Message{}
				bare := conformance.Message{Marker: p.Marker()}
				bare.Text = "\r\n" + bare.Marker + "\r\n"
				odd["without a header"] = bare
				odd["without From"] = p.MessageWith([]string{"From"})
				odd["with an odd date"] = p.MessageWith([]string{"Date: yesterday at noon"})
				empty := p.Message("")
				empty.Text = strings.TrimSuffix(empty.Text, "\r\n")
				odd["with an empty body"] = empty

				var sent []string
				for _, what := range []string{"without a header", "without From", "with an odd date", "with an empty body"} {
					if r := p.Ready().Send(odd[what]); r.Is("250") {
						sent = append(sent, what)
					} else {
						r.Want("4yz or 5yz")
						p.Note("a message %s is refused: %s", what, r)
					}
				}
				p.Settle("")
				for _, what := range sent {
					if len(p.Copies("", odd[what].Marker)) == 0 {
						p.Report("a message "+what+" in the mailbox of "+p.Rcpt+", or a refusal", "250 to it, and nothing arrived")
					}
				}
			},
		},
		{
			// RFC 5321 6.3: loops are found by counting Received fields, and the limit should be a
			// hundred at least.
			ID:    "rfc5321/6.3/long-way",
			Title: "a message that has 99 Received fields is not taken for one in a loop",
			Why:   "Mail that goes through lists, filters and forwarding has thirty and more, and is returned for nothing.",
			Rows:  []string{"R5321-6.3-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				m := travelled(p, 99)
				r := p.Ready().Send(m)
				if r.Is("250") {
					if p.Lacks[conformance.NeedMailbox] == "" {
						p.Settle("")
						if len(p.Copies("", m.Marker)) == 0 {
							p.Fail("a message with 99 Received fields in the mailbox", "250 to it, and nothing arrived")
						}
					}
					return
				}
				good, bad := 0, 99
				for bad-good > 1 {
					half := (good + bad) / 2
					if p.Ready().Send(travelled(p, half)).Is("250") {
						good = half
					} else {
						bad = half
					}
				}
				p.Fail("250 to a message with 99 Received fields", fmt.Sprintf("%s; %d are accepted", r, good))
			},
		},
	}
}

// replyIsSlow is what a client waits for the reply to the end of data without wondering. It
// should wait ten minutes (RFC 5321 4.5.3.2.6), and many do not.
const replyIsSlow = 30 * time.Second

// travelled makes a message that has been through n servers.
func travelled(p *conformance.Probe, n int) conformance.Message {
	m := p.Message()
	for i := 1; i <= n; i++ {
		m.Text = passed(p, i) + m.Text
	}
	return m
}
