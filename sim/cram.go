package sim

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/emersion/go-smtp"
)

// mechanismCRAM is CRAM-MD5 (RFC 2195): old, and still what some clients have. A node
// takes it where its configuration names it.
const mechanismCRAM = "CRAM-MD5"

// cramServer is one exchange. It is a sasl.Server.
type cramServer struct {
	session   *session
	challenge string
}

// newCRAMServer begins an exchange with a challenge of its own (RFC 2195 2).
func newCRAMServer(s *session) *cramServer {
	s.exchanges++
	chance := s.f.n.chance("challenge", s.f.name, s.exchanges)
	return &cramServer{session: s, challenge: fmt.Sprintf("<%016x%016x@%s>", chance.Uint64(), chance.Uint64(), s.f.n.host.Name)}
}

// Next takes a response: user, blank, and the digest of the challenge in small hex digits.
func (x *cramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if challenge := x.challenge; challenge != "" && response == nil {
		return []byte(challenge), false, nil
	}
	user, digest := "", ""
	if i := strings.LastIndexByte(string(response), ' '); i >= 0 {
		user, digest = string(response[:i]), string(response[i+1:])
	}
	password, known := x.session.f.n.cfg.Users[user]
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(x.challenge))
	if !known || !hmac.Equal([]byte(digest), []byte(hex.EncodeToString(mac.Sum(nil)))) {
		return nil, true, smtp.ErrAuthFailed
	}
	x.session.user = user
	return nil, true, nil
}
