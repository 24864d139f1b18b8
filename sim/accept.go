package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// message reads the message and accepts or refuses it. It returns a reply for
// each recipient; over SMTP they are all the same. The error is for go-smtp
// alone: the session is over, or garbled.
func (s *session) message() ([]mail.Reply, error) {
	f := s.f
	if !f.chunked {
		f.answered() // 354
		f.verb = verbDot
		if f.dropping {
			f.ending = true
		}
		if !f.ending {
			if err := f.readData(); err != nil && !f.n.is(mutantTakesHalf) {
				f.cut(err)
			}
		}
		if f.ending {
			return nil, s.no(451, "4.3.0", errEnded.Error())
		}
		f.feed = endOfData()
	}
	v, ok := f.atDot()
	if !ok || f.garbled {
		return nil, s.no(451, "4.3.0", errEnded.Error())
	}
	m, reply := f.in.end()
	defer m.file.release() // who keeps the message holds it too
	// A mail with a Message-ID of its sender's own is told by the name that it has here.
	name := m.facts.name
	if tag := f.tag(); tag != "" && (name == "" || strings.Contains(name, "@")) {
		name = tag
	}
	if !f.n.cfg.LMTP {
		v.of = nil // one reply for all
	}
	if reply.Code == 0 {
		reply = s.judge(&m)
	}
	if v.reply.Code != 0 && v.of == nil {
		reply = v.reply
	}
	if reply.Code != 0 {
		if f.n.is(mutantDeliversRefused) {
			s.accept(name, m, verdict{})
		}
		for _, r := range s.rcpts {
			if !r.twin {
				s.refused(name, r, reply)
			}
		}
		return s.same(reply), nil
	}
	replies := s.accept(name, m, v)
	if anyPositive(replies) {
		f.n.policy.took(s, m.content().Size())
	}
	twice := func(r recipient) bool { return v.about(r).do == DoDuplicate || f.n.is(mutantDuplicatesMail) }
	if slices.ContainsFunc(s.rcpts, twice) {
		all := s.rcpts
		s.rcpts = slices.DeleteFunc(slices.Clone(all), func(r recipient) bool { return !twice(r) })
		s.accept(name, m, verdict{})
		s.rcpts = all
	}
	return replies, nil
}

// endOfData is what go-smtp reads when the message is off the wire.
func endOfData() []byte { return []byte(".\r\n") }

// same is one reply for all recipients.
func (s *session) same(r mail.Reply) []mail.Reply {
	rs := make([]mail.Reply, max(1, len(s.rcpts)))
	for i := range rs {
		rs[i] = r
	}
	return rs
}

// judge tells why a message cannot be taken; code 0 if it can.
func (s *session) judge(m *message) mail.Reply {
	switch hops := orDefault(s.f.n.cfg.Limits.Hops, defaultHops); {
	case m.facts.received >= hops && (!s.f.n.is(mutantLateHopLimit) || m.facts.received >= 3*hops):
		return localReply(554, "5.4.6", "too many hops, this is a loop") // RFC 5321 6.3
	case s.env.Body != "BINARYMIME" && m.measures.bareLineEnd && !s.f.n.is(mutantBareLineEnds):
		// RFC 5321 2.3.8: such a message must not be sent on, and what servers make
		// of it differs, which lets mail be smuggled.
		return localReply(554, "5.6.0", "message with a bare CR or LF")
	}
	return mail.Reply{}
}

