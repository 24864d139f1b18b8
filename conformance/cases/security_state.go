package cases

import (
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// securityState is about what lives on from one transaction, or from one client, to the next.
func securityState() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.4, 3.3: a transaction that failed or was reset has left nothing behind:
			// RCPT wants MAIL before it, DATA wants RCPT.
			ID:    "security/state/clean-after-failures",
			Title: "no failed or reset transaction leaves a sender or a recipient behind",
			Why:   "The next message goes to recipients of the one before, who may be of another user's.",
			Rows:  []string{"SEC-STATE-1"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				clean := func(s *conformance.Session, after string) {
					for _, line := range []string{"RCPT TO:<" + p.Rcpt + ">", "DATA"} {
						if r := s.Cmd("%s", line); r.Code != 0 && !r.Is("5yz or 421") {
							p.Fail("503 to "+line+" after "+after, r.String())
						}
					}
					s.Close()
				}
				s := p.Ready()
				if s.Cmd("MAIL FROM:<a@b@c>").Is("5yz") {
					clean(s, "a refused MAIL")
				}

				s = p.Ready()
				s.Envelope()
				s.Cmd("RSET").Want("250")
				clean(s, "RSET")

				s = p.Ready()
				s.Envelope()
				if s.Hello().Is("250") {
					clean(s, "another "+p.Verb())
				}

				s = p.Ready()
				s.Send(p.Message()).Need("250")
				clean(s, "an accepted message")

				s = p.Ready()
				s.Mail().Need("250")
				if s.RcptTo(p.Unknown).Is("5yz") {
					s.Cmd("DATA").Want("5yz")
				}
				s.Close()

				if s, refused := refusedMessage(p); refused {
					clean(s, "a refused message")
				}
			},
		},
		{
			// RFC 1870 6.1: what MAIL declares is a hint. The limit is for the octets that come, and
			// a declaration alone takes nothing from others.
			ID:       "security/state/lies-about-size",
			Title:    "the limit is kept whatever SIZE declares, and declarations take nothing from others",
			Why:      "Otherwise anybody fills the disk, or keeps all others out without sending a message.",
			Rows:     []string{"SEC-SIZE-1"},
			Needs:    []conformance.Need{conformance.Keyword("SIZE"), conformance.NeedRcpt},
			Hostile:  true,
			Sessions: 6,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				word, _ := s.Offers("SIZE")
				limit, _ := strconv.ParseInt(word, 10, 64)
				if limit > 0 {
					p.Usable("anybody can keep all others from sending, without a message of his own")
					for range 4 {
						p.Ready().Mail("SIZE=" + word).Need("250")
					}
					p.Ready().Send(p.Message()).Want("250")
					p.Usable("")
				}
				if limit <= 0 || limit > 12<<20 {
					p.Note("the limit is %q: more than we send", word)
					return
				}
				s.Mail("SIZE=1").Need("250")
				s.RcptTo(p.Rcpt).Need("250")
				s.Cmd("DATA").Need("354")
				s.Write(p.Message().Text)
				s.Flood(strings.Repeat("x", 76)+"\r\n", limit+100<<10, 20*time.Second)
				s.Write("\r\n.\r\n")
				if r := s.Reply(); r.Code != 0 {
					r.Want("4yz or 5yz")
				}
			},
		},
		{
			// RFC 5321 7.3: VRFY and EXPN may be disabled; what they say has to be true.
			ID:    "security/state/vrfy-and-expn",
			Title: "VRFY does not confirm addresses that do not exist, and EXPN shows no members",
			Why:   "Lists of users are what spam and password guessing begin with.",
			Rows:  []string{"SEC-VRFY-1"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can list the users")
				if r := p.Ready().Cmd("VRFY %s", p.Unknown); r.Is("250 or 251") {
					p.Report("no confirmation of "+p.Unknown, r.String())
				}
				local, _, _ := strings.Cut(p.Rcpt, "@")
				r := p.Ready().Cmd("VRFY %s", local)
				p.Note("VRFY of a user gets %s", r)
				list := p.List
				if list == "" {
					list = "postmaster"
				}
				if r := p.Ready().Cmd("EXPN %s", list); r.Is("250") {
					p.Warn("no members of "+list+" for strangers", r.String())
				}
			},
		},
		{
			// RFC 5321 7.8: a server may protect itself against clients that try names.
			ID:      "security/state/address-guesses",
			Title:   "guesses of recipients are bounded",
			Why:     "Spammers find addresses by trying all names; it should take them long.",
			Rows:    []string{"SEC-VRFY-2"},
			Needs:   []conformance.Need{conformance.NeedUnknown},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can find out which addresses there are")
				s := p.Ready()
				s.Mail().Need("250")
				if r := s.RcptTo(p.Unknown); !r.Is("5yz") {
					p.Note("an unknown recipient gets %s", r)
					return
				}
				begun := time.Now()
				for n := range 150 {
					r := s.RcptTo("guess-" + strconv.Itoa(n) + "@" + p.Domain())
					if r.Dropped || !r.Is("550 or 551 or 553") || time.Since(begun) > 3*time.Second {
						return
					}
				}
				p.Report("the end of the session, delays or 4yz within 150 unknown recipients", "all were refused at full speed")
			},
		},
	}
}
