package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// LeftOut says why no scenario covers some requirements.
type LeftOut struct {
	Reason string   `yaml:"reason"` // a plain sentence
	IDs    []string `yaml:"ids"`
}

// LeftOuts is the table of what is not covered, and why.
type LeftOuts struct {
	// DoesNotApply are rules for what a simulated node is not or does not do:
	// it could not break them.
	DoesNotApply []LeftOut `yaml:"does-not-apply"`
	// NotCovered are rules that a node has to keep, and that no scenario shows
	// yet. They count as uncovered.
	NotCovered []LeftOut `yaml:"not-covered"`
}

// Left returns the table that comes with mailsim.
func Left() (LeftOuts, error) {
	const file = "catalogue/left-out.yaml"
	data, err := files.ReadFile(file)
	if err != nil {
		return LeftOuts{}, err
	}
	return ParseLeftOuts(file, data)
}

// NoCase returns why some requirements that a server alone could show have no case.
func NoCase() ([]LeftOut, error) {
	const file = "catalogue/no-case.yaml"
	data, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []LeftOut
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return list, check(file, list)
}

// ParseLeftOuts reads a table of what is left out. Each id must be one of a
// catalogue, and stand in the table once.
func ParseLeftOuts(name string, data []byte) (LeftOuts, error) {
	var t LeftOuts
	if err := yaml.UnmarshalWithOptions(data, &t, yaml.Strict()); err != nil {
		return t, fmt.Errorf("%s: %w", name, err)
	}
	return t, check(name, slices.Concat(t.DoesNotApply, t.NotCovered))
}

// check says what is wrong with a list.
func check(name string, list []LeftOut) error {
	var errs []error
	seen := map[string]bool{}
	for _, l := range list {
		if strings.TrimSpace(l.Reason) == "" {
			errs = append(errs, fmt.Errorf("%s: %s: a reason is missing", name, strings.Join(l.IDs, ", ")))
		}
		if len(l.IDs) == 0 {
			errs = append(errs, fmt.Errorf("%s: no ids are left out because %q", name, l.Reason))
		}
		for _, id := range l.IDs {
			if _, ok := Lookup(id); !ok {
				errs = append(errs, fmt.Errorf("%s: no catalogue has %s", name, id))
			}
			if seen[id] {
				errs = append(errs, fmt.Errorf("%s: %s is left out twice", name, id))
			}
			seen[id] = true
		}
	}
	return errors.Join(errs...)
}

// reasons returns the reason of each id.
func reasons(list []LeftOut) map[string]string {
	out := map[string]string{}
	for _, l := range list {
		for _, id := range l.IDs {
			out[id] = l.Reason
		}
	}
	return out
}
