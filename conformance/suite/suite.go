// Package suite puts the conformance suite into the tests of whoever writes a mail server in Go: as subtests of
// testing, or as specs of Ginkgo, one a case.
package suite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/reports"
)

// Options is what is asked, and how. The zero value asks everything but the cases
// that wait for minutes.
type Options struct {
	conformance.Options

	Cases []conformance.Case // nil: all there are
	Skip  []string           // cases that are not asked: ids, or their beginnings up to a slash
}

// Test asks the target and reports each case as a subtest: a broken MUST fails it, a
// broken SHOULD is logged (with Strict it fails too), and what the target does not
// have is skipped. A target that cannot be used fails t.
func Test(t *testing.T, target conformance.Target, o Options) {
	t.Helper()
	list := o.list()
	result, err := conformance.Run(t.Context(), target, list, o.Options)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range result.Cases {
		t.Run(c.Case.ID, func(t *testing.T) {
			switch {
			case c.Verdict == reports.Skip:
				t.Skip(c.Reason)
			case c.Verdict.Bad():
				t.Error(Explain(c))
			case c.Verdict == reports.Warn:
				t.Log(Explain(c))
			}
		})
	}
}

// Describe adds the suite to a Ginkgo tree, a spec a case. start is called once,
// before the first spec: it starts the server, if need be with DeferCleanup, and
// says how to reach it.
func Describe(text string, start func(ctx context.Context) conformance.Target, o Options) bool {
	return ginkgo.Describe(text, ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		var result *conformance.Result
		ginkgo.BeforeAll(func(ctx ginkgo.SpecContext) {
			target := start(ctx)
			var err error
			if result, err = conformance.Run(ctx, target, o.list(), o.Options); err != nil {
				ginkgo.Fail(err.Error())
			}
		})
		for _, c := range o.list() {
			ginkgo.It(c.ID+": "+c.Title, func() {
				r, _ := result.Case(c.ID)
				switch {
				case r.Verdict == reports.Skip:
					ginkgo.Skip(r.Reason)
				case r.Verdict.Bad():
					ginkgo.Fail(Explain(r))
				case r.Verdict == reports.Warn:
					ginkgo.AddReportEntry("warning", Explain(r))
				}
			})
		}
	})
}

// list is the cases that are asked.
func (o Options) list() []conformance.Case {
	list := o.Cases
	if list == nil {
		list = cases.All()
	}
	return slices.DeleteFunc(slices.Clone(list), func(c conformance.Case) bool {
		return slices.ContainsFunc(o.Skip, func(s string) bool {
			return c.ID == s || strings.HasPrefix(c.ID, strings.TrimSuffix(s, "/")+"/")
		})
	})
}

// Explain writes what a case found out, for people: the rules, what would have been
// right, what was seen, and what was said.
func Explain(c conformance.CaseResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", c.Verdict, c.Case.Title)
	if c.Reason != "" {
		fmt.Fprintf(&b, "\n  because %s", c.Reason)
	}
	for _, f := range c.Findings {
		if r, ok := conformance.Lookup(f.Row); ok {
			fmt.Fprintf(&b, "\n  %s (%s %s, %s): %s", f.Row, r.RFC, r.Section, r.Level, r.Says)
		}
		fmt.Fprintf(&b, "\n  wanted %s\n  saw    %s", f.Want, f.Got)
	}
	for _, line := range c.Transcript {
		b.WriteString("\n    " + line)
	}
	return b.String()
}
