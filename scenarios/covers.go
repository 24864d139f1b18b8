package scenarios

import (
	"fmt"
	"regexp"

	"github.com/mailsim/mailsim/conformance"
)

var requirementForm = regexp.MustCompile(`^(R[0-9]+-|SEC-)`)

// IsRequirement says whether an entry of covers names a requirement of a
// catalogue, R5321-5.1-a, and not a section of an RFC, RFC5321#5.1.
func IsRequirement(covers string) bool { return requirementForm.MatchString(covers) }

// covered is a section of an RFC, or the id of a requirement that there is.
func covered(dst *string) value {
	return words(dst).then(func(d *decoder, t *tree) {
		if !IsRequirement(*dst) {
			return
		}
		if _, ok := conformance.Lookup(*dst); !ok {
			msg := fmt.Sprintf("unknown requirement %q", *dst)
			hint := suggest(*dst, conformance.IDs())
			if hint == "" {
				msg += `: "mailsim check --coverage --missing" lists them`
			}
			d.add(t.pos, msg, hint)
		}
	})
}
