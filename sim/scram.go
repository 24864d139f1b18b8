package sim

import (
	"encoding/base64"
	"math/rand/v2"
	"sync"

	"github.com/emersion/go-smtp"
	"github.com/xdg-go/scram"
)

// The mechanism SCRAM-SHA-256 (RFC 5802, RFC 7677): the password does not go over
// the wire, and the server proves that it knows it as well.
const (
	mechanismSCRAM = "SCRAM-SHA-256"
	// scramRounds makes guesses dear; RFC 7677 4 wants at least this many.
	scramRounds = 4096
)

// scramServer is one exchange. It is a sasl.Server.
type scramServer struct {
	session *session
	conv    *scram.ServerConversation
	began   bool
}

// newScramServer begins an exchange of a session.
func newScramServer(s *session) (*scramServer, error) {
	s.exchanges++
	return beginScram(s, scramNonce(s.f.n.chance("nonce", s.f.name, s.exchanges)), s.f.n.scramCredentials)
}

func beginScram(s *session, nonce string, known scram.CredentialLookup) (*scramServer, error) {
	server, err := scram.SHA256.NewServer(known)
	if err != nil {
		return nil, err
	}
	server.WithNonceGenerator(func() string { return nonce })
	return &scramServer{session: s, conv: server.NewConversation()}, nil
}

// Next takes a response. RFC 4954 4 has no room for data beside 235, so the proof
// of the server goes out as a challenge, to which the answer is empty.
func (x *scramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil && !x.began {
		x.began = true
		return nil, false, nil
	}
	x.began = true
	if x.conv.Valid() {
		if len(response) > 0 {
			return nil, true, smtp.ErrAuthFailed
		}
		x.session.user = x.conv.Username()
		return nil, true, nil
	}
	out, err := x.conv.Step(string(response))
	if err != nil {
		return nil, true, smtp.ErrAuthFailed
	}
	if a := x.conv.AuthzID(); a != "" && a != x.conv.Username() {
		return nil, true, smtp.ErrAuthFailed // nobody here may act for another
	}
	return []byte(out), false, nil
}

// scramNonce is what makes an exchange unlike all others: 18 octets of chance.
func scramNonce(r *rand.Rand) string {
	b := make([]byte, 18)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return base64.StdEncoding.EncodeToString(b)
}

// scramKeys are what a node has worked out of its users' passwords.
type scramKeys struct {
	mu     sync.Mutex
	byUser map[string]scram.StoredCredentials
}

// scramCredentials is what the node stores of a user. For one that it does not
// know it makes something up, so that a stranger cannot tell who is known.
func (n *Node) scramCredentials(user string) (scram.StoredCredentials, error) {
	salt := scramNonce(n.chance("salt", user))
	factors := scram.KeyFactors{Salt: salt, Iters: scramRounds}
	password, ok := n.cfg.Users[user]
	if !ok {
		nothing := make([]byte, 32)
		return scram.StoredCredentials{KeyFactors: factors, StoredKey: nothing, ServerKey: nothing}, nil
	}
	n.scram.mu.Lock()
	defer n.scram.mu.Unlock()
	if c, ok := n.scram.byUser[user]; ok {
		return c, nil
	}
	stored, err := storedPassword(user, password, factors)
	if err != nil {
		return stored, err
	}
	if n.scram.byUser == nil {
		n.scram.byUser = map[string]scram.StoredCredentials{}
	}
	n.scram.byUser[user] = stored
	return stored, nil
}

// storedPassword works out what a server keeps of a password, which takes a
// millisecond.
func storedPassword(user, password string, factors scram.KeyFactors) (scram.StoredCredentials, error) {
	c, err := scram.SHA256.NewClient(user, password, "")
	if err != nil {
		return scram.StoredCredentials{}, err
	}
	return c.GetStoredCredentialsWithError(factors)
}
