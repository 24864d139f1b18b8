package mutants

func rfc3207() []Mutant {
	return []Mutant{
		{
			Name: "obeys-injected-commands", Case: "security/starttls/injected-command", Row: "SEC-TLS-1",
			Does:   "It keeps what came in the clear behind STARTTLS for the session under TLS.",
			Filter: func() Filter { return Filter{KeepsPlain: true} },
		},
	}
}
