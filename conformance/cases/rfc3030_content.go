package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc3030Content is about what becomes of chunks, and about BINARYMIME.
func rfc3030Content() []conformance.Case {
	chunking, binary := conformance.Keyword("CHUNKING"), conformance.Keyword("BINARYMIME")
	return []conformance.Case{
		{
			// RFC 3030 2: the last BDAT may have no octets.
			ID:    "rfc3030/2/last-chunk-of-zero",
			Title: "BDAT 0 LAST ends a message",
			Why:   "A client that finds out late that there is no more to send can end its message in no other way.",
			Rows:  []string{"R3030-2-d"},
			Needs: []conformance.Need{chunking, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Envelope()
				m := p.Message()
				chunk(s, bdat(m.Text)).Need("250")
				chunk(s, "BDAT 0 LAST\r\n").Want("250")
				p.Arrives("", m.Marker)
				s.Envelope()
				chunk(s, "BDAT 0 LAST\r\n").Want("2yz or 4yz or 5yz") // a message of nothing may be refused
				s.InStep()
				if n := len(p.Copies("", m.Marker)); n != 1 {
					p.Fail("one copy of the message", fmt.Sprintf("%d", n))
				}
			},
		},
		{
			// RFC 3030 2: RSET throws the chunks of a transaction away.
			ID:    "rfc3030/2/reset-drops-chunks",
			Title: "RSET between chunks drops what was sent so far",
			Why:   "Parts of a message that was given up turn up in the next one, which may be for somebody else.",
			Rows:  []string{"R3030-2-j"},
			Needs: []conformance.Need{chunking, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Envelope()
				chunk(s, bdat("X-Old: leaked data\r\n")).Need("250")
				s.Cmd("RSET").Want("250")
				s.Envelope()
				m := p.Message()
				chunk(s, lastBdat(m.Text)).Want("250")
				if got := p.Arrives("", m.Marker); strings.Contains(string(got.Octets), "X-Old") {
					p.Fail("a message without the chunk of before RSET", "it has the field X-Old")
				}
			},
		},
		{
			// RFC 3030 2: the octets of a chunk are the message as it is; there is no dot stuffing and no end mark.
			ID:    "rfc3030/2/chunks-are-literal",
			Title: "lines of dots in a chunk arrive as they are",
			Why:   "Lines that begin with a dot lose it, or the message ends at the first line that is one.",
			Rows:  []string{"R3030-2-k"},
			Needs: []conformance.Need{chunking, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := offering(p, "CHUNKING")
				s.Envelope()
				body := []string{"a", ".", "..b", "...c", "end"}
				m := p.Message(body...)
				chunk(s, lastBdat(m.Text)).Want("250")
				s.InStep()
				sameBody(p, p.Arrives("", m.Marker), body)
			},
		},
		{
			// RFC 3030 2: the message is the chunks one behind the other; where they are cut has no meaning.
			ID:    "rfc3030/2/chunk-borders",
			Title: "a message arrives the same wherever it is cut into chunks",
			Why:   "Large messages, which chunks are for, arrive with line breaks in the middle of lines.",
			Rows:  []string{"R3030-2-p"},
			Needs: []conformance.Need{chunking, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				// Header, body, dots, a letter of two octets: as short as can be, for each cut is a message.
				short, letter := p.Marker(), "\u00e9"
				if !p.Offers("8BITMIME") {
					letter = "e"
				}
				text := func(at int) string {
					return fmt.Sprintf("Subject: %s\r\nX-Cut: %03d\r\n\r\none\r\n..%s\r\n.\r\nend\r\n", short, at, letter)
				}
				n := len(text(0))
				var s *conformance.Session
				for at := 1; at < n; at++ {
					if at%9 == 1 { // Exim delivers the first ten messages of a session at once, the others later
						if s != nil {
							s.Close()
						}
						s = offering(p, "CHUNKING")
					}
					inTwo(p, s, text(at)[:at], text(at)[at:])
				}
				s.Close()
				// An octet a chunk.
				s = p.Ready()
				s.Envelope()
				for i := range n - 1 {
					chunk(s, bdat(text(0)[i:i+1])).Want("250")
				}
				chunk(s, lastBdat(text(0)[n-1:])).Want("250")
				s.Close()
				for _, got := range allArrive(p, short, n) {
					where := "cut behind octet " + got.Header.Get("X-Cut") // 000: behind each
					if _, body, _ := strings.Cut(text(0), "\r\n\r\n"); got.Body != body {
						p.Fail(fmt.Sprintf("%q, %s", body, where), fmt.Sprintf("%q", got.Body))
					}
				}
			},
		},
		{
			// RFC 3030 3: BINARYMIME needs CHUNKING, since binary content can be sent by BDAT alone.
			ID:    "rfc3030/3/binarymime-needs-chunking",
			Title: "BINARYMIME is offered together with CHUNKING, and has no parameter",
			Why:   "A client with binary content has no way to send what the server says that it takes.",
			Rows:  []string{"R3030-3-a"},
			Needs: []conformance.Need{binary},
			Run: func(p *conformance.Probe) {
				for when, words := range map[string]map[string]string{"in the clear": p.Keywords, "under TLS": p.Secure} {
					params, offered := words["BINARYMIME"]
					if !offered {
						continue
					}
					if _, ok := words["CHUNKING"]; !ok {
						p.Report("CHUNKING beside BINARYMIME "+when, "there is none")
					}
					if params != "" {
						p.Report("BINARYMIME without a parameter "+when, params)
					}
				}
				s := offering(p, "BINARYMIME")
				s.Mail("BODY=BINARYMIME").Want("250")
			},
		},
		{
			// RFC 3030 3: DATA in a transaction with BODY=BINARYMIME gets 503.
			ID:    "rfc3030/3/data-for-binary-content",
			Title: "DATA behind BODY=BINARYMIME is answered with 503",
			Why:   "Binary content can hold anything, an end of data too: what is behind that is taken for commands.",
			Rows:  []string{"R3030-3-b"},
			Needs: []conformance.Need{binary, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "BINARYMIME")
				s.Mail("BODY=BINARYMIME").Need("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Want("503")
			},
		},
	}
}

