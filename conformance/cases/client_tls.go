package cases

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// clientTLS is about STARTTLS as a sender uses it.
func clientTLS() []conformance.Case {
	starts := []conformance.Need{conformance.NeedStart}
	return []conformance.Case{
		{
			// RFC 3207 4: after the 220 TLS begins, and nothing else is said in the clear.
			ID:    "client/tls/handshake-follows",
			Title: "the handshake follows the 220 to STARTTLS, and EHLO is the first command under TLS",
			Why:   "What was learnt in the clear may be an attacker's; only what comes under TLS counts.",
			Rows:  []string{"R3207-4-d", "R3207-4.2-d"},
			Needs: starts,
			Run: func(p *conformance.Probe) {
				v := p.Session(p.Serve(conformance.Script{Offer: []string{"STARTTLS"}}))
				if v.Plain != "" {
					p.Fail("a TLS handshake behind the 220", conformance.Visible([]byte(v.Plain)))
				}
				p.Row("R3207-4.2-d")
				verbs := v.Verbs()
				for i, word := range verbs[:len(verbs)-1] {
					if word == "STARTTLS" && verbs[i+1] != "EHLO" {
						p.Fail("EHLO as the first command under TLS", verbs[i+1])
					}
				}
			},
		},
		{
			// RFC 3207 4.2: what the server offered before TLS is forgotten.
			ID:    "client/tls/forgets-extensions",
			Title: "extensions that were offered before TLS, and not under it, are not used",
			Why:   "An attacker can offer what he likes in the clear.",
			Rows:  []string{"R3207-4.2-c"},
			Needs: starts,
			Run: func(p *conformance.Probe) {
				v := p.Session(p.Serve(conformance.Script{Offer: []string{"STARTTLS", "SIZE 100000000", "8BITMIME", "CHUNKING"}, Secure: []string{}}))
				line, _ := v.Line("MAIL")
				if _, params, _ := strings.Cut(line, ">"); strings.TrimSpace(params) != "" {
					p.Fail("MAIL without parameters", line)
				}
				if line, ok := v.Line("BDAT"); ok {
					p.Fail("DATA", line)
				}
			},
		},
		{
			// RFC 3207 4.2: replies that come in the clear behind the 220 are thrown away.
			ID:    "client/tls/injected-replies",
			Title: "replies in the clear behind the 220 to STARTTLS are not taken for replies under TLS",
			Why:   "A man in the middle can answer for the server, and so make the client log in where it should not.",
			Rows:  []string{"SEC-TLS-3"},
			Needs: starts,
			Run: func(p *conformance.Probe) {
				p.Usable("a man in the middle can answer in place of the server under TLS (CVE-2021-38084 and others)")
				secret := "250-peer.mailsim.test\r\n250 SIZE 4711\r\n"
				m := p.Serve(conformance.Script{Offer: []string{"STARTTLS"}, Secure: []string{}, Reply: func(v *conformance.Visit, line string) string {
					switch word := strings.ToUpper(line); {
					case strings.HasPrefix(word, "STARTTLS"):
						return "220 go on\r\n" + secret
					case strings.HasPrefix(word, "EHLO") && v.Secure:
						return "hang"
					}
					return ""
				}})
				for _, v := range m.Visits {
					if line, ok := v.Line("MAIL"); ok && v.Secure {
						p.Fail("nothing until the server has answered under TLS", line)
					}
				}
			},
		},
	}
}
