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
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				first := s.Auth("AUTH PLAIN %s", conformance.Plain(p.User, "wrong"))
				if first.Dropped {
					p.Row("R4954-9-a")
				}
				first.Want("535")
				p.Row("R4954-9-a")
				s.InStep()
				second := s.Auth("AUTH PLAIN %s", conformance.Plain("nobody-7391", "wrong"))
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
			// RFC 4616 2: authorization identity, NUL, user, NUL, password.
			ID:    "rfc4616/2/three-parts",
			Title: "PLAIN takes three parts with two NULs between them",
			Why:   "What one program reads in a message with another number of parts, another does not, and so checks the wrong thing.",
			Rows:  []string{"R4616-2-a"},
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				refusesPlain(p, "with one NUL", p.User+"\x00"+p.Password)
				forgiven(p)
				refusesPlain(p, "with a third NUL and more behind it", "\x00"+p.User+"\x00"+p.Password+"\x00x")
				forgiven(p)
			},
		},
		{
			// RFC 4616 2: the authorization identity may be empty or the user's own; where a user may
			// not act for another it fails. User and password must not be empty.
			ID:    "rfc4616/2/identities",
			Title: "PLAIN lets users in as themselves, and nobody with an empty password or as somebody else",
			Why:   "A password that counts as right because it is empty, or an identity that is not looked at, lets strangers in.",
			Rows:  []string{"R4616-2-a"},
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				stranger(p).Auth("AUTH PLAIN %s", base64ed(p.User+"\x00"+p.User+"\x00"+p.Password)).Want("235")
				p.Usable("whoever knows the name of a user can log in")
				refusesPlain(p, "without a password", "\x00"+p.User+"\x00")
				forgiven(p)
				p.Row("R4616-2-a")
				refusesPlain(p, "with somebody else as the one to act for", "nobody-7391\x00"+p.User+"\x00"+p.Password)
				forgiven(p)
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
				challenge(p, s.Auth("AUTH LOGIN"))
				challenge(p, s.Auth("%s", base64ed(p.User)))
				s.Auth("%s", base64ed(p.Password)).Want("235")

				s = stranger(p)
				challenge(p, s.Auth("AUTH LOGIN %s", base64ed(p.User)))
				s.Auth("%s", base64ed(p.Password)).Want("235")
			},
		},
		{
			// RFC 2195 2: the challenge is a message-id that has never been there; the response is the
			// user, a space, and the digest of it in small hex digits.
			ID:    "rfc2195/2/cram-md5",
			Title: "CRAM-MD5 has a fresh challenge each time and takes the digest of that alone",
			Why:   "Where a challenge comes again, whoever has listened once can log in.",
			Rows:  []string{"R2195-2-a"},
			Needs: needAuth, Sessions: alone,
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				needMechanism(p, s, "CRAM-MD5")
				one := challenge(p, s.Auth("AUTH CRAM-MD5"))
				if !messageID.MatchString(one) {
					p.Report("a challenge <...@...>", conformance.Visible([]byte(one)))
				}
				s.Auth("%s", crammed(p.User, p.Password, one)).Want("235")

				p.Usable("whoever has listened to a login can log in")
				s = stranger(p)
				two := challenge(p, s.Auth("AUTH CRAM-MD5"))
				if one == two {
					p.Report("another challenge in another session", conformance.Visible([]byte(two)))
				}
				s.Auth("%s", crammed(p.User, p.Password, one)).Want(refusedLogin)
				forgiven(p)

				p.Usable("strangers can log in")
				s = stranger(p)
				challenge(p, s.Auth("AUTH CRAM-MD5"))
				s.Auth("%s", base64ed(p.User+" ")).Want(refusedLogin)
				forgiven(p)
			},
		},
	}
}

// refusesPlain judges that a message of PLAIN lets nobody in.
func refusesPlain(p *conformance.Probe, what, message string) {
	if r := stranger(p).Auth("AUTH PLAIN %s", base64ed(message)); !r.Is(refusedLogin) {
		p.Report(refusedLogin+" to a PLAIN message "+what, r.String())
	}
}
