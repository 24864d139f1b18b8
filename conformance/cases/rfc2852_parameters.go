package cases

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rareParameters is about the parameters of extensions that few servers have: REQUIRETLS,
// DELIVERBY, FUTURERELEASE, MT-PRIORITY, RRVS, and about LIMITS.
func rareParameters() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 2852 4: seconds with a sign, a semicolon, R or N, and perhaps T. To return at once
			// what cannot be delivered in no time makes no sense, so R wants a time above zero.
			ID:    "rfc2852/4/by",
			Title: "BY takes seconds and a mode, and R only with a time above zero",
			Why:   "What one server passes over another refuses, and the message comes back from there.",
			Rows:  []string{"R2852-4-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.Keyword("DELIVERBY")},
			Run: func(p *conformance.Probe) {
				least, _ := offeringWord(p, "DELIVERBY")
				seconds := 120
				if n, err := strconv.Atoi(least); err == nil && n > seconds {
					seconds = n
				}
				for _, good := range []string{fmt.Sprintf("BY=%d;R", seconds), "BY=120;nt", "BY=+120;N", "BY=-5;N"} {
					mailReply(p, good).Want("250")
				}
				for _, bad := range []string{"BY=-5;R", "BY=0;R", "BY=120", "BY=;R", "BY=120;X", "BY=120;N BY=120;N"} {
					mailReply(p, bad).Want("501")
				}
			},
		},
		{
			// RFC 4865 4.2: EHLO names the longest time and the last date; beyond them, and where both
			// parameters are there, MAIL is refused.
			ID:    "rfc4865/4.2/hold",
			Title: "HOLDFOR keeps to the offered maximum, and goes without HOLDUNTIL",
			Why:   "A user who asks for Monday must not learn on Monday that it was not understood.",
			Rows:  []string{"R4865-4-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.Keyword("FUTURERELEASE")},
			Run: func(p *conformance.Probe) {
				params, _ := offeringWord(p, "FUTURERELEASE")
				most, _, _ := strings.Cut(params, " ")
				seconds, err := strconv.Atoi(most)
				if err != nil {
					p.Fail("FUTURERELEASE, seconds and a date, in the reply to EHLO", "FUTURERELEASE "+params)
				}
				mailReply(p, "HOLDFOR=60").Want("250")
				for _, bad := range []string{
					fmt.Sprintf("HOLDFOR=%d", seconds+1), "HOLDFOR=0x1", "HOLDUNTIL=yesterday", "HOLDFOR=60 HOLDUNTIL=2099-01-01T00:00:00Z",
				} {
					mailReply(p, bad).Want("5yz")
				}
			},
		},
		{
			// RFC 6710 3, 4.1: a whole number from -9 to 9, without a plus, once.
			ID:    "rfc6710/4.1/mt-priority",
			Title: "MT-PRIORITY is a number from -9 to 9, and there once",
			Why:   "Where a server makes something of what it cannot read, urgent mail waits, or any mail becomes urgent.",
			Rows:  []string{"R6710-4.1-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.Keyword("MT-PRIORITY")},
			Run: func(p *conformance.Probe) {
				offeringWord(p, "MT-PRIORITY")
				for _, good := range []string{"MT-PRIORITY=3", "MT-PRIORITY=-9", "MT-PRIORITY=0"} {
					mailReply(p, good).Want("250")
				}
				for _, bad := range []string{"MT-PRIORITY=10", "MT-PRIORITY=x", "MT-PRIORITY=", "MT-PRIORITY=+1", "MT-PRIORITY=1 MT-PRIORITY=1"} {
					mailReply(p, bad).Want("501")
				}
			},
		},
		{
			// RFC 7293 3.1, 5.1: RRVS has a date of RFC 3339; a mailbox that has changed hands since
			// then is refused with 550 5.7.17.
			ID:    "rfc7293/3.1/rrvs",
			Title: "RRVS takes a date, and refuses a mailbox whose owner is newer",
			Why:   "It keeps a new password from going to the stranger who has the old address now.",
			Rows:  []string{"R7293-3.1-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.Keyword("RRVS")},
			Run: func(p *conformance.Probe) {
				offeringWord(p, "RRVS")
				for _, a := range []string{p.Rcpt, p.Second} {
					if a == "" {
						continue
					}
					r := rcptReply(p, a, "RRVS=2014-04-03T23:01:00Z")
					r.Want("25z or 550")
					if r.Is("550") && r.Enhanced() != "" && r.Enhanced() != "5.7.17" {
						p.Report("550 5.7.17 for a mailbox whose owner is newer", r.String())
					}
				}
				rcptReply(p, p.Rcpt, "RRVS=bad").Want("501")
				rcptReply(p, p.Rcpt, "RRVS=").Want("501")
			},
		},
		{
			// RFC 8689 2: the parameter is for sessions under TLS, where EHLO offers it; it has no value.
			ID:    "rfc8689/2/requiretls",
			Title: "REQUIRETLS is taken under TLS only, and has no value",
			Why:   "A message that must not be read on the way has already been, if it came in the clear.",
			Rows:  []string{"R8689-2-a"},
			Needs: []conformance.Need{conformance.NeedTLS, conformance.NeedRcpt, conformance.Keyword("REQUIRETLS")},
			Run: func(p *conformance.Probe) {
				if !p.ImplicitTLS {
					s := p.Hello()
					if _, ok := s.Offers("REQUIRETLS"); ok {
						// Only the parameter is bound to TLS; the keyword is of no use before.
						p.Warn("no REQUIRETLS in the reply to EHLO without TLS", "it is there")
					}
					s.Mail("REQUIRETLS").Want("5yz")
				}
				s := p.Encrypted()
				if _, ok := s.Offers("REQUIRETLS"); !ok {
					return
				}
				if p.MailAuth || p.Profile == conformance.Submit && p.Lacks[conformance.NeedAuth] == "" {
					s.Login().Need("235")
				}
				s.Mail("REQUIRETLS=x").Want("501")
				s.Mail("REQUIRETLS").Want("250")
			},
		},
		{
			// RFC 9422 4: a limit that is advertised is what the server keeps to.
			ID:    "rfc9422/4.2/limits",
			Title: "as many recipients and transactions as LIMITS tells of are taken",
			Why:   "Clients cut their mail to these numbers; where they are not true it is refused in the middle.",
			Rows:  []string{"R9422-4.2-a"},
			Needs: []conformance.Need{conformance.NeedRcpt, conformance.Keyword("LIMITS")},
			Run: func(p *conformance.Probe) {
				const most = 1000 // of a limit that is tried
				s := offering(p, "LIMITS")
				params, _ := s.Offers("LIMITS")
				limits := map[string]int{}
				for _, limit := range strings.Fields(params) {
					name, value, _ := strings.Cut(limit, "=")
					n, err := strconv.Atoi(value)
					if err != nil || n < 1 {
						p.Fail("LIMITS with numbers above zero", "LIMITS "+params)
					}
					limits[strings.ToUpper(name)] = n
				}
				if n, ok := limits["RCPTMAX"]; ok {
					s.Mail().Need("250")
					for i := range min(n, most) {
						if r := s.RcptTo(p.Rcpt); !r.Is("25z") {
							p.Fail(fmt.Sprintf("25z to each of %d RCPT, for RCPTMAX=%d", min(n, most), n), fmt.Sprintf("%s to number %d", r, i+1))
						}
					}
					s.Cmd("RSET").Need("250")
				}
				if n, ok := limits["MAILMAX"]; ok {
					s = p.Ready()
					for i := range min(n, most/10) {
						if r := s.Mail(); !r.Is("250") {
							p.Fail(fmt.Sprintf("250 to each of %d MAIL, for MAILMAX=%d", min(n, most/10), n), fmt.Sprintf("%s to number %d", r, i+1))
						}
						s.Cmd("RSET").Need("250")
					}
				}
			},
		},
	}
}

// offeringWord is what an extension has behind its keyword, where mail is taken.
func offeringWord(p *conformance.Probe, word string) (params string, ok bool) {
	s := offering(p, word)
	defer s.Close()
	return s.Offers(word)
}
