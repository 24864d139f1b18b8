package cases

import (
	"crypto/tls"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// injected is what a man in the middle can do where octets in the clear get under TLS.
const injected = "a man in the middle can put commands in front of a client's TLS session (CVE-2011-0411)"

// securityStartTLS is about what crosses the border to TLS.
func securityStartTLS() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 3207 4.2: what was learnt in the clear is thrown away when TLS begins, so
			// commands that came with STARTTLS in one segment are not obeyed under TLS.
			ID:    "security/starttls/injected-command",
			Title: "commands behind STARTTLS in the clear are not obeyed under TLS",
			Why:   "Whoever sits on the wire can put commands of his own in front of those of a client that trusts TLS, and so steal its mail and its password.",
			Rows:  []string{"SEC-TLS-1"},
			Needs: []conformance.Need{conformance.NeedStart},
			Run: func(p *conformance.Probe) {
				p.Usable(injected)
				s := p.Hello()
				s.Write("STARTTLS\r\nNOOP\r\n")
				if r := s.Reply(); !r.Is("220") {
					r.Want("5yz") // to refuse what is pipelined behind STARTTLS is safe
					return
				}
				if err := s.Handshake(); err != nil {
					return // safe: the injected octets have spoiled the handshake
				}
				if !s.Silent() {
					p.Fail("silence until a command comes under TLS", s.Reply().String())
				}
				s.Hello().Want("250")
			},
		},
		{
			// RFC 3207 4.2: that holds for the beginning of a line, and for AUTH, as well.
			ID:    "security/starttls/injected-part",
			Title: "neither part of a line nor AUTH gets from the clear into TLS",
			Why:   "A server that keeps its input buffer joins what came in the clear to the first line under TLS, though it may look for whole lines.",
			Rows:  []string{"SEC-TLS-2"},
			Needs: []conformance.Need{conformance.NeedStart},
			Run: func(p *conformance.Probe) {
				p.Usable(injected)
				s := p.Hello()
				s.Write("STARTTLS\r\nNO")
				if r := s.Reply(); !r.Is("220") {
					r.Want("5yz")
				} else if s.Handshake() == nil {
					s.Write("OP\r\n")
					if r := s.Reply(); r.Is("2yz") {
						p.Fail("a refusal of OP under TLS", r.String()+": it was joined to the NO in the clear")
					}
				}
				if p.Lacks[conformance.NeedAuth] != "" {
					return
				}
				s = p.Hello()
				s.Write("STARTTLS\r\nAUTH PLAIN " + conformance.Plain(p.User, p.Password) + "\r\n")
				if r := s.Reply(); !r.Is("220") {
					r.Want("5yz")
				} else if s.Handshake() == nil {
					if r := s.Hello(); !r.Is("250") || len(r.Lines) < 2 {
						p.Fail("the reply to EHLO first", r.String())
					}
				}
			},
		},
		{
			// RFC 3207 4.1, 4.2: behind 220 comes a handshake. What is none is not taken for commands.
			ID:    "security/starttls/no-handshake",
			Title: "commands in the clear instead of a handshake are not obeyed",
			Why:   "A session that one side takes for encrypted would go on in the clear.",
			Rows:  []string{"SEC-TLS-5"},
			Needs: []conformance.Need{conformance.NeedStart},
			Run: func(p *conformance.Probe) {
				for _, octets := range []string{"EHLO x\r\nNOOP\r\n", strings.Repeat("\xff", 16<<10)} {
					s := p.Hello()
					s.Cmd("STARTTLS").Need("220")
					s.Write(octets)
					if s.SilentFor(p.Quiet) {
						s.Close()
						continue
					}
					r := s.Reply()
					if r.Is("4yz or 5yz") {
						r = s.Cmd("NOOP")
					}
					if r.Is("2yz") {
						p.Fail("the end of the session", r.String()+" in the clear")
					}
					s.Close()
				}
				serves(p, "octets that are no handshake")
			},
		},
		{
			// RFC 3207 4.2, RFC 5321 4.1.4: the handshake takes the session back to its beginning,
			// and so does EHLO with a transaction.
			ID:    "security/starttls/state-is-forgotten",
			Title: "neither recipients nor a login in the clear live on under TLS, nor recipients over EHLO",
			Why:   "What a man in the middle has said in the clear would count for the client that comes after him.",
			Rows:  []string{"SEC-TLS-6"},
			Needs: []conformance.Need{conformance.NeedStart, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Usable(injected)
				if !p.MailTLS && !p.MailAuth {
					s := p.Hello()
					s.Envelope()
					// RFC 3207 4.2 allows STARTTLS there; some refuse it in a transaction.
					if r := s.Cmd("STARTTLS"); r.Is("220") && s.Handshake() == nil {
						s.Hello().Want("250")
						s.RcptTo(p.Rcpt).Want("5yz")
					}
				}
				if _, plain := p.Keywords["AUTH"]; plain && p.Lacks[conformance.NeedAuth] == "" && p.Profile != conformance.RelayHost {
					s := p.Hello()
					if s.Login().Is("235") {
						s.StartTLS()
						if s.Mail().Is("250") {
							s.RcptTo(p.Foreign).Want("4yz or 5yz")
						}
					}
				}
				p.Row("SEC-TLS-6")
				s := p.Ready()
				if !s.Secure() && !p.MailAuth {
					s = p.Encrypted()
				}
				s.Envelope()
				if s.Hello().Is("250") {
					s.RcptTo(p.Rcpt).Want("5yz")
				}
			},
		},
		{
			// RFC 5321 7.8: what speaks HTTP is no mail client; a browser sends what a web page has
			// made it post, SMTP commands among it.
			ID:    "security/starttls/http",
			Title: "a transaction inside an HTTP request is not accepted",
			Why:   "A web page can make browsers send mail by servers that trust their network.",
			Rows:  []string{"SEC-TLS-7"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				if p.MailTLS && !p.ImplicitTLS || p.MailAuth {
					p.Skip("MAIL is taken under STARTTLS or after AUTH only, which a browser does not do")
				}
				p.Usable("a web page can send mail by the browser of anybody who is allowed to use the server (CVE-2021-3618)")
				s := p.Greet()
				s.Write("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n" +
					"EHLO x\r\nMAIL FROM:<" + p.From + ">\r\nRCPT TO:<" + p.Rcpt + ">\r\nRSET\r\n")
				taken := 0
				for range 12 {
					r := s.ReplyWithin(p.Quiet)
					if r.Code == 0 || r.Is("421") {
						break
					}
					// RFC 5321 4.2.3: both MAIL and RCPT are answered with 250.
					if r.Is("250") && len(r.Lines) == 1 {
						taken++
					}
				}
				if taken >= 2 {
					p.Fail("the end of the session at POST, or refusals", "MAIL and RCPT were accepted behind it")
				}
			},
		},
		{
			// RFC 6066 3: the name in a handshake is a host name of a client that may be hostile.
			ID:    "security/starttls/odd-server-names",
			Title: "names of servers in handshakes that are no host names do no harm",
			Why:   "A server that looks for a certificate in a file of that name can be crashed or made to read others (CVE-2019-15846).",
			Rows:  []string{"SEC-LEN-7"},
			Needs: []conformance.Need{conformance.NeedTLS},
			Run: func(p *conformance.Probe) {
				own := p.TLS
				for _, name := range []string{"x.test\\\x00", strings.Repeat("a", 300), "../../etc/passwd", "$" + "{run{/bin/true}}.test"} {
					p.TLS = &tls.Config{ServerName: name, InsecureSkipVerify: true}
					s := p.Open()
					if !p.ImplicitTLS {
						if s.Reply().Need("220"); !s.Hello().Is("250") || !s.Cmd("STARTTLS").Is("220") {
							continue
						}
					}
					_ = s.Handshake() // with a certificate, or with an alert
					s.Close()
				}
				p.TLS = own
				p.Usable("anybody can stop the server")
				serves(p, "odd names in handshakes")
			},
		},
	}
}
