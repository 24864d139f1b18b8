package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// securityLimits is about lines and addresses without bounds or form.
func securityLimits() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.5.3.1.4: a line that is too long gets 500. Its tail is a part of it, and no
			// command.
			ID:    "security/limits/long-command-lines",
			Title: "the tail of an overlong command line is not run as a command",
			Why:   "Where a proxy or a script passes on what others write, a long line would hold commands of theirs.",
			Rows:  []string{"SEC-LEN-1"},
			Run: func(p *conformance.Probe) {
				p.Usable("whoever can make a client send a long argument can make it give commands")
				for _, n := range []int{507, 600, 1019, 2043, 4091, 70000} {
					if all := answers(p.Hello(), "NOOP "+strings.Repeat("a", n)+"NOOP\r\n"); len(all) > 1 {
						p.Fail(fmt.Sprintf("one reply to a line of %d octets", n+11), replyTexts(all))
					}
				}
				for _, n := range []int{512, 1024, 2048, 4096} {
					head := "MAIL FROM:<" + p.From + "> "
					all := answers(p.Ready(), head+strings.Repeat("x", n-len(head))+"RSET\r\n")
					if len(all) > 1 {
						p.Fail("one reply to an overlong MAIL", replyTexts(all))
					}
				}
				serves(p, "overlong lines")
			},
		},
		{
			// RFC 5321 4.5.3.1.6: a text line has at most 1000 octets. Longer ones may be taken or
			// refused; the end of data behind them is found all the same.
			ID:      "security/limits/endless-text-lines",
			Title:   "endless lines and fields in a message neither hide its end nor stop the server",
			Why:     "Buffers that were made for 1000 octets have been overrun by longer lines, and by long fields (CVE-2020-28020).",
			Rows:    []string{"SEC-LEN-2"},
			Needs:   []conformance.Need{conformance.NeedRcpt},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				for _, shape := range []struct {
					head, pattern string
					size          int64
				}{
					{"\r\n", "a", 2 << 20},
					{"X-Long: ", "a", 1 << 20},
					{"", "X-Many: a\r\n", 100 << 10},
					{"X-Folded: a\r\n", " a\r\n", 512 << 10},
				} {
					s := p.Ready()
					s.Begin()
					header, _, _ := strings.Cut(p.Message().Text, "\r\n\r\n")
					s.Write(header + "\r\n" + shape.head)
					s.Flood(shape.pattern, shape.size, 20*time.Second)
					s.Write("\r\n.\r\n")
					r := s.Reply()
					if r.Code == 0 && r.Dropped || r.Is("421") {
						serves(p, "endless lines")
						continue
					}
					// Behind a refusal the session may be over: too much of the line was read.
					if r.Want("250 or 4yz or 5yz").Is("250") {
						s.InStep()
					}
					s.Close()
				}
				serves(p, "endless lines")
			},
		},
		{
			// RFC 5321 4.1.2: what an address means to a shell, or to the server's own language, is
			// nothing to a client.
			ID:    "security/limits/shell-characters",
			Title: "addresses that are commands, files or expressions elsewhere are no mailboxes",
			Why:   "Servers ran commands in addresses as root (CVE-2020-7247, CVE-2019-10149).",
			Rows:  []string{"SEC-LEN-5"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can run commands on the server, or write its files")
				unknown := true
				s := p.Ready()
				s.Mail().Need("250")
				if s.RcptTo(p.Unknown).Is("25z") {
					unknown = false
				}
				s.Close()
				p.Ready().Cmd("MAIL FROM:<;true$" + "{IFS}/;@mailsim.test>").Want("250 or 4yz or 5yz")
				for _, local := range []string{"|/bin/true", "$" + "{run{/bin/true}}", "`id`", "/dev/null", ":include:/dev/null", `"|/bin/true"`, "$" + "(id)"} {
					s := p.Ready()
					s.Mail().Need("250")
					r := s.RcptTo(local + "@" + p.Domain())
					if strings.Contains(r.Text(), "uid=") {
						p.Fail("a reply to "+local+" as it was written", r.String())
					}
					if unknown {
						r.Want("4yz or 5yz")
					} else if r.Is("25z") {
						p.Note("%s is accepted, and so is every local part", local)
					}
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.1.2: what is no address gets 501 or another refusal, or is mended.
			ID:    "security/limits/unbalanced-addresses",
			Title: "unbalanced quotes, brackets and comments are answered",
			Why:   "Parsers that count brackets without bounds were taken over from outside (CVE-2002-1337).",
			Rows:  []string{"SEC-LEN-6"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can stop the server, or run code in it")
				for _, path := range []string{`<"a@x.test>`, `<a\\@x.test>`, "<((((((a@x.test>", "<" + strings.Repeat("(", 300) + "a@x.test>", "<a@[x.test>"} {
					p.Ready().Cmd("MAIL FROM:%s", path).Want("250 or 4yz or 5yz")
				}
				s := p.Ready()
				s.Mail().Need("250")
				s.Cmd("RCPT TO:<<<<a@mailsim.test>>>").Want("25z or 4yz or 5yz")
				for _, from := range []string{strings.Repeat("<>", 400), strings.Repeat("(", 900)} {
					s := p.Ready()
					s.Send(p.MessageWith([]string{"From: " + from})).Want("250 or 4yz or 5yz")
				}
				serves(p, "unbalanced addresses")
			},
		},
		{
			// RFC 5321 4.5.3.1.8, 4.5.3.1.10: 100 recipients are taken at least; those beyond a
			// limit get 452, and those within it the message.
			ID:      "security/limits/many-recipients",
			Title:   "recipients beyond the limit are refused one by one, and the others are served",
			Why:     "Without a limit memory ends; and where one recipient too many loses all, mail to lists is lost.",
			Rows:    []string{"SEC-TIME-4"},
			Needs:   []conformance.Need{conformance.NeedRcpt, conformance.NeedSMTP},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				beyond := 0
				for n := 1; n <= 1200 && beyond < 2; n++ {
					switch r := s.RcptTo(p.Rcpt); {
					case r.Is("25z"):
					case n <= 100:
						r.Want("25z")
					default:
						r.Want("4yz or 5yz")
						if beyond == 0 {
							p.Note("recipient %d gets %s", n, r)
						}
						beyond++
					}
				}
				if beyond == 0 {
					p.Note("1200 recipients are taken")
				}
				s.Cmd("DATA").Want("354")
				s.Content(p.Message().Text).Want("250")
				serves(p, "many recipients")
			},
		},
		{
			// RFC 5321 7.8: parts within parts are for those who read the message. A server that
			// looks into it does so in bounds.
			ID:      "security/limits/nested-parts",
			Title:   "a message with parts a thousand deep, or of thousands of parts, is answered in time",
			Why:     "Recursion without bounds ends the process, and anybody can send such a message.",
			Rows:    []string{"SEC-DECOMP-1"},
			Needs:   []conformance.Need{conformance.NeedRcpt},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can keep the server busy, or stop it, by a message")
				var deep strings.Builder
				for n := range 1000 {
					fmt.Fprintf(&deep, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", n, n+1)
				}
				for _, body := range []string{deep.String(), strings.Repeat("--b0\r\nContent-Type: text/plain\r\n\r\nx\r\n", 5000)} {
					s := p.Ready()
					m := p.MessageWith([]string{"MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b0"}, strings.TrimSuffix(body, "\r\n"))
					s.Send(m).Want("250 or 4yz or 5yz")
					s.Close()
				}
				serves(p, "nested parts")
			},
		},
	}
}
