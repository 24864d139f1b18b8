package cases

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// How large the messages are that cases about SIZE send: those that are refused, and
// those that are delivered.
const (
	largestRefused   = 12 << 20
	largestDelivered = 1 << 20
)

// rfc1870 is about SIZE.
func rfc1870() []conformance.Case {
	size := conformance.Keyword("SIZE")
	return []conformance.Case{
		{
			// RFC 1870 3: the keyword has one optional parameter, a decimal number.
			ID:    "rfc1870/3/size-line",
			Title: "the SIZE line of EHLO has at most one parameter, a decimal number",
			Why:   "A client that cannot read the limit sends messages in full only to have them refused, or does not send them at all.",
			Rows:  []string{"R1870-3-a"},
			Needs: []conformance.Need{size},
			Run: func(p *conformance.Probe) {
				r := p.Greet().Hello().Need("250") // the first of the session: some take no second
				if _, ok := r.Keywords()["SIZE"]; !ok {
					r = p.Encrypted().Hello().Need("250")
				}
				for _, line := range r.Lines[1:] {
					word, _, _ := strings.Cut(line, " ")
					if strings.EqualFold(word, "SIZE") && !sizeLine.MatchString(line) {
						p.Report("SIZE, or SIZE and a decimal number", strconv.Quote(line))
					}
				}
			},
		},
		{
			// RFC 1870 3: a size has up to 20 digits, which is more than 64 bits can hold.
			ID:    "rfc1870/3/huge-size",
			Title: "a declared size of 20 digits is understood as larger than the limit",
			Why:   "A number that wraps around looks small, and the client sends gigabytes that are refused only at their end.",
			Rows:  []string{"R1870-3-b"},
			Needs: []conformance.Need{size, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				sizeLimit(p)
				for _, n := range []string{"99999999999999999999", "18446744073709551617", "9223372036854775808"} {
					r := declared(p, n)
					switch {
					case r.Is("501 or 555"):
						p.Warn("552 to SIZE="+n, r.String())
					default:
						r.Should("552 or 452")
					}
				}
			},
		},
		{
			// RFC 1870 3: size-value is 1 to 20 digits.
			ID:    "rfc1870/3/malformed-size",
			Title: "a SIZE that is no number of 1 to 20 digits is refused",
			Why:   "A server that takes what it cannot read for nothing opens a transaction on terms that the client did not mean.",
			Rows:  []string{"R1870-3-c"},
			Needs: []conformance.Need{size, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, v := range []string{"", "abc", "-1", "1e3", "0x10", "123456789012345678901"} {
					s := p.Ready()
					if s.Mail("SIZE=" + v).Should("501 or 504 or 555 or 552") {
						s.RcptTo(p.Rcpt).Should("5yz") // no transaction was opened
					}
					s.Close()
				}
			},
		},
		{
			// RFC 1870 4: a message above the fixed limit fails, whatever was declared; 6.1, 6.3: with 552.
			ID:    "rfc1870/4/oversized-message",
			Title: "a message above the advertised limit is refused with 552 though nothing was declared",
			Why:   "A limit that holds only for those who declare their size lets anybody fill the disk.",
			Rows:  []string{"R1870-4-a"},
			Needs: []conformance.Need{size, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				limit := sizeLimit(p)
				if limit > largestRefused {
					p.Skip("the limit of %d octets is too large to send more", limit)
				}
				s := p.Ready()
				m := p.Message()
				s.Begin()
				s.Write(m.Text)
				line := strings.Repeat("x", 76) + "\r\n"
				s.Flood(line, limit+2000-int64(len(m.Text)), p.Timeout)
				s.Write("\r\n.\r\n")
				r := s.Reply()
				switch {
				case r.Is("552"), r.Code == 0 && r.Dropped: // it may end the session while we send
				case r.Is("452"):
					p.Warn("552 to a message above the limit", r.String())
				default:
					r.Want("552")
				}
				if readable(p) {
					p.Absent("", m.Marker)
				}
			},
		},
		{
			// RFC 1870 6: only one SIZE may be in a MAIL command; RFC 5321 4.1.1.11.
			ID:    "rfc1870/6/two-sizes",
			Title: "MAIL with two SIZE parameters is refused",
			Why:   "Two servers on the way that each take another of the two decide differently about one message.",
			Rows:  []string{"R1870-6-a"},
			Needs: []conformance.Need{size},
			Run: func(p *conformance.Probe) {
				r := mailReply(p, "SIZE=100", "SIZE=200")
				if r.Is("250") {
					// The rule has no capital letters, and many servers take the last one.
					p.Warn("501 or 555 to two SIZE parameters", r.String())
					return
				}
				r.Want("501 or 555 or 500 or 503")
			},
		},
		{
			// RFC 1870 6: the declared size is an estimate and never tells where the content ends.
			ID:    "rfc1870/6/declared-size-is-no-end",
			Title: "a wrong declared size does not change where the message ends",
			Why:   "A server that counts instead of looking for the dot cuts messages off, and takes their rest for commands.",
			Rows:  []string{"R1870-6-b"},
			Needs: []conformance.Need{size, conformance.NeedMailbox},
			Run: func(p *conformance.Probe) {
				for _, declared := range []string{"SIZE=10", "SIZE=4000"} {
					s := p.Ready()
					if r := s.Mail(declared); !r.Is("250") {
						p.Note("MAIL with %s got %s", declared, r)
						s.Close()
						continue
					}
					s.RcptTo(p.Rcpt).Need("25z")
					s.Cmd("DATA").Need("354")
					m := p.Message("first", strings.Repeat("0123456789", 7), "last")
					r := s.Content(m.Text)
					if r.Is("250") {
						got := p.Arrives("", m.Marker).Lines()
						if len(got) != 3 || got[2] != "last" {
							p.Fail("all lines of the message", quoted(got))
						}
					} else {
						r.Want("552") // more than was declared may be refused
					}
					s.InStep()
					s.Close()
				}
			},
		},
		{
			// RFC 1870 6.1: a size above the fixed limit is answered with 552.
			ID:    "rfc1870/6.1/size-above-limit",
			Title: "MAIL with a size above the limit is refused with 552 before the message is sent",
			Why:   "That is what SIZE is for: without it a message that cannot be taken goes over the line in full.",
			Rows:  []string{"R1870-6.1-a"},
			Needs: []conformance.Need{size, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				limit := sizeLimit(p)
				s := p.Ready()
				r := s.Mail(fmt.Sprintf("SIZE=%d", limit+1))
				if r.Is("250") {
					r = s.RcptTo(p.Rcpt) // some decide when they know for whom it is
				}
				r.Want("552")
				if code := r.Enhanced(); code != "" && code != "5.3.4" && code != "5.2.3" {
					p.Note("the enhanced status code is %s, not 5.3.4", code)
				}
				s.Cmd("RSET").Need("250")
				s.Mail("SIZE=1").Want("250")
			},
		},
		{
			// RFC 1870 6.3: who has agreed to a size does not refuse it as too large after DATA.
			ID:    "rfc1870/6.3/size-is-kept-to",
			Title: "a message of the declared size that MAIL was accepted with is not refused as too large",
			Why:   "The client was told that the size is right, so it gives up for good a message that a correct limit would have let it send elsewhere or split.",
			Rows:  []string{"R1870-6.3-a"},
			Needs: []conformance.Need{size, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "SIZE")
				limit, _ := strconv.ParseInt(first(s.Offers("SIZE")), 10, 64)
				sizes := []int{1000, largestDelivered}
				if limit > 0 && limit-10 < largestDelivered {
					sizes[1] = int(limit) - 10
				}
				for _, n := range sizes {
					m := p.Message()
					if n < len(m.Text)+100 {
						continue
					}
					m.Text += filler(n - len(m.Text))
					s.Mail(fmt.Sprintf("SIZE=%d", n)).Need("250")
					s.RcptTo(p.Rcpt).Need("25z")
					s.Cmd("DATA").Need("354")
					r := s.Content(m.Text)
					if r.Is("552") {
						r.Should("250")
					} else {
						r.Need("250")
					}
				}
			},
		},
	}
}

var sizeLine = regexp.MustCompile(`(?i)^SIZE( [0-9]+)?$`)

// sizeLimit is the largest message that the target takes, as it says; without a fixed
// limit the case is skipped.
func sizeLimit(p *conformance.Probe) int64 {
	s := offering(p, "SIZE")
	defer s.Close()
	n, err := strconv.ParseInt(first(s.Offers("SIZE")), 10, 64)
	if err != nil || n == 0 {
		p.Skip("the target states no fixed limit")
	}
	return n
}

// declared is the reply that decides about a declared size: to MAIL, or to the RCPT
// behind it.
func declared(p *conformance.Probe, size string) conformance.Reply {
	s := p.Ready()
	defer s.Close()
	r := s.Mail("SIZE=" + size)
	if r.Is("250") {
		if later := s.RcptTo(p.Rcpt); !later.Is("25z") {
			return later
		}
	}
	return r
}

// filler is lines of so many octets, at least 2.
func filler(n int) string {
	const line = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n"
	text := strings.Repeat(line, max(0, n/len(line)-1))
	return text + strings.Repeat("x", n-len(text)-2) + "\r\n"
}

// first is the first of two values.
func first[A, B any](a A, _ B) A { return a }
