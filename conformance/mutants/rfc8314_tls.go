package mutants

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

func rfc8314() []Mutant {
	// submissions is the port on which TLS begins at once.
	submissions := func(c *sim.NodeConfig) { c.TLS, c.Ports = sim.TLSImplicit, []int{465} }
	return []Mutant{
		{
			Name: "greets-before-handshake", Case: "rfc8314/3.3/handshake-first", Row: "R8314-3.3-a",
			Profile: conformance.Submit, Node: submissions,
			Does: "It greets in the clear on the port for TLS.",
			Serve: func(c net.Conn) {
				_, _ = io.WriteString(c, "220 mx.local.test ESMTP\r\n")
				_, _ = io.Copy(io.Discard, c)
			},
		},
		{
			Name: "clear-smtp-on-tls-port", Case: "rfc8314/3.3/no-clear-smtp", Row: "R8314-3.3-b",
			Profile: conformance.Submit, Node: submissions,
			Does: "It answers clients that speak in the clear on the port for TLS.",
			Serve: func(c net.Conn) {
				if line, err := bufio.NewReader(c).ReadString('\n'); err == nil && strings.HasPrefix(line, "EHLO") {
					_, _ = io.WriteString(c, "250 mx.local.test\r\n")
				}
			},
		},
		{
			Name: "tls-port-is-deaf", Case: "rfc8314/3.3/no-clear-smtp", Row: "R8314-3.3-b", Guard: true,
			Profile: conformance.Submit, Node: submissions,
			Does:  "It closes connections that do not begin with a handshake.",
			Serve: func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) },
		},
		{
			Name: "takes-old-tls", Case: "rfc8996/4/old-versions", Row: "R8314-4.1-a", Profile: conformance.Submit,
			Does:  "It takes TLS 1.0.",
			Serve: startsTLS(&tls.Config{MinVersion: tls.VersionTLS10}),
		},
		{
			Name: "takes-old-tls-as-mx", Case: "rfc8996/4/old-versions", Row: "R8314-4.1-a", Guard: true,
			Does:  "It takes TLS 1.1 for mail between servers.",
			Serve: startsTLS(&tls.Config{MinVersion: tls.VersionTLS11}),
		},
		{
			Name: "clear-passwords", Case: "rfc4954/4/no-clear-passwords", Row: "R4954-4-k", Profile: conformance.RelayHost,
			Does: "It offers AUTH PLAIN without TLS.",
			Node: func(c *sim.NodeConfig) { c.TLS = sim.TLSNone },
		},
		{
			Name: "asks-for-clear-passwords", Case: "rfc4954/4/no-clear-passwords", Row: "R4954-4-k", Profile: conformance.Submit,
			Does:   "It does not offer AUTH PLAIN without TLS, and asks for the password.",
			Filter: answer("334 ", "AUTH PLAIN\r\n"),
		},
		{
			Name: "clear-passwords-of-users", Case: "rfc4954/4/no-clear-passwords", Row: "R8314-4.1-b", Profile: conformance.Submit,
			Does: "It takes submissions without TLS, by AUTH PLAIN.",
			Node: func(c *sim.NodeConfig) { c.TLS = sim.TLSNone },
		},
		{
			Name: "clear-digests", Case: "rfc4954/4/no-clear-passwords", Row: "R4954-4-k", Guard: true, Profile: conformance.RelayHost,
			Does:   "Without TLS it offers nothing but CRAM-MD5, which does not tell the password.",
			Filter: alsoOffers("AUTH CRAM-MD5", isClear),
		},
	}
}

// startsTLS makes a server that knows EHLO and STARTTLS.
func startsTLS(cfg *tls.Config) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = io.WriteString(c, "220 mx.local.test ESMTP\r\n")
		in := bufio.NewReader(c)
		for {
			line, err := in.ReadString('\n')
			switch {
			case err != nil:
				return
			case Verb(line) == "STARTTLS":
				_, _ = io.WriteString(c, "220 2.0.0 go ahead\r\n")
				cfg := cfg.Clone()
				cfg.Certificates = []tls.Certificate{conformance.SelfSigned("mx.local.test")}
				_ = tls.Server(c, cfg).Handshake()
				return
			}
			_, _ = io.WriteString(c, "250-mx.local.test\r\n250 STARTTLS\r\n")
		}
	}
}
