package mutants

import "strings"

// relaysIf makes a filter for a server that accepts RCPT, and DATA behind it, where a
// condition holds.
func relaysIf(taken func(s *Session, line string) bool) func() Filter {
	return func() Filter {
		open := false
		return Filter{Command: func(s *Session, line string) (string, string) {
			switch Verb(line) {
			case "RCPT":
				if taken(s, line) {
					open = true
					return "", "250 2.1.5 OK\r\n"
				}
			case "DATA":
				if open {
					return "", "354 go on\r\n"
				}
			}
			return line, ""
		}}
	}
}

// relaysTo makes a mutant that accepts recipients with one of some parts.
func relaysTo(name, slug, row, does string, parts ...string) Mutant {
	return Mutant{Name: name, Case: "security/relay/" + slug, Row: row, Does: does, Filter: relaysIf(func(_ *Session, line string) bool {
		for _, part := range parts {
			if strings.Contains(line, part) {
				return true
			}
		}
		return false
	})}
}

// relaysFrom makes a mutant that accepts all recipients of senders with a part.
func relaysFrom(name, slug, row, does, part string) Mutant {
	return Mutant{Name: name, Case: "security/relay/" + slug, Row: row, Does: does, Filter: relaysIf(func(s *Session, _ string) bool {
		return strings.Contains(s.Mail, part)
	})}
}

func securityRelay() []Mutant {
	return []Mutant{
		relaysTo("relays-for-everyone", "plain-address", "SEC-RELAY-1", "It relays for everyone.", "@elsewhere"),
		relaysFrom("relays-null-senders", "null-sender", "SEC-RELAY-2", "It skips the check for the null reverse-path.", "<>"),
		relaysFrom("trusts-sender-domain", "local-sender", "SEC-RELAY-3", "It trusts the domain of the reverse-path.", "@local.test"),
		{
			Name: "trusts-unqualified-senders", Case: "security/relay/local-looking-sender", Row: "SEC-RELAY-4",
			Does: "It takes reverse-paths without a domain for its own users.",
			Filter: func() Filter {
				f := relaysIf(func(s *Session, _ string) bool { return s.Mail == "MAIL FROM:<root>" })()
				inner := f.Command
				f.Command = func(s *Session, line string) (string, string) {
					if strings.HasPrefix(line, "MAIL FROM:<root>") {
						s.Mail = "MAIL FROM:<root>"
						return "", "250 2.1.0 OK\r\n"
					}
					return inner(s, line)
				}
				return f
			},
		},
		relaysTo("rewrites-percent", "percent-hack", "SEC-RELAY-5", "It makes user@foreign of user%foreign after the check.", "%elsewhere"),
		relaysTo("swaps-bang-paths", "bang-path", "SEC-RELAY-6", "It makes user@foreign of foreign!user after the check.", "!victim"),
		relaysTo("checks-first-route-host", "source-route", "SEC-RELAY-7", "It checks only the first host of a source route.", "<@"),
		relaysTo("unquotes-and-parses-again", "quoted-address", "SEC-RELAY-8", "It takes quotes away and reads the address again.", `<"victim@`),
		relaysTo("routes-by-the-first-domain", "two-at-signs", "SEC-RELAY-9", "It checks the last domain, and routes by the first.", ".test@"),
		relaysTo("misses-naked-addresses", "odd-writing", "SEC-RELAY-10", "Its check misses addresses without brackets.", "RCPT TO:victim"),
		relaysTo("takes-every-literal", "address-literals", "SEC-RELAY-11", "It takes every address literal for its own.", "@["),
		relaysTo("compares-suffixes", "lookalike-domains", "SEC-RELAY-12", "It compares domains by their ends.", "@xlocal.test"),
		{
			Name: "trusts-hello", Case: "security/relay/hello-name", Row: "SEC-RELAY-13", Does: "It trusts clients by their names in EHLO.",
			Filter: relaysIf(func(s *Session, _ string) bool { return strings.Contains(s.Hello, "localhost") }),
		},
		{
			Name: "checks-first-recipient", Case: "security/relay/mixed-transaction", Row: "SEC-RELAY-15", Does: "It checks only the first recipient.",
			Filter: relaysIf(func(s *Session, line string) bool { return len(s.Rcpts) > 0 && strings.Contains(line, "@elsewhere") }),
		},
		{
			Name: "trusts-tls-alone", Case: "security/relay/failed-login", Row: "SEC-RELAY-16", Does: "It trusts all clients under TLS.",
			Filter: relaysIf(func(s *Session, line string) bool { return s.Secure && strings.Contains(line, "@elsewhere") }),
		},
		{
			Name: "logs-in-before-the-check", Case: "security/relay/failed-login", Row: "SEC-RELAY-16", Does: "It takes a client for known before it has checked the password.",
			Filter: relaysIf(func(s *Session, line string) bool { return s.Count["AUTH"] > 0 && strings.Contains(line, "@elsewhere") }),
		},
		{
			Name: "keeps-sender-of-refused", Case: "security/relay/refused-message", Row: "SEC-RELAY-17", Does: "It keeps the sender of a message that it has refused, and checks no recipient then.",
			Filter: relaysIf(func(s *Session, line string) bool { return s.Count["DATA"] > 0 && s.Mail == "" }),
		},
	}
}