// sameBody judges the body of a message that has arrived.
func sameBody(p *conformance.Probe, got conformance.Stored, body []string) {
	if lines := got.Lines(); strings.Join(lines, "\r\n") != strings.Join(body, "\r\n") {
		p.Fail(quoted(body), quoted(lines))
	}
}

// inTwo sends a message in two chunks, all in one write where the target has PIPELINING.
func inTwo(p *conformance.Probe, s *conformance.Session, one, two string) {
	mail := "MAIL FROM:<" + p.From + ">"
	if _, ok := s.Offers("8BITMIME"); ok {
		mail += " BODY=8BITMIME"
	}
	commands := []string{mail + "\r\n", "RCPT TO:<" + p.Rcpt + ">\r\n", bdat(one), lastBdat(two)}
	_, together := s.Offers("PIPELINING")
	if together {
		s.Write(strings.Join(commands, ""))
	}
	for i, c := range commands {
		if !together {
			s.Write(c)
		}
		if r := s.Reply(); i < 2 {
			r.Need("25z")
		} else {
			r.Want("250")
		}
	}
}

// allArrive judges that so many messages with a text are delivered, and returns them.
func allArrive(p *conformance.Probe, text string, n int) []conformance.Stored {
	p.Arrives("", text)
	found := p.Copies("", text)
	for end := time.Now().Add(p.Delivery); len(found) < n && time.Now().Before(end); found = p.Copies("", text) {
		p.Sleep(200 * time.Millisecond)
	}
	if len(found) != n {
		p.Fail(fmt.Sprintf("%d messages in the mailbox", n), fmt.Sprintf("%d", len(found)))
	}
	return found
}
