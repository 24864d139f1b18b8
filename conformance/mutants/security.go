package mutants

import (
	"slices"
)

// security has the mutants of the cases of safety.
func security() []Mutant {
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
