package mutants

import (
	"strings"
)

func securityTrace() []Mutant {
	return []Mutant{
		{
			Name: "takes-cr-in-quotes", Case: "security/trace/quoted-local-parts", Row: "SEC-HDR-1",
			Does: "It takes a CR in a quoted local part.", Filter: answer("250 2.1.0 OK", "MAIL FROM:<\"a\\\r"),
		},
		{
			Name: "writes-paths-unquoted", Case: "security/trace/quoted-local-parts", Row: "SEC-HDR-1",
			Does:  "It writes local parts without their quotes into Return-Path.",
			Store: stored(`^Return-Path: .*$`, "Return-Path: <a> X-Inj: 1 <b@mailsim.test>"),
		},
		{
			Name: "prints-hello-raw", Case: "security/trace/name-in-hello", Row: "SEC-HDR-2",
			Does: "It writes the argument of EHLO as it is into Received.",
			Filter: rewrite("EHLO x", func(line string) string {
				line, _, _ = strings.Cut(line, " (")
				return strings.TrimSpace(line) + "\r\n"
			}),
			Store: traced(`from \S+`, "from x (1.2.3.4) by mx.forged.mailsim.test with ESMTPS id 1"),
		},
		{
			Name: "adds-no-received-twice", Case: "security/trace/forged-received", Row: "SEC-HDR-3",
			Does: "It adds no Received where one with its own name is there.", Node: breaks("no-received"),
		},
	}
}
