package mutants

import (
	"bytes"
	"time"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321Problems() []Mutant {
	const (
		odd  = "rfc5321/6.2/odd-mail-does-not-vanish"
		long = "rfc5321/6.3/long-way"
	)
	return []Mutant{
		{
			Name: "scans-for-minutes", Case: "rfc5321/6.1/quick-reply", Row: "R5321-6.1-g",
			Does: "It delivers a message for a minute before it answers.",
			Filter: func() Filter {
				return Filter{Reply: func(_ *Session, command, r string) string {
					if command == "<dot>" {
						time.Sleep(time.Minute)
					}
					return r
				}}
			},
		},
		{
			Name: "discards-mail-without-from", Case: odd, Row: "R5321-6.2-a",
			Does: "It accepts messages without a From field and forgets them.",
			Node: breaks("discards-without-from"),
		},
		{
			Name: "discards-odd-dates", Case: odd, Row: "R5321-6.2-a",
			Does: "It accepts messages with an odd date and forgets them.",
			Store: func(m []byte) [][]byte {
				if bytes.Contains(m, []byte("\r\nDate: yesterday")) {
					return nil
				}
				return [][]byte{m}
			},
		},
		{
			Name: "refuses-odd-dates", Case: odd, Row: "R5321-6.2-a", Guard: true,
			Does:   "It refuses messages with an odd date.",
			Filter: refusesText("Date: yesterday", "550 5.6.0 no date"),
		},
		{
			Name: "few-hops", Case: long, Row: "R5321-6.3-a",
			Does: "It takes 25 Received fields for a loop.",
			Node: func(c *sim.NodeConfig) { c.Limits.Hops = 25 },
		},
		{
			Name: "few-hops-in-silence", Case: long, Row: "R5321-6.3-a",
			Does: "It accepts what it takes for a loop, and does not deliver it.",
			Store: func(m []byte) [][]byte {
				if bytes.Count(m, []byte("\r\nReceived:")) > 60 {
					return nil
				}
				return [][]byte{m}
			},
		},
	}
}
