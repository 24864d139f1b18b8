package cases

import (
	"fmt"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// answers sends octets, reads one reply, says QUIT, and gives all replies up to
// that to QUIT: how many commands the server has seen, without a wait for silence.
func answers(s *conformance.Session, octets string) []conformance.Reply {
	s.Write(octets)
	out := []conformance.Reply{s.Reply()}
	s.Write("QUIT\r\n")
	for r := s.Reply(); r.Code != 0 && !r.Is("221 or 421") && len(out) < 20; r = s.Reply() {
		out = append(out, r)
	}
	s.Close()
	return out
}

// replyTexts writes replies for a report.
func replyTexts(all []conformance.Reply) string {
	var texts []string
	for _, r := range all {
		texts = append(texts, r.String())
	}
	return fmt.Sprintf("%d replies: %s", len(all), quoted(texts))
}

// serves judges that the server is still there after what was done to it: a new
// session is greeted, and EHLO answered. A server that is busy for a while is given time.
func serves(p *conformance.Probe, after string) {
	got := ""
	for try := range 4 {
		if try > 0 {
			p.Sleep(time.Duration(try) * time.Second)
		}
		s, err := p.TryOpen()
		if err == nil && p.ImplicitTLS {
			err = s.Handshake()
		}
		if err != nil {
			got = err.Error()
			continue
		}
		r := s.Reply()
		if r.Is("220") {
			r = s.Hello()
		}
		s.Close()
		if r.Is("250") {
			return
		}
		got = r.String()
		if r.Is("4yz") {
			p.MakeRoom()
		}
	}
	p.Fail("a new session is served after "+after, got)
}
