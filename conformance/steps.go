package conformance

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// Greet opens a session and reads the greeting. A server that is too busy is given
// time, and fewer sessions.
func (p *Probe) Greet() *Session {
	s, _ := p.greet()
	return s
}

func (p *Probe) greet() (*Session, Reply) {
	for pause := 250 * time.Millisecond; ; pause *= 2 {
		s := p.Connect()
		r := s.Reply()
		if (r.Is("4yz") || r.Dropped) && pause <= 2*time.Second {
			p.crowded = true
			s.Close()
			p.MakeRoom()
			p.Sleep(pause)
			continue
		}
		return s, r.Need("220")
	}
}

// MakeRoom ends the sessions that a case of one session at a time has open from before:
// the target may not bear a second one.
func (p *Probe) MakeRoom() {
	if p.c.Sessions > 1 {
		return
	}
	for _, s := range p.sessions {
		s.over = s.over || s.stop != nil
		s.Close()
	}
}

// Hello opens a session and says EHLO, or LHLO.
func (p *Probe) Hello() *Session {
	s := p.Greet()
	s.Hello().Need("250")
	return s
}

// Ready opens a session in which the target takes MAIL: under TLS and logged in
// where it wants that.
func (p *Probe) Ready() *Session {
	s := p.Hello()
	if p.MailTLS && !s.secure {
		s.StartTLS()
	}
	if p.MailAuth || p.Profile == Submit && p.Lacks[NeedAuth] == "" {
		s.Login().Need("235")
	}
	return s
}

// Encrypted opens a session under TLS, with EHLO said in it.
func (p *Probe) Encrypted() *Session {
	s := p.Hello()
	if !s.secure {
		s.StartTLS()
	}
	return s
}

// Verb is the command that opens sessions with the target: EHLO or LHLO.
func (p *Probe) Verb() string {
	if p.Profile == LMTP {
		return "LHLO"
	}
	return "EHLO"
}

// Hello says EHLO, or LHLO, and notes the keywords.
func (s *Session) Hello() Reply {
	r := s.Cmd("%s %s", s.p.Verb(), s.p.Target.Hello)
	s.words = r.Keywords()
	return r
}

// Offers reports whether the last Hello had a keyword, and with which parameters.
func (s *Session) Offers(word string) (params string, ok bool) {
	params, ok = s.words[word]
	return params, ok
}

// Keywords are those of a reply to EHLO, in upper case, with their parameters.
func (r Reply) Keywords() map[string]string {
	words := map[string]string{}
	for i, line := range r.Lines {
		if i > 0 {
			word, params, _ := strings.Cut(line, " ")
			words[strings.ToUpper(word)] = params
		}
	}
	return words
}

// StartTLS does STARTTLS, the handshake and EHLO under TLS, all of which have to
// work for the case to go on.
func (s *Session) StartTLS() {
	s.Cmd("STARTTLS").Need("220")
	if err := s.Handshake(); err != nil {
		s.p.unclear("the TLS handshake failed: %v", err)
	}
	s.Hello().Need("250")
}

// Login says AUTH PLAIN with the target's credentials.
func (s *Session) Login() Reply {
	return s.Auth("AUTH PLAIN %s", Plain(s.p.User, s.p.Password))
}

// Auth is Cmd for lines of AUTH. It waits longer for the reply: servers make those who
// have guessed wrong passwords wait, and all others at their address with them.
func (s *Session) Auth(format string, args ...any) Reply {
	s.Write(fmt.Sprintf(format, args...) + "\r\n")
	return s.ReplyWithin(max(s.p.Timeout, authPatience))
}

const authPatience = 30 * time.Second

// Plain is the initial response of AUTH PLAIN (RFC 4616 2), in base64.
func Plain(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
}

// Begin says MAIL and RCPT for each address, Rcpt if there is none, and DATA, all of
// which have to be accepted for the case to go on.
func (s *Session) Begin(to ...string) {
	s.Envelope(to...)
	s.Cmd("DATA").Need("354")
}

// Envelope says MAIL and RCPT for each address, Rcpt if there is none, which have to
// be accepted for the case to go on.
func (s *Session) Envelope(to ...string) {
	if len(to) == 0 {
		to = []string{s.p.Rcpt}
	}
	s.Mail().Need("250")
	for _, a := range to {
		s.RcptTo(a).Need("25z")
	}
}

// Mail says MAIL with the target's reverse-path and parameters.
func (s *Session) Mail(params ...string) Reply {
	return s.Cmd("%s", strings.Join(append([]string{"MAIL FROM:<" + s.p.From + ">"}, params...), " "))
}

// RcptTo says RCPT with an address and parameters.
func (s *Session) RcptTo(address string, params ...string) Reply {
	return s.Cmd("%s", strings.Join(append([]string{"RCPT TO:<" + address + ">"}, params...), " "))
}

// Content sends a message behind DATA: its dots doubled, CRLF dot CRLF behind it.
// It returns the reply; of an LMTP server the first of them, one a recipient.
func (s *Session) Content(text string) Reply {
	s.Write(Stuffed(text) + ".\r\n")
	s.last = "the end of data"
	return s.Reply()
}

// Send sends a message to addresses, Rcpt if there is none, in a transaction of its
// own; up to its content all has to be accepted. It returns the reply to the end of data.
func (s *Session) Send(m Message, to ...string) Reply {
	s.Begin(to...)
	return s.Content(m.Text)
}

// Stuffed doubles the dot at the beginning of each line (RFC 5321 4.5.2), and ends
// the last one.
func Stuffed(text string) string {
	if text != "" && !strings.HasSuffix(text, "\r\n") {
		text += "\r\n"
	}
	if strings.HasPrefix(text, ".") {
		text = "." + text
	}
	return strings.ReplaceAll(text, "\r\n.", "\r\n..")
}

// InStep judges whether the session is still in step: NOOP is answered with 250, by
// one reply, at once.
func (s *Session) InStep() {
	s.Cmd("NOOP").Want("250")
	if len(s.in) > 0 {
		s.p.Fail("one reply to NOOP", "another behind it: "+s.Reply().String())
	}
}