// accept takes responsibility for the message (RFC 5321 4.2.5, 6.1): it is in
// mailbox or queue before the reply leaves. Local mailboxes are served at once,
// so that their answer can be told. A fault may refuse or lose what it meets.
func (s *session) accept(name string, m message, v verdict) []mail.Reply {
	f, n := s.f, s.f.n
	now := time.Now()
	id := n.newID(name)
	if name == "" {
		name = id
	}
	d := mended{message: m, name: name}
	if f.submitting() && !n.is(mutantMendsNothing) {
		d = s.mend(m, name, id, now)
		name = d.name
	}
	it := newItem(n.misshape(d.message, s.prefix(id, d, now)))
	it.id, it.mail, it.env, it.arrived, it.client = id, name, s.env, now, f.hello
	queued := mail.Reply{Code: 250, Enhanced: "2.0.0", Lines: []string{"queued as " + id}}
	results := s.same(queued)
	lost := func(r recipient) bool { return v.about(r).do == DoLose || n.forgets(it) }
	for i, r := range s.rcpts {
		if own := v.about(r).reply; own.Code != 0 {
			results[i] = own
		}
	}
	s.deliver(it, results, lost)
	// Over SMTP there is one reply: it refuses only what was refused for all, and
	// for now what was refused for now to any.
	refuse := n.cfg.LMTP || !anyPositive(results)
	if i := slices.IndexFunc(results, temporary); i >= 0 && refuse && !n.cfg.LMTP {
		results = s.same(results[i])
	}
	var failed []failure
	var later []pending
	var delivered []mail.Recipient
	for i, r := range s.rcpts {
		good := results[i].Positive()
		switch {
		case r.twin:
			continue
		case !good && refuse:
			s.refused(name, r, results[i])
			continue
		}
		n.emit(trace.Event{
			Kind: trace.MailAccepted, Mail: name, ID: id, Peer: f.peer, Session: f.name,
			From: s.env.From, To: r.To, With: s.protocol(), Reply: queued.String(),
		})
		switch {
		case lost(r):
		case r.again:
			n.emit(trace.Event{Kind: trace.MailDiscarded, Mail: name, ID: id, From: s.env.From, To: r.To, Detail: "duplicate recipient"})
		case !good && temporary(results[i]):
			later = append(later, pending{Recipient: r.Recipient, last: results[i]})
		case !good:
			failed = append(failed, failure{rcpt: r.Recipient, reply: results[i]})
		case held(&s.env, now):
			it.env.Recipients = append(it.env.Recipients, r.Recipient)
		case r.class == localMailbox:
			n.delivered(it, r.To)
			delivered = append(delivered, r.Recipient)
		default:
			it.env.Recipients = append(it.env.Recipients, r.Recipient)
		}
	}
	it.env.Recipients = append(it.env.Recipients, n.inHeader(it)...)
	n.succeeded(it, delivered, mail.ActionDelivered, "")
	if len(failed) > 0 {
		n.bounce(it, failed)
	}
	n.queue.postpone(it, later)
	switch {
	case len(it.env.Recipients) == 0:
	case held(&s.env, now):
		n.queue.hold(it)
	default:
		n.dispatch(it, delivered...)
	}
	if !n.cfg.LMTP && anyPositive(results) && !n.is(mutantRefusesAll) {
		return s.same(queued)
	}
	return results
}

func anyPositive(rs []mail.Reply) bool {
	return slices.ContainsFunc(rs, mail.Reply.Positive)
}

// deliver puts the message into the local mailboxes among the recipients, and
// writes failures into results.
func (s *session) deliver(it *item, results []mail.Reply, lost func(recipient) bool) {
	n := s.f.n
	for i, r := range s.rcpts {
		switch {
		case lost(r) || !results[i].Positive() || held(&s.env, it.arrived):
		case r.again:
			results[i] = results[slices.IndexFunc(s.rcpts, func(o recipient) bool { return o.fold == r.fold })]
		case r.class == localMailbox:
			if failed := n.deliver(it, r.addr); failed.Code != 0 {
				results[i] = failed
			}
		}
	}
}

// prefix is what goes on top of a message that this node takes: its Received
// field (RFC 5321 4.4), and on a submission server what is missing, of which
// Received tells (RFC 5321 6.4). A relay adds nothing else.
func (s *session) prefix(id string, d mended, now time.Time) []byte {
	f, n := s.f, s.f.n
	rec := mail.Received{
		From: f.hello, By: n.host.Name, With: s.protocol(), ID: id, Date: now.UTC(),
	}
	if f.addr.IsValid() {
		rec.FromTCP = mail.Literal(f.addr)
	}
	if len(s.rcpts) == 1 || n.is(mutantRevealsFor) {
		rec.For = s.rcpts[0].To // RFC 5321 7.2: else it would tell of blind copies
	}
	n.misstamp(&rec)
	if n.is(mutantApparentlyTo) {
		for _, r := range s.rcpts {
			d.top = append(d.top, "Apparently-To: "+r.To+"\r\n"...)
		}
	}
	if len(d.what) > 0 {
		rec.Comments = []string{"mended " + strings.Join(d.what, ", ")}
	}
	return append(mail.ReceivedField(rec), d.top...)
}
