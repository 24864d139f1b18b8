package sim

import (
	"bytes"
	"strings"
)

// serveAuth checks the moment of AUTH (RFC 4954 4) and passes it on.
func (f *front) serveAuth() {
	mechanism, _, _ := strings.Cut(f.line, " ")
	f.mechanism = strings.ToUpper(printable(mechanism))
	switch {
	case f.hello == "":
		f.respond(503, "5.5.1", "say EHLO first")
	case f.inMail:
		f.respond(503, "5.5.1", "AUTH is not allowed in a transaction")
	case f.session.user != "":
		f.respond(503, "5.5.1", "you are authenticated already")
	case f.line == "":
		f.respond(501, "5.5.4", "AUTH needs a mechanism")
	case f.offers("AUTH"):
		f.pass("AUTH ", f.line)
	case !f.secure && len(f.n.cfg.Users) > 0 && f.offers("STARTTLS"):
		f.respond(538, "5.7.11", "encryption is required for AUTH: STARTTLS first")
	default:
		f.respond(502, "5.5.1", "command not implemented")
	}
}

// authLine passes on what the client answers to a challenge.
func (f *front) authLine(line []byte) {
	f.pass(string(bytes.TrimRight(line, "\r\n")))
}
