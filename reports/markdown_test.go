package reports_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/mailsim/mailsim/reports"
)

// TestMarkdownIsText: what comes from outside is inside of fences and code spans, and
// nothing outside of them can be HTML or a link.
func TestMarkdownIsText(t *testing.T) {
	var out bytes.Buffer
	if err := reports.WriteMarkdown(&out, run(hostileServer(), hostile(), server())); err != nil {
		t.Fatal(err)
	}
	span := regexp.MustCompile("(^|[^`\\\\])(`+)([^`]|$)")
	fence := ""
	for line := range strings.Lines(out.String()) {
		line = strings.TrimSuffix(line, "\n")
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence != "" && line == fence:
			fence = ""
			continue
		case fence != "":
			if len(ticks) >= len(fence) {
				t.Errorf("%q ends the fence", line)
			}
			continue
		case len(ticks) >= 3 && line == ticks+"text":
			fence = ticks
			continue
		}
		// Take away the code spans: each ends at the next run of as many backticks.
		for {
			m := span.FindStringSubmatchIndex(line)
			if m == nil {
				break
			}
			mark := line[m[4]:m[5]]
			rest := line[m[5]:]
			end := regexp.MustCompile("(^|[^`])" + mark + "([^`]|$)").FindStringIndex(rest)
			if end == nil {
				t.Fatalf("a code span has no end: %q", line)
			}
			line = line[:m[4]] + strings.TrimLeft(rest[end[0]+1:], "`")
		}
		for _, bad := range []string{"<", "http:", "\x1b"} {
			if strings.Contains(line, bad) {
				t.Errorf("%q stands outside of code: %q", bad, line)
			}
		}
	}
	if fence != "" {
		t.Error("a fence has no end")
	}
}

// TestMarkdownCells: no bar in a text ends its cell, a backslash before it or not.
func TestMarkdownCells(t *testing.T) {
	r := server()
	r.Tables = []reports.Table{{Header: []string{"word", "said"}, Rows: [][]string{{`a|b`, `c\|<b>\\|d`}}}}
	var out bytes.Buffer
	if err := reports.WriteMarkdown(&out, run(r)); err != nil {
		t.Fatal(err)
	}
	if want := "| `a\\|b` | `c\\\\x7c<b>\\\\\\x7cd` |\n"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
}
