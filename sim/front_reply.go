package sim

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// answered finishes the command that go-smtp has just replied to.
func (f *front) answered() {
	said := f.said
	f.said = f.said[:0]
	switch {
	case len(said) < 3:
		return
	case f.dropping:
		f.ending = true
		return
	case f.mute:
		f.mute = false
		f.over()
		return
	case f.garbled:
		f.garbled = false
		f.over()
		f.out = append(f.out, garbage...)
		return
	}
	code, err := strconv.Atoi(string(said[:3]))
	if err != nil {
		return
	}
	if in := f.instead; in != nil && code != 334 {
		copies := 1
		if f.verb == verbDot && f.n.cfg.LMTP {
			copies = f.recipients // RFC 2033 4.2
		}
		f.noteSuccess(code)
		words := f.words
		for range copies {
			f.instead, f.words = in, words
			f.reply(*in)
		}
		return
	}
	if code < 400 && f.succeed(code, said) {
		return
	}
	if f.verb == verbDot {
		f.over()
	}
	if f.verb == verbRcpt && f.n.is(mutantForgetsRcpts) {
		f.session.rcpts = nil
	}
	f.relay(said)
}

// succeed gives the front's own words for what went well, and reports whether
// it had any.
func (f *front) succeed(code int, said []byte) bool {
	f.noteSuccess(code)
	switch f.verb {
	case verbHello:
		f.greet()
	case verbMail:
		if f.given.lowered {
			// RFC 6710 4.1.
			f.respond(250, "2.3.6", "OK, with priority "+strconv.Itoa(*f.session.env.Priority))
			return true
		}
		f.respond(250, "2.1.0", "OK")
	case verbRcpt:
		if f.forward != "" {
			f.respond(251, "2.1.5", "user not local; will forward to <"+f.forward+">")
			return true
		}
		f.respond(250, "2.1.5", "OK")
	case verbRset:
		f.respond(250, "2.0.0", "OK")
	case verbData:
		f.respond(354, "", "end data with <CR><LF>.<CR><LF>")
	case verbAuth:
		if code != 235 {
			return false
		}
		f.respond(235, "2.7.0", "authentication succeeded")
	case verbDot:
		if f.n.cfg.LMTP || !f.offers("ENHANCEDSTATUSCODES") {
			return false
		}
		f.out = append(f.out, said...)
	default:
		return false
	}
	return true
}

// noteSuccess keeps the state of the session up with go-smtp's.
func (f *front) noteSuccess(code int) {
	switch f.verb {
	case verbHello:
		f.meet()
		f.over()
	case verbMail:
		if code == 250 {
			f.inMail = true
		}
	case verbRcpt:
		if code == 250 {
			f.recipients++
		}
	case verbRset, verbDot:
		f.over()
	case verbAuth:
		f.authing = code == 334
	}
}

// over ends the transaction.
func (f *front) over() {
	f.inMail, f.recipients, f.tried, f.chunked = false, 0, false, false
	f.in.drop()
}

// relay gives go-smtp's reply, of any number of lines and replies, to the peer.
func (f *front) relay(said []byte) {
	for len(said) > 0 {
		end := 0
		for { // up to the line that ends the reply
			i := bytes.IndexByte(said[end:], '\n')
			if i < 0 {
				end = len(said)
				break
			}
			line := said[end : end+i]
			end += i + 1
			if len(line) < 4 || line[3] != '-' {
				break
			}
		}
		r, err := mail.ParseReply(string(said[:end]))
		said = said[end:]
		if err == nil {
			f.reply(repaired(r))
		}
	}
}

// repaired corrects the replies in which go-smtp differs from the RFCs.
func repaired(r mail.Reply) mail.Reply {
	text := r.Text()
	switch {
	case r.Code == 454 && strings.Contains(text, "base64"):
		r.Code, r.Enhanced = 501, "5.5.2" // RFC 4954 4
	case r.Code == 454 && strings.Contains(text, "sasl"):
		r.Code, r.Enhanced = 501, "5.5.2"
	case r.Code == 500 && strings.HasPrefix(text, "Unknown"):
		r.Code, r.Enhanced = 555, "5.5.4" // RFC 5321 4.1.1.11
	case r.Code == 500 && strings.HasPrefix(text, "Malformed"):
		r.Code, r.Enhanced = 501, "5.5.4"
	case r.Code == 504 && strings.Contains(text, "not implemented"):
		r.Code, r.Enhanced = 555, "5.5.4"
	}
	return r
}

// respond answers with one line.
func (f *front) respond(code int, enhanced, text string) {
	if code >= 400 || f.dropping || f.instead != nil || f.verb == verbAuth {
		f.reply(mail.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}})
		return
	}
	f.out = strconv.AppendInt(f.out, int64(code), 10)
	f.out = append(f.out, ' ')
	if enhanced != "" && f.offers("ENHANCEDSTATUSCODES") {
		f.out = append(f.out, enhanced...)
		f.out = append(f.out, ' ')
	}
	f.out = append(f.out, text...)
	f.out = append(f.out, '\r', '\n')
}

// reply answers, notes what was refused, and keeps the rules about 421 and the
// limit of errors.
func (f *front) reply(r mail.Reply) {
	words := f.words
	f.words = ""
	if f.dropping {
		f.ending = true
		return
	}
	if in := f.instead; in != nil {
		f.instead = nil
		if r.Positive() {
			r = *in
		} else {
			words = ""
		}
	}
	if r.Permanent() {
		f.failures++
		if most := f.n.cfg.Limits.Errors; f.failures > orDefault(most, defaultErrors) {
			r = mail.Reply{Code: 421, Enhanced: "4.7.0", Lines: []string{f.n.host.Name + " too many errors, closing connection"}}
			words = ""
		}
	}
	f.note(r)
	if !f.offers("ENHANCEDSTATUSCODES") {
		r.Enhanced = ""
	}
	if words == "" {
		words = r.Wire()
	}
	f.out = append(f.out, words...)
	if r.Code == 421 {
		f.ending = true // RFC 5321 3.8
	}
}

// note puts a refusal, and the end of AUTH, into the log. What is refused of a
// message itself the session notes.
func (f *front) note(r mail.Reply) {
	stage := f.verb.stage()
	if f.verb == verbAuth && r.Code != 334 {
		f.authing = false
		f.n.emit(trace.Event{
			Kind: trace.SessionAuth, Mail: f.tag(), Peer: f.peer, Session: f.name,
			Reply: r.String(), Detail: f.mechanism,
		})
	}
	if r.Positive() || stage == "" || stage == AtQuit || f.verb == verbDot {
		return
	}
	e := trace.Event{
		Kind: trace.MailRefused, Mail: f.tag(), Peer: f.peer, Session: f.name,
		Reply: r.String(), Detail: string(stage),
	}
	switch f.verb {
	case verbMail:
		e.From = f.path.Address.String()
	case verbRcpt:
		if !f.inMail {
			return // pipelined behind a MAIL that was refused: nothing more is
		}
		e.From, e.To = f.session.env.From, f.path.Address.String()
	case verbData, verbBdat:
		// Without recipients it only follows, pipelined, refusals of them all.
		e.From = f.session.env.From
		for _, rc := range f.session.rcpts {
			e.To = rc.To
			f.n.emit(e)
		}
		return
	}
	f.n.emit(e)
}
