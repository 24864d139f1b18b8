package mutants

import (
	"regexp"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321TextLimits() []Mutant {
	const (
		line = "rfc5321/4.5.3.1.6/text-line"
		size = "rfc5321/4.5.3.1.7/size-is-offered"
	)
	offer := regexp.MustCompile(`250-SIZE.*\r\n`)
	hidden := reply("EHLO", func(r string) string { return offer.ReplaceAllString(r, "") })
	return []Mutant{
		{
			Name: "breaks-long-lines", Case: line, Row: "R5321-4.5.3.1.6-a",
			Does:  "It breaks lines of more than 990 octets.",
			Store: stored(`^(.{990})(.+)\r\n`, "$1\r\n$2\r\n"),
		},
		{
			Name: "breaks-lines-with-doubled-dot", Case: line, Row: "R5321-4.5.3.1.6-b",
			Does:  "It counts the doubled dot, and breaks a line which that makes too long.",
			Store: stored(`^(\..{990})(.+)\r\n`, "$1\r\n$2\r\n"),
		},
		{
			Name: "refuses-64k", Case: "rfc5321/4.5.3.1.7/message", Row: "R5321-4.5.3.1.7-a",
			Does: "It refuses messages of more than 50,000 octets, and does not tell before.",
			Filter: func() Filter {
				octets := 0
				return Filter{
					Text: func(_ *Session, part string) string { octets += len(part); return part },
					Reply: func(_ *Session, command, r string) string {
						if command == "<dot>" && octets > 50000 {
							return "552 5.3.4 too big\r\n"
						}
						return r
					},
				}
			},
		},
		{
			Name: "offers-little-size", Case: "rfc5321/4.5.3.1.7/message", Row: "R5321-4.5.3.1.7-a",
			Does: "It has a limit of 50,000 octets, and says so.",
			Node: func(c *sim.NodeConfig) { c.Size = 50000 },
		},
		{
			Name: "cuts-big-messages", Case: "rfc5321/4.5.3.1.7/message", Row: "R5321-4.5.3.1.7-a",
			Does: "It keeps the first 32 K of a message.",
			Store: func(m []byte) [][]byte {
				return [][]byte{append(m[:min(len(m), 32<<10):32<<10], "\r\n"...)}
			},
		},
		{
			Name: "hides-its-limit", Case: size, Row: "R5321-4.5.3.1.7-b",
			Does:   "It has a limit of 1 MB and does not offer SIZE.",
			Node:   func(c *sim.NodeConfig) { c.Size = 1 << 20 },
			Filter: hidden,
		},
		{
			Name: "has-no-limit", Case: size, Row: "R5321-4.5.3.1.7-b", Guard: true,
			Does:   "It has no limit below 8 MB and does not offer SIZE.",
			Filter: hidden,
		},
	}
}
