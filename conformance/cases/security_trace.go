package cases

import (
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// securityTrace is about forged trace fields.
func securityTrace() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.2: no quoted string holds CR or LF, and whoever writes it into a header
			// writes it with its quotes.
			ID:    "security/trace/quoted-local-parts",
			Title: "quoted local parts bring neither line ends nor fields into the header",
			Why:   "Fields that are put in by the envelope are believed to be the server's own.",
			Rows:  []string{"SEC-HDR-1"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.Cmd("RCPT TO:<\"a\\\rX-Inj: 1\"@%s>", p.Domain()); !r.Dropped {
					r.Want("4yz or 5yz")
				}
				for _, local := range []string{"\"a\\\rX-Inj: 1\"", `"a> X-Inj: 1 <b"`} {
					quotedSender(p, local)
				}
			},
		},
		{
			// RFC 5321 4.1.1.1, 4.4: the name in EHLO is a domain or an address literal. What is
			// more than that gets into no trace field as if it were the server's own words.
			ID:    "security/trace/name-in-hello",
			Title: "the name in EHLO forges no trace",
			Why:   "Received fields show where mail came from; a forged one puts the blame on others.",
			Rows:  []string{"SEC-HDR-2"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				for _, name := range []string{
					"x (1.2.3.4) by mx.forged.mailsim.test with ESMTPS id 1; Mon, 1 Jan 2024 00:00:00 +0000",
					"x)(by mx.forged.mailsim.test", "[not-an-ip]", strings.Repeat("a", 63) + "." + strings.Repeat("b.", 110) + "test",
				} {
					s := p.Ready()
					if !s.Cmd("%s %s", p.Verb(), name).Is("250") || !s.Mail().Is("250") || !s.RcptTo(p.Rcpt).Is("250") {
						continue
					}
					m := p.Message()
					s.Cmd("DATA").Need("354")
					s.Content(m.Text).Need("250")
					fields := p.Arrives("", m.Marker).Header.Values("Received")
					if len(fields) == 0 {
						continue
					}
					for _, c := range readReceived(fields[0]).clauses {
						if c.name == "by" && strings.Contains(c.value, "forged") {
							p.Fail("the server's own name behind by", fields[0])
						}
					}
				}
			},
		},
		{
			// RFC 5321 4.4: each server puts its own Received on top, whatever stands below.
			ID:    "security/trace/forged-received",
			Title: "forged trace fields stay below the server's own Received",
			Why:   "The topmost Received is the only one that the receiver can believe.",
			Rows:  []string{"SEC-HDR-3"},
			Needs: []conformance.Need{conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				host, _, _ := strings.Cut(p.Greeting, " ")
				m := p.Message()
				forged := "Received: from localhost (localhost [127.0.0.1]) by " + host + " with ESMTPS id forged; Mon, 5 Jan 2026 09:00:00 +0000\r\n"
				m.Text = strings.Repeat(forged, 3) + "X-Originating-IP: 127.0.0.1\r\nAuthentication-Results: " + host + "; spf=pass\r\n" + m.Text
				p.Ready().Send(m).Need("250")
				fields := p.Arrives("", m.Marker).Header.Values("Received")
				if len(fields) == 0 || regexp.MustCompile(`id\s+forged`).MatchString(fields[0]) {
					p.Fail("the server's own Received on top", quoted(fields))
				}
			},
		},
	}
}

// quotedSender sends a message with a local part in its reverse-path, and judges the
// header of what arrives.
func quotedSender(p *conformance.Probe, local string) {
	s := p.Ready()
	r := s.Cmd("MAIL FROM:<%s@mailsim.test>", local)
	if r.Is("250") && strings.Contains(local, "\r") {
		p.Warn("a refusal of a CR in a quoted local part", r.String())
	}
	if !r.Is("250") || !s.RcptTo(p.Rcpt).Is("250") {
		return
	}
	m := p.Message()
	s.Cmd("DATA").Need("354")
	if !s.Content(m.Text).Is("250") {
		return
	}
	got := p.Arrives("", m.Marker)
	header, _, _ := strings.Cut(string(got.Octets), "\r\n\r\n")
	if strings.Contains(header, "\nX-Inj:") {
		p.Fail("no header line X-Inj", "it is there")
	}
	if path := got.Header.Get("Return-Path"); strings.Contains(path, "X-Inj") && strings.Count(path, `"`) < 2 {
		p.Fail("the local part in its quotes", path)
	}
}
