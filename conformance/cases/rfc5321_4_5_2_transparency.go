package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Transparency is about the dots that clients double, RFC 5321 4.5.2.
func rfc5321Transparency() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.5.2: if a line begins with a dot and has more characters, the server
			// takes that dot away, whether the client has doubled it or has forgotten to.
			ID:    "rfc5321/4.5.2/dot-stuffing",
			Title: "one leading dot is taken from each line of a message",
			Why:   "Lines that begin with a dot arrive changed, which breaks signatures and attachments.",
			Rows:  []string{"R5321-4.5.2-c", "R5321-4.5.2-d"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				m := p.Message(".x", "...", "..", "end")
				s.Send(m).Need("250")
				if got := p.Arrives("", m.Marker).Lines(); !slices.Equal(got, []string{".x", "...", "..", "end"}) {
					p.Fail(`lines ".x", "...", ".."`, quoted(got))
				}

				p.Row("R5321-4.5.2-d")
				m = p.Message("x", "end")
				s.Begin()
				s.Write(m.Text[:len(m.Text)-len("x\r\nend\r\n")] + ".x\r\nend\r\n.\r\n")
				s.Reply().Need("250")
				if got := p.Arrives("", m.Marker).Lines(); got[0] != "x" {
					p.Fail(`the line "x" of a ".x" whose dot was not doubled`, quoted(got))
				}
			},
		},
		{
			// RFC 5321 4.5.2, 4.1.1.4: CRLF dot CRLF ends the message, wherever segments are cut,
			// and (RFC 2920 3.1) the next command may come right behind it.
			ID:    "rfc5321/4.5.2/end-in-pieces",
			Title: "the end of a message is found in any number of segments",
			Why:   "TCP knows no boundaries: a server that looks for the end in what one read brings hangs every now and then, or loses the next command.",
			Rows:  []string{"R5321-4.5.2-e"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				m := p.Message("end")
				s.Begin()
				s.Write(strings.TrimSuffix(m.Text, "\r\n"))
				s.WriteSlowly("\r\n.\r\n", 20*time.Millisecond)
				s.Reply().Want("250")
				s.InStep()

				if _, ok := s.Offers("PIPELINING"); !ok {
					return
				}
				m = p.Message("end")
				s.Begin()
				s.Write(m.Text + ".\r\nNOOP\r\n")
				s.Reply().Want("250")
				s.Reply().Want("250")
				s.InStep()
			},
		},
		{
			// RFC 5321 4.5.2: all characters are delivered, blanks, tabs and control characters
			// among them.
			ID:    "rfc5321/4.5.2/all-characters",
			Title: "blanks at the ends of lines and control characters arrive",
			Why:   "A signature breaks if one blank is lost, and format=flowed text (RFC 3676) runs together.",
			Rows:  []string{"R5321-4.5.2-f"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				lines := []string{
					"trailing blanks   ", "trailing tab\t", "  ", "\ta tab", "vertical\vtab, form\ffeed", "bell\a, back\bspace",
					"escape\x1b[0m, delete\x7f", "", "\x01\x02\x03\x1f", "end",
				}
				m := p.Message(lines...)
				p.Ready().Send(m).Want("250")
				sameLines(p, lines, p.Arrives("", m.Marker).Lines())
			},
		},
		{
			// RFC 5321 4.5.2, 4.1.1.4: NUL is one of the 128 characters. RFC 5322 4.1 wants no one
			// to send it, so that a refusal is good as well.
			ID:    "rfc5321/4.5.2/nul",
			Title: "a line with a NUL arrives whole, or the message is refused",
			Why:   "What stands behind the NUL is lost, and a filter that stops there does not see what a reader does.",
			Rows:  []string{"R5321-4.5.2-g"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				lines := []string{"before\x00behind", "end"}
				m := p.Message(lines...)
				if r := p.Ready().Send(m); !r.Is("250") {
					r.Want("5yz")
					p.Note("a message with a NUL is refused: %s", r)
					return
				}
				sameLines(p, lines, p.Arrives("", m.Marker).Lines())
			},
		},
		{
			// RFC 5321 4.5.2: what is changed for storage has to be changed back for the reader.
			ID:    "rfc5321/4.5.2/storage",
			Title: "lines that a mailbox file would trip over come out as they went in",
			Why:   "A line that begins with From and gets a > breaks signatures, and a > that is left for good tells nobody who wrote it.",
			Rows:  []string{"R5321-4.5.2-h"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				lines := []string{"", "From x", ">From x", ">>From x", "", "From nobody Mon Jan  5 09:00:00 2026", "   ", "end"}
				s := p.Ready()
				var params, fields []string
				if _, ok := s.Offers("8BITMIME"); ok {
					lines, params = append(lines, "sm\xf8rrebr\xf8d"), []string{"BODY=8BITMIME"}
					fields = []string{"MIME-Version: 1.0", "Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: 8bit"}
				}
				m := p.MessageWith(fields, lines...)
				s.Mail(params...).Need("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				s.Content(m.Text).Need("250")
				sameLines(p, lines, p.Arrives("", m.Marker).Lines())
			},
		},
	}
}

// sameLines judges that the lines of a body arrived as they were sent.
func sameLines(p *conformance.Probe, sent, got []string) {
	for i, line := range sent {
		switch {
		case i >= len(got):
			p.Fail(fmt.Sprintf("%d lines, %q among them", len(sent), line), quoted(got))
		case got[i] != line:
			p.Fail(fmt.Sprintf("line %d: %q", i+1, line), fmt.Sprintf("%q", got[i]))
		}
	}
	if len(got) > len(sent) {
		p.Fail(fmt.Sprintf("%d lines", len(sent)), fmt.Sprintf("%q behind them", got[len(sent)]))
	}
}
