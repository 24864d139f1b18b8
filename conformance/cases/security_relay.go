package cases

import (
	"net"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// openRelay is what anybody can do with a server that relays.
const openRelay = "anybody can send mail to anybody through the server, which is used for spam at once"

// attempt is one way to ask for relay.
type attempt struct {
	hello string // EHLO's argument; "": the probe's own
	from  string // the path of MAIL with its brackets; "": the probe's own
	to    string // the path of RCPT with its brackets
	local bool   // it may be a strange mailbox of the server's own
	lax   bool   // servers may be configured to take it
	own   bool   // it names the server itself, which may have any mailbox there
}

// names are what attempts are made of.
type names struct {
	user, domain string // of the foreign address
	here         string // the target's domain
	host         string // what the target calls itself
	ip           string // its address, as a literal
	loopback     bool   // it was dialled by the loopback interface
}

// relayNames finds out names.
func relayNames(p *conformance.Probe) names {
	n := names{here: p.Domain(), host: p.Domain(), ip: "[192.0.2.1]"}
	n.user, n.domain, _ = strings.Cut(p.Foreign, "@")
	if word, _, _ := strings.Cut(p.Greeting, " "); strings.Contains(word, ".") {
		n.host = word
	}
	conn, err := p.Dial(p.Context())
	if err != nil {
		return n
	}
	defer conn.Close()
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		n.loopback, n.ip = a.IP.IsLoopback(), "["+a.IP.String()+"]"
		if a.IP.To4() == nil {
			n.ip = "[IPv6:" + a.IP.String() + "]"
		}
	}
	return n
}

// relays reports whether the target takes MAIL, RCPT and DATA of an attempt. No
// message follows: the session ends there.
func relays(p *conformance.Probe, a attempt) (string, bool) {
	s := p.Ready()
	defer s.Close()
	if a.hello != "" && !s.Cmd("EHLO %s", a.hello).Is("250") {
		return "", false
	}
	from := a.from
	if from == "" {
		from = "<" + p.From + ">"
	}
	if !s.Cmd("MAIL FROM:%s", from).Is("250") {
		return "", false
	}
	r := s.Cmd("RCPT TO:%s", a.to)
	return r.String(), r.Is("25z") && s.Cmd("DATA").Is("354")
}

// relayCase makes a case of attempts that have to be refused.
func relayCase(slug, row, title string, attempts func(n names) []attempt) conformance.Case {
	return conformance.Case{
		ID: "security/relay/" + slug, Title: title, Rows: []string{row},
		Why:   "A server that relays for strangers sends the spam of others, and ends on block lists within hours; checks of addresses are evaded by other ways to write them.",
		Needs: []conformance.Need{conformance.NeedMX, conformance.NeedRcpt},
		Run: func(p *conformance.Probe) {
			if p.MailAuth {
				p.Skip("MAIL is taken after AUTH only")
			}
			n := relayNames(p)
			if slug != "plain-address" {
				if _, trusted := relays(p, attempt{to: "<" + p.Foreign + ">"}); trusted {
					p.Skip("the target relays for us whatever we write; see security/relay/plain-address")
				}
			}
			p.Usable(openRelay)
			unknown, known := true, false // whether any local part is taken for a mailbox
			for _, a := range attempts(n) {
				got, taken := relays(p, a)
				switch {
				case !taken:
				case slug == "plain-address" && n.loopback:
					// Distributions trust the loopback interface.
					p.Warn("a refusal of a foreign address, even where the client is on the same host", got)
				case a.own:
					p.Note("%s was accepted, which names the server itself", a.to)
				case a.lax:
					p.Warn("a refusal of "+a.to, got)
				case a.local:
					if !known {
						_, unknown = relays(p, attempt{to: "<" + p.Unknown + ">"})
						known = true
					}
					if unknown {
						p.Note("%s was accepted, and so is every local part", a.to)
						continue
					}
					p.Fail("a refusal of "+a.from+a.to+", which is no mailbox", got)
				default:
					p.Fail("a refusal of "+a.to, got)
				}
			}
		},
	}
}

