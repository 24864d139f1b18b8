package cases

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// anyReply is the pattern of all replies.
const anyReply = "2yz or 3yz or 4yz or 5yz"

// prompt is how soon a reply comes that is not held back.
const prompt = 5 * time.Second

// rfc2920 is about PIPELINING.
func rfc2920() []conformance.Case {
	pipelining := conformance.Keyword("PIPELINING")
	return []conformance.Case{
		{
			// RFC 2920 3.2: a server must not lose what is in its input buffer, also when a command has failed.
			ID:    "rfc2920/3.2/commands-behind-a-refused-one",
			Title: "commands of a group are obeyed though one before them was refused",
			Why:   "Where a refused recipient takes the rest of the group with it, client and server are out of step, and mail for the other recipients is lost.",
			Rows:  []string{"R2920-3.2-a"},
			Needs: []conformance.Need{pipelining, conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				group := lines("MAIL FROM:<"+p.From+">", "RCPT TO:<"+p.Unknown+">", "BOGUS", "RCPT TO:<"+p.Rcpt+">", "DATA")
				for _, slowly := range []bool{false, true} {
					s := offering(p, "PIPELINING")
					if slowly {
						s.WriteSlowly(group, 0)
					} else {
						s.Write(group)
					}
					s.Reply().Want("250")
					s.Reply().Want(anyReply) // a server may find out later that there is no such user
					s.Reply().Want("5yz")
					s.Reply().Want("25z")
					s.Reply().Want("354")
					s.Close()
				}
			},
		},
		{
			// RFC 2920 3.2: DATA should get 354 if, and only if, a recipient was accepted; a client that
			// was told 354 although there is none sends an empty message, of which nothing may come.
			ID:    "rfc2920/3.2/data-needs-a-recipient",
			Title: "DATA in a group gets 354 exactly if one of the recipients was accepted",
			Why:   "A client that sends its commands in a group cannot take DATA back: what it then sends is lost, or returned to a stranger.",
			Rows:  []string{"R2920-3.2-b", "R2920-3.2-c"},
			Needs: []conformance.Need{pipelining, conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				mail, unknown, known := "MAIL FROM:<"+p.From+">", "RCPT TO:<"+p.Unknown+">", "RCPT TO:<"+p.Rcpt+">"
				s := offering(p, "PIPELINING")
				s.Write(lines(mail, unknown, "DATA"))
				s.Reply().Want("250")
				if r := s.Reply(); r.Is("25z") {
					p.Skip("RCPT TO:<%s> is accepted", p.Unknown)
				}
				if r := s.Reply(); !r.Should("503 or 554 or 55z") && r.Is("354") {
					p.Row("R2920-3.2-c")
					s.Write(".\r\n")
					s.Reply().Want("5yz")
				}
				s.Close()
				p.Row("R2920-3.2-b")
				for _, group := range [][]string{{mail, unknown, known, "DATA"}, {mail, known, unknown, "DATA"}} {
					s := p.Ready()
					s.Write(lines(group...))
					for range 3 {
						s.Reply().Want(anyReply)
					}
					s.Reply().Want("354")
					s.Close()
				}
			},
		},
		{
			// RFC 2920 3.2: replies to NOOP, VRFY, DATA and to unknown commands among others must not be held back.
			ID:    "rfc2920/3.2/prompt-replies",
			Title: "the reply to the last command of a group comes at once",
			Why:   "A client that waits for a reply that waits for its next command waits until one of them gives up.",
			Rows:  []string{"R2920-3.2-d"},
			Needs: []conformance.Need{pipelining, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, last := range []string{"NOOP", "VRFY postmaster", "FOO", "DATA", "QUIT", p.Verb() + " " + p.Target.Hello} {
					s := offering(p, "PIPELINING")
					s.Write(lines("MAIL FROM:<"+p.From+">", "RCPT TO:<"+p.Rcpt+">", last))
					s.ReplyWithin(prompt).Want("250")
					s.ReplyWithin(prompt).Want("25z")
					s.ReplyWithin(prompt).Want(anyReply)
					s.Close()
				}
			},
		},
		{
			// RFC 2920 3.2: replies that were collected go out when the input buffer is empty.
			ID:    "rfc2920/3.2/replies-when-input-is-empty",
			Title: "the replies to MAIL and RCPT come though no other command follows",
			Why:   "A client that wants to know which recipients are good before it sends DATA waits for ever.",
			Rows:  []string{"R2920-3.2-e"},
			Needs: []conformance.Need{pipelining, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "PIPELINING")
				s.Write(lines("MAIL FROM:<"+p.From+">", "RCPT TO:<"+p.Rcpt+">"))
				s.ReplyWithin(prompt).Want("250")
				s.ReplyWithin(prompt).Want("25z")
			},
		},
		{
			// RFC 2920 3.2: a server must not assume anything about the commands to come: each acts on the
			// state that those before it have left.
			ID:    "rfc2920/3.2/reset-in-a-group",
			Title: "RSET in the middle of a group forgets the recipients and the sender before it",
			Why:   "Mail goes to somebody whom the client has taken back.",
			Rows:  []string{"R2920-3.2-f"},
			Needs: []conformance.Need{pipelining, conformance.NeedMailbox, conformance.NeedSecond},
			Run: func(p *conformance.Probe) {
				s := offering(p, "PIPELINING")
				s.Write(lines("MAIL FROM:<other-"+p.From+">", "RCPT TO:<"+p.Rcpt+">", "RSET",
					"MAIL FROM:<"+p.From+">", "RCPT TO:<"+p.Second+">", "DATA"))
				for range 2 {
					if r := s.Reply(); !r.Is("25z") {
						p.Note("before RSET: %s", r)
					}
				}
				for _, want := range []string{"250", "250", "25z", "354"} {
					s.Reply().Want(want)
				}
				m := p.Message()
				s.Content(m.Text).Want("250")
				got := p.Arrives(p.Second, m.Marker)
				if path := got.Header.Get("Return-Path"); strings.Contains(path, "other-") {
					p.Fail("Return-Path: <"+p.From+">", path)
				}
				p.Absent("", m.Marker)
			},
		},
		{
			// RFC 2920 3.1: a client may send the end of a message and the next transaction in one group.
			ID:    "rfc2920/3.1/next-transaction-behind-the-dot",
			Title: "commands that come together with the end of data are obeyed",
			Why:   "A client that sends several messages waits for replies to commands that the server has thrown away, or its second message is lost.",
			Rows:  []string{"R2920-3.1-f"},
			Needs: []conformance.Need{pipelining, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "PIPELINING")
				one, two := p.Message(), p.Message()
				s.Begin()
				s.Write(conformance.Stuffed(one.Text) + ".\r\n" + lines("MAIL FROM:<"+p.From+">", "RCPT TO:<"+p.Rcpt+">", "DATA"))
				s.Reply().Want("250")
				s.Reply().Want("250")
				s.Reply().Want("25z")
				s.Reply().Want("354")
				s.Content(two.Text).Want("250")
				if readable(p) {
					p.Arrives("", one.Marker)
					p.Arrives("", two.Marker)
				}
			},
		},
	}
}

// lines are commands, each with its line end.
func lines(commands ...string) string { return strings.Join(commands, "\r\n") + "\r\n" }
