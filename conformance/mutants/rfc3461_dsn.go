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
		{
			Name: "notify-goes-first", Case: "rfc3461/5.1/no-other-reply", Row: "R3461-5.1-a",
			Does: "It takes NOTIFY in front of ORCPT only.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if before, _, ok := strings.Cut(line, " NOTIFY="); ok && strings.Contains(before, " ORCPT=") {
						return "", "501 5.5.4 bad parameters\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "capital-parameters-only", Case: "rfc3461/5.1/no-other-reply", Row: "R3461-5.1-a",
			Does: "It knows parameters of RCPT in capital letters only.", Filter: answer("555 5.5.4 no such parameter", "RCPT TO:<good@local.test> notify="),
		},
		{
			Name: "ret-goes-first", Case: "rfc3461/5.1/no-other-reply", Row: "R3461-5.1-a",
			Does: "It takes RET in front of ENVID only.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if before, _, ok := strings.Cut(line, " RET="); ok && strings.Contains(before, " ENVID=") {
						return "", "501 5.5.4 bad parameters\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "puts-unknown-users-off", Case: "rfc3461/5.1/no-other-reply", Row: "R3461-5.1-a", Guard: true,
			Does:   "It says 450 to an address that it has refused before.",
			Filter: putsOff,
		},
		{
			Name: "refuses-notify-with-553", Case: "rfc3461/4.1/notify-values", Row: "R3461-4.1-a", Guard: true,
			Does:   "It answers wrong values of NOTIFY with 553.",
			Filter: reply("RCPT", func(r string) string { return strings.Replace(r, "501 ", "553 ", 1) }),
		},
		{
			Name: "refuses-orcpt-with-555", Case: "rfc3461/4.2/orcpt-values", Row: "R3461-4.2-a", Guard: true,
			Does:   "It answers wrong values of ORCPT with 555.",
			Filter: reply("RCPT", func(r string) string { return strings.Replace(r, "501 ", "555 ", 1) }),
		},
		{
			Name: "moves-recipients", Case: "rfc3461/5.1/no-other-reply", Row: "R3461-5.1-a", Guard: true,
			Does:   "It takes recipients with 251.",
			Filter: reply("RCPT", func(r string) string { return strings.Replace(r, "250 2.1.5", "251 2.1.5", 1) }),
		},
	}
}

// putsOff answers RCPT with parameters of an unknown address for now.
func putsOff() Filter {
	return Filter{Reply: func(_ *Session, command, r string) string {
		if Verb(command) == "RCPT" && strings.HasPrefix(r, "550") && strings.Contains(command, "> ") {
			return "450 4.7.1 come again\r\n"
		}
		return r
	}}
}
