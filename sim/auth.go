package sim

import (
	"crypto/subtle"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// AuthMechanisms names what AUTH takes.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

// Auth begins an exchange.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch mechanism {
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
	return nil, smtp.ErrAuthUnknownMechanism
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
