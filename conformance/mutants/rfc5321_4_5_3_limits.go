package mutants

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321Limits() []Mutant {
	const (
		local = "rfc5321/4.5.3.1.1/local-part"
		long  = "rfc5321/4.5.3.1.9/too-long"
	)
	return []Mutant{
		{
			Name: "short-local-parts", Case: local, Row: "R5321-4.5.3.1.1-a",
			Does:   "It has room for 32 octets of a local part.",
			Filter: refusesOver(32, localLength, "501 5.1.3 too long", "MAIL", "RCPT"),
		},
		{
			Name: "short-recipients", Case: local, Row: "R5321-4.5.3.1.1-a",
			Does:   "It has room for 32 octets of a local part in RCPT.",
			Filter: refusesOver(32, localLength, "553 5.1.3 too long", "RCPT"),
		},
		{
			Name: "long-user-is-unknown", Case: local, Row: "R5321-4.5.3.1.1-a", Guard: true,
			Does:   "It knows no user of such a name, and no domain that the sender could have, and says so by 553.",
			Filter: refusesOver(32, localLength, "553 5.1.8 no such domain", "MAIL"),
		},
		{
			Name: "short-names", Case: "rfc5321/4.5.3.1.2/domain", Row: "R5321-4.5.3.1.2-a",
			Does:   "It has room for 64 octets of a name in EHLO.",
			Filter: refusesOver(64, func(line string) int { return len(line) - 7 }, "501 5.5.2 too long", "EHLO"),
		},
		{
			Name: "short-sender-domains", Case: "rfc5321/4.5.3.1.2/domain", Row: "R5321-4.5.3.1.2-a",
			Does:   "It has room for 128 octets of a domain in MAIL.",
			Filter: refusesOver(160, func(line string) int { return len(line) }, "553 5.1.7 too long", "MAIL"),
		},
		{
			Name: "short-paths", Case: "rfc5321/4.5.3.1.3/path", Row: "R5321-4.5.3.1.3-a",
			Does:   "It has room for 128 octets of a path.",
			Filter: refusesOver(140, func(line string) int { return len(line) }, "501 5.1.7 too long", "MAIL"),
		},
		{
			Name: "cuts-long-paths-and-drops", Case: "rfc5321/4.5.3.1.3/path", Row: "R5321-4.5.3.1.3-a",
			Does:   "It closes the connection at a path of 256 octets.",
			Filter: refusesOver(260, func(line string) int { return len(line) }, "close", "MAIL"),
		},
		{
			Name: "long-path-is-blocked", Case: "rfc5321/4.5.3.1.3/path", Row: "R5321-4.5.3.1.3-a", Guard: true,
			Does:   "It refuses the sender by policy.",
			Filter: refusesOver(140, func(line string) int { return len(line) }, "550 5.7.1 you are blocked", "MAIL"),
		},
		{
			Name: "short-command-lines", Case: "rfc5321/4.5.3.1.4/command-line", Row: "R5321-4.5.3.1.4-a",
			Does:   "It has room for 256 octets of a command.",
			Filter: refusesOver(256, func(line string) int { return len(line) }, "500 5.5.6 line too long", "NOOP"),
		},
		{
			Name: "noop-without-words", Case: "rfc5321/4.5.3.1.4/command-line", Row: "R5321-4.5.3.1.4-a", Guard: true,
			Does:   "It refuses words behind NOOP.",
			Filter: answer("501 5.5.4 NOOP takes nothing", "NOOP "),
		},
		{
			Name: "repeats-long-addresses", Case: "rfc5321/4.5.3.1.5/reply-line", Row: "R5321-4.5.3.1.5-a",
			Does: "It repeats the address twice in its refusal, on one line.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && len(line) > 300 {
						path := strings.TrimRight(line[len("RCPT TO:"):], "\r\n")
						return "", "550 5.1.1 " + path + ": recipient " + path + " is unknown\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "obeys-ends-of-lines", Case: long, Row: "R5321-4.5.3.1.9-a",
			Does:   "It takes the end of an overlong line for another command.",
			Filter: refusesOver(1000, func(line string) int { return len(line) }, "500 5.5.6 line too long\r\n500 5.5.2 unknown", "NOOP"),
		},
		{
			Name: "swallows-long-paths", Case: long, Row: "R5321-4.5.3.1.9-a",
			Does:   "It does not answer a path that is too long.",
			Filter: refusesOver(1000, func(line string) int { return len(line) }, "", "MAIL"),
		},
		{
			Name: "drops-at-long-lines", Case: long, Row: "R5321-4.5.3.1.9-a", Guard: true,
			Does:   "It ends the session at an overlong line, by 421.",
			Filter: refusesOver(1000, func(line string) int { return len(line) }, "421 4.7.0 line too long\r\nclose", "NOOP"),
		},
		{
			Name: "impatient-with-idle-clients", Case: "rfc5321/4.5.3.2.7/idle", Row: "R5321-4.5.3.2.7-a",
			Does: "It ends sessions that rest for a minute.",
			Node: func(c *sim.NodeConfig) { c.Limits.CommandTimeout = time.Minute },
		},
	}
}

// localLength is the length of the local part in a MAIL or RCPT.
func localLength(line string) int {
	return strings.IndexByte(line, '@') - strings.IndexByte(line, '<') - 1
}

// refusesOver makes a filter that answers commands for which length is more than n. A reply
// of nothing swallows them.
func refusesOver(n int, length func(line string) int, reply string, verbs ...string) func() Filter {
	if reply != "" && !strings.HasSuffix(reply, "close") {
		reply += "\r\n"
	}
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if matchesCommand(line, verbs) && length(line) > n {
				return "", reply
			}
			return line, ""
		}}
	}
}
