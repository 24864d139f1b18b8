package scenarios

import (
	"fmt"
	"slices"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
)

// Conform asks a node the cases of the conformance suite.
type Conform struct {
	Node    string
	Profile conformance.Profile // "": what the node's configuration says
	Only    []string            // selectors, see conformance.Select; none: all
	Skip    []string
	Waive   map[string]string // why, by id of a case or a requirement
	Strict  bool              // what should be done must be done
}

// receiver is a server of whatever kind the node's configuration makes it.
const receiver conformance.Profile = "receiver"

// String says whom.
func (c *Conform) String() string { return "conform " + c.Node }

func conformVerb(c *Conform) value {
	return object("a conform step", []field[Conform]{
		{"node", "the node whose server is asked", func(c *Conform) value { return nodeName(&c.Node, serverRoles()...) }, true},
		{"profile", "what kind of server it is: receiver (the default: what its configuration says), mx, submission, relay, lmtp or minimal", func(c *Conform) value {
			return oneOf(&c.Profile, "profile", append([]conformance.Profile{receiver}, conformance.Profiles()...)...)
		}, false},
		{"only", "the cases that are asked, by id or its beginning; default all", func(c *Conform) value { return selectors(&c.Only) }, false},
		{"skip", "cases that are not asked", func(c *Conform) value { return selectors(&c.Skip) }, false},
		{"waive", "cases or requirements that may be broken, and why", func(c *Conform) value {
			return table(&c.Waive, "ids of cases or requirements", waived, words)
		}, false},
		{"strict", "what should be done must be done: warnings become failures", func(c *Conform) value { return yes(&c.Strict) }, false},
	}, c)
}

// selectors are words that choose cases.
func selectors(dst *[]string) value {
	return some(dst, "ids of cases", func(s *string) value {
		return words(s).then(func(d *decoder, t *tree) {
			if _, err := conformance.Select(cases.All(), []string{*s}, nil); err != nil {
				hint := ""
				if near := suggest(*s, caseIDs()); near != "" {
					hint = fmt.Sprintf(" (did you mean %q?)", near)
				}
				d.addf(t.pos, "%v%s", err, hint)
			}
		})
	})
}

// waived is the id of a case or a requirement.
func waived(d *decoder, t *tree) (string, bool) {
	if _, ok := conformance.Lookup(t.text); ok {
		return t.text, true
	}
	if ids := caseIDs(); !slices.Contains(ids, t.text) {
		d.unknown(t.pos, "case or requirement", t.text, ids)
		return "", false
	}
	return t.text, true
}

func caseIDs() []string {
	var ids []string
	for _, c := range cases.All() {
		ids = append(ids, c.ID)
	}
	return ids
}
