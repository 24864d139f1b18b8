package sim

import (
	"bytes"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// verb is a command that a session knows.
type verb byte

const (
	verbUnknown verb = iota
	verbGreeting
	verbHello // EHLO, HELO, LHLO
	verbStartTLS
	verbAuth
	verbMail
	verbRcpt
	verbData
	verbBdat
	verbDot // the message itself, after DATA or the last BDAT
	verbRset
	verbNoop
	verbQuit
	verbVrfy
	verbExpn
	verbHelp
	verbObsolete
)

// stage is the moment of a session at which the verb stands; "" for those that
// no fault can be set at.
func (v verb) stage() Stage {
	switch v {
	case verbGreeting:
		return AtBanner
	case verbHello:
		return AtEHLO
	case verbStartTLS:
		return AtStartTLS
	case verbAuth:
		return AtAuth
	case verbMail:
		return AtMail
	case verbRcpt:
		return AtRcpt
	case verbData, verbBdat:
		return AtData
	case verbDot:
		return AtDot
	case verbQuit:
		return AtQuit
	}
	return ""
}

// parseVerb tells which command a line is, without looking at case (RFC 5321 2.4).
func parseVerb(word []byte) verb {
	var up [8]byte
	if len(word) > len(up) {
		return verbUnknown
	}
	for i, c := range word {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		up[i] = c
	}
	switch string(up[:len(word)]) {
	case "MAIL":
		return verbMail
	case "RCPT":
		return verbRcpt
	case "DATA":
		return verbData
	case "BDAT":
		return verbBdat
	case "EHLO", "HELO", "LHLO":
		return verbHello
	case "QUIT":
		return verbQuit
	case "RSET":
		return verbRset
	case "NOOP":
		return verbNoop
	case "AUTH":
		return verbAuth
	case "STARTTLS":
		return verbStartTLS
	case "VRFY":
		return verbVrfy
	case "EXPN":
		return verbExpn
	case "HELP":
		return verbHelp
	case "SEND", "SOML", "SAML", "TURN", "ETRN", "ATRN":
		return verbObsolete
	}
	return verbUnknown
}

// command acts on one line: it answers, or passes it on to go-smtp.
func (f *front) command(line []byte) {
	body, crlf := bytes.CutSuffix(line, crlfDot[:2])
	if f.authing {
		f.authLine(body)
		return
	}
	word, arg, _ := bytes.Cut(body, []byte{' '})
	f.verb = parseVerb(bytes.TrimRight(word, "\t"))
	f.line = string(bytes.Trim(arg, " \t"))
	switch f.verb {
	case verbHello:
		f.word = strings.ToUpper(string(word[:4]))
	case verbAuth:
		mechanism, _, _ := strings.Cut(f.line, " ")
		f.mechanism = strings.ToUpper(printable(mechanism))
	}
	f.http = f.verb == verbUnknown && bytes.Contains(body, []byte(" HTTP/"))
	f.path = mail.Path{}
	switch {
	case !crlf || bytes.ContainsAny(body, "\r\n\x00"):
		// RFC 5321 2.3.8: a bare CR or LF ends no line. What looks like one that
		// ends so is not acted on.
		f.respond(500, "5.5.2", "a line ends in CRLF and has no other CR, LF or NUL")
		return
	case len(line) > f.lineLimit():
		f.respond(500, "5.5.6", "line too long")
		return
	case f.refusing && f.verb != verbQuit:
		// RFC 5321 3.1.
		f.respond(503, "5.5.1", "no SMTP service here, only QUIT")
		return
	}
	if !f.early() {
		return
	}
	f.serve()
}

// lineLimit is the longest line that the command may have, with its CRLF.
func (f *front) lineLimit() int {
	switch f.verb {
	case verbAuth:
		return maxAuthLine
	case verbMail, verbRcpt:
		return maxEnvelopeLine
	}
	return maxLine
}

// early reads what a fault may match on, and lets faults act. It reports
// whether the command is still to be served.
func (f *front) early() bool {
	var syntax error
	var what string
	switch f.verb {
	case verbMail:
		what, syntax = f.parsePath("FROM:")
	case verbRcpt:
		what, syntax = f.parsePath("TO:")
	}
	if f.verb == verbBdat || f.verb.stage() == "" {
		return true // BDAT: once its octets are read
	}
	if !f.faulty(f.verb.stage()) {
		return false
	}
	if syntax == nil || f.needsTLS() {
		return true
	}
	if f.ordered() {
		f.respond(501, what, syntax.Error())
	}
	return false
}

// parsePath reads the path of MAIL or RCPT into f.path, and leaves the
// parameters in f.line. It returns the enhanced code for what is wrong.
func (f *front) parsePath(keyword string) (string, error) {
	arg := f.line
	if len(arg) < len(keyword) || !strings.EqualFold(arg[:len(keyword)], keyword) {
		return "5.5.4", errWord("write it as " + keyword + "<user@domain>")
	}
	// RFC 5321 3.3 has no space behind the colon; many clients write one.
	arg = strings.TrimLeft(arg[len(keyword):], " ")
	path, params := cutPath(arg)
	p, err := mail.ParsePath(f.qualified(path, keyword))
	if f.n.is(mutantQuotesCount) && strings.Contains(path, `"`) {
		p.Address.Local = `"` + p.Address.Local + `"`
	}
	f.path, f.line = p, params
	if keyword == "FROM:" && err == nil && !p.IsNull() && p.Address.Domain == "" {
		err = errWord("only a recipient is complete as postmaster") // RFC 5321 4.1.1.3
	}
	if err != nil {
		if keyword == "FROM:" {
			return "5.1.7", err
		}
		return "5.1.3", err
	}
	if keyword == "TO:" && p.IsNull() {
		return "5.1.3", errWord("the null path cannot be a recipient")
	}
	return "", nil
}

// errWord is an error of one constant text.
type errWord string

func (e errWord) Error() string { return string(e) }

// cutPath splits a path in angle brackets from the parameters behind it. A
// bracket in a quoted string does not count.
func cutPath(s string) (path, params string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			quoted = !quoted
		case '\\':
			if quoted {
				i++
			}
		case '>':
			if !quoted {
				return s[:i+1], s[i+1:]
			}
		}
	}
	return s, ""
}

