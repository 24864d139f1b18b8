package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// clientEnd is about the end of sessions, wanted or not.
func clientEnd() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.1.10: a client says QUIT and waits for the reply before it closes.
			ID:    "client/end/quit",
			Title: "a session ends with QUIT, and the reply to it is waited for",
			Why:   "Servers log such sessions as broken, and some undo what was not ended by QUIT.",
			Rows:  []string{"R5321-4.1.1.10-d", "R5321-4.1.1.10-e"},
			Run: func(p *conformance.Probe) {
				v := served(p, p.Serve(conformance.Script{Hold: p.Quiet / 5}))
				if v.End != "quit" {
					p.Fail("QUIT behind the message", quoted(v.Verbs())+", then the connection was "+v.End)
				}
				p.Row("R5321-4.1.1.10-e")
				if !v.Waited {
					p.Fail("the connection open until 221 has come", "it was closed before")
				}
			},
		},
		{
			// RFC 5321 3.8: a connection that is lost before the end of data is a failure for now.
			ID:    "client/end/lost-before-the-end",
			Title: "a connection that is lost before the end of data is told as a failure",
			Why:   "Whoever runs the command believes that the mail was sent, and it is lost.",
			Rows:  []string{"R5321-3.8-g"},
			Run: func(p *conformance.Probe) {
				for _, word := range []string{"MAIL", "RCPT", "DATA"} {
					unserved(p, p.Serve(conformance.Script{Reply: func(_ *conformance.Visit, line string) string {
						if strings.HasPrefix(strings.ToUpper(line), word) {
							return "close"
						}
						return ""
					}}))
				}
			},
		},
		{
			// RFC 5321 3.8, RFC 1047: without a reply to the end of data the mail was not taken.
			ID:    "client/end/lost-behind-the-end",
			Title: "a connection that is lost behind the final dot is told as a failure",
			Why:   "Whoever runs the command believes that the mail was sent, and it may be lost.",
			Rows:  []string{"R5321-3.8-h"},
			Run: func(p *conformance.Probe) {
				unserved(p, p.Serve(conformance.Script{Reply: func(_ *conformance.Visit, line string) string {
					if line == ".\r\n" {
						return "close"
					}
					return ""
				}}))
			},
		},
	}
}
