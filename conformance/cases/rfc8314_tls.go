package cases

import (
	"crypto/tls"
	"time"

	"github.com/mailsim/mailsim/conformance"
)

// rfc8314 is about TLS on ports for the mail of users.
func rfc8314() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 8314 3.3: TLS begins with the connection; the greeting comes in it.
			ID:    "rfc8314/3.3/handshake-first",
			Title: "on a port with implicit TLS nothing is said before the handshake",
			Why:   "A greeting in the clear breaks the handshake, so that no client can send its mail.",
			Rows:  []string{"R8314-3.3-a"},
			Needs: []conformance.Need{conformance.NeedTLS},
			Run: func(p *conformance.Probe) {
				implicit(p)
				s := p.Open()
				if !s.Silent() {
					p.Fail("silence until the client begins the handshake", s.Reply().String())
				}
				if err := s.Handshake(); err != nil {
					p.Fail("a TLS handshake", err.Error())
				}
				s.Reply().Want("220")
				s.Hello().Want("250")
			},
		},
		{
			// RFC 8314 3.3: what goes over the connection is TLS, all the time.
			ID:    "rfc8314/3.3/no-clear-smtp",
			Title: "on a port with implicit TLS commands in the clear get no reply",
			Why:   "A client that was set up wrongly would send mail and passwords in the clear, and nobody would notice.",
			Rows:  []string{"R8314-3.3-b"},
			Needs: []conformance.Need{conformance.NeedTLS},
			Run: func(p *conformance.Probe) {
				implicit(p)
				s := p.Open()
				s.Write(p.Verb() + " " + p.Target.Hello + "\r\n")
				if r := s.ReplyWithin(2 * time.Second); r.Code != 0 {
					p.Fail("a TLS alert, or the end of the connection", r.String())
				}
			},
		},
		{
			// RFC 8996 4 and 5, RFC 8997: TLS 1.0 and 1.1 are not to be used; for the mail of users least of all.
			ID:    "rfc8996/4/old-versions",
			Title: "TLS 1.0 and 1.1 are refused",
			Why:   "Old versions can be broken; whoever can make both sides fall back to them may read passwords. For mail between servers they are still better than nothing.",
			Rows:  []string{"R8314-4.1-a"},
			Needs: []conformance.Need{conformance.NeedTLS},
			Run: func(p *conformance.Probe) {
				for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
					if err := handshake(p, version); err != nil {
						continue
					}
					if p.Profile == conformance.Submit {
						p.Report("a refused handshake with "+tls.VersionName(version), "it was done")
					} else {
						p.Note("%s is taken", tls.VersionName(version))
					}
				}
				for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
					if err := handshake(p, version); err != nil {
						p.Note("%s is refused: %v", tls.VersionName(version), err)
					}
				}
			},
		},
		{
			// RFC 4954 4, RFC 8314 4.1: passwords that go over the wire as they are wait for TLS. No
			// password is sent here: 334 means that one would be read.
			ID:    "rfc4954/4/no-clear-passwords",
			Title: "PLAIN and LOGIN are neither offered nor begun without TLS",
			Why:   "Clients send their password as soon as they are asked, and everybody on the way can read it. Operators may allow it for hosts of their own.",
			Rows:  []string{"R4954-4-k", "R8314-4.1-b"},
			Needs: []conformance.Need{conformance.Keyword("AUTH")},
			Run: func(p *conformance.Probe) {
				if p.ImplicitTLS {
					p.Skip("there is no session without TLS")
				}
				s := p.Hello()
				offered := ""
				for _, m := range mechanisms(s) {
					if m == "PLAIN" || m == "LOGIN" {
						offered = m
					}
				}
				r := s.Cmd("AUTH PLAIN")
				rows := []string{"R4954-4-k"}
				if p.Profile == conformance.Submit {
					rows = append(rows, "R8314-4.1-b")
				}
				for _, row := range rows {
					p.Row(row)
					if offered != "" {
						p.Report("neither PLAIN nor LOGIN in the reply to "+p.Verb()+" without TLS", offered+" is there")
					}
					if r.Is("334 or 235") {
						p.Report("5yz to AUTH PLAIN without TLS", r.String())
					}
				}
			},
		},
	}
}

// implicit ends a case that is about a port on which TLS begins at once.
func implicit(p *conformance.Probe) {
	if !p.ImplicitTLS {
		p.Skip("TLS does not begin with the connection")
	}
}

// handshake tries one version of TLS in a session of its own.
func handshake(p *conformance.Probe, version uint16) error {
	usual := p.TLS
	defer func() { p.TLS = usual }()
	p.TLS = usual.Clone()
	p.TLS.MinVersion, p.TLS.MaxVersion = version, version
	if p.ImplicitTLS {
		return p.Open().Handshake()
	}
	s := p.Hello()
	s.Cmd("STARTTLS").Need("220")
	return s.Handshake()
}
