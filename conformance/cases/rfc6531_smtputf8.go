package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc6531 is about 8BITMIME and SMTPUTF8, which needs it.
func rfc6531() []conformance.Case {
	eight, utf8 := conformance.Keyword("8BITMIME"), conformance.Keyword("SMTPUTF8")
	return []conformance.Case{
		{
			// RFC 6152 2: BODY is 7BIT or 8BITMIME, in any letter case.
			ID:    "rfc6152/2/body-values",
			Title: "MAIL takes BODY=7BIT and BODY=8BITMIME, and refuses other values",
			Why:   "A client that announces a form of content which the server does not know must hear so before it sends that.",
			Rows:  []string{"R6152-2-a"},
			Needs: []conformance.Need{eight},
			Run: func(p *conformance.Probe) {
				s := offering(p, "8BITMIME")
				bad := []string{"BODY=FOO", "BODY="}
				if _, ok := s.Offers("BINARYMIME"); !ok {
					bad = append(bad, "BODY=BINARYMIME")
				}
				s.Close()
				for _, good := range []string{"BODY=7bit", "body=8BITMIME"} {
					mailReply(p, good).Should("250")
				}
				for _, b := range bad {
					// 555 is the code of RFC 5321 4.1.1.11; what counts is that it is refused.
					refusedWith(p, "501 or 504 or 555", "5yz", mailReply(p, b))
				}
			},
		},
		{
			// RFC 6152 3: the limit of 998 octets a line holds for 8-bit text, and lines up to it pass.
			ID:    "rfc6152/3/long-line",
			Title: "a line of 998 octets of 8-bit text arrives unchanged",
			Why:   "Text in other languages than English arrives with broken letters.",
			Rows:  []string{"R6152-3-d"},
			Needs: []conformance.Need{eight, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := offering(p, "8BITMIME")
				body := []string{strings.Repeat("\u00e9", 499), "end"}
				m := p.MessageWith([]string{"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"}, body...)
				s.Mail("BODY=8BITMIME").Want("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				s.Content(m.Text).Want("250")
				sameBody(p, p.Arrives("", m.Marker), body)
			},
		},
		{
			// RFC 6531 3.1: SMTPUTF8 needs 8BITMIME, and its line of EHLO has no parameter.
			ID:    "rfc6531/3.1/smtputf8-line",
			Title: "SMTPUTF8 is offered together with 8BITMIME, and has no parameter",
			Why:   "A client may send 8-bit headers, and cannot say that the body has 8 bits.",
			Rows:  []string{"R6531-3.1-a"},
			Needs: []conformance.Need{utf8},
			Run: func(p *conformance.Probe) {
				for _, words := range []map[string]string{p.Ready().Hello().Keywords(), p.Secure} {
					params, offered := words["SMTPUTF8"]
					if !offered {
						continue
					}
					if _, ok := words["8BITMIME"]; !ok {
						p.Report("8BITMIME beside SMTPUTF8", "there is none")
					}
					if params != "" {
						p.Report("SMTPUTF8 without a parameter", params)
					}
				}
			},
		},
		{
			// RFC 6531 3.1: the parameter SMTPUTF8 of MAIL has no value.
			ID:    "rfc6531/3.1/no-value",
			Title: "SMTPUTF8 with a value is refused",
			Why:   "What a client means by SMTPUTF8=no would be understood as yes.",
			Rows:  []string{"R6531-3.1-b"},
			Needs: []conformance.Need{utf8},
			Run: func(p *conformance.Probe) {
				mailReply(p, "SMTPUTF8").Should("250")
				for _, v := range []string{"SMTPUTF8=yes", "SMTPUTF8="} {
					mailReply(p, v).Should("501 or 555 or 504")
				}
			},
		},
		{
			// RFC 6531 3.2, 3.3: with SMTPUTF8 local parts and domains may be UTF-8.
			ID:    "rfc6531/3.2/utf8-addresses",
			Title: "addresses in UTF-8 are understood after MAIL with SMTPUTF8",
			Why:   "People with such addresses can neither write nor be written to, though the server says that they can.",
			Rows:  []string{"R6531-3.2-a"},
			Needs: []conformance.Need{utf8, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "SMTPUTF8")
				domain := p.From[strings.LastIndexByte(p.From, '@')+1:]
				if r := s.Cmd("MAIL FROM:<jos\u00e9@%s> SMTPUTF8", domain); r.Is("4yz") {
					p.Note("MAIL with a UTF-8 address got %s", r)
				} else if r.Should("250") {
					s.RcptTo(p.Rcpt).Should("25z")
				}
				s.Close()
				s = p.Ready()
				s.Mail("SMTPUTF8").Want("250")
				// There may be no such user, but nothing is wrong with the address.
				s.RcptTo("\u7528\u6237@" + p.Domain()).Should("25z or 550 or 551 or 4yz")
			},
		},
		{
			// RFC 6531 3.3: UTF-8 as RFC 3629 has it; other octets are no address.
			ID:    "rfc6531/3.3/invalid-utf8",
			Title: "octets that are no UTF-8 are refused in addresses",
			Why:   "An address that two programs read differently gets around what one of them forbids.",
			Rows:  []string{"R6531-3.2-d"},
			Needs: []conformance.Need{utf8},
			Run: func(p *conformance.Probe) {
				domain := p.From[strings.LastIndexByte(p.From, '@')+1:]
				for _, local := range []string{"\xff\xfe", "\xc0\xafx", "\xed\xa0\x80", "\xe2\x82"} {
					s := offering(p, "SMTPUTF8")
					s.Cmd("MAIL FROM:<%s@%s> SMTPUTF8", local, domain).Should("500 or 501 or 550 or 553")
					s.Close()
				}
			},
		},
		{
			// RFC 6531 3.5: without SMTPUTF8 such a RCPT gets 553 and such a MAIL 550, with X.6.7.
			ID:    "rfc6531/3.5/utf8-without-the-parameter",
			Title: "addresses in UTF-8 are refused without the parameter SMTPUTF8",
			Why:   "Mail goes on to servers that cannot read its addresses, and cannot be returned from there.",
			Rows:  []string{"R6531-3.5-a"},
			Needs: []conformance.Need{utf8, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "SMTPUTF8")
				s.Mail().Need("250")
				to := s.RcptTo("jos\u00e9@" + p.Domain())
				s.Close()
				s = p.Ready()
				from := s.Cmd("MAIL FROM:<jos\u00e9@%s>", p.From[strings.LastIndexByte(p.From, '@')+1:])
				for _, r := range []conformance.Reply{to, from} {
					if r.Is("2yz") {
						// Postfix takes such addresses unless it is told to be strict.
						p.Warn("550 or 553 to a UTF-8 address without SMTPUTF8", r.String())
						continue
					}
					r.Should("500 or 501 or 550 or 553 or 555 or 4yz")
					if code := r.Enhanced(); code != "" && !strings.HasSuffix(code, ".6.7") {
						p.Note("the enhanced status code is %s, not X.6.7", code)
					}
				}
			},
		},
		{
			// RFC 6531 3.7.4.2: replies have octets above 127 only where the command had SMTPUTF8.
			ID:    "rfc6531/3.7.4.2/ascii-replies",
			Title: "replies are ASCII where the client has not said SMTPUTF8",
			Why:   "A client that knows only ASCII cannot read the reply, or shows its user nonsense.",
			Rows:  []string{"R6531-3.7.4.2-a"},
			Needs: []conformance.Need{utf8},
			Run: func(p *conformance.Probe) {
				offering(p, "SMTPUTF8").Close()
				user := "\u7528\u6237"
				for _, c := range [][]string{
					{"VRFY " + user, "VRFY " + user + "@" + p.Domain()},
					{"EXPN " + user, "EXPN " + user + "@" + p.Domain()},
					{"MAIL FROM:<" + user + "@mailsim.test>", "RCPT TO:<" + user + "@" + p.Domain() + ">"},
					{"MAIL FROM:<" + p.From + ">", "RCPT TO:<" + user + "@" + p.Domain() + ">", "RCPT TO:<" + p.Rcpt + "> X-" + user + "=1"},
					{user, "NOOP " + user},
				} {
					s := p.Ready()
					for _, line := range c {
						if r := s.Cmd("%s", line); !plainASCII(r.Raw) {
							p.Report("a reply in ASCII to "+line, r.String())
						}
					}
					s.Close()
				}
			},
		},
		{
			// RFC 6531 3.1, 3.7.4.2: SMTPUTF8 is a parameter of VRFY and EXPN too, where there are such commands; a
			// server that tells nothing answers as without it.
			ID:    "rfc6531/3.1/vrfy-and-expn",
			Title: "VRFY and EXPN take the parameter SMTPUTF8",
			Why:   "A client that can read addresses in UTF-8 has no other way to say so, and gets an error about its syntax instead of an answer.",
			Rows:  []string{"R6531-3.7.4.2-a"},
			Needs: []conformance.Need{utf8, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "SMTPUTF8")
				commands := []string{"VRFY " + p.Rcpt, "VRFY " + localPart(p.Rcpt)}
				if p.List != "" {
					commands = append(commands, "EXPN "+p.List)
				}
				for _, c := range commands {
					plain := s.Cmd("%s", c)
					r := s.Cmd("%s SMTPUTF8", c)
					s.Close()
					if plain.Is("25z") && !r.Is("25z") {
						p.Warn(plain.String()+" to "+c+" SMTPUTF8, as without the parameter", r.String())
					}
					s = p.Ready()
				}
			},
		},
		{
			// RFC 6531 3.7.3, RFC 5322 2.2: without SMTPUTF8 what the server adds to the header is ASCII.
			ID:    "rfc6531/3.7.3/ascii-trace",
			Title: "trace fields are ASCII where the client has not said SMTPUTF8",
			Why:   "The message goes on to servers that take no such header: they refuse it, or break it.",
			Rows:  []string{"R6531-3.7.3-a"},
			Needs: []conformance.Need{utf8, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := offering(p, "SMTPUTF8")
				m := p.Message()
				s.Send(m).Need("250")
				if odd := oddTrace(p.Arrives("", m.Marker)); odd != "" {
					p.Report("trace fields in ASCII", odd)
				}
				s.Close()
				s = p.Ready()
				if r := s.Cmd("%s b\u00fccher.mailsim.test", p.Verb()); r.Is("250") { // most refuse such a name
					m = p.Message()
					s.Send(m).Need("250")
					if odd := oddTrace(p.Arrives("", m.Marker)); odd != "" {
						p.Report("trace fields in ASCII, whatever name the client has", odd)
					}
				}
				s.Close()
				s = p.Ready()
				if r := s.Cmd("MAIL FROM:<jos\u00e9@mailsim.test>"); r.Is("250") { // most refuse that too
					m = p.Message()
					s.RcptTo(p.Rcpt).Need("25z")
					s.Cmd("DATA").Need("354")
					if s.Content(m.Text).Is("250") {
						if odd := oddTrace(p.Arrives("", m.Marker)); odd != "" {
							// It is the client that has broken the rule first.
							p.Warn("trace fields in ASCII, or no such MAIL without SMTPUTF8", odd)
						}
					}
				}
			},
		},
		{
			// RFC 6532 3.4: the limit of 998 counts octets, also in header fields.
			ID:    "rfc6532/3.4/long-subject",
			Title: "a Subject of 900 octets of UTF-8 arrives unchanged",
			Why:   "A letter that is cut in two makes the whole header unreadable.",
			Rows:  []string{"R6532-3.4-a"},
			Needs: []conformance.Need{utf8, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := offering(p, "SMTPUTF8")
				subject := strings.Repeat("\u7528", 300)
				m := p.MessageWith([]string{"Subject: " + subject})
				s.Mail("SMTPUTF8", "BODY=8BITMIME").Want("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				s.Content(m.Text).Want("250")
				if got := p.Arrives("", m.Marker); !strings.Contains(string(got.Octets), subject) {
					p.Fail("the Subject as it was sent", "another one")
				}
			},
		},
		{
			// RFC 6533 3: ORCPT has a type utf-8, in ASCII with escapes, or raw where MAIL had SMTPUTF8.
			ID:    "rfc6533/3/orcpt-utf8",
			Title: "ORCPT of the type utf-8 is understood",
			Why:   "Mail to people with international addresses is refused because of what only reports need.",
			Rows:  []string{"R6533-3-b"},
			Needs: []conformance.Need{utf8, conformance.Keyword("DSN"), conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				rcptReply(p, p.Rcpt, `ORCPT=utf-8;jos\x{E9}@x.test`).Should("25z")
				s := p.Ready()
				s.Mail("SMTPUTF8").Need("250")
				s.RcptTo(p.Rcpt, "ORCPT=utf-8;jos\u00e9@x.test").Should("25z")
				if r := rcptReply(p, p.Rcpt, `ORCPT=utf-8;bad\x{110000}@x.test`); r.Is("2yz") {
					p.Warn("501 to an escape that is no character", r.String())
				}
			},
		},
	}
}

// plainASCII reports whether there is no octet above 127.
func plainASCII(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c > 127 })
}

// oddTrace is the first trace field of a message that is not ASCII.
func oddTrace(m conformance.Stored) string {
	for _, name := range []string{"Return-Path", "Received"} {
		for _, v := range m.Header.Values(name) {
			if !plainASCII(v) {
				return name + ": " + v
			}
		}
	}
	return ""
}
