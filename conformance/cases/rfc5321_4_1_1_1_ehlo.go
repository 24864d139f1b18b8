package cases

import (
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

var (
	// RFC 5321 4.1.1.1: ehlo-line.
	ehloLine = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*( [!-~]+)*$`)
	// RFC 5321 4.1.2: Domain, here with a dot at least, since it has to be fully qualified (2.3.5).
	fullDomain = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$`)
)

// rfc5321Ehlo is about the arguments of EHLO and HELO and the replies to them, RFC 5321 4.1.1.1.
func rfc5321Ehlo() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.1.1: a client without a name gives an address literal, and may write what
			// helps to identify it behind that. Servers see it from old clients.
			ID:    "rfc5321/4.1.1.1/ehlo-with-more-text",
			Title: "text behind the argument of EHLO does no harm",
			Why:   "Old clients write their name behind an address literal, and could send no mail.",
			Rows:  []string{"R5321-4.1.1.1-c"},
			Run: func(p *conformance.Probe) {
				s := p.Greet()
				if r := s.Cmd("%s [192.0.2.1] mypc", p.Verb()).Want("250 or 501"); r.Is("501") {
					p.Note("EHLO with text behind the address literal gets %s", r)
				}
				s.Hello().Want("250")
			},
		},
		{
			// RFC 5321 4.1.1.1: ehlo-ok-rsp and the 250 to HELO begin with the domain of the server.
			// 4.1.3: or with an address literal.
			ID:    "rfc5321/4.1.1.1/reply-begins-with-name",
			Title: "the 250 to EHLO and HELO begins with the name of the server",
			Why:   "Clients keep that word for their logs, and to see that they do not talk to themselves.",
			Rows:  []string{"R5321-4.1.1.1-d"},
			Run: func(p *conformance.Probe) {
				for _, verb := range []string{p.Verb(), "HELO"} {
					if verb == "HELO" && p.Profile == conformance.LMTP {
						continue
					}
					r := p.Greet().Cmd("%s %s", verb, p.Target.Hello)
					if verb == "HELO" && r.Is("5yz") {
						continue // RFC 3207 4: a server that wants TLS refuses all but EHLO
					}
					r.Need("250")
					if word, _, _ := strings.Cut(r.Lines[0], " "); !fullDomain.MatchString(word) && !isLiteral(word) {
						p.Report("250, and then the domain of the server, to "+verb, r.String())
					}
				}
			},
		},
		{
			// RFC 5321 4.1.1.1: each line behind the first is a keyword of letters, digits and
			// hyphens, and parameters of printable characters. 2.2.2: private ones begin with X.
			ID:    "rfc5321/4.1.1.1/keyword-syntax",
			Title: "each line of the reply to EHLO is a keyword with its parameters",
			Why:   "Clients that read the list strictly miss the extension, or give up.",
			Rows:  []string{"R5321-4.1.1.1-e", "R5321-4.1.1.1-o"},
			Run: func(p *conformance.Probe) {
				replies := []conformance.Reply{p.Greet().Hello().Need("250")}
				if p.Lacks[conformance.NeedStart] == "" {
					replies = append(replies, p.Encrypted().Hello().Need("250"))
				}
				for _, r := range replies {
					for _, line := range r.Lines[1:] {
						if trimmed := strings.TrimRight(line, " "); !ehloLine.MatchString(trimmed) {
							p.Report("a keyword of letters, digits and hyphens, and parameters", "250 "+line)
						} else if trimmed != line {
							p.Warn("no blanks at the end of a line", "250 "+line+"(blank)")
						}
					}
				}
				p.Row("R5321-4.1.1.1-o")
				for word := range replies[0].Keywords() {
					if strings.HasPrefix(word, "X") {
						p.Note("there is a private keyword: %s", word)
					}
				}
			},
		},
		{
			// RFC 5321 4.1.1.1: EHLO has a domain or an address literal as its argument.
			ID:    "rfc5321/4.1.1.1/ehlo-needs-name",
			Title: "EHLO without a name is refused",
			Why:   "The name stands in the trace of every mail; clients that have none are mostly not worth listening to.",
			Rows:  []string{"R5321-4.1.1.1-f"},
			Run: func(p *conformance.Probe) {
				needsName(p, p.Verb())
			},
		},
		{
			// RFC 5321 4.1.1.1: HELO has a domain as its argument.
			ID:    "rfc5321/4.1.1.1/helo-needs-name",
			Title: "HELO without a name is refused",
			Why:   "The name stands in the trace of every mail.",
			Rows:  []string{"R5321-4.1.1.1-g"},
			Needs: []conformance.Need{conformance.NeedSMTP},
			Run: func(p *conformance.Probe) {
				needsName(p, "HELO")
			},
		},
		{
			// RFC 5321 4.1.1.1, 4.1.3: a client without a name gives its address.
			ID:    "rfc5321/4.1.1.1/ehlo-with-ipv4-literal",
			Title: "EHLO with an IPv4 address literal is accepted",
			Why:   "Clients without a name, such as laptops, could send no mail.",
			Rows:  []string{"R5321-4.1.1.1-h"},
			Run: func(p *conformance.Probe) {
				p.Greet().Cmd("%s [192.0.2.1]", p.Verb()).Want("250")
			},
		},
		{
			// RFC 5321 4.1.1.1, 4.1.3: the literal of an IPv6 address has the tag IPv6.
			ID:    "rfc5321/4.1.1.1/ehlo-with-ipv6-literal",
			Title: "EHLO with an IPv6 address literal is accepted",
			Why:   "Clients without a name in networks without IPv4 could send no mail.",
			Rows:  []string{"R5321-4.1.1.1-i"},
			Run: func(p *conformance.Probe) {
				p.Greet().Cmd("%s [IPv6:2001:db8::1]", p.Verb()).Want("250")
			},
		},
		{
			// RFC 5321 4.1.1.1: the list has all commands that 4.5.1 does not require. What is not
			// there is not done.
			ID:    "rfc5321/4.1.1.1/unlisted-commands",
			Title: "commands of extensions that EHLO does not list are refused",
			Why:   "What is not in the list nobody expects to be open, such as commands that give away the queue.",
			Rows:  []string{"R5321-4.1.1.1-m"},
			Run: func(p *conformance.Probe) {
				for _, command := range []string{
					"STARTTLS", "AUTH PLAIN", "ETRN " + p.Target.Hello, "BDAT 0 LAST", "TURN",
					"SEND FROM:<" + p.From + ">", "SOML FROM:<" + p.From + ">", "SAML FROM:<" + p.From + ">",
				} {
					s := p.Hello()
					verb, _, _ := strings.Cut(command, " ")
					if keyword := map[string]string{"BDAT": "CHUNKING"}[verb]; keyword != "" {
						verb = keyword
					}
					if _, listed := s.Offers(verb); listed {
						s.Close()
						continue
					}
					r := s.Cmd("%s", command)
					switch {
					case r.Is("2yz or 3yz"):
						p.Report("500, 502 or 503 to "+command+", which EHLO does not list", r.String())
					case !r.Is("500 or 502 or 503"):
						p.Note("%s, which EHLO does not list, gets %s", command, r)
					}
					s.Close()
				}
			},
		},
		{
			// RFC 5321 4.1.1.1: HELP is not among the required commands of 4.5.1, so that it is
			// listed where it is implemented.
			ID:    "rfc5321/4.1.1.1/help-is-listed",
			Title: "a server that answers HELP has it in EHLO",
			Why:   "The list is all that clients know of a server.",
			Rows:  []string{"R5321-4.1.1.1-n"},
			Run: func(p *conformance.Probe) {
				s := p.Hello()
				_, listed := s.Offers("HELP")
				if r := s.Cmd("HELP"); r.Is("211 or 214") && !listed {
					p.Fail("HELP in the reply to EHLO, since it is there", "no such keyword, and "+r.String())
				}
			},
		},
	}
}

// needsName judges the command without its argument, and that it can be said again.
func needsName(p *conformance.Probe, verb string) {
	s := p.Greet()
	if r := s.Cmd("%s", verb).Want("5yz"); !r.Is("501") {
		p.Note("%s without a name gets %s; 501 is usual", verb, r)
	}
	s.Hello().Want("250")
}

// isLiteral reports whether a word is an address literal (RFC 5321 4.1.3).
func isLiteral(word string) bool {
	inner, ok := strings.CutPrefix(word, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !ok || !closed {
		return false
	}
	tags := []string{"", "IPv6:"}
	return slices.ContainsFunc(tags, func(tag string) bool {
		address, has := strings.CutPrefix(inner, tag)
		return has && net.ParseIP(address) != nil
	})
}
