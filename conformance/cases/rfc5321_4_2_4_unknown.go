package cases

import (
	"slices"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Unknown is about commands that a server does not know or does not have, RFC 5321 4.1.5, 4.2.1 and 4.2.4.
func rfc5321Unknown() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.5: commands that begin with X are agreed between two sides; 2.2.2, 4.2.4: others
			// do not know them and say 500.
			ID:    "rfc5321/4.1.5/private-command",
			Title: "an unknown command that begins with X gets 500",
			Why:   "A client that tries a private command must see that it is not there, and go on without it.",
			Rows:  []string{"R5321-4.1.5-a"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				refusedWith(p, "500", "502", s.Cmd("XNOSUCH"))
				s.InStep()
			},
		},
		{
			// RFC 5321 4.2.4: 502 is for commands that the server recognises and does not have; what it
			// does not recognise gets 500, and nobody can see from outside which it is.
			ID:    "rfc5321/4.2.4/not-implemented",
			Title: "commands of old that the server does not have get 502 or 500",
			Why:   "Any other code says that the command is there and has failed, so that a client tries it again.",
			Rows:  []string{"R5321-4.2.4-a"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				for _, c := range []string{"TURN", "SEND", "SAML", "SOML"} {
					s := p.Ready()
					if c != "TURN" {
						c += " FROM:<" + p.From + ">"
					}
					refusedWith(p, "502", "500 or 2yz", s.Cmd("%s", c))
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.2.4: what the server does not recognise gets 500.
			ID:    "rfc5321/4.2.4/not-recognised",
			Title: "unknown commands and an empty line get 500",
			Why:   "A server that takes what it does not know lets a client believe that it was done.",
			Rows:  []string{"R5321-4.2.4-b"},
			Run: func(p *conformance.Probe) {
				for _, c := range []string{"FOOBAR", "BLAH argument", ""} {
					s := p.Ready()
					refusedWith(p, "500", "501 or 502", s.Cmd("%s", c))
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.2.4: a server must not list a capability in EHLO whose command it answers
			// with 500 or 502.
			ID:    "rfc5321/4.2.4/listed-means-there",
			Title: "commands that EHLO lists are there",
			Why:   "Clients rely on the list: they use STARTTLS or CHUNKING when it is there, and their mail fails.",
			Rows:  []string{"R5321-4.2.4-c"},
			Run: func(p *conformance.Probe) {
				verbs := []struct{ keyword, command string }{
					{"HELP", "HELP"},
					{"EXPN", "EXPN staff"},
					{"VRFY", "VRFY postmaster"},
					{"ETRN", "ETRN no-such-host.mailsim.test"},
					{"AUTH", "AUTH NO-SUCH"},
					{"CHUNKING", "BDAT 0 LAST"},
					{"STARTTLS", "STARTTLS"},
				}
				for _, v := range verbs {
					s := p.Hello()
					if _, listed := s.Offers(v.keyword); !listed && p.Lacks[conformance.NeedTLS] == "" && !s.Secure() {
						s.Close()
						s = p.Encrypted()
					}
					if _, listed := s.Offers(v.keyword); listed {
						if r := s.Cmd("%s", v.command); r.Is("500 or 502") {
							p.Report("a server that knows "+v.command+", which EHLO lists", r.String())
						}
					}
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.2.1, 4.2.2: 504 is for a parameter that is not implemented; RFC 4954 4 has it for
			// an unknown mechanism.
			ID:    "rfc5321/4.2.1/parameter-not-implemented",
			Title: "an unknown topic of HELP and an unknown mechanism of AUTH are no success",
			Why:   "A client that asks for a login in a way that the server does not know must not believe that it is logged in.",
			Rows:  []string{"R5321-4.2.1-g"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("HELP NO-SUCH-TOPIC").Should("211 or 214 or 4yz or 5yz")
				s.Close()
				s = p.Hello()
				if _, offered := s.Offers("AUTH"); !offered && p.Lacks[conformance.NeedTLS] == "" && !s.Secure() {
					s.Close()
					s = p.Encrypted()
				}
				if _, offered := s.Offers("AUTH"); offered {
					refusedWith(p, "504", "5yz", s.Cmd("AUTH NO-SUCH"))
				}
			},
		},
		{
			// RFC 5321 4.3.1: the client waits for the greeting. One that does not may be served or
			// not, but the greeting comes first, and the replies come in order.
			ID:    "rfc5321/4.3.1/early-talker",
			Title: "what a client says before the greeting is not answered before it",
			Why:   "Replies that come out of order make a client take the refusal of one command for that of another.",
			Rows:  []string{"R5321-4.3.1-c"},
			Run: func(p *conformance.Probe) {
				s := p.Connect()
				s.Write(lines(p.Verb()+" "+p.Target.Hello, "MAIL FROM:<"+p.From+">", "QUIT"))
				var codes []conformance.Reply
				for r := s.Reply(); r.Code != 0 && len(codes) < 5; r = s.Reply() {
					codes = append(codes, r)
				}
				if len(codes) == 0 {
					return // to close at once is a way to refuse
				}
				codes[0].Want("220 or 4yz or 5yz")
				if len(codes) > 4 {
					p.Fail("a greeting and a reply to each of three commands", "more than four replies")
				}
				if !codes[0].Is("220") || len(codes) < 4 {
					return
				}
				if i := slices.IndexFunc(codes, func(r conformance.Reply) bool { return r.Is("221") }); i >= 0 && i != 3 {
					p.Fail("221 as the last reply, to QUIT", codes[i].String()+" before it")
				}
				codes[1].Want("250 or 4yz or 5yz")
			},
		},
	}
}
