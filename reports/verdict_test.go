package reports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

func TestWorst(t *testing.T) {
	const pass, skip, warn, fail, trouble = reports.Pass, reports.Skip, reports.Warn, reports.Fail, reports.Error
	for _, tt := range []struct {
		of   []reports.Verdict
		want reports.Verdict
	}{
		{nil, pass},
		{[]reports.Verdict{pass, pass}, pass},
		{[]reports.Verdict{skip, skip}, skip},
		{[]reports.Verdict{skip, pass, skip}, pass},
		{[]reports.Verdict{pass, warn, skip}, warn},
		{[]reports.Verdict{fail, warn}, fail},
		{[]reports.Verdict{fail, trouble, pass}, trouble},
		{[]reports.Verdict{"perhaps", fail}, "perhaps"},
	} {
		if got := reports.Worst(tt.of...); got != tt.want {
			t.Errorf("Worst(%q) = %q, want %q", tt.of, got, tt.want)
		}
	}
}

func TestVerdicts(t *testing.T) {
	bad := map[reports.Verdict]bool{}
	for _, v := range reports.Verdicts() {
		if !v.Known() {
			t.Errorf("%q is not known", v)
		}
		bad[v] = v.Bad()
	}
	want := map[reports.Verdict]bool{
		reports.Pass: false, reports.Skip: false, reports.Warn: false, reports.Fail: true, reports.Error: true,
	}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Errorf("Bad (-want +got):\n%s", diff)
	}
	if v := reports.Verdict("perhaps"); v.Known() || !v.Bad() {
		t.Errorf("an unknown verdict: Known %v, Bad %v, want false, true", v.Known(), v.Bad())
	}
}

func TestCounts(t *testing.T) {
	r := fallback()
	want := reports.Counts{Pass: 3, Skip: 1, Warn: 1, Fail: 1}
	if diff := cmp.Diff(want, r.Counts()); diff != "" {
		t.Errorf("Counts (-want +got):\n%s", diff)
	}
	if got, want := r.Worst(), reports.Fail; got != want {
		t.Errorf("Worst = %q, want %q", got, want)
	}
	if got, want := r.Counts().String(), "3 passed, 1 skipped, 1 warned, 1 failed"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}
