package main

import (
	"errors"
	"fmt"

	"github.com/mailsim/mailsim/conformance"
)

// choose returns the cases that one of only names, all if there is none, without
// those that one of skip names.
func choose(all []conformance.Case, only, skip []string) ([]conformance.Case, error) {
	var errs []error
	for _, f := range []struct {
		name string
		list []string
	}{{"only", only}, {"skip", skip}} {
		for _, s := range f.list {
			if _, err := conformance.Select(all, []string{s}, nil); err != nil {
				errs = append(errs, fmt.Errorf("--%s: %w%s; \"mailsim conform --list\" lists the cases", f.name, err, meant(s, conformance.Selectors(all))))
			}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	out, err := conformance.Select(all, only, skip)
	if err == nil && len(out) == 0 {
		err = errors.New("--only and --skip leave no case")
	}
	return out, err
}