// securityRelay asks for relay in the ways in which it was ever had, RFC 5321 3.6.1.
// The checks are of RCPT and DATA alone; no message is sent.
func securityRelay() []conformance.Case {
	return []conformance.Case{
		relayCase("plain-address", "SEC-RELAY-1", "a foreign recipient is refused", func(n names) []attempt {
			return []attempt{{to: "<" + n.user + "@" + n.domain + ">"}}
		}),
		relayCase("null-sender", "SEC-RELAY-2", "the null reverse-path does not open the relay", func(n names) []attempt {
			return []attempt{{from: "<>", to: "<" + n.user + "@" + n.domain + ">"}}
		}),
		relayCase("local-sender", "SEC-RELAY-3", "a reverse-path of the server's own domain does not open the relay", func(n names) []attempt {
			to := "<" + n.user + "@" + n.domain + ">"
			return []attempt{{from: "<postmaster@" + n.here + ">", to: to}, {from: "<no-such-user-7391@" + n.here + ">", to: to}}
		}),
		relayCase("local-looking-sender", "SEC-RELAY-4", "a reverse-path that looks local does not open the relay", func(n names) []attempt {
			var out []attempt
			for _, from := range []string{"spam@localhost", "spam", "root", "spam@" + n.ip, "spam@" + n.host} {
				out = append(out, attempt{from: "<" + from + ">", to: "<" + n.user + "@" + n.domain + ">"})
			}
			return out
		}),
		relayCase("percent-hack", "SEC-RELAY-5", "user%foreign at a local domain does not open the relay", func(n names) []attempt {
			f := n.user + "%" + n.domain
			return local(f+"@"+n.here, f+"@"+n.host, f+"@"+n.ip, f)
		}),
		relayCase("bang-path", "SEC-RELAY-6", "foreign!user does not open the relay", func(n names) []attempt {
			f := n.domain + "!" + n.user
			return local(f, f+"@"+n.here, f+"@"+n.host, f+"@"+n.ip, n.host+"!"+f)
		}),
		relayCase("source-route", "SEC-RELAY-7", "a source route does not open the relay", func(n names) []attempt {
			f := ":" + n.user + "@" + n.domain + ">"
			return []attempt{{to: "<@" + n.host + f}, {to: "<@" + n.here + f}, {to: "<@" + n.ip + f}, {to: "<@" + n.here + ",@b.mailsim.test" + f}}
		}),
		relayCase("quoted-address", "SEC-RELAY-8", "a quoted foreign address as the local part does not open the relay", func(n names) []attempt {
			f := `"` + n.user + "@" + n.domain + `"`
			return local(f, f+"@"+n.here, f+"@"+n.host, f+"@"+n.ip, `"`+n.user+"%"+n.domain+`"@`+n.here)
		}),
		relayCase("two-at-signs", "SEC-RELAY-9", "an address with two at-signs does not open the relay", func(n names) []attempt {
			f := n.user + "@" + n.domain
			return local(f+"@"+n.here, f+"@"+n.host, f+"@"+n.ip, f+"@", n.user+"@"+n.here+"@"+n.domain)
		}),
		relayCase("odd-writing", "SEC-RELAY-10", "no odd way to write a foreign address opens the relay", func(n names) []attempt {
			f := n.user + "@" + n.domain
			return []attempt{{to: f}, {to: "<" + f + ".>"}, {to: "<" + n.user + "@" + strings.ToUpper(n.domain) + ">"}, {to: "< " + f + " >"}}
		}),
		relayCase("address-literals", "SEC-RELAY-11", "address literals and numbers of other hosts do not open the relay", func(n names) []attempt {
			out := []attempt{{to: "<" + n.user + "@[198.51.100.77]>"}, {to: "<" + n.user + "@198.51.100.77>"}, {to: "<" + n.user + "@3325256781>"}}
			out = append(out, attempt{to: "<" + n.user + "@[127.0.0.1]>", own: true}, attempt{to: "<" + n.user + "@[IPv6:::1]>", own: true})
			return append(out, local(n.user+"@127.0.0.1", n.user+"@2130706433")...)
		}),
		relayCase("lookalike-domains", "SEC-RELAY-12", "domains that look like a local one do not open the relay", func(n names) []attempt {
			return []attempt{
				{to: "<" + n.user + "@" + n.here + "." + n.domain + ">"},
				{to: "<" + n.user + "@x" + n.here + ">"},
				{to: "<" + n.user + "@" + n.here + "\x00." + n.domain + ">"},
				{to: "<" + n.user + "@sub." + n.here + ">", lax: true},
			}
		}),
		relayCase("hello-name", "SEC-RELAY-13", "no name in EHLO opens the relay", func(n names) []attempt {
			var out []attempt
			for _, hello := range []string{n.host, n.here, "localhost", "[127.0.0.1]"} {
				out = append(out, attempt{hello: hello, to: "<" + n.user + "@" + n.domain + ">"})
			}
			return out
		}),
		relayMixed(), relayAfterLogin(), relayAfterRefusal(),
	}
}

// local makes attempts of addresses that may be mailboxes of the server's own.
func local(addresses ...string) []attempt {
	var out []attempt
	for _, a := range addresses {
		out = append(out, attempt{to: "<" + a + ">", local: true})
	}
	return out
}
