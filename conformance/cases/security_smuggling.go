package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// ending is a sequence that looks like the end of data and is none.
type ending struct {
	slug, row string
	octets    string
	name      string // as titles write it
	usable    string // how an outsider can use it; "": a sender that doubles dots never lets it out
	bareLF    bool   // every line of the message ends in LF
}

// smuggling is what a false end of data is good for where relays pass it on.
const smuggling = "anybody can send a second message in the name of users of a server that passes this sequence on, with its SPF and DMARC"

// endings are the false ends of data. RFC 5321 4.1.1.4: CRLF dot CRLF ends the
// data, and nothing else does. A relay doubles a dot that it sees at the beginning
// of a line, so those behind a CRLF come only from clients that do not.
func endings() []ending {
	return []ending{
		{slug: "lf-dot-lf", row: "SEC-SMUGGLE-IN-1", octets: "\n.\n", name: "LF dot LF", usable: smuggling + " (CVE-2023-51764, CVE-2023-51765, CVE-2023-51766)"},
		{slug: "lf-dot-crlf", row: "SEC-SMUGGLE-IN-2", octets: "\n.\r\n", name: "LF dot CRLF", usable: smuggling + " (CVE-2023-51764, CVE-2023-51765, CVE-2023-51766)"},
		{slug: "crlf-dot-lf", row: "SEC-SMUGGLE-IN-3", octets: "\r\n.\n", name: "CRLF dot LF"},
		{slug: "cr-dot-cr", row: "SEC-SMUGGLE-IN-4", octets: "\r.\r", name: "CR dot CR", usable: smuggling},
		{slug: "cr-dot-lf", row: "SEC-SMUGGLE-IN-5", octets: "\r.\n", name: "CR dot LF", usable: smuggling},
		{slug: "lf-dot-cr", row: "SEC-SMUGGLE-IN-5", octets: "\n.\r", name: "LF dot CR", usable: smuggling},
		{slug: "cr-dot-crlf", row: "SEC-SMUGGLE-IN-6", octets: "\r.\r\n", name: "CR dot CRLF", usable: smuggling},
		{slug: "crlf-dot-cr", row: "SEC-SMUGGLE-IN-7", octets: "\r\n.\r", name: "CRLF dot CR"},
		{slug: "crlf-dot-cr-crlf", row: "SEC-SMUGGLE-IN-8", octets: "\r\n.\r\r\n", name: "CRLF dot CR CRLF"},
		{slug: "cr-crlf-dot-cr-crlf", row: "SEC-SMUGGLE-IN-8", octets: "\r\r\n.\r\r\n", name: "CR CRLF dot CR CRLF"},
		{slug: "nul-before-dot", row: "SEC-SMUGGLE-IN-10", octets: "\r\n\x00.\r\n", name: "CRLF NUL dot CRLF", usable: smuggling},
		{slug: "nul-behind-dot", row: "SEC-SMUGGLE-IN-11", octets: "\r\n.\x00\r\n", name: "CRLF dot NUL CRLF"},
		{slug: "blank-behind-dot", row: "SEC-SMUGGLE-IN-12", octets: "\r\n. \r\n", name: "a dot and a blank"},
		{slug: "tab-behind-dot", row: "SEC-SMUGGLE-IN-12", octets: "\r\n.\t\r\n", name: "a dot and a tab"},
		{slug: "blank-before-dot", row: "SEC-SMUGGLE-IN-12", octets: "\r\n .\r\n", name: "a blank and a dot", usable: smuggling},
		{slug: "vertical-tab", row: "SEC-SMUGGLE-IN-13", octets: "\x0b.\x0b", name: "a dot between vertical tabs", usable: smuggling},
		{slug: "form-feed", row: "SEC-SMUGGLE-IN-13", octets: "\x0c.\x0c", name: "a dot between form feeds", usable: smuggling},
		{slug: "file-separator", row: "SEC-SMUGGLE-IN-13", octets: "\x1c.\x1c", name: "a dot between file separators", usable: smuggling},
		{slug: "next-line", row: "SEC-SMUGGLE-IN-13", octets: "\x85.\x85", name: "a dot between octets 0x85", usable: smuggling},
		{slug: "utf8-next-line", row: "SEC-SMUGGLE-IN-13", octets: "\xc2\x85.\xc2\x85", name: "a dot between U+0085", usable: smuggling},
		{slug: "utf8-line-separator", row: "SEC-SMUGGLE-IN-13", octets: "\xe2\x80\xa8.\xe2\x80\xa8", name: "a dot between U+2028", usable: smuggling},
		{slug: "lf-only-lf-dot-lf", row: "SEC-SMUGGLE-IN-14", octets: "\n.\n", name: "LF dot LF behind a message with LF alone", bareLF: true, usable: smuggling},
		{slug: "lf-only-lf-dot-crlf", row: "SEC-SMUGGLE-IN-14", octets: "\n.\r\n", name: "LF dot CRLF behind a message with LF alone", bareLF: true, usable: smuggling},
	}
}

