package sim

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/xdg-go/scram"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// scramClient is one exchange of a client. It is a sasl.Client.
type scramClient struct {
	conv  *scram.ClientConversation
	first string
}

// Start returns the first message.
func (x *scramClient) Start() (mechanism string, first []byte, err error) {
	return mechanismSCRAM, []byte(x.first), nil
}

// Next answers a challenge. An error means that the server is not who it should be.
func (x *scramClient) Next(challenge []byte) ([]byte, error) {
	if x.conv.Done() {
		return nil, errors.New("a challenge too many")
	}
	out, err := x.conv.Step(string(challenge))
	return []byte(out), err
}

// errUnproved is a login that went well with a server that has not proved to know
// the password (RFC 5802 5.1).
var errUnproved = errors.New("AUTH " + mechanismSCRAM + ": the server did not prove that it knows the password")

// scramClients keep what was worked out of passwords.
type scramClients struct {
	mu     sync.Mutex
	byAuth map[Auth]*scram.Client
}

// begin begins an exchange with a nonce of its own.
func (cs *scramClients) begin(a Auth, nonce string) (*scramClient, error) {
	a.Mechanism = ""
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c := cs.byAuth[a]
	if c == nil {
		var err error
		if c, err = scram.SHA256.NewClient(a.User, a.Password, ""); err != nil {
			return nil, err
		}
		if cs.byAuth == nil {
			cs.byAuth = map[Auth]*scram.Client{}
		}
		cs.byAuth[a] = c
	}
	x := &scramClient{conv: c.WithNonceGenerator(func() string { return nonce }).NewConversation()}
	var err error
	x.first, err = x.conv.Step("") // at once, as long as the nonce is that of this exchange
	return x, err
}

// login authenticates the client of a submission.
func (n *Network) login(c *client.Conn, s Submission) (mail.Reply, error) {
	if !strings.EqualFold(s.Auth.Mechanism, mechanismSCRAM) {
		return c.Auth(mechanism(s.Auth))
	}
	nonce := scramNonce(keyed(n.cfg.Seed, "nonce", s.Via, s.Mail, int(time.Now().UnixNano())))
	x, err := n.scram.begin(*s.Auth, nonce)
	if err != nil {
		return mail.Reply{}, err
	}
	r, err := c.Auth(x)
	if err == nil && r.Positive() && !x.conv.Valid() {
		err = errUnproved
	}
	return r, err
}
