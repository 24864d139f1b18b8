package cases

import (
	"slices"

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
	}
}
