package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Lines is about lines and their ends, RFC 5321 2.3.8.
func rfc5321Lines() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 2.3.8: nothing but CRLF ends a line. Real servers are lax here; one
			// that refuses the line as soon as it sees the LF does not obey it either.
			ID:    "rfc5321/2.3.8/lf-ends-no-command",
			Title: "a lone LF does not end a command",
			Why:   "Where two servers do not agree on where a command ends, one can be made to obey what the other took for something else.",
			Rows:  []string{"R5321-2.3.8-a"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Write("NOOP\n")
				if !s.Silent() {
					r := s.Reply().Want("4yz or 5yz")
					p.Note("a line that ends in LF is refused with %d", r.Code)
					return
				}
				s.Write("\r\n")
				if r := s.Reply(); r.Code == 0 {
					p.Fail("a reply once CRLF has come", r.String())
				}
			},
		},
		{
			// RFC 5321 2.3.8: a CR alone ends no line.
			ID:    "rfc5321/2.3.8/cr-ends-no-command",
			Title: "a lone CR does not end a command",
			Why:   "Where two servers do not agree on where a command ends, one can be made to obey what the other took for something else.",
			Rows:  []string{"R5321-2.3.8-b"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Write("NOOP\rNOOP\r\n")
				if r := s.Reply(); r.Code == 0 {
					p.Fail("one reply to the line", r.String())
				}
				if r := s.ReplyWithin(p.Quiet); r.Code != 0 {
					p.Fail("one reply to the line", "a second one: "+r.String())
				}
			},
		},
		{
			// RFC 5321 2.3.8, 4.1.1.4: LF dot CRLF does not end the data.
			ID:    "rfc5321/2.3.8/lf-dot-crlf-ends-no-data",
			Title: "LF, dot, CRLF does not end the data",
			Why:   "The rest of such a message is taken for commands: forged mail comes in inside of mail that passed every check.",
			Rows:  []string{"R5321-2.3.8-c"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run:   func(p *conformance.Probe) { endsNoData(p, "\n.\r\n") },
		},
		{
			// RFC 5321 2.3.8, 4.1.1.4: CRLF dot LF does not end the data.
			ID:    "rfc5321/2.3.8/crlf-dot-lf-ends-no-data",
			Title: "CRLF, dot, LF does not end the data",
			Why:   "The rest of such a message is taken for commands: forged mail comes in inside of mail that passed every check.",
			Rows:  []string{"R5321-2.3.8-d"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run:   func(p *conformance.Probe) { endsNoData(p, "\r\n.\n") },
		},
		{
			// RFC 5321 2.3.8: a CR alone, before or behind the dot, does not end the data.
			ID:    "rfc5321/2.3.8/cr-and-dot-end-no-data",
			Title: "a dot with lone CRs around it does not end the data",
			Why:   "The rest of such a message is taken for commands: forged mail comes in inside of mail that passed every check.",
			Rows:  []string{"R5321-2.3.8-e"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, end := range []string{"\r.\r", "\r\n.\r", "\r.\r\n"} {
					endsNoData(p, end)
				}
			},
		},
		{
			// RFC 5321 2.3.8: what the server sends ends in CRLF, line by line, and has no other CR or LF.
			ID:    "rfc5321/2.3.8/replies-end-in-crlf",
			Title: "every line of the server ends in CRLF",
			Why:   "Clients that read up to CRLF wait for ever, and those that read up to LF see words that are not there.",
			Rows:  []string{"R5321-2.3.8-f"},
			Run: func(p *conformance.Probe) {
				s := p.Connect()
				for _, r := range []conformance.Reply{s.Reply(), s.Hello(), s.Cmd("HELP"), s.Cmd("FOOBAR"), s.Cmd("NOOP"), s.Cmd("QUIT")} {
					if rest := strings.ReplaceAll(r.Raw, "\r\n", ""); strings.ContainsAny(rest, "\r\n") {
						p.Report("lines that end in CRLF and have no other CR or LF", fmt.Sprintf("%q", r.Raw))
					}
				}
			},
		},
		{
			// RFC 5321 2.3.8, 4.5.3.1.4: a server may have a limit for the length of lines.
			ID:      "rfc5321/2.3.8/endless-command",
			Title:   "a line of 60,000 octets is answered by one reply",
			Why:     "Where such a line blocks or kills the server, any stranger can do that; where it is answered twice, part of it was obeyed.",
			Rows:    []string{"R5321-2.3.8-h"},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Write("NOOP " + strings.Repeat("x", 60_000) + "\r\n")
				r := s.Reply()
				switch {
				case r.Code == 0 && r.Dropped:
					p.Fail("a reply, 421 if need be, before the connection is closed", r.String())
				case r.Code == 0:
					p.Fail("a reply", r.String())
				}
				r.Want("250 or 421 or 5yz")
				p.Note("a line of 60,000 octets is answered with %d", r.Code)
				if s.Silent() {
					s.InStep()
				} else if again := s.Reply(); again.Code != 0 && again.Code != 421 {
					p.Fail("one reply to one line", "another: "+again.String())
				}
			},
		},
	}
}

// endsNoData judges that some octets do not end the data: what follows them is text,
// and no reply comes before CRLF dot CRLF. A server may also hang up on who sends
// them, with a refusal or without.
func endsNoData(p *conformance.Probe, end string) {
	p.Usable("through a server that passes such octets on, anybody can put mail in anybody's name into this one (CVE-2023-51764)")
	s := p.Ready()
	m := p.Message("a")
	s.Begin()
	s.Write(strings.TrimSuffix(m.Text, "\r\n") + end + "NOOP\r\n")
	if s.Silent() {
		s.Write("\r\n.\r\n")
		s.Reply().Want("250 or 4yz or 5yz")
		if r := s.ReplyWithin(100 * time.Millisecond); r.Code != 0 && !r.Is("421") {
			p.Fail("one reply to the message", "another: "+r.String())
		}
		return
	}
	for range 3 {
		r := s.ReplyWithin(p.Quiet)
		switch {
		case r.Is("2yz"):
			p.Fail(fmt.Sprintf("that %q is text", end), "the reply "+r.String())
		case r.Code == 0 && r.Dropped:
			p.Note("%q makes the target hang up", end)
			return
		case r.Code == 0:
			p.Fail(fmt.Sprintf("that %q is text, or that the connection is closed", end), "a refusal, and the session goes on")
		}
	}
	p.Fail(fmt.Sprintf("that %q is text", end), "a reply to it, and one to the line behind it")
}
