package cases

import (
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc3463 is about the meaning of enhanced status codes.
func rfc3463() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 3463 3: what the details mean. It leaves a choice: an address that cannot be read is X.1.3 or
			// a wrong argument, X.5.4; a user who is not told of may be refused by policy, X.7.1.
			ID:    "rfc3463/3/details",
			Title: "enhanced status codes say what was wrong",
			Why:   "Senders are told that something is wrong, and not what: a mistyped address looks like a broken server.",
			Rows:  []string{"R3463-3-a"},
			Needs: []conformance.Need{conformance.Keyword("ENHANCEDSTATUSCODES"), conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				mail := "MAIL FROM:<" + p.From + ">"
				// A dot of a subject stands for all of its details.
				fits(p, "X.1.1", []string{"1.", "2.1", "7."}, mail, "RCPT TO:<"+p.Unknown+">")
				fits(p, "X.1.3", []string{"1.0", "1.3", "5.2", "5.4"}, mail, "RCPT TO:<a b@"+p.Domain()+">")
				fits(p, "X.1.7", []string{"1.0", "1.7", "5.2", "5.4"}, "MAIL FROM:<a b@mailsim.test>")
				fits(p, "X.5.1", []string{"5."}, "BOGUS")
				fits(p, "X.5.1", []string{"5."}, "RCPT TO:<"+p.Rcpt+">")
				fits(p, "X.5.4", []string{"5.0", "5.1", "5.2", "5.4"}, mail+" X-MAILSIM-BOGUS=1")
				fits(p, "X.5.4", []string{"5.0", "5.1", "5.2", "5.4"}, "NOOP", "RSET now")
				if p.Lacks[conformance.NeedMX] == "" {
					fits(p, "X.7.1", []string{"7."}, mail, "RCPT TO:<"+p.Foreign+">")
				}
				if limit := statedLimit(p); limit > 0 {
					fits(p, "X.3.4", []string{"3.4", "2.3"}, fmt.Sprintf("%s SIZE=%d", mail, limit+1))
				}
			},
		},
		{
			// RFC 3463 3.6: X.5.3 is for too many recipients; RFC 5321 4.5.3.1.10 has 452 for the reply.
			ID:    "rfc3463/3.6/too-many-recipients",
			Title: "a recipient too many is refused with the code X.5.3",
			Why:   "A client that takes it for a full disk or a wrong address does not send the message to the rest at once.",
			Rows:  []string{"R3463-3-a"},
			Needs: []conformance.Need{conformance.Keyword("ENHANCEDSTATUSCODES"), conformance.Keyword("PIPELINING"), conformance.NeedRcpt},
			// A thousand recipients are more than some small servers have room for.
			Hostile: true,
			Run: func(p *conformance.Probe) {
				s := offering(p, "ENHANCEDSTATUSCODES")
				s.Mail().Need("250")
				const group = 100
				for range 12 {
					s.Write(strings.Repeat("RCPT TO:<"+p.Rcpt+">\r\n", group))
					for range group {
						r := s.Reply()
						if r.Is("25z") {
							continue
						}
						r.Need("4yz or 5yz")
						if code := r.Enhanced(); code != "" && code[2:] != "5.3" {
							p.Warn("X.5.3 to a recipient too many", r.String())
						}
						return
					}
				}
				p.Note("there is no limit below %d recipients", 12*group)
			},
		},
	}
}

// fits warns where the last of some commands, in a session of their own, is refused with
// an enhanced code that is none of those that tell what was wrong. What is not refused
// is a matter of other cases.
func fits(p *conformance.Probe, best string, details []string, commands ...string) {
	s := offering(p, "ENHANCEDSTATUSCODES")
	defer s.Close()
	var r conformance.Reply
	for _, c := range commands {
		r = s.Cmd("%s", c)
	}
	code := r.Enhanced()
	if !r.Is("4yz or 5yz") || code == "" {
		return
	}
	if r.Is("4yz") {
		return // something else is in the way: greylisting, a disk that is full
	}
	for _, d := range details {
		if detail := code[2:]; detail == d || strings.HasSuffix(d, ".") && strings.HasPrefix(detail, d) {
			return
		}
	}
	p.Warn(best+" to "+commands[len(commands)-1], r.String())
}

// statedLimit is the largest message that the target takes, as its SIZE says; 0: it does not tell.
func statedLimit(p *conformance.Probe) int64 {
	s := p.Ready()
	defer s.Close()
	params, _ := s.Offers("SIZE")
	var n int64
	_, _ = fmt.Sscan(params, &n)
	return n
}
