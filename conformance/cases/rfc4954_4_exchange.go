package cases

import (
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc4954Exchange is about challenges and responses, RFC 4954 4.
func rfc4954Exchange() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 4954 4: a challenge without data is "334 ", with the space.
			ID:    "rfc4954/4/empty-challenge",
			Title: "AUTH PLAIN without a response gets an empty challenge",
			Why:   "Clients decode what stands there; a text for people stops them, and for some the space that is missing does.",
			Rows:  []string{"R4954-4-d"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				r := s.Auth("AUTH PLAIN").Want("334")
				if r.Raw != "334 \r\n" {
					p.Fail(`"334 ", with the space and nothing behind it`, fmt.Sprintf("%q", strings.TrimSuffix(r.Raw, "\r\n")))
				}
				s.Auth("%s", conformance.Plain(p.User, p.Password)).Want("235")
			},
		},
		{
			// RFC 4954 4: a response that is a single * ends the exchange with 501.
			ID:    "rfc4954/4/cancel",
			Title: "a * in an exchange ends it with 501",
			Why:   "A client that changes its mind hangs, or is counted as one that guesses passwords.",
			Rows:  []string{"R4954-4-e"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				s.Auth("AUTH PLAIN").Need("334")
				s.Auth("*").Want("501")
				s.InStep()
				s.Login().Want("235")

				offered := strings.Join(mechanisms(s), " ") + " "
				if strings.Contains(offered, "LOGIN ") {
					s = stranger(p)
					s.Auth("AUTH LOGIN").Need("334")
					s.Auth("%s", base64ed(p.User)).Need("334")
					s.Auth("*").Want("501")
					s.InStep()
				}
				if strings.Contains(offered, "CRAM-MD5 ") {
					s = stranger(p)
					s.Auth("AUTH CRAM-MD5").Need("334")
					s.Auth("*").Want("501")
					s.InStep()
				}
			},
		},
		{
			// RFC 4954 4: what cannot be decoded gets 501; characters outside the alphabet and pad
			// characters before the end must not be passed over.
			ID:    "rfc4954/4/strict-base64",
			Title: "responses that are not base64 get 501",
			Why:   "Servers and what guards them must read the same user and password; what one passes over another may not.",
			Rows:  []string{"R4954-4-f"},
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				for _, bad := range []string{"!!!!", "AAA=BBB"} {
					s := stranger(p)
					s.Auth("AUTH PLAIN %s", bad).Want("501")
					s.InStep()
				}
				for _, bad := range []string{"=AAA", "AA AA"} {
					s := stranger(p)
					s.Auth("AUTH PLAIN").Need("334")
					s.Auth("%s", bad).Want("501")
					s.InStep()
				}
				// The right response with a character too many is none.
				s := stranger(p)
				right := conformance.Plain(p.User, p.Password)
				s.Auth("AUTH PLAIN").Need("334")
				s.Auth("%s", right[:4]+"!"+right[4:]).Want("501")
			},
		},
		{
			// RFC 4954 4: a response with AUTH where the server has to speak first gets 501.
			ID:    "rfc4954/4/server-speaks-first",
			Title: "AUTH CRAM-MD5 with a response gets 501",
			Why:   "The response cannot be one to a challenge that was not sent; the two sides would be out of step.",
			Rows:  []string{"R4954-4-g"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				needMechanism(p, s, "CRAM-MD5")
				s.Auth("AUTH CRAM-MD5 dGVzdA==").Want("501")
				s.InStep()
			},
		},
		{
			// RFC 4954 4: a single = is a response without data.
			ID:    "rfc4954/4/empty-response",
			Title: "AUTH PLAIN = is an empty response, which lets nobody in",
			Why:   "A server that takes it for no response asks again, and the client waits for an answer to what it has said.",
			Rows:  []string{"R4954-4-h"},
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				s.Auth("AUTH PLAIN =").Want("5yz or 454")
				s.InStep()
				forgiven(p)
			},
		},
		{
			// RFC 4954 4: responses may be much longer than commands; a server has to read what its
			// mechanisms can make. RFC 4616 2 wants 255 octets for each of the three parts of PLAIN,
			// which are 1024 in base64. 12288 are enough for all, by the RFC's reckoning; beyond its
			// room a server ends the exchange with 500.
			ID:    "rfc4954/4/long-response",
			Title: "responses of 1024 and 12000 octets are read, and one of 20000 does no harm",
			Why:   "Tickets and tokens are that long; a server that has room for a command only locks those users out.",
			Rows:  []string{"R4954-4-i"},
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				s.Auth("AUTH PLAIN").Need("334")
				part := strings.Repeat("x", 255)
				s.Auth("%s", base64ed(part+"\x00"+part+"\x00"+part)).Want(refusedLogin)
				s.InStep()

				s = stranger(p)
				s.Auth("AUTH PLAIN").Need("334")
				r := s.Auth("%s", conformance.Plain(p.User, strings.Repeat("x", 9000-2-len(p.User))))
				if r.Is("500 or 421") {
					// Where there is PLAIN alone, nothing demands that much.
					p.Warn(refusedLogin+" to a response of 12000 octets", r.String())
				} else {
					r.Want(refusedLogin)
					s.InStep()
				}

				s = stranger(p)
				s.Auth("AUTH PLAIN").Need("334")
				r = s.Auth("%s", conformance.Plain(p.User, strings.Repeat("x", 15000-2-len(p.User))))
				if r.Code != 0 {
					r.Want("500 or 421 or " + refusedLogin)
				}
				if !r.Dropped {
					s.InStep()
				}
				stranger(p).Login().Want("235")
			},
		},
	}
}
