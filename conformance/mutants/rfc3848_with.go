package mutants

import "github.com/mailsim/mailsim/conformance"

func rfc3848() []Mutant {
	return []Mutant{
		{
			Name: "with-says-no-tls", Case: "rfc3848/1/with-tls", Row: "R3848-1-a",
			Does:  "It says with ESMTP under TLS.",
			Store: traced(` with ESMTPS `, " with ESMTP "),
		},
		{
			Name: "with-says-esmtp-always", Case: "rfc3848/1/with-tls", Row: "R3848-1-a",
			Does:  "It says with ESMTP after HELO.",
			Store: traced(` with SMTP `, " with ESMTP "),
		},
		{
			Name: "with-in-small-letters", Case: "rfc3848/1/with-tls", Row: "R3848-1-a", Guard: true,
			Does:  "It writes the words in small letters.",
			Store: traced(` with ESMTPS `, " with esmtps "),
		},
		{
			Name: "with-says-no-login", Case: "rfc4954/7/with-login", Row: "R4954-7-a", Profile: conformance.Submit,
			Does:  "It says with ESMTPS after a login under TLS.",
			Store: traced(` with ESMTPSA `, " with ESMTPS "),
		},
		{
			Name: "with-believes-offers", Case: "rfc3848/1/with-what-was-done", Row: "R3848-1-c",
			Does:  "It says with ESMTPS where STARTTLS was merely offered.",
			Store: traced(` with ESMTP `, " with ESMTPS "),
		},
		{
			Name: "with-believes-tries", Case: "rfc3848/1/with-what-was-done", Row: "R3848-1-c", Profile: conformance.RelayHost,
			Does:  "It says with ESMTPSA after an AUTH that failed.",
			Store: traced(` with ESMTPS `, " with ESMTPSA "),
		},
		{
			Name: "with-knows-no-lmtp", Case: "rfc3848/1/with-lmtp", Row: "R3848-1-b", Profile: conformance.LMTP,
			Does:  "It says with ESMTP for mail by LMTP.",
			Store: traced(` with LMTP `, " with ESMTP "),
		},
		{
			Name: "lmtp-without-trace", Case: "rfc3848/1/with-lmtp", Row: "R3848-1-b", Guard: true, Profile: conformance.LMTP,
			Does:  "It adds no Received field to mail by LMTP.",
			Store: stored(`^Received: .*\r\n([ \t].*\r\n)*`, ""),
		},
	}
}
