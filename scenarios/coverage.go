package scenarios

import (
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// Covering returns the names of the scenarios that cover each requirement: only
// ids count, not sections. The combinations of a matrix are one scenario.
func Covering(list []*Scenario) map[string][]string {
	by := map[string][]string{}
	for _, s := range list {
		name, _, _ := strings.Cut(s.Name, "[")
		for _, id := range s.Covers {
			if IsRequirement(id) {
				by[id] = append(by[id], name)
			}
		}
	}
	return by
}

// Coverage says which requirements the scenarios cover, by catalogue.
func Coverage(list []*Scenario) ([]conformance.Coverage, error) {
	left, err := conformance.Left()
	if err != nil {
		return nil, err
	}
	return conformance.Measure(Covering(list), left)
}
