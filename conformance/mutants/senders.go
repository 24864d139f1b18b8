package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim/client"
)

// senders are clients that break one rule each.
func senders() []Mutant {
	return []Mutant{
		{Name: "sender-says-helo", Case: "client/hello/ehlo-first", Row: "R5321-2.2.1-b", Does: "It says HELO to every server.", Flaws: client.FlawHELO},
		{Name: "sender-says-no-hello", Case: "client/hello/ehlo-first", Row: "R5321-4.1.1.1-k", Does: "It says MAIL right behind the greeting.", Filter: func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				if Verb(line) == "EHLO" {
					return "", "250 done\r\n"
				}
				return line, ""
			}}
		}},
		{Name: "sender-begins-with-rset", Case: "client/hello/ehlo-first", Row: "R5321-4.1.4-g", Does: "It begins with RSET.", Filter: rewrite("EHLO", func(l string) string { return "RSET\r\n" })},
		{Name: "sender-without-helo", Case: "client/hello/falls-back-to-helo", Row: "R5321-2.2.1-d", Does: "It gives up on a server that knows no EHLO.", Flaws: client.FlawNoHELO},
		{Name: "sender-defers-without-helo", Case: "client/hello/falls-back-to-helo", Row: "R5321-3.2-c", Does: "It does not try HELO in the same attempt.", Flaws: client.FlawNoHELO},
		{Name: "sender-is-localhost", Case: "client/hello/name", Row: "R5321-2.3.5-a", Does: "It calls itself localhost.", Filter: rewrite("EHLO", func(string) string { return "EHLO localhost\r\n" })},
		{Name: "sender-says-more-than-its-name", Case: "client/hello/name", Row: "R5321-4.1.1.1-b", Does: "It writes a word behind its name in EHLO.", Filter: rewrite("EHLO", func(string) string { return "EHLO client.mailsim.test mypc\r\n" })},
		{Name: "sender-has-an-underscore", Case: "client/hello/name", Row: "R5321-4.1.2-p", Does: "It has an underscore in its name.", Filter: rewrite("EHLO", func(string) string { return "EHLO my_host.mailsim.test\r\n" })},
		{Name: "sender-has-a-wrong-literal", Case: "client/hello/name", Row: "R5321-4.1.3-f", Does: "It writes an IPv6 address without its tag.", Filter: rewrite("EHLO", func(string) string { return "EHLO [2001:db8::1]\r\n" })},
		{Name: "sender-talks-first", Case: "client/hello/waits-for-the-greeting", Row: "R5321-4.2-h", Does: "It says NOOP before it hears the greeting.", Flaws: client.FlawTalksFirst},
		{Name: "sender-wants-several-lines", Case: "client/hello/one-line", Row: "R5321-4.1.1.1-j", Does: "It gives up when EHLO is answered with one line.", Filter: func() Filter {
			return Filter{Reply: func(_ *Session, command, reply string) string {
				if Verb(command) == "EHLO" && !strings.Contains(reply, "250-") {
					return "close"
				}
				return reply
			}}
		}},
		{Name: "sender-closes-on-554", Case: "client/hello/no-service", Row: "R5321-4.1.4-v", Does: "It closes without QUIT.", Flaws: client.FlawNoQuit},

		{Name: "sender-quits-with-lf", Case: "client/commands/line-ends", Row: "R5321-2.3.8-g", Does: "It ends QUIT with a bare LF.", Flaws: client.FlawBareLF},
		{Name: "sender-has-blanks-in-paths", Case: "client/commands/paths", Row: "R5321-3.3-i", Does: "It writes a blank behind the colon of MAIL and RCPT.", Flaws: client.FlawSpaces},
		{Name: "sender-routes-its-reverse-path", Case: "client/commands/paths", Row: "R5321-3.3-c", Does: "It puts itself into the reverse-path as a route.", Filter: rewrite("MAIL", func(l string) string { return strings.Replace(l, "<", "<@client.mailsim.test:", 1) })},
		{Name: "sender-routes-its-forward-path", Case: "client/commands/paths", Row: "R5321-3.6.1-a", Does: "It puts the server into the forward-path as a route.", Filter: rewrite("RCPT", func(l string) string { return strings.Replace(l, "<", "<@peer.mailsim.test:", 1) })},
		{Name: "sender-has-tabs-in-paths", Case: "client/commands/paths", Row: "R5321-4.1.2-n", Does: "It writes a tab into a forward-path.", Filter: rewrite("RCPT", func(l string) string { return strings.Replace(l, "good", "\"go\tod\"", 1) })},
		{Name: "sender-has-data-first", Case: "client/commands/order", Row: "R5321-3.3-u", Does: "It says RCPT before MAIL.", Filter: func() Filter {
			held := ""
			return Filter{Command: func(_ *Session, line string) (string, string) {
				switch Verb(line) {
				case "MAIL":
					held = line
					return "", "250 ok\r\n"
				case "RCPT":
					return line + held, ""
				}
				return line, ""
			}}
		}},
		{Name: "sender-has-a-verb-of-its-own", Case: "client/commands/order", Row: "R5321-4.1.5-b", Does: "It says CLNT in place of QUIT.", Filter: rewrite("QUIT", func(string) string { return "CLNT mailer\r\n" })},
		{Name: "sender-adds-words", Case: "client/commands/no-arguments", Row: "R5321-4.1.1-c", Does: "It adds a word to QUIT and RSET.", Flaws: client.FlawAddsWords},
		{Name: "sender-always-says-size", Case: "client/commands/no-unoffered-parameters", Row: "R5321-4.1.1.2-d", Does: "It writes SIZE to every server.", Filter: rewrite("MAIL", func(l string) string { return strings.TrimSpace(l) + " SIZE=100\r\n" })},
		{Name: "sender-always-says-body", Case: "client/commands/no-unoffered-parameters", Row: "R6152-3-c", Does: "It writes BODY=7BIT to every server.", Filter: rewrite("MAIL", func(l string) string { return strings.TrimSpace(l) + " BODY=7BIT\r\n" })},
		{Name: "sender-always-says-notify", Case: "client/commands/no-unoffered-parameters", Row: "R5321-4.1.1.3-f", Does: "It writes NOTIFY to every server.", Filter: rewrite("RCPT", func(l string) string { return strings.TrimSpace(l) + " NOTIFY=NEVER\r\n" })},
		{Name: "sender-pipelines-unasked", Case: "client/commands/no-pipelining-unasked", Row: "R2920-3.1-d", Does: "It sends commands in groups to every server.", Flaws: client.FlawPipelines},

		{Name: "sender-sends-after-554", Case: "client/data/refused", Row: "R5321-3.3-n", Does: "It sends the text although DATA was refused.", Flaws: client.FlawSendsAnyway},
		{Name: "sender-sends-after-250", Case: "client/data/only-after-354", Row: "R5321-3.3-o", Does: "It takes a 250 to DATA for a 354.", Filter: func() Filter {
			return Filter{Reply: func(_ *Session, command, reply string) string {
				if Verb(command) == "DATA" && reply[0] == '2' {
					return "354 go on\r\n"
				}
				return reply
			}}
		}},
		{Name: "sender-rushes-its-text", Case: "client/data/waits-for-354", Row: "R2920-3.1-c", Does: "It sends the text behind DATA without waiting.", Filter: func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				if Verb(line) == "DATA" {
					return line + "X-Early: 1\r\n", ""
				}
				return line, ""
			}}
		}},
		{Name: "sender-has-bare-lf", Case: "client/data/line-ends", Row: "R5322-2.3-a", Does: "It ends lines of text with a bare LF.", Filter: text(func(o string) string { return strings.Replace(o, "\r\nSubject", "\nSubject", 1) })},
		{Name: "sender-leaves-dots", Case: "client/data/dot-stuffing", Row: "R5321-4.5.2-a", Does: "It leaves dots at the beginning of lines as they are.", Filter: text(func(o string) string { return strings.ReplaceAll(o, "\r\n..two", "\r\n.two") })},

		{Name: "sender-reads-first-lines", Case: "client/replies/several-lines", Row: "R5321-4.2-g", Does: "It takes the first line of a reply for the whole.", Flaws: client.FlawFirstLine},
		{Name: "sender-needs-text", Case: "client/replies/without-text", Row: "R5321-4.2-f", Does: "It takes a code without text for no reply.", Flaws: client.FlawNeedsText},
		{Name: "sender-reads-texts", Case: "client/replies/any-text", Row: "R5321-4.2-k", Does: "It takes a 250 whose text speaks of an error for a 550.", Flaws: client.FlawReadsTexts},
		{Name: "sender-reads-short-lines", Case: "client/replies/any-text", Row: "R5321-4.2-l", Does: "It takes reply lines of more than 256 octets for no reply.", Flaws: client.FlawShortLines},
		{Name: "sender-knows-few-codes", Case: "client/replies/unknown-success", Row: "R5321-4.2-o", Does: "It takes a code that it does not know for a 451.", Flaws: client.FlawFewCodes},
		{Name: "sender-demands-250", Case: "client/replies/unknown-success", Row: "R5321-4.2-n", Does: "It wants 250 to MAIL, and no other 2yz.", Filter: reply("MAIL", func(r string) string {
			if strings.HasPrefix(r, "250") {
				return r
			}
			return "451" + r[3:]
		})},
		{Name: "sender-believes-4yz", Case: "client/replies/failure-for-now", Row: "R5321-4.2-p", Does: "It takes a 4yz to RCPT for success.", Filter: reply("RCPT", func(r string) string { return strings.Replace(r, "457", "250", 1) })},
		{Name: "sender-believes-5yz", Case: "client/replies/failure-for-good", Row: "R5321-4.2-q", Does: "It takes a 5yz to the end of data for success.", Filter: reply("<dot>", func(r string) string { return strings.Replace(r, "557", "250", 1) })},
		{Name: "sender-believes-noise", Case: "client/replies/endless", Row: "SEC-LEN-3", Does: "It takes what is no reply for a 250, and a closed session for sent mail.", Filter: func() Filter {
			return Filter{
				Command: func(s *Session, line string) (string, string) {
					if s.Count["MAIL"] > 0 && Verb(line) != "MAIL" {
						if Verb(line) == "DATA" || line == "<dot>" {
							return "", map[bool]string{true: "354 go on\r\n", false: "250 ok\r\n"}[line != "<dot>"]
						}
						return "", "250 ok\r\n"
					}
					if Verb(line) == "MAIL" {
						return "", "250 ok\r\n"
					}
					return line, ""
				},
			}
		}},
		{Name: "sender-just-closes", Case: "client/end/quit", Row: "R5321-4.1.1.10-d", Does: "It closes without QUIT.", Flaws: client.FlawNoQuit},
		{Name: "sender-quits-without-waiting", Case: "client/end/quit", Row: "R5321-4.1.1.10-e", Does: "It closes as soon as it has said QUIT.", Filter: func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				if Verb(line) == "QUIT" {
					return line, "221 bye\r\nclose"
				}
				return line, ""
			}, Hurries: true}
		}},
		{Name: "sender-believes-lost-sessions", Case: "client/end/lost-before-the-end", Row: "R5321-3.8-g", Does: "It takes mail for sent when the session breaks at RCPT.", Filter: func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				switch Verb(line) {
				case "RCPT":
					return "", "250 ok\r\n"
				case "DATA":
					return "", "354 go on\r\n"
				case "<DOT>", "QUIT":
					return "", "250 ok\r\n"
				}
				return line, ""
			}}
		}},
		{Name: "sender-believes-lost-replies", Case: "client/end/lost-behind-the-end", Row: "R5321-3.8-h", Does: "It takes mail for sent when the reply to the dot is lost.", Filter: func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				switch Verb(line) {
				case "DATA":
					return "", "354 go on\r\n"
				case "<DOT>":
					return "", "250 ok\r\n"
				}
				return line, ""
			}}
		}},

		{Name: "sender-talks-on-in-the-clear", Case: "client/tls/handshake-follows", Row: "R3207-4-d", Does: "It says EHLO in the clear behind the 220.", Filter: func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				if Verb(line) == "STARTTLS" {
					return line + "EHLO client.mailsim.test\r\n", ""
				}
				return line, ""
			}}
		}},
		{Name: "sender-says-mail-first-under-tls", Case: "client/tls/handshake-follows", Row: "R3207-4.2-d", Does: "It says NOOP in place of EHLO under TLS.", Filter: func() Filter {
			return Filter{Command: func(s *Session, line string) (string, string) {
				if s.Secure && Verb(line) == "EHLO" {
					return "NOOP\r\n", "250 done\r\n"
				}
				return line, ""
			}}
		}},
		{Name: "sender-keeps-extensions", Case: "client/tls/forgets-extensions", Row: "R3207-4.2-c", Does: "It takes extensions of before TLS for offered under it.", Flaws: client.FlawKeepsExtensions},
		{Name: "sender-keeps-replies", Case: "client/tls/injected-replies", Row: "SEC-TLS-3", Does: "It takes replies that came in the clear for replies under TLS.", Filter: func() Filter {
			return Filter{Command: func(s *Session, line string) (string, string) {
				if s.Secure && Verb(line) == "EHLO" {
					return "", "250 peer.mailsim.test\r\n"
				}
				return line, ""
			}}
		}},
	}
}
