package mutants

import "strings"

func rfc3461() []Mutant {
	without := func(verb, params string) func() Filter {
		return rewrite(verb, func(line string) string { return strings.Replace(line, " "+params, "", 1) })
	}
	return []Mutant{
		{
			Name: "never-and-failure", Case: "rfc3461/4.1/notify-values", Row: "R3461-4.1-a",
			Does: "It takes NEVER together with other words.", Filter: without("RCPT", "NOTIFY=NEVER,FAILURE"),
		},
		{
			Name: "does-not-decode-orcpt", Case: "rfc3461/4.2/orcpt-values", Row: "R3461-4.2-a",
			Does: "It does not look whether ORCPT is xtext.", Filter: without("RCPT", "ORCPT=rfc822;bad+zz"),
		},
		{
			Name: "last-envid-wins", Case: "rfc3461/5.1/envid-and-ret", Row: "R3461-4.5-a",
			Does: "It takes the last of several ENVID parameters.", Filter: without("MAIL", "ENVID=a ENVID=b"),
		},
		{
			Name: "refuses-envids-with-555", Case: "rfc3461/5.1/envid-and-ret", Row: "R3461-4.5-a",
			Does:   "It answers wrong parameters with 555.",
			Filter: reply("MAIL", func(r string) string { return strings.Replace(r, "501 ", "555 ", 1) }),
		},
		{
			Name: "merges-notify", Case: "rfc3461/4.5/twice-at-rcpt", Row: "R3461-4.5-b",
			Does: "It takes the last of several NOTIFY parameters.", Filter: without("RCPT", "NOTIFY=NEVER"),
		},
		{
			Name: "forbids-success", Case: "rfc3461/5.1/no-other-reply", Row: "R3461-5.1-a",
			Does: "It refuses recipients with NOTIFY=SUCCESS.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && strings.Contains(line, "NOTIFY=SUCCESS") {
						return "", "550 5.7.1 no reports here\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "short-envelope-lines", Case: "rfc3461/5.4/long-parameters", Row: "R3461-5.4-a",
			Does: "It takes no lines of more than 512 octets.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if len(line) > 512 {
						return "", "500 5.5.2 line too long\r\n"
					}
					return line, ""
				}}
			},
		},
	}
}
