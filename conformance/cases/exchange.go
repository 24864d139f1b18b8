package cases

import (
	"regexp"

	"github.com/mailsim/mailsim/conformance"
)

// exchange is a command and its reply.
type exchange struct {
	command string
	conformance.Reply
}

var (
	// codeAtAll finds what is meant to be an enhanced status code.
	codeAtAll = regexp.MustCompile(`^([0-9]+\.[0-9]+\.[0-9]+)( |$)`)
	// codeForm is RFC 3463 2: class 2, 4 or 5, and two numbers of at most 3 digits without leading zeros.
	codeForm = regexp.MustCompile(`^[245]\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})$`)
)

// exchanges are commands of all kinds and their replies, other than those to EHLO:
// 2yz and 5yz, 354 and 334, in the sessions that offer ENHANCEDSTATUSCODES.
func exchanges(p *conformance.Probe) []exchange {
	var all []exchange
	s := offering(p, "ENHANCEDSTATUSCODES")
	say := func(command string) conformance.Reply {
		r := s.Cmd("%s", command)
		if _, ok := s.Offers("ENHANCEDSTATUSCODES"); ok && r.Code > 0 {
			all = append(all, exchange{command, r})
		}
		return r
	}
	for _, c := range []string{"NOOP", "VRFY postmaster", "HELP", "MAIL FROM:<" + p.From + ">", "RCPT TO:<" + p.Rcpt + ">", "RCPT TO:<" + p.Unknown + ">", "RSET", "BOGUS"} {
		say(c)
	}
	s.Close()
	s = p.Ready()
	say("RCPT TO:<" + p.Rcpt + ">")
	say("MAIL FROM:<" + p.From + ">")
	say("RCPT TO:<" + p.Rcpt + ">")
	if say("DATA").Is("354") {
		if r := s.Content(p.Message().Text); r.Code > 0 {
			all = append(all, exchange{"the end of data", r})
		}
	}
	say("QUIT")
	s.Close()
	if p.Lacks[conformance.NeedStart] == "" {
		s = p.Hello()
		say("STARTTLS")
		s.Close()
	}
	if p.Lacks[conformance.NeedAuth] == "" {
		s = stranger(p)
		say("AUTH X-MAILSIM-BOGUS")
		if say("AUTH PLAIN").Is("334") {
			say("*") // RFC 4954 4: the client gives up
		}
		r := s.Login()
		if _, ok := s.Offers("ENHANCEDSTATUSCODES"); ok && r.Code > 0 {
			all = append(all, exchange{"AUTH PLAIN with credentials", r})
		}
		s.Close()
	}
	if len(all) < 8 {
		p.Skip("the target answers next to nothing")
	}
	return all
}

// refusedLogins is the reply to a wrong password. Who asks for it runs alone.
func refusedLogins(p *conformance.Probe) []exchange {
	if p.Lacks[conformance.NeedAuth] != "" {
		return nil
	}
	s := stranger(p)
	defer forgiven(p)
	defer s.Close()
	if _, ok := s.Offers("ENHANCEDSTATUSCODES"); !ok {
		return nil
	}
	r := s.Auth("AUTH PLAIN %s", conformance.Plain(p.User, "wrong"))
	if r.Code == 0 {
		return nil
	}
	return []exchange{{"AUTH PLAIN with a wrong password", r}}
}
