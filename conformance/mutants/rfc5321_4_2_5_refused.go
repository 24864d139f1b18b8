package mutants

import "strings"

func rfc5321Refused() []Mutant {
	return []Mutant{
		{
			Name: "delivers-what-it-defers", Case: "rfc5321/4.2.5/deferred-message", Row: "R5321-4.2.5-b",
			Does: "It answers 451 to a message that it delivers.", Filter: deliversLoops("451 4.3.0 try again"),
		},
		{
			Name: "delivers-what-it-refuses", Case: "rfc5321/4.2.5/refused-message", Row: "R5321-4.2.5-d",
			Does: "It answers 552 to a message that it delivers.", Filter: deliversLoops("552 5.3.4 too large"),
		},
	}
}

// deliversLoops makes a filter that lets messages through which have passed many hosts, and says something else.
func deliversLoops(answer string) func() Filter {
	return func() Filter {
		loops := false
		return Filter{
			Text: func(_ *Session, octets string) string {
				loops = loops || strings.Contains(octets, "Received: ")
				return strings.ReplaceAll(octets, "Received: ", "X-Was-in: ")
			},
			Reply: func(_ *Session, command, r string) string {
				if command == "<dot>" && loops {
					loops = false
					return answer + "\r\n"
				}
				return r
			},
		}
	}
}
