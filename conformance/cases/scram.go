package cases

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"
)

// scram is the client's side of an exchange of SCRAM (RFC 5802 3), in parts, so that a case
// can say something wrong.
type scram struct {
	hash           func() hash.Hash
	user, password string
	nonce          string // our part of it
	first          string // the server's first message
	theirs         string // the nonce in it
	salt           []byte
	rounds         int
	key, signed    []byte // the salted password, and the message that signatures are of
}

// begin is the client's first message.
func (x *scram) begin() string { return "n,," + x.bare() }

func (x *scram) bare() string {
	name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(x.user)
	return "n=" + name + ",r=" + x.nonce
}

// read takes the server's first message, and says what is wrong with it.
func (x *scram) read(first string) string {
	x.first = first
	var err error
	for _, part := range strings.Split(first, ",") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "r":
			x.theirs = value
		case "s":
			if x.salt, err = base64.StdEncoding.DecodeString(value); err != nil || len(x.salt) == 0 {
				return "the salt is no base64"
			}
		case "i":
			x.rounds, _ = strconv.Atoi(value)
		}
	}
	const most = 1 << 20 // more would be an attack on the client
	switch {
	case !strings.HasPrefix(x.theirs, x.nonce):
		return "the nonce does not begin with the client's"
	case x.theirs == x.nonce:
		return "the server adds nothing to the nonce"
	case x.salt == nil:
		return "there is no salt"
	case x.rounds < 1 || x.rounds > most:
		return "the iteration count is missing or absurd"
	}
	return ""
}

// finish is the client's last message, with a nonce, and with the proof of a password.
func (x *scram) finish(nonce, password string) (string, error) {
	key, err := pbkdf2.Key(x.hash, password, x.salt, x.rounds, x.hash().Size())
	if err != nil {
		return "", err
	}
	final := "c=biws,r=" + nonce
	x.key, x.signed = key, []byte(x.bare()+","+x.first+","+final)
	proof := x.mac(key, []byte("Client Key"))
	h := x.hash()
	h.Write(proof)
	for i, c := range x.mac(h.Sum(nil), x.signed) {
		proof[i] ^= c
	}
	return final + ",p=" + base64.StdEncoding.EncodeToString(proof), nil
}

// signature is what the server proves itself by.
func (x *scram) signature() string {
	return "v=" + base64.StdEncoding.EncodeToString(x.mac(x.mac(x.key, []byte("Server Key")), x.signed))
}

func (x *scram) mac(key, text []byte) []byte {
	m := hmac.New(x.hash, key)
	m.Write(text)
	return m.Sum(nil)
}
