package cases

import (
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// securityOctets is about octets that have no place in commands and messages.
func securityOctets() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 2.3.8: only CRLF ends a line. Most servers take a bare LF all the same, for
			// people who type, so that this is told and not more.
			ID:    "security/octets/lf-in-commands",
			Title: "a bare LF does not end a command",
			Why:   "Where commands end at LF, a line of a message that another server counts as text can hold commands.",
			Rows:  []string{"SEC-CRLF-1"},
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				all := answers(s, "NOOP\nNOOP\r\n")
				if len(all) > 1 && all[0].Is("2yz") {
					p.Warn("at most one reply to NOOP LF NOOP CRLF", replyTexts(all))
					return
				}
				s = p.Hello()
				s.Write("NOOP\n")
				if !s.Silent() {
					if r := s.Reply(); r.Is("2yz") {
						p.Warn("no reply to NOOP LF, or a refusal", r.String())
					}
				}
			},
		},
		{
			// RFC 5321 2.3.8: a bare CR ends nothing, and does not go into the trace.
			ID:    "security/octets/cr-in-commands",
			Title: "a bare CR does not end a command and gets into no trace field",
			Why:   "Two commands in a line slip past proxies and filters that look at lines, and a CR in a trace field forges header lines.",
			Rows:  []string{"SEC-CRLF-2"},
			Run: func(p *conformance.Probe) {
				if all := answers(p.Hello(), "NOOP\rNOOP\r\n"); len(all) > 1 {
					p.Fail("one reply to NOOP CR NOOP CRLF", replyTexts(all))
				}
				if all := answers(p.Ready(), "MAIL FROM:<"+p.From+">\rRSET\r\n"); len(all) > 1 {
					p.Fail("one reply to MAIL with a CR in it", replyTexts(all))
				}
				s := p.Ready()
				r := s.Cmd("%s a\rb.test", p.Verb())
				if !r.Is("250") || !readable(p) || p.MailAuth {
					return
				}
				m := p.Message()
				s.Begin()
				s.Content(m.Text).Need("250")
				header, _, _ := strings.Cut(string(p.Arrives("", m.Marker).Octets), "\r\n\r\n")
				if strings.ContainsRune(strings.ReplaceAll(header, "\r\n", ""), '\r') || strings.Contains(header, "\r\nb.test") {
					p.Fail("a header without a bare CR", fmt.Sprintf("%q", header))
				}
			},
		},
		{
			// RFC 5321 4.1.1.4: CR and LF only stand together. A server may refuse or mend them,
			// and may take a bare LF for a line end, but a CR does not begin a header field.
			ID:    "security/octets/cr-in-header",
			Title: "a bare CR in a message begins no header field",
			Why:   "A field that no server before has seen escapes its checks, its signature and its count of Received fields.",
			Rows:  []string{"SEC-CRLF-3"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				for _, end := range []string{"\r", "\n"} {
					m := p.MessageWith([]string{"Subject: a" + end + "X-Inj: 1"}, "one"+end+"two")
					r := p.Ready().Send(m)
					if !r.Is("250") {
						r.Want("5yz or 4yz")
						p.Note("%s in a message is refused: %s", quoted([]string{end}), r)
						continue
					}
					stored := p.Arrives("", m.Marker)
					header, _, _ := strings.Cut(string(stored.Octets), "\r\n\r\n")
					switch own := strings.Contains(header, "\r\nX-Inj:"); {
					case own && end == "\r":
						p.Fail("no header field behind a bare CR", "X-Inj became one")
					case own:
						p.Note("a bare LF in the header is taken for a line end")
					}
				}
			},
		},
		{
			// RFC 5321 4.1.2: NUL has no place in an address, and does not end one.
			ID:    "security/octets/nul-in-commands",
			Title: "a NUL in an address does not hide what stands behind it",
			Why:   "A server that cuts the address at the NUL delivers to, or trusts, another one than all that have checked it.",
			Rows:  []string{"SEC-NUL-1"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				if r := p.Hello().Cmd("NOOP\x00"); r.Is("2yz") {
					p.Note("NOOP with a NUL behind it is accepted")
				}
				s := p.Ready()
				if r := s.Cmd("MAIL FROM:<%s\x00@nul.mailsim.test>", p.From); !r.Dropped {
					r.Want("5yz or 4yz")
				}
				s = p.Ready()
				s.Mail().Need("250")
				if r := s.Cmd("RCPT TO:<%s\x00.mailsim.test>", p.Rcpt); !r.Dropped {
					r.Want("5yz or 4yz")
				}
			},
		},
		{
			// RFC 6152 3: without 8BITMIME a message has seven bits. What has more is refused, or
			// kept as it is, as nearly all servers do.
			ID:    "security/octets/eight-bit-message",
			Title: "octets above 127 that nobody announced are refused or kept",
			Why:   "Mail in all languages but English arrives as garbage where the eighth bit is lost.",
			Rows:  []string{"SEC-8BIT-1"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m := p.MessageWith([]string{"Subject: raw \xe9"}, "\xc3\xa4\xff\x80", "end")
				r := p.Ready().Send(m)
				if !r.Is("250") {
					r.Want("5yz")
					p.Note("8-bit octets without BODY=8BITMIME are refused: %s", r)
					return
				}
				got := p.Arrives("", m.Marker)
				if !strings.Contains(got.Body, "\xc3\xa4\xff\x80") && !strings.Contains(strings.ToUpper(got.Body), "=C3=A4=FF=80") {
					p.Report(`the octets "\xc3\xa4\xff\x80" in the body`, fmt.Sprintf("%q", got.Body))
				}
				if !strings.Contains(string(got.Octets), "raw \xe9") {
					p.Report(`the octet "\xe9" in the Subject`, "another one")
				}
				p.Note("8-bit octets without BODY=8BITMIME are kept")
			},
		},
		{
			// RFC 5321 2.4: 8-bit octets in commands should be refused without SMTPUTF8; and 4.2: a
			// reply is printable US-ASCII, so that they are never in one.
			ID:    "security/octets/control-octets-in-commands",
			Title: "control and 8-bit octets in commands are refused, and never come back in a reply",
			Why:   "What a server sends back ends up in logs and on terminals, where escape sequences act.",
			Rows:  []string{"SEC-8BIT-2"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				judge := func(r conformance.Reply, lax string) {
					for i := range len(r.Raw) {
						if c := r.Raw[i]; c > 126 || c < ' ' && c != '\r' && c != '\n' && c != '\t' {
							p.Fail("a reply of printable ASCII", fmt.Sprintf("%q", r.Raw))
						}
					}
					if r.Code != 0 && !r.Is("4yz or 5yz"+lax) {
						p.Warn("a refusal", r.String())
					}
				}
				judge(p.Greet().Cmd("\xe9HLO x"), "")
				judge(p.Ready().Cmd("MAIL FROM:<\x1b[2J@mailsim.test>"), "")
				judge(p.Ready().Cmd("VRFY \xff\xfe"), " or 252")
				if p.Rcpt != "" {
					s := p.Ready()
					s.Mail().Need("250")
					judge(s.Cmd("RCPT TO:<a\x07@%s>", p.Domain()), "")
				}
			},
		},
		{
			// RFC 6531 3.4: an address that is not ASCII needs SMTPUTF8. To refuse it changes nothing
			// else.
			ID:    "security/octets/utf8-without-smtputf8",
			Title: "VRFY of an address in UTF-8 does not disturb an open transaction",
			Why:   "A server that crashes there can be kept down by anybody.",
			Rows:  []string{"SEC-8BIT-3"},
			Needs: []conformance.Need{conformance.Keyword("SMTPUTF8"), conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can end the server process that serves him")
				s := p.Ready()
				s.Envelope()
				s.Cmd("VRFY <\xc3\xa9@%s>", p.Domain()).Want("252 or 5yz")
				if r := s.Cmd("DATA").Want("354 or 503"); r.Is("354") {
					s.Content(p.Message().Text).Want("250")
				}
				s.InStep()
			},
		},
	}
}
