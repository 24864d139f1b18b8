package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Paths is about local parts and domains in MAIL and RCPT, RFC 5321 4.1.2.
func rfc5321Paths() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.2: Local-part is a dot-string or a quoted string, in which blanks and
			// brackets are ordinary characters.
			ID:    "rfc5321/4.1.2/quoted-local-part",
			Title: "a quoted local part is read up to its closing quote",
			Why:   "Mail to and from people with such addresses is refused, or a path that is cut in its middle is taken for another one.",
			Rows:  []string{"R5321-4.1.2-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				readsForms(p,
					`MAIL FROM:<"a b"@`+senderDomain(p)+`>`,
					`RCPT TO:<"no such"@`+p.Domain()+`>`,
					`RCPT TO:<"a>b"@`+p.Domain()+`>`)
			},
		},
		{
			// RFC 5321 4.1.2: quotes and backslashes are a way to write a local part and no part
			// of it.
			ID:    "rfc5321/4.1.2/quotes-do-not-count",
			Title: "a mailbox can be written with quotes and without",
			Why:   "Programs that quote every local part, as they may, cannot send mail to the mailbox.",
			Rows:  []string{"R5321-4.1.2-b"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				escaped := ""
				for _, c := range localPart(p.Rcpt) {
					escaped += `\` + string(c)
				}
				for _, spelling := range []string{localPart(p.Rcpt), escaped} {
					m := p.Message()
					s := p.Ready()
					s.Mail().Need("250")
					s.RcptTo(`"` + spelling + `"@` + p.Domain()).Want("25z")
					s.Cmd("DATA").Need("354")
					s.Content(m.Text).Want("250")
					s.Close()
					p.Arrives("", m.Marker)
				}
			},
		},
		{
			// RFC 5321 4.1.2: Dot-string is atoms with one dot between each two.
			ID:    "rfc5321/4.1.2/dots-part-atoms",
			Title: "a local part with a dot at an end, or two in a row, is refused",
			Why:   "Such an address cannot be written into a header field or given to a stricter server: the bounce fails where the mail did not.",
			Rows:  []string{"R5321-4.1.2-e"},
			Run: func(p *conformance.Probe) {
				refusesForms(p, "501 or 553",
					"MAIL FROM:<.a@"+senderDomain(p)+">", "MAIL FROM:<a.@"+senderDomain(p)+">", "MAIL FROM:<a..b@"+senderDomain(p)+">")
			},
		},
		{
			// RFC 5321 4.1.2, RFC 5322 3.2.3: an atom may have any of these.
			ID:    "rfc5321/4.1.2/atom-characters",
			Title: "every character of an atom is read in a local part",
			Why:   "Mail from addresses with a plus, a slash or an apostrophe is refused, which people such as O'Brien have.",
			Rows:  []string{"R5321-4.1.2-f"},
			Run: func(p *conformance.Probe) {
				readsForms(p, "MAIL FROM:<!#$%&'*+-/=?^_`{|}~@"+senderDomain(p)+">")
			},
		},
		{
			// RFC 5321 4.1.2: sub-domain is Let-dig [Ldh-str], so each label begins and ends with a letter
			// or a digit; between them stands one dot. RFC 5321 2.3.5 has no dot at the end.
			ID:    "rfc5321/4.1.2/domain-labels",
			Title: "a domain with an empty label, or with a hyphen at an end, is refused",
			Why:   "No mail can be sent back to such a domain, so a bounce to it stays in the queue or is lost.",
			Rows:  []string{"R5321-4.1.2-g"},
			Run: func(p *conformance.Probe) {
				refusesForms(p, "501 or 553",
					"MAIL FROM:<a@-x.test>", "MAIL FROM:<a@x-.test>", "MAIL FROM:<a@x..test>",
					"MAIL FROM:<a@.test>", "MAIL FROM:<a@x.test.>")
			},
		},
		{
			// RFC 5321 4.1.2: Mailbox is Local-part "@" Domain. Only "<Postmaster>" and "<>" are without.
			ID:    "rfc5321/4.1.2/whole-mailbox",
			Title: "a path without local part, without domain or with two at-signs is refused",
			Why:   "The server has to guess what is missing, and mail goes to somebody whom the sender did not mean.",
			Rows:  []string{"R5321-4.1.2-h"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				refusesForms(p, "501 or 550 or 553",
					"MAIL FROM:<@"+senderDomain(p)+">", "MAIL FROM:<a@>", "MAIL FROM:<a@b@"+senderDomain(p)+">",
					"RCPT TO:<"+localPart(p.Rcpt)+">")
			},
		},
		{
			// RFC 5321 4.1.2: a command with characters that it may not have is refused with
			// 501; control characters are in no mailbox.
			ID:    "rfc5321/4.1.2/control-characters",
			Title: "control characters in a mailbox get 501",
			Why:   "A NUL or a tab that one program keeps and another cuts off makes two programs see two different addresses: checks pass for one, mail goes to the other.",
			Rows:  []string{"R5321-4.1.2-o"},
			Run: func(p *conformance.Probe) {
				refusesForms(p, "501",
					"MAIL FROM:<\"a\tb\"@"+senderDomain(p)+">", "MAIL FROM:<a\x01b@"+senderDomain(p)+">", "MAIL FROM:<a\x00b@"+senderDomain(p)+">")
			},
		},
		{
			// RFC 5321 4.1.2: a command with a domain in which other characters than letters,
			// digits and hyphens stand is refused with 501.
			ID:    "rfc5321/4.1.2/domain-characters",
			Title: "an invalid character in the domain of a path gets 501",
			Why:   "Characters that have a meaning for a shell, a file system or a log reach programs that trust the server to have looked.",
			Rows:  []string{"R5321-4.1.2-r"},
			Run: func(p *conformance.Probe) {
				refusesForms(p, "501", "MAIL FROM:<s@foo_bar.test>", "RCPT TO:<u@foo;bar.test>")
			},
		},
	}
}
