package sim

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// parameter is a keyword behind the path of MAIL or RCPT.
type parameter struct {
	of        verb
	extension string
	// read takes the value, where go-smtp does not know the parameter, has it at
	// another command or keeps not all of it. It tells what is wrong with it.
	read func(f *front, value string) string
}

// parameterNamed tells of a parameter that this server knows.
func parameterNamed(name string) (p parameter, ok bool) {
	switch name {
	case "SIZE", "SMTPUTF8", "AUTH", "REQUIRETLS":
		return parameter{of: verbMail, extension: name}, true
	case "BODY":
		return parameter{of: verbMail, extension: "8BITMIME"}, true
	case "RET", "ENVID":
		return parameter{of: verbMail, extension: "DSN"}, true
	case "NOTIFY", "ORCPT":
		return parameter{of: verbRcpt, extension: "DSN"}, true
	case "BY":
		return parameter{verbMail, "DELIVERBY", (*front).readBy}, true
	case "MT-PRIORITY":
		return parameter{verbMail, name, (*front).readPriority}, true
	case "HOLDFOR":
		return parameter{verbMail, "FUTURERELEASE", (*front).readHoldFor}, true
	case "HOLDUNTIL":
		return parameter{verbMail, "FUTURERELEASE", (*front).readHoldUntil}, true
	case "RRVS":
		return parameter{verbRcpt, name, (*front).readValidSince}, true
	}
	return parameter{}, false
}

// given is what the parameters of a command say that go-smtp does not tell.
type given struct {
	xtext    string // ENVID or ORCPT, which goes on unchanged (RFC 3461 5.2.1)
	by       *mail.DeliverBy
	hold     time.Time // zero: not at all
	priority *int
	lowered  bool // the priority was not granted
	since    *mail.ValidSince
}

// allowed answers 555 where MAIL or RCPT has a parameter that EHLO has not
// offered (RFC 5321 4.1.1.11), 501 where one is wrong, and 552 where SIZE is beyond
// what go-smtp reads. What go-smtp is not to see is taken away.
func (f *front) allowed() bool {
	f.given = given{}
	if f.verb == verbData || strings.Trim(f.line, " ") == "" {
		return true
	}
	if f.line[0] != ' ' {
		f.respond(501, "5.5.4", "a space belongs between path and parameters")
		return false
	}
	var kept strings.Builder
	var before []string
	for text := range strings.FieldsSeq(f.line) {
		name, value, _ := strings.Cut(text, "=")
		name = strings.ToUpper(name)
		p, known := parameterNamed(name)
		if !known {
			p = parameter{of: f.verb, extension: name} // of an extension that only the configuration knows
		}
		if !f.mayHave(p, name, value) {
			f.respond(555, "5.5.4", "parameter "+printable(name)+" is not offered")
			return false
		}
		why := misused(text, name, before)
		if why == "" && p.read != nil {
			why = p.read(f, value)
		}
		if why != "" {
			f.respond(501, "5.5.4", why)
			return false
		}
		if n := strings.TrimLeft(value, "0"); name == "SIZE" && len(n) > 9 && strings.Trim(n, "0123456789") == "" {
			f.respond(552, "5.3.4", "message too large") // RFC 1870 6.1
			return false
		}
		if name == "ENVID" || name == "ORCPT" {
			f.given.xtext = value
		}
		before = append(before, name)
		if known && p.read == nil {
			kept.WriteString(" " + text)
		}
	}
	f.line = kept.String()
	return true
}

// mayHave reports whether the command may have a parameter.
func (f *front) mayHave(p parameter, name, value string) bool {
	switch {
	case f.offered == nil || p.of != f.verb:
		return false
	case name == "BODY" && strings.EqualFold(value, "BINARYMIME"):
		return f.offers("BINARYMIME")
	case name == "BODY":
		return f.offers("8BITMIME") || f.offers("BINARYMIME")
	}
	return f.offers(p.extension)
}

// misused tells what is wrong with a parameter that go-smtp would take: one that
// was there before (RFC 3461 4.5), a value where none belongs (RFC 6531 3.1, RFC
// 8689 2), and more digits than there may be (RFC 1870 3).
func misused(text, name string, before []string) string {
	switch {
	case slices.Contains(before, name):
		return "parameter " + name + " is there twice"
	case (name == "SMTPUTF8" || name == "REQUIRETLS") && len(text) != len(name):
		return "parameter " + name + " has no value"
	case name == "SIZE" && len(text) > len("SIZE=")+20:
		return "SIZE has at most 20 digits"
	}
	return ""
}

// readBy reads seconds;mode (RFC 2852 4).
func (f *front) readBy(value string) string {
	digits, mode, _ := strings.Cut(strings.ToUpper(value), ";")
	seconds, err := strconv.ParseInt(digits, 10, 64)
	mode, traced := strings.CutSuffix(mode, "T")
	least := f.leastBy()
	switch {
	case err != nil || len(strings.TrimLeft(digits, "+-")) > 9, mode != "R" && mode != "N":
		return "write it as BY=seconds;R or BY=seconds;N, with at most 9 digits and perhaps a T behind"
	case mode == "R" && seconds <= 0:
		return "to return a mail at a time that is over makes no sense"
	case mode == "R" && seconds < least:
		return "the least time for BY is " + strconv.FormatInt(least, 10) + " seconds" // RFC 2852 3
	}
	f.given.by = &mail.DeliverBy{
		At: time.Now().Add(time.Duration(seconds) * time.Second), Return: mode == "R", Trace: traced,
	}
	return ""
}

// leastBy is the least by-time for mode R that EHLO has told of.
func (f *front) leastBy() int64 {
	return leastBy(f.offer("DELIVERBY"))
}

// leastBy reads the parameter of DELIVERBY in EHLO (RFC 2852 3).
func leastBy(args string) int64 {
	seconds, err := strconv.ParseInt(args, 10, 64)
	if err != nil {
		return 0
	}
	return seconds
}

// readPriority reads a number from -9 to 9 (RFC 6710 4).
func (f *front) readPriority(value string) string {
	digit := strings.TrimPrefix(value, "-")
	if len(digit) != 1 || digit[0] < '0' || digit[0] > '9' || value == "-0" {
		return "MT-PRIORITY is a number from -9 to 9"
	}
	p, _ := strconv.Atoi(value)
	f.given.priority = &p
	return ""
}

// priority is what a client gets of the priority that it wants: who is not known
// cannot raise it (RFC 6710 4.1). Known is who has authenticated, and who comes from a
// network that the node names as one to relay for.
func (s *session) priority(wanted *int) *int {
	known := s.user != "" || s.f.n.cfg.RelayFor.names(s.f.addr)
	if wanted == nil || *wanted <= 0 || known {
		return wanted
	}
	s.f.given.lowered = true
	return new(int)
}

// readValidSince reads a date of RFC 3339, and what to do with it where it cannot
// be asked (RFC 7293 3).
func (f *front) readValidSince(value string) string {
	date, action, _ := strings.Cut(value, ";")
	at, err := time.Parse(time.RFC3339, strings.ToUpper(date))
	action = strings.ToUpper(action)
	if err != nil || action != "" && action != "C" && action != "R" || strings.HasSuffix(value, ";") {
		return "write it as RRVS=2014-04-03T23:01:00Z, perhaps with ;C or ;R behind"
	}
	f.given.since = &mail.ValidSince{At: at, Given: value, Reject: action == "R"}
	return ""
}
