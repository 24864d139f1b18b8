package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321NamesAndParameters is about parameters, the case of local parts, and names in EHLO, RFC 5321 4.1.2.
func rfc5321NamesAndParameters() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.2: Mail-parameters are esmtp-params with one blank before each; keyword,
			// equals sign and value stand together.
			ID:    "rfc5321/4.1.2/parameter-form",
			Title: "parameters of MAIL that are wrong in form are refused",
			Why:   "A server that ignores what it cannot read drops what the client has asked for, such as the size or the encoding of the message.",
			Rows:  []string{"R5321-4.1.2-i"},
			Run: func(p *conformance.Probe) {
				path := "MAIL FROM:<" + p.From + ">"
				refusesForms(p, "501 or 555", path+" SIZE = 100", path+"SIZE=100", path+" =100")
			},
		},
		{
			// RFC 5321 2.4, 4.1.2: what is left of the at-sign belongs to the host that has the mailbox,
			// which may take letter case to matter.
			ID:    "rfc5321/4.1.2/case-may-matter",
			Title: "a local part in capitals is found or unknown, and never wrong in form",
			Why:   "Addresses come in any letter case from business cards and address books; a server that calls that a mistake of syntax loses the mail of working clients.",
			Rows:  []string{"R5321-4.1.2-k"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				r := s.RcptTo(strings.ToUpper(localPart(p.Rcpt)) + "@" + p.Domain()).Want("25z or 45z or 550 or 551 or 553")
				if !r.Is("25z") {
					p.Note("letter case matters: %s", r)
				}
			},
		},
		{
			// RFC 5321 4.1.2: a host should avoid mailboxes whose names must be quoted or written in a
			// certain letter case.
			ID:    "rfc5321/4.1.2/case-should-not-matter",
			Title: "a mailbox is found whatever the letter case of its name",
			Why:   "People write addresses in any letter case; theirs would bounce.",
			Rows:  []string{"R5321-4.1.2-l"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				name := localPart(p.Rcpt)
				s := p.Ready()
				s.Mail().Need("250")
				s.RcptTo(strings.ToUpper(name[:1]) + name[1:] + "@" + p.Domain()).Want("25z")
				s.RcptTo(swapCase(name) + "@" + p.Domain()).Want("25z")
			},
		},
		{
			// RFC 5321 4.1.2: the underscore and all else that is neither letter nor digit nor hyphen
			// is invalid in a domain name, and gets 501, in EHLO too.
			ID:    "rfc5321/4.1.2/hello-characters",
			Title: "EHLO with an invalid character in the domain gets 501",
			Why:   "The name goes into Received fields and logs, where odd characters mislead those who read them.",
			Rows:  []string{"R5321-4.1.2-q"},
			Run: func(p *conformance.Probe) {
				badHello(p, "foo_bar.test", "foo!bar.test")
			},
		},
	}
}

// swapCase makes capitals of small letters and the other way round, so that not even a name in capitals stays as it is.
func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, s)
}

// badHello judges that EHLO with names that are wrong in form gets 501, each in a session of its own.
func badHello(p *conformance.Probe, names ...string) {
	for _, name := range names {
		s := p.Greet()
		refusedWith(p, "501", "500 or 502 or 504 or 550", s.Cmd("%s %s", p.Verb(), name))
		s.Close()
	}
}
