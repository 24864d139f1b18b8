package cases

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

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
			Needs: needs, Sessions: alone,
			Run: func(p *conformance.Probe) {
				for _, e := range slices.Concat(exchanges(p), refusedLogins(p)) {
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
			Needs: needs, Sessions: alone,
			Run: func(p *conformance.Probe) {
				for _, e := range slices.Concat(exchanges(p), refusedLogins(p)) {
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
			Title: "the greeting, EHLO, HELO, 334 and 354 have no enhanced status code",
			Why:   "A client takes the code for the name of the server, or for a keyword.",
			Rows:  []string{"R2034-4-d"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				s := p.Connect()
				replies := []conformance.Reply{s.Reply().Need("220"), s.Hello().Need("250")}
				s.Close()
				if p.Lacks[conformance.NeedSMTP] == "" {
					s = p.Greet()
					r := s.Cmd("HELO %s", p.Target.Hello)
					if r.Is("250") && codeAtAll.MatchString(r.Lines[0]) {
						// The RFC excepts HELO, but nothing is read there that a code could be taken for.
						p.Warn("a text without an enhanced status code to HELO", r.String())
					}
					s.Close()
				}
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
			// RFC 3463 2: servers should send codes that are registered, by RFC 5248 with IANA.
			ID:    "rfc3463/2/registered",
			Title: "enhanced status codes are in the registry of IANA",
			Why:   "Nobody knows what a code means that a server has made up.",
			Rows:  []string{"R5248-2-a"},
			Needs: needs,
			Run: func(p *conformance.Probe) {
				for _, e := range exchanges(p) {
					code := e.Enhanced()
					if code == "" {
						continue
					}
					basic, known := registeredCode(code)
					switch {
					case !known:
						p.Warn("a code of the registry to "+e.command, e.String())
					case basic != "" && !e.Is(basic):
						// The registry tells with which replies a code usually stands, not where it may.
						p.Note("%s goes with %s by the registry, and not with the reply to %s: %s", code, basic, e.command, e.String())
					}
				}
			},
		},
	}
}
