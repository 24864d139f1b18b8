// Package cases has the questions of the conformance suite, a file for each part of an RFC, as plain values for
// conformance.Run.
package cases

import (
	"slices"

	"github.com/mailsim/mailsim/conformance"
)

// All returns every case, by the sections of RFC 5321, the other RFCs by number, and
// then safety.
func All() []conformance.Case {
	return slices.Concat(
		// RFC 5321 2, 3.1 to 3.4, 3.6 to 3.9.
		rfc5321Hello(),
		rfc5321Lines(),
		rfc5321LetterCase(),
		rfc5321Octets(),
		rfc5321Greeting(),
		rfc5321Transaction(),
		rfc5321Addressing(),
		rfc5321Content(),
		rfc5321Forwarding(),
		rfc5321Ending(),
		// RFC 5321 3.5, 4.1.1.
		rfc5321Vrfy(),
		rfc5321Expn(),
		rfc5321Ehlo(),
		rfc5321Arguments(),
		rfc5321Data(),
		rfc5321Rset(),
		rfc5321Quit(),
		// RFC 5321 4.1.2 to 4.1.5, 4.2, 4.3.
		rfc5321Paths(),
		rfc5321NamesAndParameters(),
		rfc5321Literals(),
		rfc5321BeforeHello(),
		rfc5321Order(),
		rfc5321Replies(),
		rfc5321NamesInReplies(),
		rfc5321Unknown(),
		rfc5321Refused(),
		rfc5321Codes(),
		// RFC 5321 4.4 to 4.5, 6, 7, appendices.
		rfc5321Received(),
		rfc5321ReceivedDate(),
		rfc5321ReceivedOrder(),
		rfc5321ReturnPath(),
		rfc5321Minimum(),
		rfc5321Transparency(),
		rfc5321Limits(),
		rfc5321TextLimits(),
		rfc5321Recipients(),
		rfc5321Connections(),
		rfc5321Problems(),
		rfc5321Security(),
		rfc5321Old(),
		// Extensions of transport: SIZE, PIPELINING, CHUNKING, DSN, status codes, 8BITMIME, SMTPUTF8.
		rfc1870(),
		rfc2034(),
		rfc3463(),
		rfc2920(),
		rfc3030Commands(),
		rfc3030Content(),
		rfc3461(),
		rfc3461Reports(),
		rfc6531(),
		// TLS, AUTH, submission, LMTP, trace, message format.
		rfc3207StartTLS(),
		rfc3207Reset(),
		rfc8314(),
		rfc4954Command(),
		rfc4954Exchange(),
		rfc4954Login(),
		rfc5802(),
		rfc6409(),
		rfc2033(),
		rfc3848(),
		rfc5322(),
		rareParameters(),
		// Safety.
		security(),
	)
}
