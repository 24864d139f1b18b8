package cases

import (
	"github.com/mailsim/mailsim/conformance"
)

// rfc5321Literals is about address literals, RFC 5321 4.1.3.
func rfc5321Literals() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.3: where a host has no name, its address in brackets stands for it.
			ID:    "rfc5321/4.1.3/ipv4-literal",
			Title: "an IPv4 address literal is read as a domain",
			Why:   "Hosts without a name in the DNS, and postmasters who must be reached when the DNS is broken, have no other address.",
			Rows:  []string{"R5321-4.1.3-a"},
			Run: func(p *conformance.Probe) {
				readsForms(p, "MAIL FROM:<s@[192.0.2.1]>", "RCPT TO:<postmaster@[192.0.2.1]>")
			},
		},
		{
			// RFC 5321 4.1.3: IPv6-address-literal is the tag "IPv6:", in any letter case, and an
			// address, that may be cut short by "::" and end in dotted form.
			ID:    "rfc5321/4.1.3/ipv6-literal",
			Title: "an IPv6 address literal with its tag is read as a domain",
			Why:   "Hosts that have IPv6 only, and no name, cannot send mail.",
			Rows:  []string{"R5321-4.1.3-b"},
			Run: func(p *conformance.Probe) {
				readsForms(p,
					"MAIL FROM:<s@[IPv6:2001:db8::25]>", "MAIL FROM:<s@[IPv6:::1]>", "MAIL FROM:<s@[ipv6:::ffff:192.0.2.1]>")
			},
		},
		{
			// RFC 5321 4.1.3: without a tag only IPv4 addresses can stand there.
			ID:    "rfc5321/4.1.3/ipv6-tag",
			Title: "an IPv6 address literal without its tag is refused",
			Why:   "Other servers refuse it, so that no answer can be sent to such an address.",
			Rows:  []string{"R5321-4.1.3-c"},
			Run: func(p *conformance.Probe) {
				refusesForms(p, "501 or 553", "MAIL FROM:<s@[2001:db8::25]>")
			},
		},
		{
			// RFC 5321 4.1.3: Snum is 0 to 255, and there are four.
			ID:    "rfc5321/4.1.3/ipv4-numbers",
			Title: "an IPv4 address literal that is no address is refused",
			Why:   "What is no address reaches Received fields and filters that trust the server to have looked.",
			Rows:  []string{"R5321-4.1.3-d"},
			Run: func(p *conformance.Probe) {
				badHello(p, "[256.1.1.1]", "[1.2.3]")
				refusesForms(p, "501 or 553", "MAIL FROM:<s@[1.2.3.4.5]>")
			},
		},
		{
			// RFC 5321 4.1.3: IPv6-full has eight groups, IPv6-comp one double colon; IPv6-hex has
			// four digits at most.
			ID:    "rfc5321/4.1.3/ipv6-groups",
			Title: "an IPv6 address literal that is no address is refused",
			Why:   "What is no address reaches Received fields and filters that trust the server to have looked.",
			Rows:  []string{"R5321-4.1.3-e"},
			Run: func(p *conformance.Probe) {
				badHello(p, "[IPv6:1::2::3]", "[IPv6:1:2:3:4:5:6:7:8:9]", "[IPv6:12345::1]", "[IPv6:1:2:3]")
			},
		},
	}
}
