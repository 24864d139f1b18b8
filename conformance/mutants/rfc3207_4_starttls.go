package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

func rfc3207StartTLS() []Mutant {
	return []Mutant{
		{
			Name: "starttls-ignores-parameter", Case: "rfc3207/4/no-parameter", Row: "R3207-4-a",
			Does:   "It answers STARTTLS with a parameter with 220.",
			Filter: rewrite("STARTTLS", func(string) string { return "STARTTLS\r\n" }),
		},
		{
			Name: "starttls-unavailable", Case: "rfc3207/4/no-parameter", Row: "R3207-4-a",
			Does:   "It offers STARTTLS and does not know it.",
			Filter: answer("502 5.5.1 not implemented", "STARTTLS\r\n"),
		},
		{
			Name: "breaks-off-handshakes", Case: "rfc3207/4/leads-to-tls", Row: "R3207-4-a",
			Does:   "It closes the connection behind its 220 to STARTTLS.",
			Filter: reply("STARTTLS", func(r string) string { return r + "close" }),
		},
		{
			Name: "starttls-for-nobody-now", Case: "rfc3207/4/leads-to-tls", Row: "R3207-4-a",
			Does:   "It answers STARTTLS with 454 each time.",
			Filter: answer("454 4.3.0 TLS is not available now", "STARTTLS\r\n"),
		},
		{
			Name: "mx-demands-tls", Case: "rfc3207/4/clear-mail-for-its-domain", Row: "R3207-4-b",
			Does: "It answers MAIL with 530 before TLS.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "MAIL" && !s.Secure {
						return "", "530 5.7.0 Must issue a STARTTLS command first\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "tls-demanded-by-550", Case: "rfc3207/4/tls-is-demanded", Row: "R3207-4-c", Profile: conformance.Submit,
			Does:   "It demands TLS by 550.",
			Filter: reply("MAIL", func(string) string { return "550 5.7.1 no\r\n" }),
		},
		{
			Name: "tls-demanded-by-hanging-up", Case: "rfc3207/4/tls-is-demanded", Row: "R3207-4-c", Profile: conformance.Submit,
			Does:   "It closes the connection at MAIL before TLS, without a reply.",
			Filter: reply("MAIL", func(string) string { return "close" }),
		},
		{
			Name: "starttls-demanded-before-noop", Case: "rfc3207/4/tls-is-demanded", Row: "R3207-4-c", Profile: conformance.Submit,
			Does:   "It answers NOOP with 530 before TLS.",
			Filter: answer("530 5.7.0 Must issue a STARTTLS command first", "NOOP"),
		},
		{
			Name: "starttls-offered-twice", Case: "rfc3207/4.2/not-offered-again", Row: "R3207-4.2-e",
			Does:   "It says the same to EHLO with TLS as without.",
			Filter: alsoOffers("STARTTLS", isSecure),
		},
		{
			Name: "starttls-within-tls", Case: "rfc3207/4.2/not-offered-again", Row: "R3207-4.2-e",
			Does: "It answers STARTTLS under TLS with 220.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "STARTTLS" && s.Secure {
						return "", "220 2.0.0 go ahead\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "hello-kept-over-starttls", Case: "rfc3207/4.2/hello-is-forgotten", Row: "R3207-4.2-a",
			Does:   "It takes MAIL under TLS, for a client whose name it knows from before.",
			Filter: takesMailAtOnce(func(hello string) string { return hello }),
		},
		{
			Name: "mail-without-hello", Case: "rfc3207/4.2/hello-is-forgotten", Row: "R3207-4.2-a", Guard: true,
			Does:   "It takes MAIL under TLS without EHLO, and knows nothing of the client.",
			Filter: takesMailAtOnce(func(string) string { return "HELO unknown.test\r\n" }),
		},
		{
			Name: "envelope-kept-over-starttls", Case: "rfc3207/4.2/transaction-is-dropped", Row: "R3207-4.2-b",
			Does: "It keeps the transaction over STARTTLS.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Secure {
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "starttls-refused-in-transaction", Case: "rfc3207/4.2/transaction-is-dropped", Row: "R3207-4.2-b", Guard: true,
			Does: "It refuses STARTTLS in a transaction.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "STARTTLS" && s.Mail != "" {
						return "", "503 5.5.1 not in a transaction\r\n"
					}
					return line, ""
				}}
			},
		},
	}
}

// takesMailAtOnce makes a server that takes MAIL behind the TLS handshake, and says hello
// to itself instead of the client.
func takesMailAtOnce(hello func(before string) string) func() Filter {
	return func() Filter {
		before := ""
		return Filter{
			Command: func(s *Session, line string) (string, string) {
				switch verb := Verb(line); {
				case verb == "EHLO" && !s.Secure:
					before = line
				case verb == "MAIL" && s.Secure && s.Hello == "":
					s.Hello = hello(before)
					return s.Hello + line, "" // to which two replies come
				}
				return line, ""
			},
			Reply: func(_ *Session, command, r string) string {
				if Verb(command) == "MAIL" && strings.Contains(r, " greets ") {
					return ""
				}
				return r
			},
		}
	}
}
