package conformance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Case is one question to a server: what is sent, and what has to come back.
type Case struct {
	ID    string // rfc5321/4.5.2/dot-stuffing; stable
	Title string // what a good server does, in a short sentence without a stop: "EHLO without a name is refused"
	Why   string // what goes wrong where the rule is broken: a sentence or two

	// Rows are the ids of the requirements that it judges. The first is the one in
	// question where Run does not name another by Probe.Row.
	Rows []string

	Needs    []Need
	Hostile  bool          // it could do harm to a weak server: floods, endless lines, a million recipients
	Slow     time.Duration // how long it waits on purpose; 0: no longer than a few seconds
	Sessions int           // how many are open at a time at most; 0: 1

	Run func(p *Probe)
}

var caseID = regexp.MustCompile(`^(rfc[0-9]+/[0-9A-Z]+(\.[0-9]+)*|security/[a-z0-9-]+|client/[a-z0-9-]+)/[a-z0-9]+(-[a-z0-9]+)*$`)

// Section is the part of the id that groups cases: rfc5321/4.5.2.
func (c Case) Section() string { return c.ID[:strings.LastIndexByte(c.ID, '/')] }

// safety reports whether the case is about safety, where it matters who can use what
// is broken.
func (c Case) safety() bool { return strings.HasPrefix(c.ID, "security/") }

// Requirements are the rows of the catalogue that the case judges.
func (c Case) Requirements() []Requirement {
	out := make([]Requirement, 0, len(c.Rows))
	for _, id := range c.Rows {
		if r, ok := Lookup(id); ok {
			out = append(out, r)
		}
	}
	return out
}

// Level is the strongest level of its rows.
func (c Case) Level() Level {
	order := []Level{Must, MustNot, Should, ShouldNot, May}
	best := len(order) - 1
	for _, r := range c.Requirements() {
		best = min(best, slices.Index(order, r.Level))
	}
	return order[best]
}

// Check says what is wrong with a case, as its author needs to know it.
func (c Case) Check() error {
	var errs []error
	complain := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("case %s: "+format, append([]any{c.ID}, args...)...))
	}
	if !caseID.MatchString(c.ID) {
		complain("an id is rfc5321/4.5.2/dot-stuffing or security/smuggling/lf-dot-lf")
	}
	if c.Title == "" || c.Why == "" || c.Run == nil {
		complain("Title, Why and Run are needed")
	}
	if strings.HasSuffix(c.Title, ".") || c.Why != "" && !strings.HasSuffix(c.Why, ".") {
		complain("Title ends without a stop, Why with one")
	}
	if len(c.Rows) == 0 {
		complain("it judges no row of the catalogue")
	}
	for i, id := range c.Rows {
		if _, ok := Lookup(id); !ok {
			complain("no catalogue has %s", id)
		}
		if slices.Contains(c.Rows[:i], id) {
			complain("%s stands there twice", id)
		}
	}
	for _, n := range c.Needs {
		if !n.known() {
			complain("unknown need %q", n)
		}
	}
	return errors.Join(errs...)
}

// CheckCases says what is wrong with a list of cases, ids that are there twice among it.
func CheckCases(cases []Case) error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range cases {
		errs = append(errs, c.Check())
		if seen[c.ID] {
			errs = append(errs, fmt.Errorf("case %s is there twice", c.ID))
		}
		seen[c.ID] = true
	}
	return errors.Join(errs...)
}
