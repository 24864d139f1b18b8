package cases

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5322 is about what servers do to messages, or do not.
func rfc5322() []conformance.Case {
	mailbox := []conformance.Need{conformance.NeedMailbox}
	return []conformance.Case{
		{
			// RFC 5322 2.2, 3.6.8: a field name is any printable characters but a colon; what is behind
			// the first empty line is body.
			ID:    "rfc5322/2.2/odd-fields",
			Title: "fields that nobody knows pass as they are, with odd names, with blanks and empty",
			Why:   "Programs talk to each other by fields of their own; signatures break where one is changed.",
			Rows:  []string{"R5322-2.2-a"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				fields := []string{
					"X-!#$%: odd", "Z: one letter", strings.Repeat("Long", 15) + ": name", "X-Blank:   ", "X-Empty:",
				}
				m := p.MessageWith(fields, "From: x", "the end")
				p.Ready().Send(m).Want("250")
				got := p.Arrives("", m.Marker)
				header, _, _ := bytes.Cut(got.Octets, []byte("\r\n\r\n"))
				for _, f := range fields {
					if !bytes.Contains(append(header, "\r\n"...), []byte("\r\n"+f+"\r\n")) {
						p.Report("the field "+strconv.Quote(f)+" in the mailbox", "it is not there")
					}
				}
				if lines := got.Lines(); lines[0] != "From: x" {
					p.Report(`"From: x" as the first line of the body`, quoted(lines))
				}
			},
		},
		{
			// RFC 5322 4: the obsolete forms must be accepted.
			ID:    "rfc5322/4/obsolete-forms",
			Title: "dates with two digits for the year, a blank before the colon and address literals are taken",
			Why:   "Old programs write so, and they cannot be changed any more. Filters may refuse some forms because liars use them.",
			Rows:  []string{"R5322-4-a"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				if p.Profile == conformance.Submit {
					p.Skip("a submission server may refuse what its users write")
				}
				for _, old := range []string{
					"Date: Mon,  2 Jan 06 15:04 EST",
					"From : <" + p.From + ">",
					"To: a@[127.0.0.1], group:;",
				} {
					name, _, _ := strings.Cut(old, ":")
					m := p.MessageWith([]string{strings.TrimRight(name, " ")})
					m.Text = old + "\r\n" + m.Text
					s := p.Ready()
					s.Begin()
					r := s.Content(m.Text)
					if name == "From " && r.Is("5yz") {
						p.Warn("250 to a message with a blank before a colon", r.String())
						continue
					}
					r.Want("250")
					if got := p.Arrives("", m.Marker); !bytes.Contains(got.Octets, []byte("\r\n"+old+"\r\n")) {
						p.Note("%s is changed on the way", strconv.Quote(old))
					}
				}
			},
		},
		{
			// RFC 5322 3.5: the body may be missing, and with it the empty line. What a server takes
			// for a header where there is none is its affair.
			ID:    "rfc5322/3.5/no-body",
			Title: "messages without a body, without an empty line and without anything are taken or refused",
			Why:   "A server that waits for more, or stumbles, can be stopped by a message of three octets.",
			Rows:  []string{"R5322-3.5-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				m := p.Message()
				header, _, _ := strings.Cut(m.Text, "\r\n\r\n")
				for _, text := range []string{header + "\r\n", header + "\r\n\r\n", "", "This is text, and no header.\r\n"} {
					s := p.Ready()
					s.Begin()
					r := s.Content(text).Want("250 or 5yz")
					if !r.Is("250") {
						p.Note("%q got %s", text[max(0, len(text)-30):], r)
					}
					if !r.Dropped {
						s.InStep()
					}
				}
			},
		},
		{
			// RFC 5321 4.4: who delivers a message puts one Return-Path on top, and
			// those that were there before go.
			ID:    "rfc5321/4.4/forged-return-path",
			Title: "in the mailbox there is one Return-Path, of the envelope, whatever the message claims",
			Why:   "Programs that answer mail believe it; with a forged one they write to whom the forger likes.",
			Rows:  []string{"R5322-3.6.7-b"},
			Needs: []conformance.Need{conformance.NeedFinal},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				for _, from := range []string{p.From, ""} {
					m := p.Message()
					m.Text = "Return-Path: <boss@x.test>\r\n" + m.Text
					s.Cmd("MAIL FROM:<%s>", from).Need("250")
					s.RcptTo(p.Rcpt).Need("25z")
					s.Cmd("DATA").Need("354")
					s.Content(m.Text).Need("250")
					got := p.Arrives("", m.Marker)
					all := got.Header.Values("Return-Path")
					switch {
					case len(all) == 0:
						p.Warn("Return-Path: <"+from+">", "there is none; the delivery agent may keep it elsewhere")
					case strings.TrimSpace(all[0]) == "<"+from+">" && len(all) > 1:
						// RFC 5321 4.4 lets servers take the old one away.
						p.Warn("Return-Path: <"+from+">, and no other", quoted(all))
					case strings.TrimSpace(all[0]) != "<"+from+">":
						p.Fail("Return-Path: <"+from+">, and no other", quoted(all))
					case fieldIndex(got, "Return-Path") != 0:
						p.Warn("Return-Path as the first field", firstLines(got))
					}
				}
			},
		},
		{
			// RFC 8601 5: a server that writes Authentication-Results takes those away that come from
			// outside and bear its own name.
			ID:    "rfc8601/5/forged-results",
			Title: "Authentication-Results that bear the server's own name do not come in from outside",
			Why:   "Filters and mail programs believe the field; a forger can give himself the best marks.",
			Rows:  []string{"R8601-5-a"},
			Needs: append([]conformance.Need{conformance.NeedMX}, mailbox...),
			Run: func(p *conformance.Probe) {
				plain := p.Message()
				p.Ready().Send(plain).Need("250")
				own := p.Arrives("", plain.Marker).Header.Values("Authentication-Results")
				if len(own) == 0 {
					p.Skip("the target adds no Authentication-Results")
				}
				id, _, _ := strings.Cut(strings.TrimSpace(own[0]), ";")
				id, _, _ = strings.Cut(strings.TrimSpace(id), " ")
				p.Usable("a forger can let his mail look as if it had been checked")
				for _, forged := range []string{
					id + "; spf=pass forged=1", id + " 1; spf=pass forged=1", strings.ToUpper(id) + "; spf=pass forged=1",
					"(x) " + id + "; spf=pass forged=1", "\r\n " + id + ";\r\n spf=pass forged=1",
				} {
					m := p.MessageWith([]string{"Authentication-Results: " + forged})
					s := p.Ready()
					s.Begin()
					if r := s.Content(m.Text); !r.Is("250") {
						p.Note("a message with %s is refused: %s", strconv.Quote(forged), r)
						continue
					}
					for _, value := range p.Arrives("", m.Marker).Header.Values("Authentication-Results") {
						if strings.Contains(value, "forged=1") {
							p.Fail("no Authentication-Results with the server's name but its own", strconv.Quote(value))
						}
					}
				}
			},
		},
	}
}
