package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// securityBdat is about hostile chunks, RFC 3030.
func securityBdat() []conformance.Case {
	needs := []conformance.Need{conformance.Keyword("CHUNKING"), conformance.NeedRcpt}
	return []conformance.Case{
		{
			// RFC 3030 2: the count says how many octets follow; it may be larger than any number
			// that the server can hold.
			ID:    "security/bdat/huge-count",
			Title: "a huge count does not wrap around",
			Why:   "A count that has become small makes commands of the rest of a message, and a buffer that is too small for it.",
			Rows:  []string{"SEC-BDAT-1"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, count := range []string{
					"4294967296", "4294967297", "18446744073709551616", "18446744073709551617 LAST", "99999999999999999999 LAST", "9223372036854775807", "-1",
				} {
					s := p.Ready()
					s.Envelope()
					s.Write("BDAT " + count + "\r\naNOOP\r\n")
					if !s.SilentFor(300 * time.Millisecond) {
						if r := s.Reply(); r.Is("2yz") {
							p.Fail("a refusal of BDAT "+count+", or silence until so much has come", r.String())
						}
					}
					s.Close()
				}
				p.Usable("anybody can stop the server")
				serves(p, "huge counts")
			},
		},
		{
			// RFC 3030 2: the state after a failed BDAT is for RSET to clear, but never a part of it
			// only.
			ID:    "security/bdat/failed-chunk",
			Title: "a failed BDAT leaves no half of a transaction behind",
			Why:   "Servers have crashed there (CVE-2017-16943, CVE-2020-28019), and recipients that stay without their sender get mail of another.",
			Rows:  []string{"SEC-BDAT-2"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Envelope()
				if r := s.Cmd("BDAT x LAST"); r.Code != 0 {
					r.Want("5yz or 421")
				}
				if s.Mail().Is("250") {
					s.Cmd("DATA").Want("5yz")
				}
				serves(p, "a wrong BDAT")
				s = p.Ready()
				s.Envelope()
				s.Cmd("BDAT x LAST")
				r := s.Cmd("DATA")
				if r.Code == 0 {
					// Postfix ends the session: what follows could be chunk or command.
					serves(p, "a wrong BDAT")
					return
				}
				if r.Want("354 or 5yz").Is("354") {
					s.Content(p.Message().Text).Want("250 or 5yz")
				}
				s.Cmd("RSET").Want("250")
				s.Send(p.Message()).Want("250")
			},
		},
		{
			// RFC 3030 2: between chunks comes another chunk; DATA, and what changes the
			// transaction, is out of order.
			ID:    "security/bdat/commands-between-chunks",
			Title: "between chunks neither recipients are added nor another transaction begun",
			Why:   "A recipient that is added late was not there when the message was checked.",
			Rows:  []string{"SEC-BDAT-3"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, pair := range [][2]string{{"RCPT TO:<" + p.Rcpt + ">", "DATA"}, {"MAIL FROM:<" + p.From + ">", ""}} {
					s := p.Ready()
					s.Envelope()
					m := p.Message()
					at := strings.Index(m.Text, "\r\n\r\n")
					s.Write(fmt.Sprintf("BDAT %d\r\n%s", at, m.Text[:at]))
					s.Reply().Need("250")
					for _, line := range pair {
						if line != "" {
							s.Cmd("%s", line).Want("5yz")
						}
					}
					s.Cmd("RSET").Want("250") // Exim takes nothing else after such an error
					s.InStep()
				}
			},
		},
		{
			// RFC 3030 2: a chunk ends by its count; a dot in it means nothing.
			ID:    "security/bdat/dots",
			Title: "a chunk of a dot gets one reply, and a chunk that is cut delivers nothing",
			Why:   "A server that looked for the end of data in chunks went round for ever (CVE-2017-16944).",
			Rows:  []string{"SEC-BDAT-4"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can keep the server busy for ever")
				for _, chunk := range []string{".", ".\r\n"} {
					s := p.Ready()
					s.Envelope()
					s.Write(fmt.Sprintf("BDAT %d LAST\r\n%s", len(chunk), chunk))
					s.Reply().Want("250 or 5yz")
					s.InStep()
				}
				m := p.Message()
				s := p.Ready()
				s.Envelope()
				s.Write(fmt.Sprintf("BDAT %d LAST\r\n%s\r\n.\r\n", len(m.Text)+100, m.Text))
				p.Sleep(50 * time.Millisecond)
				s.Close()
				serves(p, "a chunk that was cut")
				if readable(p) {
					p.Usable("")
					p.Absent("", m.Marker)
				}
			},
		},
		{
			// RFC 3030 2: chunks may be as small as a client likes. What is kept of each is bounded.
			ID:      "security/bdat/many-chunks",
			Title:   "thousands of tiny and empty chunks are borne or refused",
			Why:     "A few octets of memory for each chunk are enough to use up all there is.",
			Rows:    []string{"SEC-TIME-7"},
			Needs:   needs,
			Hostile: true,
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can use up the server's memory")
				m := p.Message()
				s := p.Ready()
				s.Envelope()
				s.Write(fmt.Sprintf("BDAT %d\r\n%s", len(m.Text), m.Text))
				s.Reply().Need("250")
				const group = 100
				for range 20 {
					s.Write(strings.Repeat("BDAT 1\r\na", group-1) + "BDAT 0\r\n")
					refused := false
					for range group {
						r := s.Reply()
						if refused = !r.Is("250"); refused {
							if r.Code == 0 {
								p.Note("the connection ended: %s", r)
							}
							break
						}
					}
					if refused {
						break
					}
				}
				s.Close()
				serves(p, "many chunks")
			},
		},
	}
}
