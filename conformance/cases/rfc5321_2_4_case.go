package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321LetterCase is about small and capital letters, RFC 5321 2.4, and the
// postmaster without a domain, 2.3.5.
func rfc5321LetterCase() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 2.3.5, 4.5.1: postmaster is a recipient without a domain, too.
			ID:    "rfc5321/2.3.5/postmaster-without-domain",
			Title: "the recipient postmaster is accepted without a domain",
			Why:   "Who has trouble with a host whose domains he does not know can still reach the people who run it.",
			Rows:  []string{"R5321-2.3.5-d"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				s.RcptTo("postmaster").Want("250 or 251")
			},
		},
		{
			// RFC 5321 2.4: verbs are the same in any mix of small and capital letters.
			ID:    "rfc5321/2.4/verbs-in-any-case",
			Title: "commands are known in small, capital and mixed letters",
			Why:   "Small clients and people at a terminal write commands in small letters.",
			Rows:  []string{"R5321-2.4-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Greet()
				s.Cmd("%s %s", mixed(p.Verb()), p.Target.Hello).Want("250")
				s.Cmd("nOoP").Want("250")
				s.Cmd("quit").Want("221")

				s = p.Ready()
				s.Cmd("mAiL FROM:<%s>", p.From).Want("250")
				s.Cmd("rset").Want("250")
				s.Cmd("mail FROM:<%s>", p.From).Want("250")
				s.Cmd("rCpT TO:<%s>", p.Rcpt).Want("250 or 251")
				s.Cmd("dAtA").Want("354")
				s.Content(p.Message().Text).Want("250")
				s.Cmd("qUiT").Want("221")
			},
		},
		{
			// RFC 5321 2.4, 4.1.1: so are the words FROM: and TO:.
			ID:    "rfc5321/2.4/from-and-to-in-any-case",
			Title: "FROM: and TO: are known in small and mixed letters",
			Why:   "Clients write them in many ways, and their mail is refused where only one counts.",
			Rows:  []string{"R5321-2.4-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("MAIL from:<%s>", p.From).Want("250")
				s.Cmd("RCPT to:<%s>", p.Rcpt).Want("250 or 251")
				s.Cmd("RSET").Need("250")
				s.Cmd("MAIL fRoM:<%s>", p.From).Want("250")
				s.Cmd("RCPT To:<%s>", p.Rcpt).Want("250 or 251")
			},
		},
		{
			// RFC 5321 2.4: so are the keywords of parameters, and values that are keywords.
			ID:    "rfc5321/2.4/parameters-in-any-case",
			Title: "parameters of MAIL are known in small letters",
			Why:   "Mail of clients that write size= is refused, or its size is not known before it comes.",
			Rows:  []string{"R5321-2.4-c"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				var params []string
				if _, ok := s.Offers("SIZE"); ok {
					params = append(params, "SIZE=1000")
				}
				if _, ok := s.Offers("8BITMIME"); ok {
					params = append(params, "BODY=8BITMIME")
				}
				if len(params) == 0 {
					p.Skip("the target offers neither SIZE nor 8BITMIME")
				}
				s.Mail(params...).Need("250")
				s.Cmd("RSET").Need("250")
				s.Mail(strings.ToLower(strings.Join(params, " "))).Want("250")
			},
		},
		{
			// RFC 5321 2.4: domains follow the rules of DNS, so their letter case does not matter.
			ID:    "rfc5321/2.4/domains-in-any-case",
			Title: "a recipient's domain is known in capital letters",
			Why:   "Addresses are copied from letterheads and forms; mail to them must not be taken for relaying.",
			Rows:  []string{"R5321-2.4-f"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				local := strings.TrimSuffix(p.Rcpt, p.Domain())
				s.RcptTo(local + strings.ToUpper(p.Domain())).Want("250 or 251")
				s.RcptTo(local + mixed(p.Domain())).Want("250 or 251")
			},
		},
		{
			// RFC 5321 2.4, 2.3.8: a command is there when its CRLF is.
			ID:    "rfc5321/2.4/waits-for-line-end",
			Title: "nothing is answered before the end of the line has come",
			Why:   "A reply to half a command is out of step with the client from then on.",
			Rows:  []string{"R5321-2.4-h"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Write("NOOP")
				if !s.Silent() {
					p.Fail("silence until CRLF has come", s.Reply().String())
				}
				s.Write("\r\n")
				s.Reply().Want("250")
				s.InStep()
			},
		},
	}
}

// mixed writes every second letter small, the first one too.
func mixed(s string) string {
	out := []byte(strings.ToUpper(s))
	for i := 0; i < len(out); i += 2 {
		out[i] = strings.ToLower(s)[i]
	}
	return string(out)
}
