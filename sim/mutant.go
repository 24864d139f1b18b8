package sim

import "slices"

// Mutant is a rule that a node breaks on purpose, and no other, so that a
// scenario can be shown to fail.
type Mutant string

// The mutants, in the order of their names.
const (
	mutantCasePostmaster Mutant = "case-sensitive-postmaster"
	mutantUnsafeRelay    Mutant = "unsafe-relay"
)

// MutantRule is what a mutant does, and which rule that breaks.
type MutantRule struct {
	Mutant Mutant
	Breaks string // id of the requirement
	Does   string // in a sentence
}

// MutantRules returns all mutants, sorted by name.
func MutantRules() []MutantRule {
	return []MutantRule{
		{mutantCasePostmaster, "R5321-4.5.1-h", "It knows postmaster in small letters only."},
		{mutantUnsafeRelay, "SEC-RELAY-1", "It relays for everybody."},
	}
}

// Mutants returns the names of all mutants, sorted.
func Mutants() []Mutant {
	rules := MutantRules()
	out := make([]Mutant, len(rules))
	for i, r := range rules {
		out[i] = r.Mutant
	}
	return out
}

// is reports whether the node is a mutant of that kind.
func (n *Node) is(m Mutant) bool { return slices.Contains(n.cfg.Mutants, m) }
