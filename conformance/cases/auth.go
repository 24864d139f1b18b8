package cases

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// stranger opens a session in which nobody has logged in yet, under TLS where the target
// has it: many offer AUTH only there.
func stranger(p *conformance.Probe) *conformance.Session {
	if p.Lacks[conformance.NeedTLS] != "" {
		return p.Hello()
	}
	return p.Encrypted()
}

// mechanisms are those that the last EHLO has offered.
func mechanisms(s *conformance.Session) []string {
	words, _ := s.Offers("AUTH")
	return strings.Fields(strings.ToUpper(words))
}

// needMechanism ends a case about a mechanism that the target does not offer.
func needMechanism(p *conformance.Probe, s *conformance.Session, name string) {
	if !slices.Contains(mechanisms(s), name) {
		p.Skip("the target does not offer AUTH %s", name)
	}
}

// base64ed is what AUTH sends for text.
func base64ed(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// challenge judges that a reply is 334 with base64 and nothing else, and decodes it.
func challenge(p *conformance.Probe, r conformance.Reply) string {
	r.Want("334")
	octets, err := base64.StdEncoding.DecodeString(r.Text())
	if err != nil {
		p.Fail("a 334 with base64 as its text", r.String())
	}
	return string(octets)
}

// messageID is what a challenge of CRAM-MD5 looks like.
var messageID = regexp.MustCompile(`^<[^<>@\s]+@[^<>@\s]+>$`)

// crammed is the response to a challenge of CRAM-MD5 (RFC 2195 2).
func crammed(user, password, challenge string) string {
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(challenge))
	return base64ed(user + " " + hex.EncodeToString(mac.Sum(nil)))
}

// alone is Sessions of cases that guess passwords. Servers hold that against everybody at
// the address, for a while or until a login goes well, so such cases run by themselves.
const alone = 1000

// refusedLogin is what credentials that are wrong get. 454 is among it: helpers of servers
// delay those who guess until the server itself gives up.
const refusedLogin = "535 or 501 or 454"

// forgiven ends a case that has guessed by a login that goes well.
func forgiven(p *conformance.Probe) { stranger(p).Login() }
