package cases

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5802 is about the mechanisms SCRAM-SHA-1 and SCRAM-SHA-256 (RFC 7677).
func rfc5802() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5802 3, 5: the server adds to the client's nonce, looks at the proof and at the nonce
			// that comes back, and proves that it knows the password as well. RFC 4954 4 has no room
			// for that proof beside 235, so it comes as a challenge.
			ID:    "rfc5802/5/exchange",
			Title: "SCRAM lets in who has the password and the nonce at hand, and the server proves itself",
			Why:   "Whoever has listened once could log in, or stand in for the server, if one of the checks is left out.",
			Rows:  []string{"R5802-5-a"},
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				asked := 0
				for _, m := range []struct {
					name string
					hash func() hash.Hash
				}{{"SCRAM-SHA-256", sha256.New}, {"SCRAM-SHA-1", sha1.New}} {
					s := stranger(p)
					if !slices.Contains(mechanisms(s), m.name) {
						continue
					}
					s.Close()
					if asked++; asked > 1 {
						break // one that is looked at closely has to do
					}
					scramExchange(p, m.name, m.hash)
				}
				if asked == 0 {
					p.Skip("the target offers neither SCRAM-SHA-256 nor SCRAM-SHA-1")
				}
			},
		},
	}
}

// scramExchange judges one mechanism.
func scramExchange(p *conformance.Probe, name string, h func() hash.Hash) {
	begin := func(n int) (*conformance.Session, *scram) {
		s := stranger(p)
		x := &scram{hash: h, user: p.User, password: p.Password, nonce: fmt.Sprintf("mailsim-probe-%d", n)}
		first := challenge(p, s.Auth("AUTH %s %s", name, base64ed(x.begin())))
		if wrong := x.read(first); wrong != "" {
			p.Fail("a first message of "+name+" that is right", wrong+": "+first)
		}
		if x.rounds < 4096 {
			p.Warn("an iteration count of 4096 at least (RFC 7677 4)", first)
		}
		return s, x
	}
	final := func(x *scram, nonce, password string) string {
		text, err := x.finish(nonce, password)
		if err != nil {
			p.Skip("%s: %v", name, err)
		}
		return base64ed(text)
	}

	s, x := begin(1)
	if proof := challenge(p, s.Auth("%s", final(x, x.theirs, x.password))); strings.Split(proof, ",")[0] != x.signature() {
		p.Fail("the server's signature, "+x.signature(), proof)
	}
	s.Auth("").Want("235")

	p.Usable("strangers can log in")
	s, other := begin(2)
	s.Auth("%s", final(other, other.theirs, "wrong")).Want(refusedLogin)
	forgiven(p)

	p.Usable("whoever has listened to a login can log in")
	s, again := begin(1)
	if again.theirs == x.theirs {
		p.Report("a nonce that has never been there", again.first)
	}
	s.Auth("%s", final(again, again.theirs+"x", again.password)).Want(refusedLogin)
	forgiven(p)
	p.Row("R5802-5-a")
}
