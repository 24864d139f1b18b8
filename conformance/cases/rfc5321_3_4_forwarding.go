package cases

import (
	"regexp"

	"github.com/mailsim/mailsim/conformance"
)

// newPath is a path in the text of a 251 or 551.
var newPath = regexp.MustCompile(`<[^<> ]+@[^<> ]+>`)

// rfc5321Forwarding is about addresses that lead elsewhere, RFC 5321 3.4.
func rfc5321Forwarding() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 3.4: the server takes the mail with 251 and the new path, or with a
			// silent 250; or it refuses it with 551 and the new path, or with 550.
			ID:    "rfc5321/3.4/forwarded-address",
			Title: "an address that leads elsewhere is taken or refused, with the new one in 251 and 551",
			Why:   "A 251 or 551 without the new address tells people that theirs is out of date, and not which is right.",
			Rows:  []string{"R5321-3.4-b", "R5321-3.4-e"},
			Needs: []conformance.Need{conformance.NeedAlias},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				r := s.RcptTo(p.Alias)
				if r.Is("5yz") {
					p.Row("R5321-3.4-e")
				}
				r.Want("250 or 251 or 550 or 551")
				if r.Is("251 or 551") && !newPath.MatchString(r.Text()) {
					p.Fail("the new address in angle brackets", r.String())
				}
			},
		},
		{
			// RFC 5321 3.4: a server that tells a new address may not take it for granted
			// that the client remembers it, or uses it.
			ID:    "rfc5321/3.4/forwarded-address-again",
			Title: "an address that leads elsewhere is answered alike each time",
			Why:   "Most clients only look at the first digit of 251 and 551: whoever used the old address will use it again.",
			Rows:  []string{"R5321-3.4-c", "R5321-3.4-f"},
			Needs: []conformance.Need{conformance.NeedAlias},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				first := s.RcptTo(p.Alias).Need("250 or 251 or 550 or 551")
				s.Cmd("QUIT")
				for range 2 {
					if first.Is("5yz") {
						p.Row("R5321-3.4-f")
					}
					s := p.Ready()
					s.Mail().Want("250")
					again := s.RcptTo(p.Alias)
					if first.Is("25z") {
						again.Want("250 or 251")
					} else {
						again.Want("550 or 551")
					}
					s.Cmd("QUIT")
				}
			},
		},
	}
}
