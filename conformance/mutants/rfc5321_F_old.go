package mutants

import "strings"

func rfc5321Old() []Mutant {
	const send = "rfc5321/F.6/send-soml-saml"
	return []Mutant{
		{
			Name: "turns-for-anybody", Case: "rfc5321/F.1/turn", Row: "R5321-F.1-a",
			Does:   "It answers TURN with 250.",
			Filter: answer("250 2.0.0 your turn", "TURN"),
		},
		{
			Name: "saml-is-not-listed", Case: send, Row: "R5321-F.6-d",
			Does:   "It takes SAML, and does not list it in EHLO.",
			Filter: rewrite("SAML", sendAsMail),
		},
		{
			Name: "send-survives-rset", Case: send, Row: "R5321-F.6-c",
			Does:   "It opens a transaction at SEND that RSET does not end.",
			Filter: knowsSend(func(string) string { return "NOOP\r\n" }),
		},
		{
			Name: "send-hangs", Case: send, Row: "R5321-F.6-b",
			Does: "It gives no answer to SEND.",
			Filter: func() Filter {
				return Filter{Command: func(_ *Session, line string) (string, string) {
					if Verb(line) == "SEND" {
						return "", ""
					}
					return line, ""
				}}
			},
		},
		{
			Name: "send-is-there", Case: send, Row: "R5321-F.6-b", Guard: true,
			Does:   "It has SEND, lists it, and treats it as MAIL.",
			Filter: knowsSend(func(line string) string { return line }),
		},
		{
			Name: "send-is-not-implemented", Case: send, Row: "R5321-F.6-b", Guard: true,
			Does:   "It answers SEND with 502.",
			Filter: answer("502 5.5.1 not implemented", "SEND", "SOML", "SAML"),
		},
	}
}

// sendAsMail makes MAIL of SEND, SOML and SAML.
func sendAsMail(line string) string { return "MAIL" + line[4:] }

// knowsSend makes a server that has SEND and lists it. After it, reset edits RSET.
func knowsSend(reset func(line string) string) func() Filter {
	return func() Filter {
		return Filter{
			Command: func(s *Session, line string) (string, string) {
				switch {
				case Verb(line) == "SEND":
					return sendAsMail(line), ""
				case Verb(line) == "RSET" && s.Count["SEND"] > 0:
					return reset(line), ""
				}
				return line, ""
			},
			Reply: func(_ *Session, command, r string) string {
				if Verb(command) == "EHLO" {
					return strings.Replace(r, "\r\n", "\r\n250-SEND\r\n", 1)
				}
				return r
			},
		}
	}
}
