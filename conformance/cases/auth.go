package cases

import (
	"encoding/base64"
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
