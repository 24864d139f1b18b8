package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Codes is about the codes that each command may get, RFC 5321 4.3.2. 500, 501 and 421 fit every command.
func rfc5321Codes() []conformance.Case {
	const why = "Clients and the programs that read their logs decide by the code; one that does not belong to the command is misread."
	return []conformance.Case{
		{
			// RFC 5321 4.3.2: CONNECTION ESTABLISHMENT has 220 and 554; 421 can come at any time.
			ID:    "rfc5321/4.3.2/greeting-codes",
			Title: "the greeting is 220, or 554 or 421",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-a"},
			Run: func(p *conformance.Probe) {
				p.Connect().Reply().Want("220 or 554 or 421")
			},
		},
		{
			// RFC 5321 4.3.2: EHLO and HELO have 250, 504, 550 and 502.
			ID:    "rfc5321/4.3.2/hello-codes",
			Title: "EHLO and HELO get 250 or a code of theirs",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-b"},
			Run: func(p *conformance.Probe) {
				verbs := []string{"EHLO", "HELO"}
				if p.Profile == conformance.LMTP {
					verbs = []string{"LHLO"}
				}
				for _, verb := range verbs {
					askCodes(p, p.Greet(), "250 or 504 or 550 or 502", "530", verb+" "+p.Target.Hello, verb, verb+" <>")
				}
			},
		},
		{
			// RFC 5321 4.3.2: MAIL has 250, 552, 451, 452, 550, 553, 503, 455 and 555.
			ID:    "rfc5321/4.3.2/mail-codes",
			Title: "MAIL gets 250 or a code of its own",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-c"},
			Run: func(p *conformance.Probe) {
				const codes, common = "250 or 552 or 451 or 452 or 550 or 553 or 503 or 455 or 555", "450 or 454 or 504 or 530 or 534 or 554"
				mail := "MAIL FROM:<" + p.From + ">"
				askCodes(p, p.Greet(), codes, common, mail)
				askCodes(p, p.Ready(), codes, common, "MAIL", mail, mail)
				askCodes(p, p.Ready(), codes, common, mail+" NO-SUCH=x", "MAIL FROM:<>")
			},
		},
		{
			// RFC 5321 4.3.2: RCPT has 250, 251, 550 to 553, 450 to 452, 503, 455 and 555.
			ID:    "rfc5321/4.3.2/rcpt-codes",
			Title: "RCPT gets 250 or a code of its own",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-d"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				const codes, common = "250 or 251 or 550 or 551 or 552 or 553 or 555 or 450 or 451 or 452 or 503 or 455", "454 or 504 or 521 or 530 or 554"
				ask := func(s *conformance.Session, addresses ...string) {
					s.Mail().Need("250")
					for _, a := range addresses {
						codeOf(p, s.RcptTo(a), codes, common)
					}
					s.Close()
				}
				ask(p.Ready(), p.Rcpt, p.Unknown)
				ask(p.Ready(), p.Foreign, "")
				askCodes(p, p.Ready(), codes, common, "RCPT TO:<"+p.Rcpt+">")
			},
		},
		{
			// RFC 5321 4.3.2: DATA has 354, 503 and 554 as its first reply.
			ID:    "rfc5321/4.3.2/data-codes",
			Title: "DATA gets 354 or a code of its own",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-e"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				const codes, common = "354 or 503 or 554", "450 or 451 or 452 or 530 or 550"
				askCodes(p, p.Ready(), codes, common, "DATA")
				s := p.Ready()
				s.Envelope()
				askCodes(p, s, codes, common, "DATA")
			},
		},
		{
			// RFC 5321 4.3.2: the end of data has 250, 552, 554, 451, 452, 450 and 550.
			ID:    "rfc5321/4.3.2/end-of-data-codes",
			Title: "the end of data gets 250 or a code of its own",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-f"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				const codes = "250 or 552 or 554 or 451 or 452 or 450 or 550"
				codeOf(p, p.Ready().Send(p.Message()), codes, "")
				m := looping(p)
				s := p.Ready()
				s.Cmd("MAIL FROM:<>").Need("250")
				s.RcptTo(p.Rcpt).Need("25z")
				s.Cmd("DATA").Need("354")
				codeOf(p, s.Content(m.Text), codes, "")
			},
		},
		{
			// RFC 5321 4.3.2: RSET has 250 only.
			ID:    "rfc5321/4.3.2/rset-codes",
			Title: "RSET gets 250 with a transaction and without",
			Why:   "A client that cannot clear a transaction has to close the session, and cannot know what is left of it.",
			Rows:  []string{"R5321-4.3.2-g"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("RSET").Should("250 or 421")
				s.Mail().Need("250")
				s.Cmd("RSET").Should("250 or 421")
			},
		},
		{
			// RFC 5321 4.3.2: VRFY has 250, 251, 252, 550, 551, 553, 502 and 504.
			ID:    "rfc5321/4.3.2/vrfy-codes",
			Title: "VRFY gets 250, 251, 252 or a code of its own",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-h"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				const codes, common = "250 or 251 or 252 or 550 or 551 or 553 or 502 or 504", "450 or 451 or 454 or 530 or 554"
				askCodes(p, p.Ready(), codes, common, "VRFY "+p.Rcpt, "VRFY "+p.Unknown)
				askCodes(p, p.Ready(), codes, common, "VRFY "+p.Foreign, "VRFY")
			},
		},
		{
			// RFC 5321 4.3.2: EXPN has 250, 252, 550, 500, 502 and 504.
			ID:    "rfc5321/4.3.2/expn-codes",
			Title: "EXPN gets 250, 252 or a code of its own",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-i"},
			Run: func(p *conformance.Probe) {
				list := p.List
				if list == "" {
					list = "staff"
				}
				askCodes(p, p.Ready(), "250 or 252 or 550 or 502 or 504", "530 or 554", "EXPN "+list, "EXPN no-such-list")
			},
		},
		{
			// RFC 5321 4.3.2: HELP has 211, 214, 502 and 504.
			ID:    "rfc5321/4.3.2/help-codes",
			Title: "HELP gets 211, 214 or a code of its own",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-j"},
			Run: func(p *conformance.Probe) {
				askCodes(p, p.Ready(), "211 or 214 or 502 or 504", "530", "HELP", "HELP MAIL")
			},
		},
		{
			// RFC 5321 4.3.2: NOOP has 250 only.
			ID:    "rfc5321/4.3.2/noop-codes",
			Title: "NOOP gets 250 with a transaction and without",
			Why:   "Clients use it to see whether the session lives, and close one that does not answer with 250.",
			Rows:  []string{"R5321-4.3.2-k"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("NOOP").Should("250 or 421")
				s.Mail().Need("250")
				s.Cmd("NOOP").Should("250 or 421")
			},
		},
		{
			// RFC 5321 4.3.2: QUIT has 221 only.
			ID:    "rfc5321/4.3.2/quit-codes",
			Title: "QUIT gets 221 in every state",
			Why:   why,
			Rows:  []string{"R5321-4.3.2-l"},
			Run: func(p *conformance.Probe) {
				p.Greet().Cmd("QUIT").Should("221")
				p.Ready().Cmd("QUIT").Should("221")
				s := p.Ready()
				s.Mail().Need("250")
				s.Cmd("QUIT").Should("221")
			},
		},
		{
			// RFC 5321 4.3.2: a command that has no argument and gets one should be answered with 501.
			ID:    "rfc5321/4.3.2/data-argument",
			Title: "DATA with an argument gets 501",
			Why:   "A server that ignores what it does not know cannot be told of extensions: the client believes that they were used.",
			Rows:  []string{"R5321-4.3.2-m"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				s.Cmd("DATA now").Want("501")
				s.Cmd("DATA").Want("354")
			},
		},
		{
			// RFC 5321 4.3.2: RSET has no argument.
			ID:    "rfc5321/4.3.2/rset-argument",
			Title: "RSET with an argument gets 501",
			Why:   "A server that ignores what it does not know cannot be told of extensions: the client believes that they were used.",
			Rows:  []string{"R5321-4.3.2-n"},
			Run: func(p *conformance.Probe) {
				p.Ready().Cmd("RSET all").Want("501")
			},
		},
		{
			// RFC 5321 4.3.2: QUIT has no argument.
			ID:    "rfc5321/4.3.2/quit-argument",
			Title: "QUIT with an argument gets 501, and the session goes on",
			Why:   "A server that ignores what it does not know cannot be told of extensions: the client believes that they were used.",
			Rows:  []string{"R5321-4.3.2-o"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("QUIT now").Want("501")
				s.InStep()
			},
		},
	}
}

// askCodes says commands in a session, closes it, and judges their codes: 500, 501 and 421 fit everywhere, and what is
// only common is noted.
func askCodes(p *conformance.Probe, s *conformance.Session, codes, common string, commands ...string) {
	for _, c := range commands {
		codeOf(p, s.Cmd("%s", c), codes, common)
	}
	s.Close()
}

// codeOf judges one code as askCodes does.
func codeOf(p *conformance.Probe, r conformance.Reply, codes, common string) {
	codes += " or 500 or 501 or 421"
	if common == "" {
		common = codes
	}
	refusedWith(p, codes, common, r)
}

// looping is a message that has been through more hosts than any server lets it (RFC 5321 6.3).
func looping(p *conformance.Probe) conformance.Message {
	m := p.Message()
	hop := "Received: from a.mailsim.test by b.mailsim.test with ESMTP; Mon, 5 Jan 2026 09:00:00 +0000\r\n"
	m.Text = strings.Repeat(hop, 120) + m.Text
	return m
}
