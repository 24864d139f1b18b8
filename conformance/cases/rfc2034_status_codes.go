package cases

import (
	"fmt"
	"regexp"
	"strings"

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
// 2yz and 5yz, and 354.
func exchanges(p *conformance.Probe) []exchange {
	var all []exchange
	s := offering(p, "ENHANCEDSTATUSCODES")
	say := func(command string) conformance.Reply {
		r := s.Cmd("%s", command)
		if r.Code > 0 {
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
	if len(all) < 8 {
		p.Skip("the target answers next to nothing")
	}
	return all
}

// rfc2034 is about ENHANCEDSTATUSCODES.
func rfc2034() []conformance.Case {
	needs := []conformance.Need{conformance.Keyword("ENHANCEDSTATUSCODES"), conformance.NeedRcpt, conformance.NeedUnknown}
	return []conformance.Case{
		{
			// RFC 2034 4: all replies 2yz, 4yz and 5yz have one, but for the greeting and those to HELO and EHLO.
			ID:    "rfc2034/4/codes-everywhere",
			Title: "each reply begins with an enhanced status code",
			Why:   "A client that relies on the codes writes a wrong reason into its reports.",
			Rows:  []string{"R2034-4-a"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, e := range exchanges(p) {
					if !e.Is("3yz") && codeAtAll.FindString(e.Lines[0]) == "" {
						p.Report("an enhanced status code in the reply to "+e.command, e.String())
					}
				}
			},
		},
		{
			// RFC 2034 4: the class of the code is the first digit of the reply; all lines have the same code.
			ID:    "rfc2034/4/class-and-lines",
			Title: "enhanced status codes fit the reply, and are the same in all its lines",
			Why:   "A client that looks at one of the two tries again what has failed for good, or gives up what has not.",
			Rows:  []string{"R2034-4-b", "R2034-4-c"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, e := range exchanges(p) {
					code := codeAtAll.FindString(e.Lines[0])
					if code == "" {
						continue
					}
					p.Row("R2034-4-b")
					if int(code[0]-'0') != e.Code/100 {
						p.Report(fmt.Sprintf("a code of class %d in the reply to %s", e.Code/100, e.command), e.String())
					}
					p.Row("R2034-4-c")
					for _, line := range e.Lines[1:] {
						if !strings.HasPrefix(line+" ", strings.TrimSpace(code)+" ") {
							p.Report("the code "+strings.TrimSpace(code)+" in all lines", line)
						}
					}
				}
			},
		},
		{
			// RFC 2034 4: the greeting, the replies to HELO and EHLO, and 3yz have none.
			ID:    "rfc2034/4/no-codes",
			Title: "the greeting, EHLO and 354 have no enhanced status code",
			Why:   "A client takes the code for the name of the server, or for a keyword.",
			Rows:  []string{"R2034-4-d"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				s := p.Connect()
				replies := []conformance.Reply{s.Reply().Need("220"), s.Hello().Need("250")}
				for _, e := range exchanges(p) {
					if e.Is("3yz") {
						replies = append(replies, e.Reply)
					}
				}
				for _, r := range replies {
					for _, line := range r.Lines {
						if codeAtAll.MatchString(line) {
							p.Report("a text without an enhanced status code", r.String())
						}
					}
				}
			},
		},
		{
			// RFC 3463 2: class, subject and detail, without leading zeros.
			ID:    "rfc3463/2/form",
			Title: "enhanced status codes have the form of RFC 3463",
			Why:   "A code that clients cannot read is worse than none.",
			Rows:  []string{"R3463-2-a"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, e := range exchanges(p) {
					if code := strings.TrimSpace(codeAtAll.FindString(e.Lines[0])); code != "" && !codeForm.MatchString(code) {
						p.Report("class.subject.detail without leading zeros", e.String())
					}
				}
			},
		},
		{
			// RFC 3463 3: what the details mean.
			ID:    "rfc3463/3/details",
			Title: "enhanced status codes say what was wrong",
			Why:   "Senders are told that something is wrong, and not what: a mistyped address looks like a broken server.",
			Rows:  []string{"R3463-3-a"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, e := range exchanges(p) {
					subject := ""
					switch e.command {
					case "RCPT TO:<" + p.Unknown + ">":
						subject = "5.1."
					case "BOGUS":
						subject = "5.5."
					}
					if code := e.Enhanced(); e.Is("5yz") && code != "" && !strings.HasPrefix(code, subject) {
						p.Warn(subject+"x to "+e.command, e.String())
					}
				}
			},
		},
		{
			// RFC 3463 2: servers should send codes that are registered, by RFC 5248 with IANA.
			ID:    "rfc3463/2/registered",
			Title: "enhanced status codes are in the registry of IANA",
			Why:   "Nobody knows what a code means that a server has made up.",
			Rows:  []string{"R5248-2-a"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, e := range exchanges(p) {
					if code := e.Enhanced(); code != "" && !registeredCode(code) {
						p.Warn("a code of the registry to "+e.command, e.String())
					}
				}
			},
		},
	}
}

// registeredCode reports whether the registry "Simple Mail Transfer Protocol (SMTP) Enhanced
// Status Codes", as of 2024, has the subject and detail of a code.
func registeredCode(code string) bool {
	details := map[string]string{
		"0": "0", "1": "0 1 2 3 4 5 6 7 8 9 10", "2": "0 1 2 3 4", "3": "0 1 2 3 4 5 6", "4": "0 1 2 3 4 5 6 7",
		"5": "0 1 2 3 4 5 6", "6": "0 1 2 3 4 5 6 7 8 9 10",
		"7": "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30",
	}
	parts := strings.Split(code, ".")
	return strings.Contains(" "+details[parts[1]]+" ", " "+parts[2]+" ")
}
