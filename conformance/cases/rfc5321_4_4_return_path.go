package cases

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim/mail"
)

// rfc5321ReturnPath is about the Return-Path field in mailboxes, RFC 5321 4.4.
func rfc5321ReturnPath() []conformance.Case {
	mailbox := []conformance.Need{conformance.NeedFinal}
	return []conformance.Case{
		{
			// RFC 5321 4.4: when a server makes the final delivery, it puts a Return-Path line at
			// the beginning, with the reverse-path of MAIL.
			ID:    "rfc5321/4.4/return-path",
			Title: "a message in a mailbox begins with a Return-Path of the MAIL command",
			Why:   "Programs that answer mail, of vacations and lists, send their answers there; without it they write to the author in the header, which loops.",
			Rows:  []string{"R5321-4.4-y", "R5321-4.4-z", "R5321-4.4-ap"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				m := p.Message()
				p.From = "Env.Sender+x@" + domainOf(p.From)
				agreeable(p)
				p.Ready().Send(m).Need("250")
				got := p.Arrives("", m.Marker)
				field := returnPath(p, got)
				if fieldIndex(got, "Received") >= 0 && fieldIndex(got, "Return-Path") > fieldIndex(got, "Received") {
					p.Report("Return-Path before Received", firstLines(got))
				} else if !got.Header.Fields[0].Is("Return-Path") {
					p.Warn("Return-Path as the first field", firstLines(got))
				}

				p.Row("R5321-4.4-z")
				if !strings.Contains(string(field), p.From) {
					p.Report("Return-Path: <"+p.From+">", string(field))
				}

				p.Row("R5321-4.4-ap")
				if !returnPathForm.Match(field) {
					p.Report("Return-Path: <path>, and nothing behind it", string(field))
				}
			},
		},
		{
			// RFC 5321 4.4, 4.5.5: the null reverse-path of notifications is an empty Return-Path.
			ID:    "rfc5321/4.4/return-path-null",
			Title: "the null reverse-path is an empty Return-Path in the mailbox",
			Why:   "It is how a mailbox's programs know that nobody may be answered; any address there makes two robots write to each other for ever.",
			Rows:  []string{"R5321-4.4-aa"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				m := p.Message()
				p.From = ""
				agreeable(p)
				p.Ready().Send(m).Need("250")
				if field := returnPath(p, p.Arrives("", m.Marker)); !strings.Contains(string(field), "<>") {
					p.Fail("Return-Path: <>", string(field))
				}
			},
		},
		{
			// RFC 5321 4.4: a message should have one Return-Path at most, so that the server
			// which makes the final delivery may take away what it finds before it adds its own.
			ID:    "rfc5321/4.4/return-path-once",
			Title: "a message that comes with a Return-Path has one of the MAIL command in the mailbox, and no other",
			Why:   "Which of two a program believes is chance, and the older one was written by whoever sent the message.",
			Rows:  []string{"R5321-4.4-af", "R5321-4.4-ae"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				m := p.Message()
				m.Text = "Return-Path: <old@" + domainOf(p.From) + ">\r\n" + m.Text
				s := p.Ready()
				s.Begin()
				if r := s.Content(m.Text); !r.Is("250") {
					p.Skip("a message with a Return-Path is not taken: %s", r)
				}
				got := p.Arrives("", m.Marker)
				fields := got.Header.All("Return-Path")

				p.Row("R5321-4.4-ae")
				if len(fields) == 0 {
					p.Fail("a Return-Path of the server's own where it takes the old one away", "none")
				}
				p.Row("R5321-4.4-af")
				switch {
				case len(fields) > 1:
					p.Report("one Return-Path", firstLines(got))
				case !strings.Contains(string(fields[0].Raw), p.From):
					p.Report("Return-Path: <"+p.From+">", firstLines(got))
				default:
					p.Note("the old Return-Path was taken away")
				}
			},
		},
	}
}

var returnPathForm = regexp.MustCompile(`(?i)^return-path:(?:[ \t]|\r\n[ \t])+<[^<> ]*>\r\n$`)

// returnPath is the first Return-Path of a message as it stands there; without one the row in question is broken.
func returnPath(p *conformance.Probe, got conformance.Stored) []byte {
	fields := got.Header.All("Return-Path")
	if len(fields) == 0 {
		p.Fail("a Return-Path in the mailbox", firstLines(got))
	}
	return fields[0].Raw
}

// firstLines are the first lines of a message, for reports.
func firstLines(got conformance.Stored) string {
	lines := bytes.SplitN(got.Octets, []byte("\r\n"), 5)
	return string(bytes.Join(lines[:min(4, len(lines))], []byte("\r\n")))
}

// domainOf is the domain of an address.
func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// fieldIndex is where the first field of a name stands in a header, or -1.
func fieldIndex(got conformance.Stored, name string) int {
	return slices.IndexFunc(got.Header.Fields, func(f mail.Field) bool { return f.Is(name) })
}
