package mutants

import (
	"strings"
)

// downFrom makes filters for a server that takes no more sessions from the nth on.
func downFrom(n int) func() Filter {
	return func() Filter {
		return Filter{Greeting: func(_ *Session, reply string) string {
			if n--; n < 1 {
				return "close"
			}
			return reply
		}}
	}
}

func securityStartTLS() []Mutant {
	return []Mutant{
		{
			Name: "obeys-injected-commands", Case: "security/starttls/injected-command", Row: "SEC-TLS-1",
			Does:   "It keeps what came in the clear behind STARTTLS for the session under TLS.",
			Filter: func() Filter { return Filter{KeepsPlain: true} },
		},
		{
			Name: "refuses-injection", Case: "security/starttls/injected-command", Row: "SEC-TLS-1", Guard: true,
			Does:   "It refuses STARTTLS with more behind it.",
			Filter: answer("554 5.5.0 nothing may follow STARTTLS", "STARTTLS"),
		},
		{
			Name: "joins-clear-and-encrypted", Case: "security/starttls/injected-part", Row: "SEC-TLS-2",
			Does:   "It joins what came in the clear to the first line under TLS.",
			Filter: func() Filter { return Filter{KeepsPlain: true} },
		},
		{
			Name: "obeys-injected-auth", Case: "security/starttls/injected-part", Row: "SEC-TLS-2", Profile: "submission",
			Does:   "It obeys an AUTH that came in the clear behind STARTTLS.",
			Filter: func() Filter { return Filter{KeepsPlain: true} },
		},
		{
			Name: "goes-on-in-the-clear", Case: "security/starttls/no-handshake", Row: "SEC-TLS-5",
			Does: "It goes on in the clear when the handshake fails.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if Verb(line) == "STARTTLS" {
						return "NOOP\r\n", "220 2.0.0 go ahead\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "dies-at-garbage-handshakes", Case: "security/starttls/no-handshake", Row: "SEC-TLS-5",
			Does:   "It crashes when a handshake fails.",
			Filter: downFrom(3),
		},
		{
			Name: "keeps-recipients-over-starttls", Case: "security/starttls/state-is-forgotten", Row: "SEC-TLS-6",
			Does: "It keeps the transaction when TLS begins, and when EHLO comes.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Mail == "" {
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "answers-http-for-ever", Case: "security/starttls/http", Row: "SEC-TLS-7",
			Does: "It answers 500 to each line of an HTTP request, and then serves.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if strings.HasPrefix(line, "POST") || strings.Contains(line, ": ") || line == "\r\n" {
						return "", "500 5.5.2 command not recognized\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "dies-at-odd-server-names", Case: "security/starttls/odd-server-names", Row: "SEC-LEN-7",
			Does: "It crashes when a handshake names a server that is no file.", Filter: downFrom(5),
		},
	}
}
