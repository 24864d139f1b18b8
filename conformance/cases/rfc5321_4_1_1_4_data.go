package cases

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Data is about DATA and what follows it, RFC 5321 4.1.1.4.
func rfc5321Data() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.1.4: the CRLF before the dot is the one that ends the DATA command where
			// there is no text.
			ID:    "rfc5321/4.1.1.4/empty-message",
			Title: "a dot right behind DATA ends the message",
			Why:   "The client waits for the reply, and the server for an end that the client has sent.",
			Rows:  []string{"R5321-4.1.1.4-b"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Begin()
				s.Cmd(".").Want("2yz or 4yz or 5yz")
				s.InStep()
			},
		},
		{
			// RFC 5321 4.1.1.4, 2.3.8: lines end in CRLF and in nothing else. To refuse
			// a message with other line ends is right.
			ID:    "rfc5321/4.1.1.4/bare-lf-is-no-line-end",
			Title: "lines that end in LF alone are not taken for lines",
			Why:   "Servers that differ about line ends differ about where a message ends, and mail can be smuggled between them.",
			Rows:  []string{"R5321-4.1.1.4-e"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				m := p.Message("one\ntwo\nthree")
				s := p.Ready()
				s.Begin()
				s.Write(m.Text + ".\r\n")
				if r := s.Reply(); !r.Want("2yz or 4yz or 5yz").Is("2yz") {
					return
				}
				if lines := p.Arrives("", m.Marker).Lines(); slices.Contains(lines, "two") {
					p.Fail("a refusal, or one line with LF in it", quoted(lines))
				}
			},
		},
		{
			// RFC 5321 4.1.1.4: LF dot LF must not be treated as the end of the data.
			ID:    "rfc5321/4.1.1.4/lf-dot-lf-is-no-end",
			Title: "LF dot LF does not end a message",
			Why:   "What stands behind it in a message would be obeyed as commands: anybody could smuggle mail in.",
			Rows:  []string{"R5321-4.1.1.4-f"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Usable("mail with a forged sender can be smuggled in inside another message (CVE-2023-51764)")
				m := p.Message("a\n.\nMAIL FROM:<evil@" + p.Target.Hello + ">")
				s := p.Ready()
				s.Begin()
				s.Write(m.Text + "b\r\n")
				for !s.Silent() {
					r := s.Reply()
					if r.Is("2yz") {
						p.Fail("no reply before CRLF dot CRLF", r.String())
					}
					if r.Code == 0 || r.Dropped {
						p.Note("the connection is closed at LF dot LF, which is safe")
						return
					}
				}
				s.Write(".\r\n")
				s.Reply().Want("2yz or 4yz or 5yz")
				s.InStep()
			},
		},
		{
			// RFC 5321 4.1.1.4: if the processing succeeds, the reply says so.
			ID:    "rfc5321/4.1.1.4/success-is-told",
			Title: "a message that is taken gets 250",
			Why:   "A client that is told otherwise sends the message again and again.",
			Rows:  []string{"R5321-4.1.1.4-g"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Ready().Send(p.Message()).Want("250")
			},
		},
		{
			// RFC 5321 4.1.1.4: if it fails, the reply says that. RFC 1870 6.3: a message over the limit
			// is not cut short and taken.
			ID:      "rfc5321/4.1.1.4/failure-is-told",
			Title:   "a message over the limit of size is refused at its end, and not delivered",
			Why:     "The sender believes that a message has arrived of which half is missing, or all.",
			Rows:    []string{"R5321-4.1.1.4-h"},
			Needs:   []conformance.Need{conformance.NeedRcpt, conformance.Keyword("SIZE")},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				const most = 12 << 20
				s := p.Ready()
				params, _ := s.Offers("SIZE")
				limit, err := strconv.ParseInt(params, 10, 64)
				if err != nil || limit <= 0 || limit > most {
					p.Skip("the limit of size is %q: too large to go over it, or none", params)
				}
				m := p.Message()
				s.Begin()
				s.Write(m.Text)
				s.Flood(strings.Repeat("x", 70)+"\r\n", (limit+64<<10)/72*72, p.Timeout)
				s.Write("\r\n.\r\n")
				if r := s.Reply().Want("4yz or 5yz"); !r.Is("552") {
					p.Note("a message over the limit of size gets %s; RFC 1870 6.3 has 552 for it", r)
				}
				if p.Lacks[conformance.NeedMailbox] == "" {
					p.Absent("", m.Marker)
				}
			},
		},
		{
			// RFC 5321 4.1.1.4, 4.2.5: one reply counts for all recipients.
			ID:    "rfc5321/4.1.1.4/failure-counts-for-all",
			Title: "a message that is refused at its end is delivered to none of its recipients",
			Why:   "The sender is told that nobody has the message, and sends it again: some have it twice.",
			Rows:  []string{"R5321-4.1.1.4-i"},
			Needs: []conformance.Need{conformance.NeedSecond, conformance.NeedMailbox, conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				m := loops(p, p.Ready(), p.Rcpt, p.Second)
				p.Absent(p.Rcpt, m.Marker)
				p.Absent(p.Second, m.Marker)
			},
		},
		{
			// RFC 5321 4.1.1.4: the end of the data clears the buffers.
			ID:    "rfc5321/4.1.1.4/success-clears-buffers",
			Title: "behind a message nothing is left of its envelope",
			Why:   "The next message would go to those of the last, or come from its sender.",
			Rows:  []string{"R5321-4.1.1.4-k"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Send(p.Message()).Need("250")
				s.RcptTo(p.Rcpt).Should("5yz")
				s.Cmd("DATA").Want("5yz")
			},
		},
		{
			// RFC 5321 4.1.1.4: so does one that fails.
			ID:    "rfc5321/4.1.1.4/failure-clears-buffers",
			Title: "behind a message that was refused nothing is left of its envelope",
			Why:   "The next message would go to those of the last, or the session is of no more use.",
			Rows:  []string{"R5321-4.1.1.4-l"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				loops(p, s, p.Rcpt)
				s.RcptTo(p.Rcpt).Want("5yz")
				s.Mail().Want("250")
			},
		},
	}
}

// loops sends a message that servers refuse at its end: one that has passed so many
// hosts that it is a loop (RFC 5321 6.3). Where it is taken the case is skipped.
func loops(p *conformance.Probe, s *conformance.Session, to ...string) conformance.Message {
	m := p.Message()
	hop := "Received: from a.loop.test by b.loop.test with ESMTP; Mon, 5 Jan 2026 09:00:00 +0000\r\n"
	s.Begin(to...)
	if r := s.Content(strings.Repeat(hop, 120) + m.Text); !r.Is("4yz or 5yz") {
		p.Skip("the target takes a message with 120 Received fields (%s), so that its failure cannot be seen", r)
	}
	return m
}
