package cases

import (
	"fmt"

	"github.com/mailsim/mailsim/conformance"
)

// rfc3030Commands is about the BDAT command.
func rfc3030Commands() []conformance.Case {
	chunking := conformance.Keyword("CHUNKING")
	return []conformance.Case{
		{
			// RFC 3030 2: BDAT has a decimal count and perhaps LAST, in any letter case.
			ID:    "rfc3030/2/syntax",
			Title: "BDAT with anything but a count and LAST is refused",
			Why:   "A server that guesses a count takes message text for commands, or commands for text.",
			Rows:  []string{"R3030-2-a"},
			Needs: []conformance.Need{chunking, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, line := range []string{"BDAT", "BDAT x", "BDAT -1", "BDAT 5 FIRST", "BDAT 5 LAST extra"} {
					s := offering(p, "CHUNKING")
					s.Envelope()
					s.Write(line + "\r\n")
					if r := s.ReplyWithin(prompt); !shut(s, r) {
						r.Want("5yz")
					}
					s.Close()
				}
				s := p.Ready()
				s.Envelope()
				m := p.Message()
				chunk(s, fmt.Sprintf("bdat %d last\r\n%s", len(m.Text), m.Text)).Want("250")
			},
		},
		{
			// RFC 3030 2: a server with CHUNKING has to support DATA still.
			ID:    "rfc3030/2/data-is-still-there",
			Title: "a server that offers CHUNKING takes DATA",
			Why:   "Most clients know no BDAT; they cannot deliver at all.",
			Rows:  []string{"R3030-2-b"},
			Needs: []conformance.Need{chunking, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Envelope()
				s.Cmd("DATA").Want("354")
				s.Content(p.Message().Text).Want("250")
			},
		},
		{
			// RFC 3030 2: each BDAT that is taken gets a 250, the chunks before the last too.
			ID:    "rfc3030/2/a-reply-for-each-chunk",
			Title: "each chunk is answered with 250 as soon as it is there",
			Why:   "A client waits for the reply before it sends the next chunk, or counts replies wrong and takes a message for delivered that is not.",
			Rows:  []string{"R3030-2-c"},
			Needs: []conformance.Need{chunking, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Envelope()
				m := p.Message()
				chunk(s, bdat(m.Text[:10])).Want("250")
				chunk(s, bdat(m.Text[10:17])).Want("250")
				chunk(s, lastBdat(m.Text[17:])).Want("250")
				if !s.Silent() {
					p.Fail("one reply a chunk", "another one: "+s.Reply().String())
				}
			},
		},
		{
			// RFC 3030 2: the message is complete with BDAT LAST; any BDAT behind it gets 503.
			ID:    "rfc3030/2/bdat-behind-the-last",
			Title: "a BDAT behind the last one is read and answered with 503",
			Why:   "Octets that were not sent as a message become one, in a transaction that nobody has begun.",
			Rows:  []string{"R3030-2-e"},
			Needs: []conformance.Need{chunking, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Envelope()
				chunk(s, lastBdat(p.Message().Text)).Need("250")
				behind := p.Message()
				r := chunk(s, lastBdat(behind.Text))
				switch {
				case shut(s, r):
				case r.Is("5yz") && !r.Is("503"):
					p.Warn("503 to BDAT without a transaction", r.String())
				default:
					r.Want("503")
					s.InStep()
				}
				if readable(p) {
					p.Absent("", behind.Marker)
				}
			},
		},
		{
			// RFC 3030 2: whatever becomes of a BDAT, its octets are read first, and thrown away where it fails.
			// LMTP has no reply to a last chunk without recipients (RFC 2033 4.3).
			ID:    "rfc3030/2/octets-of-a-failed-chunk",
			Title: "the octets of a BDAT that is refused are read, and never taken for commands",
			Why:   "The text of a message could hold commands, which are then obeyed in the name of its sender's server.",
			Rows:  []string{"R3030-2-f"},
			Needs: []conformance.Need{chunking, conformance.NeedSMTP, conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); r.Is("25z") {
					p.Skip("RCPT TO:<%s> is accepted", p.Unknown)
				}
				// If they were obeyed, QUIT would end the session.
				p.Usable("the text of a message is obeyed as SMTP commands")
				r := chunk(s, lastBdat("QUIT\r\nRSET\r\nNOOP\r\nVRFY\r\n"))
				if shut(s, r) {
					return
				}
				if r.Is("221") || r.Is("2yz") {
					r.Want("5yz")
				}
				r.Should("5yz or 4yz")
				s.InStep()
			},
		},
		{
			// RFC 3030 2, 4.2: with PIPELINING further chunks may be on their way when one has failed.
			ID:    "rfc3030/2/chunks-behind-a-failed-one",
			Title: "chunks that are in the group behind a refused one are read and refused too",
			Why:   "The rest of a message is taken for commands.",
			Rows:  []string{"R3030-2-g"},
			Needs: []conformance.Need{chunking, conformance.Keyword("PIPELINING"), conformance.NeedSMTP, conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Write(lines("MAIL FROM:<"+p.From+">", "RCPT TO:<"+p.Unknown+">") +
					bdat("QUIT\r\n") + bdat("NOOP\r\n.\r\n") + "BDAT 0 LAST\r\n" + "NOOP\r\n")
				s.Reply().Need("250")
				if r := s.Reply(); r.Is("25z") {
					p.Skip("RCPT TO:<%s> is accepted", p.Unknown)
				}
				for range 3 {
					r := s.Reply()
					if shut(s, r) {
						return
					}
					r.Want("5yz or 4yz")
				}
				s.Reply().Want("250")
				s.InStep()
			},
		},
		{
			// RFC 3030 2: DATA and BDAT cannot be used in one transaction; DATA behind BDAT gets 503.
			ID:    "rfc3030/2/data-behind-bdat",
			Title: "DATA in a transaction that has begun with BDAT is answered with 503",
			Why:   "A message is delivered that is made of two, or of half of one.",
			Rows:  []string{"R3030-2-i"},
			Needs: []conformance.Need{chunking, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Envelope()
				chunk(s, bdat("Subj:")).Need("250")
				r := s.Cmd("DATA")
				if r.Is("5yz") && !r.Is("503") {
					p.Warn("503 to DATA behind BDAT", r.String())
				} else {
					r.Want("503")
				}
				if r = s.Cmd("RSET"); !r.Dropped {
					r.Want("250")
					r = s.Mail()
				}
				if r.Dropped { // the process of Exim 4.96 that serves the session ends here, with a fault
					p.Warn("250 to RSET and MAIL behind that", r.String())
					return
				}
				r.Need("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Want("354")
				s.Content(p.Message().Text).Want("250")
			},
		},
		{
			// RFC 3030 2: what a wrong count leaves over is parsed as commands, of any octets; a server has to bear that.
			ID:    "rfc3030/2/octets-behind-a-short-count",
			Title: "binary octets where a command should be are refused and do no harm",
			Why:   "A client with a bug, or an attacker, stops the server for everybody.",
			Rows:  []string{"R3030-2-o"},
			Needs: []conformance.Need{chunking, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for from := 0; from < 256; from += 64 {
					var junk []byte
					for c := from; c < from+64; c++ {
						junk = append(junk, byte(c))
					}
					s := offering(p, "CHUNKING")
					s.Envelope()
					chunk(s, "BDAT 3\r\nabc"+string(junk)+"\r\n").Want("250")
					r := s.Reply()
					for n := 0; r.Code != 0 && n < 5; n++ { // a line or two, for LF is among them
						r.Should("5yz or 421 or 221") // Postfix says 221 to what looks like no SMTP
						s.Write("QUIT\r\n")
						if r = s.Reply(); r.Is("221") {
							break
						}
					}
					if r.Code == 0 && !r.Dropped {
						p.Fail("5yz, or the end of the session", r.String())
					}
					s.Close()
				}
				p.Connect().Reply().Want("220")
			},
		},
	}
}
