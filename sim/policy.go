package sim

import (
	"slices"

	"github.com/mailsim/mailsim/sim/mail"
)

// policy is what a server demands of its clients beyond RFC 5321, as big
// providers do. A node that demands nothing has none: nil is a policy that lets
// everybody pass.
type policy struct {
	rates    *throttle // nil: none
	greylist *greylist // nil: none
	sender   bool      // the sender's domain is looked up
}

func newPolicy(cfg NodeConfig) (*policy, error) {
	p := &policy{sender: slices.Contains(cfg.Checks, CheckSenderDomain)}
	var err error
	if len(cfg.Limits.Rates) > 0 {
		if p.rates, err = newThrottle(cfg.Limits.Rates, cfg.Host); err != nil {
			return nil, err
		}
	}
	if cfg.Greylist != nil {
		if p.greylist, err = newGreylist(*cfg.Greylist); err != nil {
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
	from     string     // the key of the reverse-path
	sender   mail.Reply // what is wrong with its domain
	withheld mail.Reply // what DATA is refused with
}

// crash forgets what is in memory alone: the rates. A greylist is on disk.
func (p *policy) crash() {
	if p != nil && p.rates != nil {
		p.rates.forget()
	}
}

// connect judges a client that has connected: nil, or how it is turned away.
func (p *policy) connect(s *session) *mail.Reply {
	if p == nil || p.rates == nil {
		return nil
	}
	if r := p.rates.admit(s.visit(AtBanner)); r.Code != 0 {
		return &r
	}
	return nil
}

// mail judges MAIL. What it finds out about the sender's domain is told at RCPT:
// mail to the postmaster is to be taken all the same (RFC 5321 4.5.1), so that
// people can ask why they are refused.
func (p *policy) mail(s *session, from mail.Address) mail.Reply {
	if p == nil {
		return mail.Reply{}
	}
	s.screened = &screened{from: from.Key()}
	if p.rates != nil {
		if r := p.rates.admit(s.visit(AtMail)); r.Code != 0 {
			return r
		}
	}
	if p.sender && !s.known() {
		s.screened.sender = s.checkSender(from)
	}
	return mail.Reply{}
}

// rcpt judges a recipient that is otherwise fine.
func (p *policy) rcpt(s *session, to mail.Address) mail.Reply {
	if p == nil {
		return mail.Reply{}
	}
	if !to.IsPostmaster() && !s.known() {
		if r := s.screened.sender; r.Code != 0 {
			return r
		}
		if r := p.delay(s, to); r.Code != 0 {
			return r
		}
	}
	if p.rates == nil {
		return mail.Reply{}
	}
	v := s.visit(AtRcpt)
	v.to = to.Key()
	return p.rates.admit(v)
}

// delay is the greylist's answer to a recipient.
func (p *policy) delay(s *session, to mail.Address) mail.Reply {
	switch {
	case p.greylist == nil:
	case p.greylist.pass(s.f.addr, s.screened.from, to.Key()):
	case s.env.Null():
		// Who says MAIL FROM:<> and RCPT, and then no DATA, only asks whether an
		// address is there, and takes a refusal at RCPT for the answer.
		s.screened.withheld = p.greylist.reply
	default:
		return p.greylist.reply
	}
	return mail.Reply{}
}

// held refuses DATA where a recipient was withheld, and reports whether it did.
func (f *front) held() bool {
	seen := f.session.screened
	if seen == nil || seen.withheld.Code == 0 {
		return false
	}
	f.reply(seen.withheld)
	return true
}

// known reports whether the client is one of the node's own.
func (s *session) known() bool {
	return s.user != "" || s.f.n.cfg.knows(s.f.addr, s.f.inbound)
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
	v := visit{at: at, session: s.f.name, peer: s.f.addr.String()}
	if s.screened != nil {
		v.from = s.screened.from
	}
	return v
}
