package sim

import (
	"io"
	"strings"

	"github.com/emersion/go-smtp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// session is what go-smtp calls when a client's command is in order: the
// decisions about sender, recipients and message.
type session struct {
	f     *front
	user  string // who has authenticated, "" for nobody
	env   mail.Envelope
	rcpts []recipient

	screened  *screened // nil where there is no policy
	exchanges int       // of AUTH
}

// recipient is a RCPT that was accepted.
type recipient struct {
	mail.Recipient
	addr  mail.Address
	fold  string // the same for all addresses that get one copy
	class class
	key   string // go-smtp's name for it
	again bool   // the same mailbox was given before
	twin  bool   // and in no other spelling (only kept for LMTP, which answers each)
}

func newSession(c *smtp.Conn) (smtp.Session, error) {
	return c.Conn().(*seat), nil
}

// Reset ends the transaction.
func (s *session) Reset() {
	s.env = mail.Envelope{}
	if !s.f.n.is(mutantKeepsRcpts) {
		s.rcpts = nil
	}
}

// Mail begins a transaction (RFC 5321 3.3).
func (s *session) Mail(_ string, o *smtp.MailOptions) error {
	n := s.f.n
	from := s.f.path.Address
	switch {
	case n.cfg.AuthRequired && s.user == "" && !s.f.inbound:
		return s.no(530, "5.7.0", "authentication is required") // RFC 4954 6
	case n.cfg.Size > 0 && o.Size > n.cfg.Size:
		return s.no(552, "5.3.4", "message too large") // RFC 1870 6.1
	case !o.UTF8 && !ascii(from.String()):
		return s.no(550, "5.6.7", "a reverse-path with UTF-8 needs SMTPUTF8") // RFC 6531 3.5
	}
	r := s.mayUse(from)
	if r.Code == 0 {
		r = s.improper(from, "5.1.8")
	}
	if r.Code == 0 {
		r = n.policy.mail(s, from)
	}
	if r.Code != 0 {
		return serverError(r)
	}
	s.Reset()
	s.env = mail.Envelope{
		From: n.envelopeAddress(from), Body: string(o.Body), Size: o.Size, UTF8: o.UTF8,
		RequireTLS: o.RequireTLS, Return: string(o.Return), EnvelopeID: s.f.given.xtext,
		HoldUntil: s.f.given.hold, DeliverBy: s.f.given.by, Priority: s.priority(s.f.given.priority),
	}
	n.misask(&s.env)
	if s.user != "" || n.is(mutantTrustsAuth) {
		s.env.Auth = o.Auth // RFC 4954 5: else it means <>
	}
	return nil
}

// Rcpt takes a recipient, or tells why not (RFC 5321 3.3, 3.6).
func (s *session) Rcpt(key string, o *smtp.RcptOptions) error {
	n := s.f.n
	addr := s.f.path.Address
	switch {
	case len(s.rcpts) >= orDefault(n.cfg.Limits.Recipients, defaultRecipients):
		return s.no(452, "4.5.3", "too many recipients") // RFC 5321 4.5.3.1.10
	case !s.env.UTF8 && !ascii(addr.String()):
		return s.no(553, "5.6.7", "a forward-path with UTF-8 needs SMTPUTF8")
	}
	found := n.locate(addr)
	switch found.class {
	case remote:
		if !s.mayRelay() {
			return s.no(550, "5.7.1", "relaying denied")
		}
		if r := s.improper(addr, "5.1.2"); r.Code != 0 {
			return serverError(r)
		}
	case localMoved:
		return serverError(found.unknown(s.env.UTF8))
	case localDomain:
		if !n.relaysOwn(addr.Domain) && !n.cfg.AcceptUnknown {
			return serverError(found.unknown(s.env.UTF8))
		}
	case localMailbox:
		if r := n.newOwner(found.mailbox, s.f.given.since); r.Code != 0 {
			return serverError(r)
		}
		declared := s.env.Size
		if n.cfg.LMTP {
			declared = 0 // each recipient has a reply of its own behind the dot (RFC 2033 4.2)
		}
		if r := n.store.full(found.mailbox, declared); r.Code != 0 {
			return serverError(r)
		}
	}
	r := recipient{addr: addr, fold: sameKey(addr, found), class: found.class, key: key, Recipient: mail.Recipient{
		To: n.envelopeAddress(addr), ORCPT: n.orcpt(s.f.given.xtext), ValidSince: s.f.given.since,
	}}
	for _, v := range o.Notify {
		r.Notify = append(r.Notify, string(v))
	}
	n.misname(&r.Recipient)
	s.f.forward = ""
	if to := found.members; found.told && (s.env.UTF8 || ascii(to[0])) {
		s.f.forward = to[0]
	}
	for i, other := range s.rcpts {
		if other.fold == r.fold {
			// RFC 5321 says nothing of doubles; one copy is what is meant.
			r.again, r.twin = true, r.twin || other.addr.Equal(addr)
			s.rcpts[i].Recipient = other.With(r.Recipient)
			if r.twin && !n.cfg.LMTP {
				return nil
			}
		}
	}
	if refusal := n.policy.rcpt(s, addr); refusal.Code != 0 {
		return serverError(refusal)
	}
	s.rcpts = append(s.rcpts, r)
	return nil
}

// mayRelay reports whether the client may send to domains that are not the
// node's own: when it has authenticated, when the node relays for its address,
// or on a submission server that asks for no AUTH.
func (s *session) mayRelay() bool {
	if s.f.n.is(mutantUnsafeRelay) {
		return true
	}
	return s.user != "" || s.f.n.cfg.relaysFor(s.f.addr, s.f.inbound)
}

// Data takes the message of a transaction over SMTP: one reply for all.
func (s *session) Data(io.Reader) error {
	replies, err := s.message()
	if err != nil {
		return err
	}
	return serverError(replies[0])
}

// LMTPData takes the message over LMTP: a reply for each recipient (RFC 2033 4.2).
func (s *session) LMTPData(_ io.Reader, status smtp.StatusCollector) error {
	rcpts := s.rcpts
	replies, err := s.message()
	if err != nil {
		return err
	}
	for i, r := range rcpts {
		status.SetStatus(r.key, serverError(replies[i]))
	}
	return nil
}

// no refuses a command.
func (s *session) no(code int, enhanced, text string) error {
	return serverError(mail.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}})
}

// protocol is the word behind "with" in Received.
func (s *session) protocol() string {
	f := s.f
	return mail.WithProtocol(f.esmtp, f.secure, s.user != "", f.n.cfg.LMTP, s.env.UTF8)
}

// refused notes that the message was not taken for a recipient.
func (s *session) refused(name string, r recipient, reply mail.Reply) {
	s.f.n.emit(trace.Event{
		Kind: trace.MailRefused, Mail: name, Peer: s.f.peer, Session: s.f.name,
		From: s.env.From, To: r.To, Reply: reply.String(), Detail: string(AtDot),
	})
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
