package cases

import "github.com/mailsim/mailsim/conformance"

// offering opens a session in which MAIL is taken and an extension offered; where it
// is offered at other moments only, the case is skipped.
func offering(p *conformance.Probe, word string) *conformance.Session {
	s := p.Ready()
	if _, ok := s.Offers(word); !ok {
		p.Skip("the target does not offer %s in the sessions in which it takes mail", word)
	}
	return s
}

// mailReply is what MAIL with parameters gets, in a session of its own.
func mailReply(p *conformance.Probe, params ...string) conformance.Reply {
	s := p.Ready()
	defer s.Close()
	return s.Mail(params...)
}

// rcptReply is what RCPT with parameters gets, in a session of its own.
func rcptReply(p *conformance.Probe, address string, params ...string) conformance.Reply {
	s := p.Ready()
	defer s.Close()
	s.Mail().Need("250")
	return s.RcptTo(address, params...)
}

// readable reports whether the case can look into the mailbox of Rcpt.
func readable(p *conformance.Probe) bool {
	return p.Mailbox != nil && p.Lacks[conformance.NeedMailbox] == ""
}
