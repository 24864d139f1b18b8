package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc3461 is about the parameters of DSN.
func rfc3461() []conformance.Case {
	dsn := conformance.Keyword("DSN")
	const refused = "501 or 553 or 555"
	return []conformance.Case{
		{
			// RFC 3461 4.1: NOTIFY is NEVER alone, or some of SUCCESS, FAILURE, DELAY, in any letter case.
			ID:    "rfc3461/4.1/notify-values",
			Title: "NOTIFY takes NEVER alone, or a list of SUCCESS, FAILURE and DELAY",
			Why:   "A sender who asks for two things at once does not learn that one of them is ignored.",
			Rows:  []string{"R3461-4.1-a"},
			Needs: []conformance.Need{dsn, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				rcptReply(p, p.Rcpt, "NOTIFY=success,Failure").Should("25z")
				for _, v := range []string{"NEVER,FAILURE", "", "FOO", "SUCCESS,,DELAY"} {
					rcptReply(p, p.Rcpt, "NOTIFY="+v).Should(refused)
				}
			},
		},
		{
			// RFC 3461 4.2: ORCPT is an address type, a semicolon and an address in xtext.
			ID:    "rfc3461/4.2/orcpt-values",
			Title: "ORCPT that is not a type and an address in xtext is refused",
			Why:   "What is wrong in ORCPT goes on to every server behind, and into reports that nobody can read.",
			Rows:  []string{"R3461-4.2-a"},
			Needs: []conformance.Need{dsn, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				for _, v := range []string{"rfc822;u+40local.test", "rfc822;u@local.test"} {
					rcptReply(p, p.Rcpt, "ORCPT="+v).Should("25z")
				}
				for _, v := range []string{"u@local.test", "rfc822;bad+zz", "rfc822;a=b", ""} {
					rcptReply(p, p.Rcpt, "ORCPT="+v).Should(refused)
				}
			},
		},
		{
			// RFC 3461 5.1: two ENVID or RET parameters, and values that are not as 4.3 and 4.4 have them, get 501.
			ID:    "rfc3461/5.1/envid-and-ret",
			Title: "MAIL with two ENVID or RET, or a wrong one, gets 501",
			Why:   "A sender finds the wrong message in a report, or gets the whole of it back where the header was asked for.",
			Rows:  []string{"R3461-4.5-a"},
			Needs: []conformance.Need{dsn},
			Run: func(p *conformance.Probe) {
				mailReply(p, "ret=hdrs", "envid=q+2Bx").Should("250")
				for _, v := range []string{"RET=FULL RET=HDRS", "ENVID=a ENVID=b", "RET=ALL", "RET=", "ENVID=a+1", "ENVID=a+zz"} {
					r := mailReply(p, v)
					if r.Is("5yz") && !r.Is("501") {
						p.Warn("501 to MAIL with "+v, r.String())
						continue
					}
					r.Should("501")
				}
			},
		},
		{
			// RFC 3461 4.5: NOTIFY and ORCPT may each be there once.
			ID:    "rfc3461/4.5/twice-at-rcpt",
			Title: "RCPT with two NOTIFY or two ORCPT gets 501",
			Why:   "Which of two contrary wishes counts is left to chance.",
			Rows:  []string{"R3461-4.5-b"},
			Needs: []conformance.Need{dsn, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				rcptReply(p, p.Rcpt, "NOTIFY=NEVER", "NOTIFY=SUCCESS").Should(refused)
				rcptReply(p, p.Rcpt, "ORCPT=rfc822;a", "ORCPT=rfc822;b").Should(refused)
			},
		},
		{
			// RFC 3461 5.1: the parameters must not change what is answered to MAIL and RCPT.
			ID:    "rfc3461/5.1/no-other-reply",
			Title: "MAIL and RCPT get the same replies with parameters of DSN as without",
			Why:   "A message is refused for no other reason than that its sender wants to know what becomes of it.",
			Rows:  []string{"R3461-5.1-a"},
			Needs: []conformance.Need{dsn, conformance.NeedRcpt, conformance.NeedUnknown},
			Run: func(p *conformance.Probe) {
				for _, to := range []string{p.Rcpt, p.Unknown} {
					plain := rcptReply(p, to)
					for _, params := range []string{
						"NOTIFY=NEVER", "NOTIFY=SUCCESS", "NOTIFY=FAILURE,DELAY", "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;" + p.Rcpt,
						"ORCPT=rfc822;" + p.Rcpt + " NOTIFY=DELAY,SUCCESS", "notify=never orcpt=RFC822;" + p.Rcpt,
					} {
						r := rcptReply(p, to, params)
						if r.Code != plain.Code && !r.Is("4yz") {
							p.Report(plain.String()+", as without "+params, r.String())
						}
					}
				}
				for _, params := range []string{"RET=FULL", "RET=HDRS ENVID=QQ314159", "ENVID=QQ314159 RET=FULL", "envid=QQ314159 ret=hdrs"} {
					mailReply(p, params).Should("250")
				}
			},
		},
		{
			// RFC 3461 5.4: ENVID of 100 and ORCPT of 500 characters have to be taken.
			ID:    "rfc3461/5.4/long-parameters",
			Title: "an ENVID of 100 and an ORCPT of 500 characters are taken",
			Why:   "Mail of systems that give long names to their messages is refused.",
			Rows:  []string{"R3461-5.4-a"},
			Needs: []conformance.Need{dsn, conformance.NeedRcpt},
			Run: func(p *conformance.Probe) {
				s := offering(p, "DSN")
				s.Mail("ENVID="+strings.Repeat("e", 100), "RET=FULL").Want("250")
				s.RcptTo(p.Rcpt, "NOTIFY=SUCCESS,FAILURE,DELAY", "ORCPT=rfc822;"+strings.Repeat("x", 493)).Want("25z")
			},
		},
	}
}
