package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc4954Login is about how a login ends, and about PLAIN and LOGIN.
func rfc4954Login() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 4954 4, 6: 535 is for credentials that are wrong, and 235 for those that are right.
			// RFC 4954 9: not before the third failure should the connection be closed.
			ID:    "rfc4954/4/wrong-password",
			Title: "wrong credentials get 535, twice, and then right ones 235",
			Why:   "A client that gets 535 asks for the password again; one that is cut off says that the server is broken.",
			Rows:  []string{"R4954-4-j", "R4954-9-a"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				first := s.Cmd("AUTH PLAIN %s", conformance.Plain(p.User, "wrong"))
				if first.Dropped {
					p.Row("R4954-9-a")
				}
				first.Want("535")
				p.Row("R4954-9-a")
				s.InStep()
				second := s.Cmd("AUTH PLAIN %s", conformance.Plain("nobody-7391", "wrong"))
				second.Want("535")
				s.InStep()

				p.Row("R4954-4-j")
				if first.Raw != second.Raw {
					p.Warn("the same reply whether the user or the password is wrong", first.String()+", and "+second.String())
				}
				if e := first.Enhanced(); e != "" && e != "5.7.8" {
					p.Report("5.7.8 as the enhanced code of wrong credentials", first.String())
				}
				r := s.Login().Want("235")
				if e := r.Enhanced(); e != "" && e != "2.7.0" {
					p.Report("2.7.0 as the enhanced code of a login", r.String())
				}
			},
		},
		{
			// RFC 4616 2: authorization identity, NUL, user, NUL, password; the first may be empty, and
			// the others must not be.
			ID:    "rfc4616/2/message",
			Title: "PLAIN takes three parts with two NULs between them, and no empty user or password",
			Why:   "A password that counts as right because it is empty, or an identity that is not looked at, lets strangers in.",
			Rows:  []string{"R4616-2-a"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				refuses := func(what, message string) {
					if r := s.Cmd("AUTH PLAIN %s", base64ed(message)); !r.Is("535 or 501") {
						p.Report("535 or 501 to a PLAIN message "+what, r.String())
						s = stranger(p)
					}
				}
				refuses("with one NUL", p.User+"\x00"+p.Password)
				refuses("without a user", "\x00\x00"+p.Password)
				s = stranger(p)
				refuses("without a NUL", p.User)
				refuses("with a third NUL and more behind it", "\x00"+p.User+"\x00"+p.Password+"\x00x")
				stranger(p).Cmd("AUTH PLAIN %s", base64ed(p.User+"\x00"+p.User+"\x00"+p.Password)).Want("235")

				p.Usable("whoever knows the name of a user can log in")
				s = stranger(p)
				refuses("without a password", "\x00"+p.User+"\x00")

				p.Usable("users can act for others")
				refuses("with somebody else as the one to act for", "nobody-7391\x00"+p.User+"\x00"+p.Password)
			},
		},
		{
			// LOGIN is in no RFC, and many clients have it: the server asks for the user, then for the
			// password, and takes the user with AUTH itself.
			ID:    "rfc4954/3/login-mechanism",
			Title: "AUTH LOGIN asks for the user and then for the password",
			Why:   "Clients do not look at the questions; a server that asks in another order, or for more, never lets them in.",
			Rows:  []string{"R4954-3-b"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				needMechanism(p, s, "LOGIN")
				challenge(p, s.Cmd("AUTH LOGIN"))
				challenge(p, s.Cmd("%s", base64ed(p.User)))
				s.Cmd("%s", base64ed(p.Password)).Want("235")

				s = stranger(p)
				challenge(p, s.Cmd("AUTH LOGIN %s", base64ed(p.User)))
				s.Cmd("%s", base64ed(p.Password)).Want("235")
			},
		},
		{
			// RFC 2195 2: the challenge is a message-id that has never been there; the response is the
			// user, a space, and the digest of it in small hex digits.
			ID:    "rfc2195/2/cram-md5",
			Title: "CRAM-MD5 has a fresh challenge each time and takes the digest of that alone",
			Why:   "Where a challenge comes again, whoever has listened once can log in.",
			Rows:  []string{"R2195-2-a"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				needMechanism(p, s, "CRAM-MD5")
				one := challenge(p, s.Cmd("AUTH CRAM-MD5"))
				if !messageID.MatchString(one) {
					p.Report("a challenge <...@...>", conformance.Visible([]byte(one)))
				}
				s.Cmd("%s", crammed(p.User, p.Password, one)).Want("235")

				p.Usable("whoever has listened to a login can log in")
				s = stranger(p)
				two := challenge(p, s.Cmd("AUTH CRAM-MD5"))
				if one == two {
					p.Report("another challenge in another session", conformance.Visible([]byte(two)))
				}
				s.Cmd("%s", crammed(p.User, p.Password, one)).Want("535 or 501")

				p.Usable("strangers can log in")
				challenge(p, s.Cmd("AUTH CRAM-MD5"))
				s.Cmd("%s", base64ed(p.User+" ")).Want("535 or 501")
			},
		},
	}
}
