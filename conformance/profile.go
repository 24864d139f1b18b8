package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// Profile is what kind of server the target is: it decides how a session is opened
// and which cases apply.
type Profile string

// The profiles.
const (
	MX         Profile = "mx"         // takes mail for its own domains from anybody, on port 25
	Submit     Profile = "submission" // takes mail from its users (RFC 6409), who log in
	RelayHost  Profile = "relay"      // passes mail on to anywhere, for us
	LMTP       Profile = "lmtp"       // delivers into mailboxes (RFC 2033)
	MinimalSet Profile = "minimal"    // any SMTP server: what RFC 5321 says with MUST, and no extension
)

// sending is what a sender under test has in place of a profile.
const sending Profile = "sender"

// Profiles returns all that a server may have.
func Profiles() []Profile { return []Profile{MX, Submit, RelayHost, LMTP, MinimalSet} }

// Set reads a profile, as flags do.
func (p *Profile) Set(s string) error {
	if !slices.Contains(Profiles(), Profile(s)) {
		var names []string
		for _, p := range Profiles() {
			names = append(names, string(p))
		}
		return fmt.Errorf("unknown profile %q; there are %s", s, strings.Join(names, ", "))
	}
	*p = Profile(s)
	return nil
}

// String returns the name.
func (p *Profile) String() string { return string(*p) }

// Type is what help calls a value.
func (p *Profile) Type() string { return "PROFILE" }
