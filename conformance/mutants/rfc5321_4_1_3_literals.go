package mutants

func rfc5321Literals() []Mutant {
	return []Mutant{
		{
			Name: "no-brackets-in-domains", Case: "rfc5321/4.1.3/ipv4-literal", Row: "R5321-4.1.3-a",
			Does:   "It takes brackets in a domain for a mistake of syntax.",
			Filter: answer("501 5.1.7 bad address", "MAIL FROM:<s@["),
		},
		{
			Name: "no-mail-for-literals", Case: "rfc5321/4.1.3/ipv4-literal", Row: "R5321-4.1.3-a", Guard: true,
			Does:   "It wants no mail from hosts without a name.",
			Filter: answer("550 5.7.1 get yourself a name", "MAIL FROM:<s@["),
		},
		{
			Name: "dotted-quads-only", Case: "rfc5321/4.1.3/ipv6-literal", Row: "R5321-4.1.3-b",
			Does:   "It knows IPv4 addresses in brackets, and no others.",
			Filter: answer("501 5.1.7 bad address", "MAIL FROM:<s@[IPv6:"),
		},
		{
			Name: "no-dotted-ipv6", Case: "rfc5321/4.1.3/ipv6-literal", Row: "R5321-4.1.3-b",
			Does:   "It does not know IPv6 addresses that end in an IPv4 address.",
			Filter: answer("501 5.1.7 bad address", "MAIL FROM:<s@[ipv6:::ffff:"),
		},
		{
			Name: "ipv6-without-its-tag", Case: "rfc5321/4.1.3/ipv6-tag", Row: "R5321-4.1.3-c",
			Does:   "It takes IPv6 addresses in brackets without their tag.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:<s@[2001:"),
		},
		{
			Name: "numbers-over-255", Case: "rfc5321/4.1.3/ipv4-numbers", Row: "R5321-4.1.3-d",
			Does:   "It takes any four numbers for an IPv4 address.",
			Filter: answer("250 mx.local.test", "EHLO [256."),
		},
		{
			Name: "five-numbers", Case: "rfc5321/4.1.3/ipv4-numbers", Row: "R5321-4.1.3-d",
			Does:   "It takes five numbers for an IPv4 address.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:<s@[1.2.3.4.5]"),
		},
		{
			Name: "two-double-colons", Case: "rfc5321/4.1.3/ipv6-groups", Row: "R5321-4.1.3-e",
			Does:   "It takes two double colons in an IPv6 address.",
			Filter: answer("250 mx.local.test", "EHLO [IPv6:1::2::3]"),
		},
	}
}
