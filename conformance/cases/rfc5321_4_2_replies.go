package cases

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Replies is about the form of replies, RFC 5321 4.2 and 4.2.1, looked at in a walk through all commands.
func rfc5321Replies() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.2: each command has one reply, and only one.
			ID:    "rfc5321/4.2/one-reply-each",
			Title: "each command gets exactly one reply",
			Why:   "One reply too many or too few, and the client takes each further reply for that to another command: refused mail counts as sent.",
			Rows:  []string{"R5321-4.2-a"},
			Run: func(p *conformance.Probe) {
				walkThrough(p, func(r conformance.Reply) {
					if r.Code == 0 && r.Raw == "" {
						r.Want("2yz or 3yz or 4yz or 5yz")
					}
				}, func(commands string, s *conformance.Session) {
					if last, _ := s.Closed(p.Quiet); last.Code != 0 {
						p.Report("one reply to each of "+commands, "another one behind all of them: "+last.String())
					}
				})
			},
		},
		{
			// RFC 5321 4.2: Reply-line is three digits, then a blank and a text or nothing; a hyphen where more
			// lines follow. Other numbers of digits must not be sent (4.3.2).
			ID:    "rfc5321/4.2/reply-line",
			Title: "a reply line is a code of three digits, a blank or hyphen, and text",
			Why:   "Clients read replies by position; one that is written differently is no reply for them, and they give up.",
			Rows:  []string{"R5321-4.2-c", "R5321-4.3.2-p"},
			Run: func(p *conformance.Probe) {
				eachLine(p, func(line string) {
					digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
					switch {
					case digits > 0 && digits != 3:
						p.Row("R5321-4.3.2-p")
						p.Report("a code of three digits", fmt.Sprintf("%q", line))
					case !replyLine.MatchString(line):
						p.Row("R5321-4.2-c")
						p.Report("three digits, then a blank, a hyphen or the end of the line", fmt.Sprintf("%q", line))
					}
				})
			},
		},
		{
			// RFC 5321 4.2: textstring is tab, blank and printable ASCII, whatever the command was.
			ID:    "rfc5321/4.2/reply-text",
			Title: "texts of replies are printable ASCII",
			Why:   "Texts go into logs and bounces; octets of a client that come back there forge lines or spoil the bounce.",
			Rows:  []string{"R5321-4.2-d"},
			Run: func(p *conformance.Probe) {
				eachLine(p, func(line string) {
					if i := strings.IndexFunc(line, func(c rune) bool { return c != '\t' && (c < ' ' || c > '~') }); i >= 0 {
						p.Report("tabs, blanks and printable ASCII", fmt.Sprintf("%q", line))
					}
				})
			},
		},
		{
			// RFC 5321 4.2: Reply-code is a digit 2 to 5, one 0 to 5, and any digit; no other first digit
			// may be sent.
			ID:    "rfc5321/4.2/reply-code",
			Title: "codes begin with 2 to 5 and have 0 to 5 behind it",
			Why:   "A client takes a code that cannot be for a broken server, and closes.",
			Rows:  []string{"R5321-4.2-s", "R5321-4.2-e"},
			Run: func(p *conformance.Probe) {
				eachLine(p, func(line string) {
					if !replyLine.MatchString(line) {
						return
					}
					if line[0] < '2' || line[0] > '5' {
						p.Row("R5321-4.2-s")
						p.Report("2, 3, 4 or 5 as the first digit", line[:3])
					}
					if line[1] > '5' {
						p.Row("R5321-4.2-e")
						p.Report("0 to 5 as the second digit", line[:3])
					}
				})
			},
		},
		{
			// RFC 5321 4.2: a server should use the codes of the document, and those of extensions.
			ID:    "rfc5321/4.2/known-codes",
			Title: "only codes of RFC 5321 and of extensions are used",
			Why:   "Clients and programs that read logs know no others, and can only guess from the first digit.",
			Rows:  []string{"R5321-4.2-i"},
			Run: func(p *conformance.Probe) {
				walkThrough(p, func(r conformance.Reply) {
					if r.Code != 0 && !r.Is(knownCodes) {
						p.Report("a code of RFC 5321 4.2.3 or of an extension", r.String())
					}
				}, nil)
			},
		},
		{
			// RFC 5321 4.2: a code should not be sent without text; 4.2.1: if it is, the blank should be
			// there all the same.
			ID:    "rfc5321/4.2/code-without-text",
			Title: "replies have a text",
			Why:   "Some clients wait for the blank behind the code; and people who look for a fault have nothing to read.",
			Rows:  []string{"R5321-4.2-m", "R5321-4.2.1-c"},
			Run: func(p *conformance.Probe) {
				walkThrough(p, func(r conformance.Reply) {
					if r.Code != 0 && strings.TrimSpace(r.Text()) == "" {
						p.Row("R5321-4.2-m")
						p.Report("a text behind the code", fmt.Sprintf("%q", r.Raw))
					}
					lines := strings.SplitAfter(r.Raw, "\r\n")
					if r.Code != 0 && len(lines) > 1 && len(lines[len(lines)-2]) == len("250\r\n") {
						p.Row("R5321-4.2.1-c")
						p.Report("a blank behind the code of the last line", fmt.Sprintf("%q", lines[len(lines)-2]))
					}
				}, nil)
			},
		},
		{
			// RFC 5321 4.2.1: all lines of a reply have one code; all but the last have a hyphen
			// behind it.
			ID:    "rfc5321/4.2.1/many-lines",
			Title: "the lines of a reply have one code, and a hyphen on all but the last",
			Why:   "A client that waits for a last line hangs; one that sees it too early takes the rest for the next reply.",
			Rows:  []string{"R5321-4.2.1-e", "R5321-4.2.1-f"},
			Run: func(p *conformance.Probe) {
				s := p.Connect()
				judge := func(r conformance.Reply, command string) {
					if r.Code == 0 {
						if !strings.Contains(r.Raw, "-") {
							r.Need("2yz or 4yz or 5yz")
						}
						p.Row("R5321-4.2.1-f")
						p.Fail("a last line without a hyphen to "+command, r.Problem)
					}
					for _, line := range strings.Split(strings.TrimSuffix(r.Raw, "\r\n"), "\r\n") {
						if line[:3] != r.Raw[:3] {
							p.Row("R5321-4.2.1-e")
							p.Report("one code on all lines of the reply to "+command, r.Raw)
							break
						}
					}
					if !r.Dropped && !s.SilentFor(p.Quiet/4) {
						p.Row("R5321-4.2.1-f")
						p.Fail("nothing behind the line without a hyphen to "+command, s.Reply().String())
					}
				}
				judge(s.Reply(), "the connection")
				judge(s.Hello(), p.Verb())
				judge(s.Cmd("HELP"), "HELP")
				judge(s.Cmd("NO-SUCH"), "NO-SUCH")
			},
		},
	}
}

