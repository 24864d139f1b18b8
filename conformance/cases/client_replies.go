package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// clientReplies is about how a sender reads replies.
func clientReplies() []conformance.Case {
	// everything gives all replies but the greeting, 354 and that to QUIT an edited form.
	everything := func(edit func(line, reply string) string) conformance.Script {
		return conformance.Script{Reply: func(_ *conformance.Visit, line string) string {
			switch word := strings.ToUpper(strings.TrimSpace(line)); {
			case strings.HasPrefix(word, "QUIT"):
				return ""
			case word == "DATA":
				return edit(line, "354 go on\r\n")
			}
			return edit(line, "250 2.0.0 ok\r\n")
		}}
	}
	// at gives the replies to one command.
	at := func(word, reply string) conformance.Script {
		return conformance.Script{Reply: func(_ *conformance.Visit, line string) string {
			if strings.HasPrefix(strings.ToUpper(line), word) {
				return reply + "\r\n"
			}
			return ""
		}}
	}
	// told is about a failure, of which the code need not be known (RFC 5321 4.2.1).
	told := func(slug, row, reply string) conformance.Case {
		return conformance.Case{
			ID:    "client/replies/" + slug,
			Title: "a " + reply[:1] + "yz code, known or not, is told as a failure",
			Why:   "Whoever runs the command believes that the mail was sent, and it is lost.",
			Rows:  []string{row},
			Run: func(p *conformance.Probe) {
				unserved(p, p.Serve(at("RCPT", reply)))
				unserved(p, p.Serve(at(".\r\n", reply)))
			},
		}
	}
	return []conformance.Case{
		{
			// RFC 5321 4.2.1: any reply may have several lines.
			ID:    "client/replies/several-lines",
			Title: "replies of several lines, each in a segment of its own, are read to their last line",
			Why:   "A client that takes the first line for the reply is out of step: it reads the fate of one recipient as that of another.",
			Rows:  []string{"R5321-4.2-g"},
			Run: func(p *conformance.Probe) {
				script := everything(func(_, reply string) string {
					return reply[:3] + "-first\r\n" + reply[:3] + "-second\r\n" + reply
				})
				script.Pieces = true
				served(p, p.Serve(script))
			},
		},
		{
			// RFC 5321 4.2: a code may stand without text.
			ID:    "client/replies/without-text",
			Title: "a reply that is a code alone is understood",
			Why:   "Small servers answer so, and mail to them would never go out.",
			Rows:  []string{"R5321-4.2-f"},
			Run: func(p *conformance.Probe) {
				served(p, p.Serve(everything(func(_, reply string) string { return reply[:3] + "\r\n" })))
			},
		},
		{
			// RFC 5321 4.2: the code decides, the text is for people.
			ID:    "client/replies/any-text",
			Title: "the code decides, whatever the text says",
			Why:   "Mail would be sent twice, or lost, for words of a text that anybody may choose.",
			Rows:  []string{"R5321-4.2-k", "R5321-4.2-l"},
			Run: func(p *conformance.Probe) {
				served(p, p.Serve(everything(func(line, reply string) string {
					if strings.HasPrefix(strings.ToUpper(line), "RCPT") || line == ".\r\n" {
						return "250 error: 550 failed, mailbox unavailable\r\n"
					}
					return reply
				})))
				p.Row("R5321-4.2-l")
				long := strings.Repeat("x", 500)
				served(p, p.Serve(everything(func(line, reply string) string {
					if strings.HasPrefix(strings.ToUpper(line), "MAIL") {
						return "250 " + long + "\r\n"
					}
					return reply[:4] + "!?.,;:-()\r\n"
				})))
			},
		},
		{
			// RFC 5321 4.2.1, 4.3.2: a code that is not known counts by its first digit.
			ID:    "client/replies/unknown-success",
			Title: "a 2yz code that is not known counts as success",
			Why:   "Mail that was taken would be sent again and again.",
			Rows:  []string{"R5321-4.2-o", "R5321-4.2-n"},
			Run: func(p *conformance.Probe) {
				served(p, p.Serve(at("RCPT", "257 fine")))
				served(p, p.Serve(at(".\r\n", "257 fine")))
				p.Row("R5321-4.2-n")
				served(p, p.Serve(at("MAIL", "251 fine")))
			},
		},
		told("failure-for-now", "R5321-4.2-p", "457 later"),
		told("failure-for-good", "R5321-4.2-q", "557 never"),
		{
			// A reply without an end must not fill the memory of whoever reads it.
			ID:    "client/replies/endless",
			Title: "replies of 100,000 octets, of 5,000 lines, or that are none do no harm",
			Why:   "A hostile server can make the client hang or eat its memory.",
			Rows:  []string{"SEC-LEN-3"},
			Run: func(p *conformance.Probe) {
				for _, reply := range []string{
					"250 " + strings.Repeat("x", 100_000),
					strings.Repeat("250-x\r\n", 5000) + "250 x",
					"25", "999 what", "abc", "\x00\x00\x00",
				} {
					m := p.Serve(conformance.Script{Reply: func(v *conformance.Visit, line string) string {
						if strings.HasPrefix(strings.ToUpper(line), "MAIL") {
							return reply + "\r\nclose"
						}
						return ""
					}})
					if m.Asked != "" {
						p.Fail("an end of the session soon after a reply of "+conformance.Visible([]byte(reply[:min(len(reply), 10)]+"\r\n")), m.Asked)
					}
					if m.Exit == 0 {
						p.Fail("another exit code than 0, as the server has closed the session", exitOf(m))
					}
				}
			},
		},
	}
}
