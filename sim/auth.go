package sim

import (
	"bytes"
	"crypto/subtle"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/mailsim/mailsim/sim/mail"
)

// serveAuth checks the moment of AUTH (RFC 4954 4) and passes it on.
func (f *front) serveAuth() {
	switch {
	case f.afterHELO():
		return
	case f.hello == "":
		f.respond(503, "5.5.1", "say EHLO first")
	case f.inMail:
		f.respond(503, "5.5.1", "AUTH is not allowed in a transaction")
	case f.session.user != "":
		f.respond(503, "5.5.1", "you are authenticated already")
	case f.line == "":
		f.respond(501, "5.5.4", "AUTH needs a mechanism")
	case f.offers("AUTH") && strings.HasPrefix(strings.ToUpper(f.line), mechanismCRAM+" "):
		f.respond(501, "5.7.0", "with "+mechanismCRAM+" the server speaks first") // RFC 4954 4
	case f.offers("AUTH") && len(strings.Fields(f.line)) > 2:
		f.respond(501, "5.5.4", "write it as AUTH mechanism [response]")
	case f.offers("AUTH"):
		f.pass("AUTH ", f.line)
	case !f.secure && len(f.n.cfg.Users) > 0 && f.offers("STARTTLS"):
		f.respond(538, "5.7.11", "encryption is required for AUTH: STARTTLS first")
	default:
		f.respond(502, "5.5.1", "command not implemented")
	}
}

// authLine passes on what the client answers to a challenge.
func (f *front) authLine(line []byte) {
	if len(line) > maxAuthLine-len("\r\n") {
		f.authTooLong()
		return
	}
	f.pass(string(bytes.TrimRight(line, "\r\n")))
}

// authTooLong ends an exchange at a line that is too long (RFC 4954 4).
func (f *front) authTooLong() {
	f.instead = &mail.Reply{Code: 500, Enhanced: "5.5.6", Lines: []string{"line too long"}}
	f.pass("*")
}

// mechanisms names what AUTH takes.
func (c *NodeConfig) mechanisms() []string {
	if len(c.Mechanisms) > 0 {
		return c.Mechanisms
	}
	return []string{sasl.Plain, sasl.Login, mechanismSCRAM}
}

// AuthMechanisms names what AUTH takes.
func (s *session) AuthMechanisms() []string { return s.f.n.cfg.mechanisms() }

// Auth begins an exchange.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if !slices.Contains(s.f.n.cfg.mechanisms(), mechanism) {
		return nil, errMechanism()
	}
	switch mechanism {
	case mechanismSCRAM:
		return newScramServer(s)
	case mechanismCRAM:
		return newCRAMServer(s), nil
	case sasl.Plain:
		return sasl.NewPlainServer(func(identity, user, password string) error {
			if identity != "" && identity != user {
				return smtp.ErrAuthFailed // RFC 4616 2: nobody here may act for another
			}
			return s.login(user, password)
		}), nil
	case sasl.Login:
		return &loginServer{session: s}, nil
	}
	return nil, errMechanism()
}

// errMechanism has the code of RFC 4954 4, which go-smtp's has not.
func errMechanism() error {
	return serverError(localReply(504, "5.5.4", "no such mechanism here"))
}

// login checks a password and notes who the client is.
func (s *session) login(user, password string) error {
	want, ok := s.f.n.cfg.Users[user]
	if !ok || subtle.ConstantTimeCompare([]byte(want), []byte(password)) != 1 {
		return smtp.ErrAuthFailed
	}
	s.user = user
	return nil
}

// loginServer is the mechanism LOGIN: it asks for the user, then the password. A
// client may send the user as initial response.
type loginServer struct {
	session *session
	asked   bool
	user    string
}

// Next takes a response.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil && !l.asked:
		l.asked = true
		return []byte("Username:"), false, nil
	case l.user == "":
		l.asked = true
		if l.user = string(response); l.user == "" {
			return nil, false, smtp.ErrAuthFailed
		}
		return []byte("Password:"), false, nil
	}
	return nil, true, l.session.login(l.user, string(response))
}
