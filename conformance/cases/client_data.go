package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// clientData is about message text.
func clientData() []conformance.Case {
	// noText judges that a reply to DATA keeps the message text back.
	noText := func(p *conformance.Probe, reply string) {
		m := p.Serve(conformance.Script{Reply: func(_ *conformance.Visit, line string) string {
			if strings.EqualFold(strings.TrimSpace(line), "DATA") {
				return reply + "\r\n"
			}
			return ""
		}})
		v := p.Session(m)
		after := false
		for i, word := range v.Verbs() {
			switch {
			case word == "DATA":
				after = true
			case after && word != "RSET" && word != "QUIT" && word != "MAIL" && word != "RCPT" && word != "DATA" && !strings.HasSuffix(word, "LO"):
				p.Fail("RSET, QUIT or another transaction after "+reply, conformance.Visible([]byte(v.Lines[i].Text)))
			}
		}
		unserved(p, m)
	}
	return []conformance.Case{
		{
			// RFC 5321 3.3: after a refusal of DATA no text is sent.
			ID:    "client/data/refused",
			Title: "no message text follows when DATA is refused with 554",
			Why:   "The server takes the lines of the message for commands: they can be obeyed.",
			Rows:  []string{"R5321-3.3-n"},
			Run:   func(p *conformance.Probe) { noText(p, "554 5.5.1 no") },
		},
		{
			// RFC 5321 3.3: text is sent after 354, and after nothing else.
			ID:    "client/data/only-after-354",
			Title: "no message text follows a 250 or a 451 to DATA",
			Why:   "The server takes the lines of the message for commands: they can be obeyed.",
			Rows:  []string{"R5321-3.3-o"},
			Run: func(p *conformance.Probe) {
				noText(p, "250 2.0.0 ok")
				noText(p, "451 4.3.0 not now")
			},
		},
		{
			// RFC 2920 3.1: DATA is the last command of a group, its text waits for 354.
			ID:    "client/data/waits-for-354",
			Title: "message text waits for the 354, also with PIPELINING",
			Why:   "A server that refuses DATA would take the text for commands.",
			Rows:  []string{"R2920-3.1-c"},
			Run: func(p *conformance.Probe) {
				v := served(p, p.Serve(conformance.Script{Offer: []string{"PIPELINING"}, Hold: p.Quiet / 10}))
				if v.Rushed {
					p.Fail("message text behind the 354", "it came before")
				}
			},
		},
		{
			// RFC 5322 2.3, RFC 5321 2.3.8: CR and LF only stand together.
			ID:    "client/data/line-ends",
			Title: "message text has no CR without LF and no LF without CR",
			Why:   "Bare line ends break signatures, and servers differ in what they make of them, which is how mail is smuggled.",
			Rows:  []string{"R5322-2.3-a"},
			Run: func(p *conformance.Probe) {
				text := strings.ReplaceAll(served(p, p.Serve(conformance.Script{})).Content, "\r\n", "")
				if i := strings.IndexAny(text, "\r\n"); i >= 0 {
					p.Fail("CRLF alone", conformance.Visible([]byte(text[max(0, i-20):min(len(text), i+20)])))
				}
			},
		},
		{
			// RFC 5321 4.5.2: a dot at the beginning of a line is doubled.
			ID:    "client/data/dot-stuffing",
			Title: "a dot at the beginning of a line is doubled",
			Why:   "Without it a line of one dot ends the message, and the rest of it is taken for commands.",
			Rows:  []string{"R5321-4.5.2-a"},
			Needs: []conformance.Need{conformance.NeedMessage},
			Run: func(p *conformance.Probe) {
				m := p.Message("one", ".", ".two", "..three", "end")
				v := served(p, p.Serve(conformance.Script{Message: []byte(m.Text)}))
				if want := "one\r\n..\r\n..two\r\n...three\r\nend\r\n"; !strings.Contains(v.Content, want) {
					_, body, _ := strings.Cut(v.Content, "\r\n\r\n")
					p.Fail(conformance.Visible([]byte(want)), conformance.Visible([]byte(body[:min(len(body), 200)])))
				}
			},
		},
	}
}
