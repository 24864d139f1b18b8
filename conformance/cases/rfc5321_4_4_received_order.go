package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim/mail"
)

// rfc5321ReceivedOrder is about where a server puts its Received field, and what becomes of those that are there,
// RFC 5321 4.4.
func rfc5321ReceivedOrder() []conformance.Case {
	mailbox := []conformance.Need{conformance.NeedMailbox}
	return []conformance.Case{
		{
			// RFC 5321 4.4: a server that takes a message puts a Received field at its very
			// beginning, above those of other servers and all other fields.
			ID:    "rfc5321/4.4/received-on-top",
			Title: "a Received field is added on top of what was sent",
			Why:   "The way of a message is read from the bottom up; a field at another place makes it look as if it had been elsewhere.",
			Rows:  []string{"R5321-4.4-a", "R5321-4.4-k"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				m := p.Message()
				m.Text = "X-Mailsim-Top: " + m.Marker + "\r\n" + passed(p, 1) + m.Text
				p.Ready().Send(m).Want("250")
				got := p.Arrives("", m.Marker)
				if got.Header.Count("Received") < 2 {
					p.Fail("a Received field besides the one that was sent", firstLines(got))
				}
				p.Row("R5321-4.4-k")
				if fieldIndex(got, "Received") > fieldIndex(got, "X-Mailsim-Top") {
					p.Fail("Received above the first field that was sent", firstLines(got))
				}
			},
		},
		{
			// RFC 5321 4.4: Received fields that are there are neither changed nor removed, nor is
			// their order changed, and no new one is put among them.
			ID:    "rfc5321/4.4/received-kept",
			Title: "Received fields of other servers stay as and where they are",
			Why:   "Loops are found by them, and so is who sent a message; a signature may be over them.",
			Rows:  []string{"R5321-4.4-j", "R5321-4.4-l", "R5321-4.4-m"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				m := p.Message()
				old := []string{
					passed(p, 5),
					strings.Replace(passed(p, 4), "; ", "  ;\r\n   ", 1),
					strings.Replace(passed(p, 3), " by ", "\r\n\t by ", 1),
					passed(p, 2),
					strings.Replace(passed(p, 1), "Received: ", "RECEIVED:  (odd)\t", 1),
				}
				m.Text = "X-Mailsim-Top: " + m.Marker + "\r\n" + old[0] + old[1] + "X-Mailsim-Between: 1\r\n" + strings.Join(old[2:], "") + m.Text
				p.Ready().Send(m).Want("250")
				got := p.Arrives("", m.Marker)
				var below []string
				for _, f := range got.Header.Fields[max(0, fieldIndex(got, "X-Mailsim-Top")):] {
					if f.Is("Received") {
						below = append(below, string(f.Raw))
					}
				}
				for _, f := range old {
					if !slices.Contains(below, f) {
						p.Fail("this field as it was sent: "+f, fmt.Sprintf("%d Received fields, and it is not among them", len(below)))
					}
				}

				p.Row("R5321-4.4-m")
				if len(below) != len(old) {
					p.Fail("no other Received fields than those below the first field that was sent", strings.Join(below, ""))
				}
				p.Row("R5321-4.4-l")
				if !slices.Equal(below, old) {
					p.Fail("the Received fields in the order in which they were sent", strings.Join(below, ""))
				}
			},
		},
	}
}

// passed is the Received field of the nth server that a message has passed.
func passed(p *conformance.Probe, n int) string {
	at := mail.FormatDate(time.Now().Add(time.Duration(n-10) * time.Second))
	return fmt.Sprintf("Received: from hop%d.%s by hop%d.%s with ESMTP; %s\r\n", n-1, p.Target.Hello, n, p.Target.Hello, at)
}