// securitySmuggling is about false ends of data, RFC 5321 4.1.1.4.
func securitySmuggling() []conformance.Case {
	var out []conformance.Case
	for _, e := range endings() {
		out = append(out, conformance.Case{
			ID:    "security/smuggling/" + e.slug,
			Title: e.name + " does not end the data",
			Why:   "Where two servers disagree about the end of a message, its author can put a second one behind it that the first server has never checked: SMTP smuggling.",
			Rows:  []string{e.row},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run:   func(p *conformance.Probe) { smuggle(p, e) },
		})
	}
	return out
}

// smuggle sends a message with a false end and a transaction behind it: once in one
// go, and once with a pause, for servers that do not bear pipelining. Exactly one
// reply is right, at the true end, or a refusal before it.
func smuggle(p *conformance.Probe, e ending) {
	p.Usable(e.usable)
	broken := p.Fail
	if e.bareLF {
		// Exim, on purpose, follows the line ends of the first header line. Only a relay that
		// sends whole messages with bare LF lets anybody use it.
		broken = p.Warn
	}
	for _, pause := range []bool{false, true} {
		outer, inner := p.Message(), p.Message()
		first := strings.TrimSuffix(outer.Text, "\r\n")
		if e.bareLF {
			first = strings.ReplaceAll(first, "\r\n", "\n")
		}
		first += e.octets
		rest := "MAIL FROM:<" + p.From + ">\r\nRCPT TO:<" + p.Rcpt + ">\r\nDATA\r\n" + inner.Text + ".\r\n"
		s := p.Ready()
		s.Begin()
		if pause {
			s.Write(first)
			if !s.Silent() {
				if r := s.Reply(); ended(p, s, r) {
					broken("silence up to CRLF dot CRLF", r.String()+" to "+e.name)
				}
				s.Close()
				continue
			}
			s.Write(rest)
		} else {
			s.Write(first + rest)
		}
		r := s.Reply()
		taken := r.Is("2yz")
		if r.Code == 0 && !r.Dropped {
			p.Fail("one reply at the true end of the data", r.String())
		}
		replies := []string{r.String()}
		s.Write("QUIT\r\n")
		for r = s.Reply(); r.Code != 0 && !r.Is("221 or 421") && len(replies) < 20; r = s.Reply() {
			replies = append(replies, r.String())
		}
		if len(replies) > 1 {
			broken("one reply at the true end of the data", fmt.Sprintf("%d replies: %s", len(replies), strings.Join(replies, "; ")))
			return
		}
		s.Close()
		if apart(p, outer.Marker, inner.Marker, taken) {
			broken("one message, which ends at CRLF dot CRLF", "what stands behind "+e.name+" was delivered as a message of its own")
			return
		}
	}
}

// ended reports whether a reply that came before the true end of data means that the
// server reads commands again. To refuse the message at once is safe if the connection ends
// there, or if the rest is read away.
func ended(p *conformance.Probe, s *conformance.Session, r conformance.Reply) bool {
	if !r.Is("4yz or 5yz") {
		return r.Code != 0
	}
	s.Write("NOOP\r\n")
	return s.ReplyWithin(p.Quiet).Is("2yz")
}

// apart reports whether a message with the inner marker, and without the outer one,
// is in the mailbox. It waits for the outer one if that was accepted.
func apart(p *conformance.Probe, outer, inner string, taken bool) bool {
	if !readable(p) {
		return false
	}
	if taken {
		for pause := 50 * time.Millisecond; pause < time.Second && len(p.Copies("", outer)) == 0; pause *= 2 {
			p.Sleep(pause)
		}
		p.Sleep(200 * time.Millisecond)
	}
	for _, m := range p.Copies("", inner) {
		if !strings.Contains(string(m.Octets), outer) {
			return true
		}
	}
	return false
}
