package cases

import (
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// verification is a reply to VRFY or EXPN that tells of mailboxes.
type verification struct {
	command string
	reply   conformance.Reply
}

// verifications are the replies with 250, 251 or 551 to VRFY of the addresses that
// are known of the target, and to EXPN of its list. Without any the case is skipped.
func verifications(p *conformance.Probe) []verification {
	commands := []string{"VRFY " + p.Rcpt, "VRFY " + localPart(p.Rcpt)}
	for _, address := range []string{p.Alias, p.List} {
		if address != "" {
			commands = append(commands, "VRFY "+address)
		}
	}
	if p.List != "" {
		commands = append(commands, "EXPN "+p.List, "EXPN "+localPart(p.List))
	}
	var out []verification
	var s *conformance.Session
	errors := 2
	for _, c := range commands {
		if errors >= 2 {
			s, errors = p.Ready(), 0
		}
		r := s.Cmd("%s", c)
		switch {
		case r.Is("250 or 251 or 551"):
			out = append(out, verification{c, r})
		case r.Code == 0:
			errors = 2
		case r.Is("5yz"):
			errors++
		}
	}
	if len(out) == 0 {
		p.Skip("the target answers no VRFY or EXPN with 250, 251 or 551")
	}
	return out
}

var (
	statusWords = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3} `)
	inBrackets  = regexp.MustCompile(`<([^>]*)>`)
	likeMailbox = regexp.MustCompile(`[^\s<>(),;:"]+@[^\s<>(),;:"]+`)
)

// told are the mailboxes that a line of a reply names, as they stand there: what is
// in angle brackets, or else what looks like a mailbox.
func told(line string) []string {
	var out []string
	for _, m := range inBrackets.FindAllStringSubmatch(line, -1) {
		out = append(out, m[1])
	}
	if out == nil {
		out = likeMailbox.FindAllString(line, -1)
	}
	return out
}

// bare is the text of a reply line without its enhanced status code (RFC 2034 4).
func bare(line string) string { return statusWords.ReplaceAllString(line, "") }

// verify says VRFY in a session of its own.
func verify(p *conformance.Probe, name string) conformance.Reply {
	s := p.Ready()
	defer s.Close()
	return s.Cmd("VRFY %s", name)
}

// localPart is the part of an address before the last at-sign.
func localPart(address string) string {
	return address[:max(0, strings.LastIndexByte(address, '@'))]
}
