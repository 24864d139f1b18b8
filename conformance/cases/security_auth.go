package cases

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// securityAuth is about hostile logins.
func securityAuth() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 4954 4: where a login needs TLS first, the answer does not depend on the password.
			ID:    "security/auth/password-in-the-clear",
			Title: "no password is taken or judged in the clear",
			Why:   "Whoever listens has the password; and an answer that tells good from bad lets others guess without TLS.",
			Rows:  []string{"SEC-AUTH-1"},
			Needs: []conformance.Need{conformance.NeedAuth, conformance.NeedStart},
			Run: func(p *conformance.Probe) {
				p.Usable("whoever listens on the way has the user's password")
				s := p.Hello()
				bad := s.Cmd("AUTH PLAIN %s", conformance.Plain(p.User, "wrong-"+p.Password))
				if bad.Is("535") || !bad.Is("4yz or 5yz") {
					p.Fail("530, 538, 503 or 504 without a look at the password", bad.String())
				}
				s = p.Hello()
				if good := s.Login(); good.Code != bad.Code {
					p.Fail("the same reply to a good password as to a bad one, "+bad.String(), good.String())
				}
				p.Hello().Cmd("AUTH LOGIN").Want("5yz or 421")
			},
		},
		{
			// RFC 4954 4: what cannot be decoded gets 501.
			ID:    "security/auth/malformed-base64",
			Title: "malformed base64 in AUTH is refused and does no harm",
			Why:   "Decoders that trusted lengths were taken over from outside (CVE-2018-6789).",
			Rows:  []string{"SEC-AUTH-2"},
			Needs: []conformance.Need{conformance.NeedAuth},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can crash the server, or run code in it")
				lines := []string{"PLAIN =", "PLAIN ====", "PLAIN A===", "PLAIN \x00\x00", "EXTERNAL =", "NTLM TlRM"}
				for _, n := range []int{1, 2, 3, 5, 61, 1021, 4095, 12200} {
					lines = append(lines, "PLAIN "+strings.Repeat("h", n))
				}
				for _, line := range lines {
					s := stranger(p)
					r := s.Cmd("AUTH %s", line)
					if r.Is("334") {
						r = s.Cmd("*")
					}
					if r.Code == 0 || r.Is("421") {
						serves(p, "AUTH "+line[:min(len(line), 20)])
						continue
					}
					r.Want("4yz or 5yz")
					s.Close()
				}
				serves(p, "malformed base64")
			},
		},
		{
			// RFC 4616 2: authcid and passwd are without NUL; and no line end belongs into either.
			ID:    "security/auth/line-ends-in-credentials",
			Title: "credentials with CR, LF or more NULs are refused",
			Why:   "They get into logs and into requests to password services that are made of lines.",
			Rows:  []string{"SEC-AUTH-3"},
			Needs: []conformance.Need{conformance.NeedAuth},
			Run: func(p *conformance.Probe) {
				for _, text := range []string{
					"\x00" + p.User + "\r\nX\x00" + p.Password, "\x00" + p.User + "\n\x00" + p.Password,
					"\x00" + p.User + "\x00" + p.Password + "\r\n", "\x00" + p.User + "\x00" + p.Password + "\x00x",
				} {
					s := stranger(p)
					s.Cmd("AUTH PLAIN %s", base64.StdEncoding.EncodeToString([]byte(text))).Want("4yz or 5yz")
					s.Close()
				}
			},
		},
		{
			// RFC 4954 4, 9: guesses are made slow, or end the session, and a reply does not tell
			// which users there are.
			ID:      "security/auth/guesses",
			Title:   "guesses are bounded, and users that exist look like those that do not",
			Why:     "Accounts are broken into by trying passwords, day and night, once it is known which accounts there are.",
			Rows:    []string{"SEC-AUTH-4"},
			Needs:   []conformance.Need{conformance.NeedAuth},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				wrong := func(user string) conformance.Reply {
					s := stranger(p)
					defer s.Close()
					return s.Cmd("AUTH PLAIN %s", conformance.Plain(user, "wrong-7391"))
				}
				known, unknown := wrong(p.User), wrong("no-such-user-7391")
				if known.Code != unknown.Code || known.Text() != unknown.Text() {
					p.Report("the same reply for a user that exists and for one that does not", known.String()+"; "+unknown.String())
				}
				s := stranger(p)
				begun := time.Now()
				for range 40 {
					r := s.Cmd("AUTH PLAIN %s", conformance.Plain("no-such-user-7391", "wrong-7391"))
					if r.Code == 0 || r.Is("421") || !r.Is("4yz or 5yz") || time.Since(begun) > 3*time.Second {
						return
					}
				}
				p.Report("the end of the session, or delays, within 40 bad passwords", "all were answered at full speed")
			},
		},
		{
			// RFC 4954 5: AUTH= names who has submitted the mail, in xtext; it is a note and no right.
			ID:    "security/auth/parameter",
			Title: "AUTH= of MAIL makes no header line and gives no rights",
			Why:   "A decoded line end in a queue file was a line of that file's own (CVE-2020-28021).",
			Rows:  []string{"SEC-AUTH-5"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				if r := s.Mail("AUTH=x+0D+0AX-Inj:+201"); r.Is("250") && readable(p) {
					s.RcptTo(p.Rcpt).Need("250")
					m := p.Message()
					s.Cmd("DATA").Need("354")
					s.Content(m.Text).Need("250")
					if got := string(p.Arrives("", m.Marker).Octets); strings.Contains(got, "\nX-Inj:") {
						p.Fail("no line of its own for what stands behind +0D+0A", "it is there")
					}
				} else if !r.Is("250") {
					r.Want("5yz or 4yz")
				}
				if p.Lacks[conformance.NeedMX] != "" || p.MailAuth {
					return
				}
				untrusted(p)
				s = p.Ready()
				if s.Mail("AUTH=postmaster@" + p.Domain()).Is("250") {
					s.RcptTo(p.Foreign).Want("4yz or 5yz")
				}
			},
		},
	}
}
