package reports_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

func TestSnippet(t *testing.T) {
	long := strings.Repeat("x", 80) + "HERE" + strings.Repeat("y", 80)
	for _, tt := range []struct {
		name   string
		line   string
		column int
		want   [2]string
	}{
		{"first", "send: x", 1, [2]string{"send: x", "^"}},
		{"middle", "  - sned: x", 5, [2]string{"  - sned: x", "    ^"}},
		{"empty", "", 1, [2]string{"", "^"}},
		{"too far", "ab", 9, [2]string{"ab", "  ^"}},
		{"none", "ab", 0, [2]string{"ab", "^"}},
		{"escaped and wide", "\t世x", 3, [2]string{`\t世x`, "    ^"}},
		{"long", long, 81, [2]string{
			"…" + strings.Repeat("x", 36) + "HERE" + strings.Repeat("y", 32) + "…",
			strings.Repeat(" ", 37) + "^",
		}},
	} {
		if diff := cmp.Diff(tt.want, reports.Snippet(tt.line, tt.column)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
