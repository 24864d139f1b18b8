package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Limits is about how long names, paths, commands and replies may be, RFC 5321 4.5.3.1,
// and how long a session may rest, 4.5.3.2.7.
func rfc5321Limits() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.5.3.1.1: a local part may have 64 octets.
			ID:    "rfc5321/4.5.3.1.1/local-part",
			Title: "a local part of 64 octets is not too long",
			Why:   "Addresses of lists and of bounces with a tag in them are that long, and mail to or from them is lost.",
			Rows:  []string{"R5321-4.5.3.1.1-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				long := strings.Repeat("a", 64) + "@"
				s := p.Ready()
				notTooLong(p, s.Cmd("MAIL FROM:<%s>", long+domainOf(p.From)))
				s = p.Ready()
				s.Mail().Need("250")
				notTooLong(p, s.RcptTo(long+domainOf(p.Rcpt)))
			},
		},
		{
			// RFC 5321 4.5.3.1.2: a domain may have 255 octets; 253 is what the DNS has room for.
			ID:    "rfc5321/4.5.3.1.2/domain",
			Title: "a domain of 253 octets is not too long",
			Why:   "A fixed buffer for names is where servers crash, and long names of cloud hosts come close to its end.",
			Rows:  []string{"R5321-4.5.3.1.2-a"},
			Run: func(p *conformance.Probe) {
				s := p.Greet()
				r := s.Cmd("%s %s", p.Verb(), longDomain(253, p.Target.Hello))
				notTooLong(p, r)
				s = p.Ready()
				notTooLong(p, s.Cmd("MAIL FROM:<a@%s>", longDomain(240, domainOf(p.From))))
				s.InStep()
			},
		},
		{
			// RFC 5321 4.5.3.1.3: a path may have 256 octets, with its brackets.
			ID:    "rfc5321/4.5.3.1.3/path",
			Title: "a path of 256 octets is not too long",
			Why:   "Mail from such an address is refused before anybody has looked at it.",
			Rows:  []string{"R5321-4.5.3.1.3-a"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				path := "<" + strings.Repeat("a", 64) + "@" + longDomain(189, domainOf(p.From)) + ">"
				notTooLong(p, s.Cmd("MAIL FROM:%s", path))
				s.InStep()
			},
		},
		{
			// RFC 5321 4.5.3.1.4: a command line may have 512 octets, with its CRLF.
			ID:    "rfc5321/4.5.3.1.4/command-line",
			Title: "a command line of 512 octets is not too long",
			Why:   "Commands with many parameters get near to it.",
			Rows:  []string{"R5321-4.5.3.1.4-a"},
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				// Some take no words behind NOOP, be they long or short.
				short := s.Cmd("NOOP x")
				r := s.Cmd("NOOP %s", strings.Repeat("x", 512-len("NOOP \r\n")))
				if short.Is("250") || r.Code != short.Code {
					r.Want("250")
				}
				s.InStep()
			},
		},
		{
			// RFC 5321 4.5.3.1.5: a reply line has at most 512 octets, with code and CRLF; what does
			// not fit goes on more lines.
			ID:    "rfc5321/4.5.3.1.5/reply-line",
			Title: "no reply line is longer than 512 octets, even where the server repeats what it was told",
			Why:   "A client may have no room for more, and take the rest for the next reply.",
			Rows:  []string{"R5321-4.5.3.1.5-a"},
			Needs: []conformance.Need{conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, line := range []string{
					strings.Repeat("X", 500),
					"VRFY " + strings.Repeat("y", 490),
					"RCPT TO:<" + strings.Repeat("z", 400) + "@" + domainOf(p.Rcpt) + ">",
					p.Verb() + " " + longDomain(253, p.Target.Hello),
				} {
					s := p.Ready()
					if strings.HasPrefix(line, "RCPT") {
						s.Mail().Need("250")
					}
					r := s.Cmd("%s", line)
					if r.Code == 0 {
						continue // other rows are about that
					}
					for reply := range strings.SplitAfterSeq(r.Raw, "\n") {
						if len(reply) > 512 {
							p.Fail("no reply line of more than 512 octets", fmt.Sprintf("one of %d octets: %.60s...", len(reply), reply))
						}
					}
				}
			},
		},
		{
			// RFC 5321 4.5.3.1.9: what is too long gets an error, such as 500 for a line and 501
			// for a path. It is one line, however long, and so has one reply.
			ID:    "rfc5321/4.5.3.1.9/too-long",
			Title: "a command that is too long gets one reply, and the session goes on",
			Why:   "A server that takes the end of a long line for a command obeys what a sender has hidden in an address.",
			Rows:  []string{"R5321-4.5.3.1.9-a"},
			Run: func(p *conformance.Probe) {
				for _, line := range []string{
					"NOOP " + strings.Repeat("x", 4000),
					"MAIL FROM:<" + strings.Repeat("a", 2000) + "@" + domainOf(p.From) + ">",
				} {
					s := p.Ready()
					r := s.Cmd("%s", line).Want("2yz or 4yz or 5yz")
					if r.Dropped {
						p.Note("the session is over behind a line of %d octets: %s", len(line)+2, r)
						continue
					}
					s.InStep()
				}
			},
		},
		{
			// RFC 5321 4.5.3.2.7: the server waits at least five minutes for the next command.
			ID:       "rfc5321/4.5.3.2.7/idle",
			Title:    "a session may rest for almost five minutes",
			Why:      "A client that works through a list, or waits for the DNS, finds its session gone and begins anew.",
			Rows:     []string{"R5321-4.5.3.2.7-a"},
			Slow:     5 * time.Minute,
			Sessions: 2,
			Run: func(p *conformance.Probe) {
				idle, open := p.Ready(), p.Ready()
				open.Mail().Need("250")
				if !idle.SilentFor(290 * time.Second) {
					r, _ := idle.Closed(time.Second)
					p.Fail("silence for 290 seconds behind "+p.Verb(), "the session was ended: "+r.String())
				}
				idle.Cmd("NOOP").Want("250")
				open.Cmd("NOOP").Want("250")
			},
		},
	}
}

// notTooLong judges the reply to a command with something that is not too long. A refusal
// by policy is none of our business.
func notTooLong(p *conformance.Probe, r conformance.Reply) {
	r.Want("2yz or 4yz or 5yz")
	policy := strings.HasPrefix(r.Enhanced(), "5.7.") || r.Enhanced() == "5.1.8" || r.Enhanced() == "5.1.1"
	if r.Is("500 or 501 or 552 or 553 or 555") && !policy {
		p.Report("250, or a refusal for another reason than its length", r.String())
	}
}

// longDomain makes a domain of n octets that ends in parent.
func longDomain(n int, parent string) string {
	d := parent
	for n > len(d)+64+1 {
		d = strings.Repeat("d", 63) + "." + d
	}
	if rest := n - len(d) - 1; rest > 63 {
		d = strings.Repeat("d", rest/2) + "." + d
	}
	if rest := n - len(d) - 1; rest > 0 {
		d = strings.Repeat("d", rest) + "." + d
	}
	return d
}
