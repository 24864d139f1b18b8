package mutants

import (
	"regexp"
	"strings"
	"sync/atomic"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

func rfc5321Forwarding() []Mutant {
	const alias = "RCPT TO:<alias@local.test>"
	brackets := regexp.MustCompile(`<[^>]*>`)
	moved := func(t *conformance.Target) { t.Alias = "moved@local.test" }
	gone := func(c *sim.NodeConfig) {
		c.Forwards = map[string]sim.Forward{"moved@local.test": {To: "good@elsewhere.mailsim.test", Refuse: true}}
	}
	// once answers the first RCPT for the alias by one reply, and later ones by another;
	// a filter is made for each session.
	once := func(first, later string) func() Filter {
		asked := new(atomic.Int64)
		return func() Filter {
			return Filter{Command: func(_ *Session, line string) (string, string) {
				switch {
				case !strings.HasPrefix(line, alias):
					return line, ""
				case asked.Add(1) == 1:
					return "", first + "\r\n"
				}
				return "", later + "\r\n"
			}}
		}
	}
	return []Mutant{
		{
			Name: "tells-no-new-address", Case: "rfc5321/3.4/forwarded-address", Row: "R5321-3.4-b",
			Does:   "It says 251 without the new address.",
			Target: moved,
			Filter: reply("RCPT", func(r string) string { return brackets.ReplaceAllString(r, "it") }),
		},
		{
			Name: "refuses-and-tells-no-new-address", Case: "rfc5321/3.4/forwarded-address", Row: "R5321-3.4-e",
			Does:   "It says 551 without the new address.",
			Node:   gone,
			Target: moved,
			Filter: reply("RCPT", func(r string) string { return brackets.ReplaceAllString(r, "it") }),
		},
		{
			Name: "tells-new-address", Case: "rfc5321/3.4/forwarded-address", Row: "R5321-3.4-b",
			Does:   "It forwards mail and tells the new address with 251.",
			Guard:  true,
			Target: moved,
		},
		{
			Name: "refuses-and-tells-new-address", Case: "rfc5321/3.4/forwarded-address", Row: "R5321-3.4-e",
			Does:   "It refuses mail for who has moved, with 551 and the new address.",
			Guard:  true,
			Node:   gone,
			Target: moved,
		},
		{
			Name: "refuses-who-has-moved", Case: "rfc5321/3.4/forwarded-address", Row: "R5321-3.4-e",
			Does:   "It refuses mail for who has moved with 550.",
			Guard:  true,
			Filter: answer("550 5.1.6 no longer here", alias),
		},
		{
			Name: "tells-new-address-once", Case: "rfc5321/3.4/forwarded-address-again", Row: "R5321-3.4-c",
			Does:   "It refuses the old address when it has told the new one.",
			Filter: once("251 2.1.5 will forward to <good@elsewhere.mailsim.test>", "550 5.1.6 we have told you"),
		},
		{
			Name: "blocks-who-does-not-listen", Case: "rfc5321/3.4/forwarded-address-again", Row: "R5321-3.4-f",
			Does:   "It puts off clients that use the old address again.",
			Filter: once("551 5.1.6 try <good@elsewhere.mailsim.test>", "450 4.7.0 we have told you"),
		},
		{
			Name: "refuses-old-address-each-time", Case: "rfc5321/3.4/forwarded-address-again", Row: "R5321-3.4-f",
			Does:   "It refuses the old address with 551 each time.",
			Guard:  true,
			Node:   gone,
			Target: moved,
		},
	}
}
