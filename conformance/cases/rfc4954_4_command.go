package cases

import (
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// needAuth is what cases about a login need.
var needAuth = []conformance.Need{conformance.NeedAuth}

// mechanismNames is the list behind AUTH (RFC 4954 3, RFC 4422 3.1).
var mechanismNames = regexp.MustCompile(`^[A-Z0-9_-]{1,20}( [A-Z0-9_-]{1,20})*$`)

// rfc4954Command is about AUTH as a command, RFC 4954 3 and 4.
func rfc4954Command() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 4954 3: behind the keyword AUTH stand the names of mechanisms, divided by spaces.
			// What is offered is there.
			ID:    "rfc4954/3/mechanisms",
			Title: "EHLO lists names of mechanisms, and AUTH knows each of them",
			Why:   "Clients take the best mechanism of the list; if that one does not work most of them never try another, and their users cannot send.",
			Rows:  []string{"R4954-3-a"},
			Needs: []conformance.Need{conformance.Keyword("AUTH")},
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				words, ok := s.Offers("AUTH")
				if !ok {
					p.Skip("AUTH is not offered in this session")
				}
				if !mechanismNames.MatchString(strings.TrimRight(words, " ")) {
					p.Fail("AUTH and names of mechanisms with one space before each", "AUTH "+words)
				}
				for i, m := range mechanisms(s) {
					if i > 0 {
						s = stranger(p)
					}
					r := s.Auth("AUTH %s", m)
					if r.Is("334") {
						continue // it is left in the middle of an exchange, and closed
					}
					if r.Code == 0 || r.Is("50z") && !r.Is("501") {
						p.Report("334, or a failed login, to AUTH "+m+", which is offered", r.String())
					}
				}
			},
		},
		{
			// RFC 4954 4: no AUTH after one that went well: 503.
			ID:    "rfc4954/4/second-login",
			Title: "AUTH after a login gets 503, and the login stays",
			Why:   "Where a client can become another user in a session, what is noted of that session is not true of all of it.",
			Rows:  []string{"R4954-4-a"},
			Needs: []conformance.Need{conformance.NeedAuth, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				s.Login().Need("235")
				s.Login().Want("503")
				s.Mail().Want("250")
				s.Cmd("RSET").Want("250")
				s.Mail().Want("250")
			},
		},
		{
			// RFC 4954 4: no AUTH during a mail transaction: 503.
			ID:    "rfc4954/4/in-a-transaction",
			Title: "AUTH in a transaction gets 503, and the transaction goes on",
			Why:   "Half of such a transaction would be a stranger's and half a user's; checks of the sender were made for the stranger.",
			Rows:  []string{"R4954-4-b"},
			Needs: []conformance.Need{conformance.NeedAuth, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				if r := s.Mail(); !r.Is("250") {
					p.Skip("there is no transaction before a login: MAIL got %s", r)
				}
				if r := s.RcptTo(p.Rcpt); !r.Is("25z") {
					p.Skip("there is no transaction before a login: RCPT got %s", r)
				}
				s.Login().Want("503")
				s.RcptTo(p.Rcpt).Want("25z")
			},
		},
		{
			// RFC 4954 4: 504 is for a mechanism that is not supported, and 501 for no mechanism at
			// all. Servers that hand AUTH to a program of its own often know 535 only.
			ID:    "rfc4954/4/unknown-mechanism",
			Title: "AUTH with a mechanism that is not there gets 504, and without one 501",
			Why:   "504 tells a client to take another mechanism; 535 makes it ask its user for another password.",
			Rows:  []string{"R4954-4-c"},
			Needs: []conformance.Need{conformance.Keyword("AUTH")},
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				if r := s.Auth("AUTH NOSUCHMECH"); r.Is("535") {
					p.Warn("504 to AUTH NOSUCHMECH", r.String())
				} else {
					r.Want("504")
				}
				s.Auth("AUTH").Want("501 or 504")
				s.InStep()
			},
		},
		{
			// RFC 4954 4: every server with AUTH has PLAIN under TLS.
			ID:    "rfc4954/4/plain-under-tls",
			Title: "AUTH PLAIN is there under TLS, and the right password lets a user in",
			Why:   "It is the one mechanism that every client has.",
			Rows:  []string{"R4954-4-l"},
			Needs: []conformance.Need{conformance.NeedTLS, conformance.Keyword("AUTH")},
			Run: func(p *conformance.Probe) {
				s := p.Encrypted()
				if !s.Secure() {
					p.Skip("the session is not under TLS")
				}
				if words, _ := s.Offers("AUTH"); !strings.Contains(" "+strings.ToUpper(words)+" ", " PLAIN ") {
					p.Fail("PLAIN among the mechanisms that are offered under TLS", "AUTH "+words)
				}
				if p.Lacks[conformance.NeedAuth] == "" {
					s.Login().Want("235")
				}
			},
		},
		{
			// RFC 4954 5: a server with AUTH takes the AUTH parameter of MAIL, even from clients that
			// have not logged in.
			ID:    "rfc4954/5/auth-parameter",
			Title: "MAIL with AUTH= is taken, also from strangers",
			Why:   "Relays name the one who submitted a message there, and AUTH=<> where they do not know; their mail would be refused.",
			Rows:  []string{"R4954-5-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.Keyword("AUTH")},
			Run: func(p *conformance.Probe) {
				s := stranger(p)
				if r := s.Mail(); !r.Is("250") {
					s = p.Ready()
				}
				s.Hello().Need("250")
				if _, ok := s.Offers("AUTH"); !ok {
					p.Skip("AUTH is not offered in this session")
				}
				s.Mail("AUTH=<>").Want("250")
				s.Cmd("RSET").Need("250")
				s.Mail("AUTH=e+3Dmc2@example.com").Want("250")
				s.Cmd("RSET").Need("250")
				if r := s.Mail("AUTH=bad+zz"); r.Is("250") {
					p.Warn("501 to AUTH=bad+zz, which is no xtext (RFC 3461 4)", r.String())
				} else {
					r.Want("5yz")
				}
			},
		},
		{
			// RFC 4954 6: where a login is required, commands get 530, but for AUTH, EHLO, HELO, NOOP,
			// RSET and QUIT.
			ID:    "rfc4954/6/login-is-demanded",
			Title: "where a login is demanded mail gets 530 before it, and EHLO, NOOP, RSET and QUIT work",
			Why:   "530 makes a client ask its user for a password; by any other answer it takes the message for refused.",
			Rows:  []string{"R4954-6-a"},
			Needs: needAuth,
			Run: func(p *conformance.Probe) {
				if !p.MailAuth && p.Profile != conformance.Submit {
					p.Skip("the target takes mail without a login")
				}
				s := stranger(p)
				r := s.Mail()
				if r.Is("250") {
					r = s.RcptTo(p.Foreign) // some say it there only
				}
				if r.Is("25z") {
					p.Skip("the target takes mail without a login")
				}
				if r.Should("530") && r.Enhanced() != "" && r.Enhanced() != "5.7.0" {
					p.Report("530 5.7.0", r.String())
				}
				s.Cmd("NOOP").Should("250")
				s.Cmd("RSET").Should("250")
				s.Hello().Should("250")
				s.Cmd("QUIT").Should("221")
			},
		},
	}
}
