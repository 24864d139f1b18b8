package sim

import (
	"context"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Check is something that a server looks at before it takes mail.
type Check string

// CheckSenderDomain is whether the domain of the reverse-path can get mail at all,
// a notification for one. The null reverse-path has no domain to be checked.
const CheckSenderDomain Check = "sender-domain"

// lookupLimit is how long a client waits for the DNS, at most: RFC 5321 4.5.3.2.2
// lets it wait 5 minutes for the reply to MAIL.
const lookupLimit = time.Minute

// checkSender asks the DNS for the domain of a reverse-path. It returns the reply
// to refuse with; code 0 where there is nothing to say.
func (s *session) checkSender(from mail.Address) mail.Reply {
	n := s.f.n
	if from.Domain == "" || strings.HasPrefix(from.Domain, "[") {
		return mail.Reply{}
	}
	domain := mail.DomainKey(from.Domain)
	ctx, cancel := context.WithTimeout(sessionContext{context.Background(), s.f.done}, lookupLimit)
	defer cancel()
	q := question{mail: s.f.tag()}
	mxs, err := n.lookupMX(ctx, domain, q)
	if notThere(err) {
		// RFC 5321 5.1: without MX records the domain's own addresses take mail.
		_, err = n.lookupAddrs(ctx, domain, q)
	}
	switch {
	case err == nil && len(mxs) == 1 && mxs[0].Host == ".":
		// RFC 7505 4.2.
		return localReply(550, "5.7.27", "the sender's domain "+domain+" accepts no mail (null MX)")
	case err == nil:
		return mail.Reply{}
	case notThere(err):
		return localReply(550, "5.1.8", "the sender's domain "+domain+" is not there: it has no MX and no address")
	}
	return localReply(451, "4.4.3", "look up the sender's domain "+domain+": "+plainDNS(err))
}

// sessionContext is done when the session is over.
type sessionContext struct {
	context.Context
	done <-chan struct{}
}

// Done returns the channel that the session's end closes.
func (c sessionContext) Done() <-chan struct{} { return c.done }

// Err tells whether the session is over.
func (c sessionContext) Err() error {
	select {
	case <-c.done:
		return context.Canceled
	default:
		return nil
	}
}
