package cases

import (
	"strconv"

	"github.com/mailsim/mailsim/conformance"
)

// finishes judges that the open transaction, of one recipient, is as it should be:
// DATA is answered with 354, and a message is taken.
func finishes(p *conformance.Probe, s *conformance.Session) conformance.Message {
	m := p.Message()
	s.Cmd("DATA").Want("354")
	s.Content(m.Text).Want("250")
	return m
}

// arrivesOnce is finishes for the recipient Rcpt, and judges that one copy is
// delivered where the mailbox can be read.
func arrivesOnce(p *conformance.Probe, s *conformance.Session) {
	m := finishes(p, s)
	if p.Lacks[conformance.NeedMailbox] != "" {
		return
	}
	p.Arrives("", m.Marker)
	if n := len(p.Copies("", m.Marker)); n != 1 {
		p.Fail("one copy in the mailbox", strconv.Itoa(n)+" copies")
	}
}