// knownCodes are those of RFC 5321 4.2.3, then those of RFC 1846, 1985, 3207, 4954, 7504 and 7505.
const knownCodes = "211 or 214 or 220 or 221 or 250 or 251 or 252 or 354 or 421 or 450 or 451 or 452 or 455 or " +
	"500 or 501 or 502 or 503 or 504 or 550 or 551 or 552 or 553 or 554 or 555 or " +
	"521 or 253 or 458 or 459 or 454 or 530 or 235 or 334 or 432 or 534 or 535 or 538 or 556"

var replyLine = regexp.MustCompile(`^[0-9]{3}([ -]|$)`)

// eachLine gives the lines of all replies of a walk, without their CRLF.
func eachLine(p *conformance.Probe, judge func(line string)) {
	walkThrough(p, func(r conformance.Reply) {
		for _, line := range strings.Split(strings.TrimSuffix(r.Raw, "\r\n"), "\r\n") {
			if r.Raw != "" {
				judge(line)
			}
		}
	}, nil)
}

// walkThrough says commands of every kind, few of them wrong in one session, and gives each reply. Each session ends
// with QUIT; quit, if there is one, sees it then. Replies that do not come at all end the case.
func walkThrough(p *conformance.Probe, judge func(r conformance.Reply), quit func(commands string, s *conformance.Session)) {
	say := func(s *conformance.Session, commands ...string) {
		commands = append(commands, "QUIT")
		for i, c := range commands {
			r := s.Cmd("%s", c)
			judge(r)
			if c == "DATA" && r.Is("354") && !strings.Contains(commands[i+1], "\r\n") {
				r = s.Content("") // it takes text where it should not
				judge(r)
			}
			if r.Raw == "" {
				r.Need("2yz or 3yz or 4yz or 5yz")
			}
			if r.Dropped {
				s.Close()
				return
			}
		}
		if quit != nil {
			quit(strings.Join(commands, ", "), s)
		}
		s.Close()
	}
	s := p.Connect()
	judge(s.Reply())
	say(s, p.Verb()+" "+p.Target.Hello, "NOOP", "NOOP x", "RSET", "HELP", "VRFY postmaster")
	say(p.Ready(), "EXPN staff", "NO-SUCH", "NOOP")
	say(p.Ready(), "", "NOOP", "FOO\xe4\x01")
	say(p.Ready(), "NOOP \xe4", "VRFY \xe4", "RSET")
	say(p.Ready(), p.Verb(), "RSET", "RSET x")
	say(p.Ready(), "RCPT TO:<a@"+senderDomain(p)+">", "DATA", "RSET")
	say(p.Ready(), "MAIL FROM:<", "MAIL FROM:<"+p.From+"> NO-SUCH=x")
	mail := "MAIL FROM:<" + p.From + ">"
	say(p.Ready(), mail, mail, "RCPT TO:<>", "RSET", "NOOP")
	if p.Lacks[conformance.NeedRcpt] == "" {
		say(p.Ready(), mail, "RCPT TO:<"+p.Rcpt+">", "RCPT TO:<"+p.Unknown+">", "RSET")
		say(p.Ready(), mail, "RCPT TO:<"+p.Rcpt+">", "DATA", p.Message().Text+".")
	}
}
