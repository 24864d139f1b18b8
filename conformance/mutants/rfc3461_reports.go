package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

func rfc3461Reports() []Mutant {
	return []Mutant{
		{
			Name: "reports-no-success", Case: "rfc3461/5.2.3/report-of-success", Row: "R3461-5.2.3-a",
			Does: "It never reports that mail was delivered.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"no-success-report"} },
		},
		{
			Name: "reports-what-nobody-asked", Case: "rfc3461/5.2.3/no-report-unasked", Row: "R3461-5.2.3-b",
			Does: "It takes any NOTIFY for a wish to be told of success.",
			Filter: rewrite("RCPT", func(line string) string {
				return strings.Replace(line, "NOTIFY=DELAY", "NOTIFY=DELAY,SUCCESS", 1)
			}),
		},
		{
			Name: "traces-utf8-as-esmtp", Case: "rfc6531/3.7.3/trace", Row: "R6531-3.7.3-a",
			Does: "It writes ESMTP into the Received field of a message with SMTPUTF8.",
			Store: func(m []byte) [][]byte {
				return [][]byte{[]byte(strings.ReplaceAll(string(m), "with UTF8SMTP", "with ESMTP"))}
			},
		},
	}
}
