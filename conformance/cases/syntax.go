package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// understood are the replies of a server that has read a path, whatever it thinks of it: 250, or a refusal that is
// policy. 500, 501 and 555 say that it could not read it.
const understood = "25z or 45z or 530 or 550 or 551 or 553 or 554"

// senderDomain is the domain of the reverse-path.
func senderDomain(p *conformance.Probe) string { return p.From[strings.LastIndexByte(p.From, '@')+1:] }

// readsForms judges that the server can read commands that are right in form, each in a session of its own. What begins
// with RCPT follows an ordinary MAIL.
func readsForms(p *conformance.Probe, commands ...string) {
	for _, c := range commands {
		s := p.Ready()
		ordered(s, c)
		s.Cmd("%s", c).Should(understood)
		s.Close()
	}
}

// refusesForms judges that commands that are wrong in form are refused, each in a session of its own, with code; any
// other 5yz is only noted.
func refusesForms(p *conformance.Probe, code string, commands ...string) {
	for _, c := range commands {
		s := p.Ready()
		ordered(s, c)
		r := s.Cmd("%s", c)
		refusedWith(p, code, "5yz", r)
		s.Close()
	}
}

// ordered says MAIL where a command needs it.
func ordered(s *conformance.Session, command string) {
	if strings.HasPrefix(command, "RCPT") {
		s.Mail().Need("250")
	}
}

// refusedWith judges a refusal: code is right, other codes are noted.
func refusedWith(p *conformance.Probe, code, other string, r conformance.Reply) {
	if !r.Is(code) && r.Is(other) {
		p.Note("%s where %s was expected", r, code)
		return
	}
	r.Should(code)
}
