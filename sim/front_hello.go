package sim

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// serveHello checks EHLO, HELO and LHLO, and passes them on.
func (f *front) serveHello() {
	word := f.word
	name, _, _ := strings.Cut(f.line, " ")
	switch {
	case f.n.cfg.LMTP != (word == "LHLO"):
		// RFC 2033 4.1.
		if f.n.cfg.LMTP {
			f.respond(500, "5.5.1", "this is LMTP: say LHLO")
		} else {
			f.respond(500, "5.5.1", "this is no LMTP server: say EHLO")
		}
	case name == "":
		f.respond(501, "5.5.4", word+" needs your name")
	case printable(name) != name || mail.CheckDomain(name) != nil:
		// RFC 5321 4.1.1.1, 4.1.2, RFC 6531 3.7.1: a domain in ASCII or an address
		// literal. What has other characters, the underscore among them, gets 501.
		f.respond(501, "5.5.4", "that is no domain and no address literal")
	case f.n.cfg.LMTP:
		f.pass("LHLO ", name)
	default:
		// To go-smtp both are the same, and it has less to say to HELO: the list of
		// extensions is written here anyway.
		f.pass("HELO ", name)
	}
}

// greet answers EHLO. RFC 5321 4.1.1.1, 4.2: the first word is the server's
// name, then come the extensions, a line each.
func (f *front) greet() {
	first := f.n.host.Name + " greets " + f.hello
	if !f.esmtp {
		f.out = append(append(append(f.out, "250 "...), first...), "\r\n"...)
		return
	}
	sep := byte('-')
	if len(f.offered) == 0 {
		sep = ' '
	}
	f.out = append(append(append(f.out, '2', '5', '0', sep), first...), "\r\n"...)
	for i, e := range f.offered {
		sep = '-'
		if i == len(f.offered)-1 {
			sep = ' '
		}
		f.out = append(append(append(f.out, '2', '5', '0', sep), e...), "\r\n"...)
	}
}

// meet notes who the client is and what it is offered.
func (f *front) meet() {
	f.hello, _, _ = strings.Cut(f.line, " ")
	f.esmtp = f.word != "HELO"
	f.offered = []string{} // RFC 5321 4.1.1.1, RFC 2034 4: to HELO nothing is offered
	if f.esmtp {
		f.offered = f.r.extensions(f.secure)
	}
}

// offers reports whether the server's answer to EHLO has offered an extension; that to
// HELO never has. Before EHLO it is what a client of this moment would be offered.
func (f *front) offers(keyword string) bool {
	list := f.offered
	if list == nil {
		list = f.r.extensions(f.secure)
	}
	return lists(list, keyword)
}

// knows reports whether the server has a command that RFC 5321 4.5.1 does not require.
// RFC 5321 4.1.1.1: it has it where EHLO lists it, whether the client has said EHLO or HELO.
func (f *front) knows(keyword string) bool { return lists(f.r.extensions(f.secure), keyword) }

// lists reports whether a keyword is among the lines of EHLO.
func lists(lines []string, keyword string) bool {
	for _, e := range lines {
		if len(e) >= len(keyword) && strings.EqualFold(e[:len(keyword)], keyword) &&
			(len(e) == len(keyword) || e[len(keyword)] == ' ') {
			return true
		}
	}
	return false
}

// afterHELO answers a command of an extension where the client has said HELO.
func (f *front) afterHELO() bool {
	if f.hello == "" || f.esmtp {
		return false
	}
	f.respond(503, "5.5.1", "say EHLO first")
	return true
}

// offer is what EHLO says behind the keyword of an extension.
func (f *front) offer(keyword string) string {
	for _, line := range f.offered {
		if word, args, _ := strings.Cut(line, " "); strings.EqualFold(word, keyword) {
			return strings.TrimSpace(args)
		}
	}
	return ""
}

// standard are the extensions of a node that its configuration says nothing of.
func standard() []string {
	return []string{
		"PIPELINING", "8BITMIME", "SIZE", "ENHANCEDSTATUSCODES", "CHUNKING", "DSN",
		"SMTPUTF8",
		"HELP", // RFC 5321 4.1.1.1: a command that is not required has to be listed
		"STARTTLS", "AUTH",
	}
}

// extensions returns the lines of EHLO, without and with TLS. They are the same
// for all sessions of a node.
func (r *receiver) extensions(secure bool) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := &r.plainExtensions
	if secure {
		list = &r.secureExtensions
	}
	if *list == nil {
		*list = r.node.cfg.extensionLines(secure)
	}
	return *list
}

func (c NodeConfig) extensionLines(secure bool) []string {
	names := standard()
	if c.Extensions.Only != nil {
		names = c.Extensions.Only
	} else if c.TLS != TLSOffered && c.TLS != TLSRequired {
		names = slices.DeleteFunc(names, func(s string) bool { return s == "STARTTLS" })
	}
	if len(c.Users) == 0 && c.Extensions.Only == nil {
		names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "AUTH" })
	}
	for _, add := range c.Extensions.Add {
		if !slices.ContainsFunc(names, func(s string) bool { return keywordOf(s) == keywordOf(add) }) {
			names = append(slices.Clip(names), add)
		}
	}
	lines := []string{}
	for _, name := range names {
		hidden := slices.ContainsFunc(c.Extensions.Hide, func(s string) bool { return keywordOf(s) == keywordOf(name) })
		if line, ok := c.extensionLine(name, secure); ok && !hidden {
			lines = append(lines, line)
		}
	}
	return lines
}

// extensionLine writes one line of EHLO, or none where it is not the moment.
func (c NodeConfig) extensionLine(name string, secure bool) (string, bool) {
	if strings.Contains(name, " ") {
		return name, true
	}
	switch keyword := keywordOf(name); keyword {
	case "STARTTLS":
		return keyword, !secure // RFC 3207 4.2
	case "REQUIRETLS":
		return keyword, secure // RFC 8689 2
	case "AUTH":
		// RFC 4954 4: PLAIN and LOGIN tell the password to all who listen, so they
		// wait for TLS where there is any; a node without TLS is a scenario's choice.
		return keyword + " " + strings.Join(c.mechanisms(), " "), secure || c.TLS == TLSNone || c.TLS == ""
	case "SIZE":
		if c.Size > 0 {
			return keyword + " " + strconv.FormatInt(c.Size, 10), true
		}
		return keyword, true
	case "FUTURERELEASE":
		return futureRelease(), true
	case "LIMITS":
		return keyword + " RCPTMAX=" + strconv.Itoa(orDefault(c.Limits.Recipients, defaultRecipients)), true // RFC 9422
	default:
		return keyword, true
	}
}

// keywordOf returns the keyword of a line of EHLO in upper case.
func keywordOf(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return strings.ToUpper(word)
}

// printable makes text of a peer fit for a reply.
func printable(s string) string {
	const most = 255 // as long as a domain
	if len(s) > most {
		s = s[:most]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
