package cases

import (
	"fmt"

	"github.com/mailsim/mailsim/conformance"
)

// bdat is a chunk with its command.
func bdat(octets string) string { return fmt.Sprintf("BDAT %d\r\n%s", len(octets), octets) }

// lastBdat is the last chunk with its command.
func lastBdat(octets string) string { return fmt.Sprintf("BDAT %d LAST\r\n%s", len(octets), octets) }

// chunk sends a chunk in one write, and reads the reply.
func chunk(s *conformance.Session, command string) conformance.Reply {
	s.Write(command)
	return s.Reply()
}

// shut reports whether a server has answered by ending the session, with 421, with
// Postfix's 521, or without a word: what follows is not obeyed then.
func shut(s *conformance.Session, r conformance.Reply) bool {
	if r.Code == 0 {
		return r.Dropped
	}
	if !r.Is("421 or 521") {
		return false
	}
	_, closed := s.Closed(prompt)
	return closed
}
