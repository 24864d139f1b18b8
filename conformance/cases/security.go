package cases

import (
	"slices"

	"github.com/mailsim/mailsim/conformance"
)

// security has the cases of safety.
func security() []conformance.Case {
	return slices.Concat(
		securitySmuggling(),
		securityData(),
		securityOctets(),
		securityStartTLS(),
		securityRelay(),
		securityVerbs(),
		securityAuth(),
		securityBdat(),
		securityState(),
		securityTrace(),
		securityLimits(),
		securityTime(),
	)
}
