package cases

import (
	"regexp"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321NamesInReplies is about what stands in the text of certain replies, RFC 5321 4.2, 4.2.2 and 4.3.1.
func rfc5321NamesInReplies() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.2: Greeting is "220 " and a domain or an address literal, then a text. A word of
			// one label is taken for a name where EHLO gives the same one.
			ID:    "rfc5321/4.2/greeting-name",
			Title: "the greeting begins with the server's name, as EHLO gives it",
			Why:   "The name tells people and programs which of many hosts behind an address it was that answered.",
			Rows:  []string{"R5321-4.2-b", "R5321-4.3.1-d"},
			Run: func(p *conformance.Probe) {
				s := p.Connect()
				greeting := s.Reply().Need("220")
				hello := s.Hello().Need("250")
				name, said := firstWord(greeting), firstWord(hello)
				if !hostName.MatchString(name) || !strings.ContainsAny(name, ".[") && name != said {
					p.Report("a domain or an address literal behind 220", greeting.String())
				}
				p.Row("R5321-4.3.1-d")
				if !strings.ContainsAny(name, ".[") || !strings.EqualFold(name, said) {
					p.Report("the full name of the server, the same in the greeting and in the reply to "+p.Verb(), greeting.String()+"; "+hello.String())
				}
			},
		},
		{
			// RFC 5321 4.2.2: "221 <domain> Service closing transmission channel".
			ID:    "rfc5321/4.2.2/closing-name",
			Title: "the text of 221 begins with the server's name",
			Why:   "Machines may parse it, and people who look at a log see which host it was.",
			Rows:  []string{"R5321-4.2.2-a"},
			Run: func(p *conformance.Probe) {
				r := p.Hello().Cmd("QUIT").Need("221")
				if !strings.ContainsAny(firstWord(r), ".[") || !hostName.MatchString(firstWord(r)) {
					p.Report("221 and the name of the server", r.String())
				}
			},
		},
		{
			// RFC 5321 4.2.2: "421 <domain> Service not available". Servers send it to clients that err too
			// often, RFC 5321 7.8.
			ID:    "rfc5321/4.2.2/not-available-name",
			Title: "the text of 421 begins with the server's name",
			Why:   "Machines may parse it, and people who look at a log see which host it was that had enough.",
			Rows:  []string{"R5321-4.2.2-b"},
			Slow:  2 * time.Minute,
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				for range 40 {
					r := s.Cmd("NO-SUCH")
					if r.Is("421") {
						if !strings.ContainsAny(firstWord(r), ".[") || !hostName.MatchString(firstWord(r)) {
							p.Report("421 and the name of the server", r.String())
						}
						return
					}
					if r.Code == 0 {
						break
					}
				}
				p.Skip("40 unknown commands brought about no 421")
			},
		},
		{
			// RFC 5321 4.2.2, 3.4: 251 is "User not local; will forward to <forward-path>", 551 "please
			// try <forward-path>".
			ID:    "rfc5321/4.2.2/new-path",
			Title: "251 and 551 name the new path",
			Why:   "The sender is told that the recipient has moved, and cannot learn where to.",
			Rows:  []string{"R5321-4.2.2-c"},
			Needs: []conformance.Need{conformance.NeedAlias},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				rcpt := s.RcptTo(p.Alias)
				s.Close()
				told := false
				for _, r := range []conformance.Reply{rcpt, verify(p, p.Alias)} {
					if !r.Is("251 or 551") {
						continue
					}
					told = true
					if !newPath.MatchString(r.Text()) {
						p.Report("a path in angle brackets", r.String())
					}
				}
				if !told {
					p.Skip("RCPT and VRFY of %s got neither 251 nor 551", p.Alias)
				}
			},
		},
	}
}

var hostName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Za-z.:]+\])$`)

// firstWord is the first word of a reply behind its enhanced status code.
func firstWord(r conformance.Reply) string {
	word, _, _ := strings.Cut(bare(r.Lines[0]), " ")
	return word
}