// serve acts on a command that no fault has touched.
func (f *front) serve() {
	if f.needsTLS() && f.verb != verbBdat { // BDAT first takes its octets off the wire
		f.respond(530, "5.7.0", "must issue a STARTTLS command first")
		return
	}
	switch f.verb {
	case verbHello:
		f.serveHello()
	case verbStartTLS:
		f.serveStartTLS()
	case verbAuth:
		f.serveAuth()
	case verbMail, verbRcpt, verbData:
		if f.ordered() && f.allowed() {
			f.transact()
		}
	case verbBdat:
		f.serveBdat()
	case verbRset:
		if f.bare() {
			f.pass("RSET")
		}
	case verbNoop:
		f.respond(250, "2.0.0", "OK")
	case verbQuit:
		if f.bare() {
			f.respond(221, "2.0.0", f.n.host.Name+" closing connection")
			f.ending = true
		}
	case verbVrfy:
		if f.line == "" {
			f.respond(501, "5.5.4", "VRFY needs a name")
			return
		}
		// RFC 5321 3.5.3, 7.3: no wrong answer, and none that a harvester can use.
		f.respond(252, "2.5.0", "cannot VRFY user, but will take mail and try to deliver it")
	case verbExpn:
		if f.line == "" {
			f.respond(501, "5.5.4", "EXPN needs a name")
			return
		}
		// RFC 5321 7.3: a server that keeps its lists to itself answers with 252. It is
		// no service then, and so not listed in EHLO (RFC 5321 3.5.2).
		f.respond(252, "2.5.0", "cannot EXPN list, but will take mail and try to deliver it")
	case verbObsolete:
		f.respond(502, "5.5.1", "command not implemented")
	case verbHelp:
		if !f.knows("HELP") {
			f.respond(502, "5.5.1", "command not implemented")
			return
		}
		f.respond(214, "2.0.0", "commands: EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT; see RFC 5321")
	default:
		if f.http {
			// RFC 5321 7.8: a browser was made to send this, and commands may follow.
			f.respond(421, "4.7.0", "this is SMTP and not HTTP")
			f.ending = true
			return
		}
		f.respond(500, "5.5.2", "command not recognized")
	}
}

// bare answers 501 where a command that has no argument got one (RFC 5321 4.1.1).
func (f *front) bare() bool {
	if f.line != "" {
		f.respond(501, "5.5.4", "no argument is allowed here")
	}
	return f.line == ""
}

// ordered answers 503 where a command comes at a wrong moment (RFC 5321 4.1.4).
func (f *front) ordered() bool {
	why := ""
	switch {
	case f.hello == "":
		why = "say EHLO first"
	case f.verb == verbMail && f.inMail:
		why = "there is a transaction already: RSET first"
	case f.verb != verbMail && !f.inMail:
		why = "say MAIL first"
	case f.chunked && f.verb != verbBdat:
		why = "the message has begun with BDAT"
	case (f.verb == verbData || f.verb == verbBdat) && !f.tried:
		why = "say RCPT first"
	case (f.verb == verbData || f.verb == verbBdat) && f.recipients == 0 && f.n.cfg.LMTP:
		f.respond(503, "5.5.1", "no valid recipients") // RFC 2033 4.2
		return false
	case (f.verb == verbData || f.verb == verbBdat) && f.recipients == 0:
		f.respond(554, "5.5.1", "no valid recipients")
		return false
	}
	if why != "" {
		f.respond(503, "5.5.1", why)
	}
	return why == ""
}

// hasty reports whether the client has sent on behind DATA where it was not offered
// to pipeline (RFC 2920 3.1): no mail client does, but what a browser was made to post does.
func (f *front) hasty() bool { return f.head < f.tail && !f.offers("PIPELINING") }

// transact passes MAIL, RCPT or DATA on.
func (f *front) transact() {
	switch f.verb {
	case verbMail:
		f.pass("MAIL FROM:<>", f.line) // the session knows the path, and go-smtp need not
	case verbRcpt:
		f.tried = true
		a := f.path.Address
		if a.Domain == "" { // the bare postmaster, which go-smtp does not know
			a.Domain = f.n.host.Name
		}
		if a.Local == "" { // "", which it does not know either
			a.Local = `""`
		}
		f.pass("RCPT TO:<", a.String(), ">", f.line)
	case verbData:
		switch {
		case !f.bare():
		case f.session.env.Body == "BINARYMIME":
			f.respond(503, "5.5.1", "BINARYMIME needs BDAT (RFC 3030 3)")
		case f.hasty():
			f.respond(421, "4.5.0", "wait for the reply to DATA; PIPELINING was not offered")
			f.ending = true
		case f.held():
		default:
			f.pass("DATA")
		}
	}
}
