package sim

import "github.com/mailsim/mailsim/sim/mail"

// policy is what a server demands of its clients beyond RFC 5321, as big
// providers do. A node that demands nothing has none: nil is a policy that lets
// everybody pass.
type policy struct {
	rates *throttle // nil: none
}

func newPolicy(cfg NodeConfig) (*policy, error) {
	p := new(policy)
	var err error
	if len(cfg.Limits.Rates) > 0 {
		if p.rates, err = newThrottle(cfg.Limits.Rates, cfg.Host); err != nil {
			return nil, err
		}
	}
	if *p == (policy{}) {
		return nil, nil
	}
	return p, nil
}

// screened is what the policy knows of a transaction.
type screened struct {
	from string // the key of the reverse-path
}

// crash forgets what is in memory alone.
func (p *policy) crash() {
	if p != nil && p.rates != nil {
		p.rates.forget()
	}
}

// connect judges a client that has connected.
func (p *policy) connect(s *session) mail.Reply {
	if p == nil || p.rates == nil {
		return mail.Reply{}
	}
	return p.rates.admit(s.visit(AtBanner))
}

// mail judges MAIL.
func (p *policy) mail(s *session, from mail.Address) mail.Reply {
	if p == nil {
		return mail.Reply{}
	}
	s.screened = screened{from: from.Key()}
	if p.rates == nil {
		return mail.Reply{}
	}
	return p.rates.admit(s.visit(AtMail))
}

// rcpt judges a recipient that is otherwise fine.
func (p *policy) rcpt(s *session, to mail.Address) mail.Reply {
	if p == nil || p.rates == nil {
		return mail.Reply{}
	}
	v := s.visit(AtRcpt)
	v.to = to.Key()
	return p.rates.admit(v)
}

// took counts a message that was taken.
func (p *policy) took(s *session, octets int64) {
	if p == nil || p.rates == nil {
		return
	}
	v := s.visit(AtDot)
	v.bytes = octets
	p.rates.admit(v)
}

// visit is what the session does now, as rates count it.
func (s *session) visit(at Stage) visit {
	return visit{at: at, session: s.f.name, peer: s.f.addr.String(), from: s.screened.from}
}
