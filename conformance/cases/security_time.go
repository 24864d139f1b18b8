package cases

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// securityTime is about clients that are slow, hasty, or out of their mind.
func securityTime() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.5.3.2.7: a server waits 5 minutes at least, and not for ever.
			ID:       "security/time/idle-session",
			Title:    "an idle session is ended after a while",
			Why:      "Clients that vanish, or that do nothing on purpose, hold sessions until there are none for others.",
			Rows:     []string{"SEC-TIME-1"},
			Needs:    []conformance.Need{conformance.NeedRcpt},
			Slow:     17 * time.Minute,
			Sessions: 3,
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can hold sessions, at no cost to himself")
				stages := []struct {
					name string
					s    *conformance.Session
				}{{"the greeting", p.Greet()}, {p.Verb(), p.Ready()}, {"DATA", p.Ready()}}
				stages[2].s.Begin()
				begun := time.Now()
				for _, stage := range stages {
					last, closed := stage.s.Closed(max(16*time.Minute-time.Since(begun), p.Quiet))
					switch {
					case !closed:
						p.Report("the end of a session that is idle behind "+stage.name+" within 16 minutes", "it is still open")
					case !last.Is("421"):
						p.Note("a session that is idle behind %s ends without 421", stage.name)
					}
				}
			},
		},
		{
			// RFC 5321 4.5.3.2.7: the time is that for a command, not for an octet of it.
			ID:    "security/time/dripping-command",
			Title: "a command that comes octet by octet does not hold a session for ever",
			Why:   "A few hundred connections that send an octet now and then shut a server for all others.",
			Rows:  []string{"SEC-TIME-2"},
			Slow:  32 * time.Minute,
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can hold sessions, at next to no cost to himself")
				s := p.Greet()
				s.Write(p.Verb() + " ")
				for begun := time.Now(); time.Since(begun) < 30*time.Minute; {
					s.Write("x")
					if _, closed := s.Closed(30 * time.Second); closed {
						return
					}
				}
				p.Report("the end of the session within half an hour", "it is still open")
			},
		},
		{
			// RFC 5321 3.1, 4.3.1: the server speaks first, and a client waits for its greeting.
			ID:    "security/time/talks-before-greeting",
			Title: "nothing is answered before the greeting",
			Why:   "Programs that send spam do not wait; nobody else talks first.",
			Rows:  []string{"SEC-TIME-5"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				s := p.Connect()
				s.Write("EHLO " + p.Target.Hello + "\r\nNOOP\r\n")
				r := s.Reply()
				if r.Code == 0 && r.Dropped {
					return
				}
				r.Want("220 or 4yz or 5yz")
				if r.Is("220") {
					p.Note("a client that talks before the greeting is served")
				}
			},
		},
		{
			// RFC 5321 4.3.2, 7.8: a server may end a session with 421 where a client does nothing
			// but errors.
			ID:      "security/time/errors-without-end",
			Title:   "errors without end bring the end of the session, or delays",
			Why:     "Programs that try things are stopped by it, and people are not.",
			Rows:    []string{"SEC-TIME-6"},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				begun := time.Now()
				for range 150 {
					if r := s.Cmd("BOGUS"); r.Code == 0 || r.Is("421") || time.Since(begun) > 3*time.Second {
						return
					}
				}
				p.Report("the end of the session, or delays, within 150 unknown commands", "all were answered at full speed")
			},
		},
		{
			// RFC 5321 4.2, 7.8: whatever a client sends is answered, or ends its session, and
			// nothing else.
			ID:      "security/time/random-octets",
			Title:   "the server goes on whatever octets come",
			Why:     "A server that can be stopped by a line will be.",
			Rows:    []string{"SEC-CRASH-1"},
			Hostile: true,
			Run: func(p *conformance.Probe) {
				p.Usable("anybody can stop the server")
				r := rand.New(rand.NewPCG(5321, 1))
				words := []string{
					"EHLO x", "HELO", "MAIL FROM:", "MAIL FROM:<>", "RCPT TO:<", "RCPT TO:<" + p.Rcpt + ">", "DATA", "BDAT 3", "BDAT -1 LAST", "RSET", "NOOP",
					"VRFY %s%n", "EXPN", "AUTH PLAIN =", "STARTTLS", "QUIT", "\x00", "\xff\xfe", " ", "<", ">", "\"", "\\", "@", ".", "SIZE=", strings.Repeat("A", 3000),
				}
				ends := []string{"\r\n", "\r\n", "\r\n", "\n", "\r", "", "\r\n.\r\n", "\x00\r\n"}
				for round := range 120 {
					s := p.Connect()
					var b strings.Builder
					for range 1 + r.IntN(12) {
						for range 1 + r.IntN(2) {
							b.WriteString(words[r.IntN(len(words))])
						}
						b.WriteString(ends[r.IntN(len(ends))])
					}
					if r.IntN(2) == 0 {
						_ = s.Reply()
					}
					s.Write(b.String())
					if r.IntN(3) == 0 {
						s.Reset()
					} else {
						s.CloseWrite()
						s.Closed(100 * time.Millisecond)
						s.Close()
					}
					if round%40 == 39 {
						serves(p, "random octets")
					}
				}
			},
		},
	}
}
