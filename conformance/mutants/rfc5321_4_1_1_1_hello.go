package mutants

func rfc5321Hello() []Mutant {
	return []Mutant{
		{
			Name: "ehlo-is-unknown", Case: "rfc5321/2.2.1/ehlo-is-known", Row: "R5321-2.2.1-a",
			Does:   "It answers EHLO with 502.",
			Filter: answer("502 5.5.1 not implemented", "EHLO"),
		},
	}
}
