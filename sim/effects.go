package sim

import (
	"io"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// garbage is what DoGarble answers: octets that are no reply (RFC 5321 4.2).
const garbage = "%\x80\x81 this is no reply \xfe\xff\r\n"

// stallLimit ends a stalled session. It is longer than the timeouts that RFC
// 5321 4.5.3.2 wants of clients, so that the client is the one who gives up.
const stallLimit = time.Hour

// faulty lets the faults of a stage act. It reports whether the command is still
// to be served; if not, it was answered, or the session is over.
//
// A fault that replies 4yz or 5yz, refuses or garbles keeps the command from
// being acted on. One that replies 2yz or 3yz changes the words only: the command
// is acted on, as the client will believe. But 2yz to DATA does not ask for a message,
// so none is waited for, nor is one behind a 354 where no recipient was taken.
func (f *front) faulty(at Stage) bool {
	v := f.n.faults.at(at, f.occasion)
	if v.none() {
		return true
	}
	if !f.pause(v.delay) {
		f.ending = true
		return false
	}
	switch v.do {
	case DoReset:
		f.reset()
	case DoDrop:
		f.dropping = true
		return true
	case DoStall:
		f.stall()
	case DoGarble:
		f.out = append(f.out, garbage...)
	case DoRefuse:
		f.reply(refusalAt(at))
	case DoReply:
		if v.reply.Code == 0 { // only a delay
			return true
		}
		f.words = v.words
		if v.reply.Positive() && (at != AtData || v.reply.Class() == 3 && f.recipients > 0) {
			r := v.reply
			f.instead = &r
			return true
		}
		f.reply(v.reply)
	default:
		return true
	}
	return false
}

// atDot lets the faults of AtDot act when a message has been read. The session
// does the rest: reply (a refusal), lose and duplicate. It reports false where
// the session is over.
func (f *front) atDot() (verdict, bool) {
	if !f.linger() {
		return verdict{}, false
	}
	v := f.n.faults.at(AtDot, f.occasion)
	if v.none() {
		return v, true
	}
	if !f.pause(v.delay) {
		f.ending = true
		return v, false
	}
	switch v.do {
	case DoReset:
		f.reset()
		return v, false
	case DoStall:
		f.stall()
		return v, false
	case DoDrop:
		f.dropping = true
	case DoGarble:
		f.garbled = true
	case DoRefuse:
		v.reply = refusalAt(AtDot)
	case DoReply:
		f.words = v.words
		// Over LMTP the one who is meant has a reply of his own.
		if v.reply.Positive() && (v.of == nil || !f.n.cfg.LMTP) {
			r := v.reply
			f.instead, v.reply = &r, mail.Reply{}
		}
	}
	return v, true
}

// refusalAt is what DoRefuse says at a stage (RFC 5321 4.3.2).
func refusalAt(at Stage) mail.Reply {
	r := mail.Reply{Code: 550, Enhanced: "5.7.1", Lines: []string{"refused"}}
	switch at {
	case AtConnect, AtBanner:
		r = mail.Reply{Code: 554, Enhanced: "5.3.2", Lines: []string{"no SMTP service here"}}
	case AtStartTLS:
		r.Code, r.Enhanced = 502, "5.5.1"
	case AtAuth:
		r.Code, r.Enhanced = 535, "5.7.8"
	case AtData, AtDot, AtQuit:
		r.Code = 554
	}
	return r
}

// stall never answers: it reads and forgets until the peer gives up.
func (f *front) stall() {
	_ = f.flush()
	f.ending = true
	if f.raw.SetReadDeadline(time.Now().Add(stallLimit)) == nil {
		_, _ = io.Copy(io.Discard, struct{ io.Reader }{f.raw})
	}
	_ = f.Close()
}

// occasion is what a fault's Match can look at now.
func (f *front) occasion() occasion {
	o := occasion{mail: f.tag(), peer: f.peer, from: f.session.env.From, session: f.name}
	switch f.verb {
	case verbMail:
		o.from = f.path.Address.String()
	case verbRcpt:
		o.to = []string{f.path.Address.String()}
	default:
		for _, rc := range f.session.rcpts {
			o.to = append(o.to, rc.To)
		}
	}
	return o
}
