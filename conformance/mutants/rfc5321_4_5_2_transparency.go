package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321Transparency() []Mutant {
	return []Mutant{
		{
			Name: "leaves-doubled-dots", Case: "rfc5321/4.5.2/dot-stuffing", Row: "R5321-4.5.2-c",
			Does: "It delivers lines with the dots that the client has doubled.",
			Node: func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{"keeps-dots"} },
		},
		{
			Name: "takes-doubled-dots-only", Case: "rfc5321/4.5.2/dot-stuffing", Row: "R5321-4.5.2-d",
			Does: "It takes a leading dot away only where there are two.",
			Filter: text(func(octets string) string {
				return strings.ReplaceAll(octets, "\r\n.x", "\r\n..x")
			}),
		},
	}
}
