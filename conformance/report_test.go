package conformance_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/reports"
)

func TestCompareSections(t *testing.T) {
	want := []string{
		"rfc5321/2.2.1", "rfc5321/4.1.1.2", "rfc5321/4.1.1.10", "rfc5321/4.2", "rfc5321/B",
		"rfc821/1", "rfc1870/4", "rfc1870/10", "rfc3207/4", "client/x", "security/auth", "security/starttls",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, conformance.CompareSections)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// result is a run with all kinds of verdicts.
func result() *conformance.Result {
	dots := conformance.Case{ID: "rfc5321/4.5.2/dots", Title: "dots", Rows: []string{"R5321-4.5.2-c", "R5321-4.5.2-d"}}
	hello := conformance.Case{ID: "rfc5321/2.2.1/ehlo", Title: "EHLO", Rows: []string{"R5321-2.2.1-a"}}
	size := conformance.Case{ID: "rfc1870/3/form", Title: "SIZE", Rows: []string{"R1870-3-a", "R1870-3-c"}}
	tls := conformance.Case{ID: "security/starttls/injected", Title: "TLS", Rows: []string{"SEC-TLS-1"}}
	lines := []string{"S: 220 hi"}
	return &conformance.Result{
		Target: "smtp://[::1]:25", Profile: conformance.MX, Elapsed: time.Second,
		Facts: conformance.Facts{
			Greeting: "mx ESMTP", Keywords: map[string]string{"SIZE": "1000", "STARTTLS": ""},
			Secure: map[string]string{"AUTH": "PLAIN", "SIZE": "1000"}, Cipher: "TLS 1.3, X",
		},
		Cases: []conformance.CaseResult{
			{Case: tls, Verdict: reports.Fail, Transcript: lines, Tries: 1, Findings: []conformance.Finding{
				{Row: "SEC-TLS-1", Verdict: reports.Fail, Want: "silence", Got: "250", Usable: "a man in the middle reads mail"},
			}},
			{Case: size, Verdict: reports.Skip, Reason: "no SIZE"},
			{Case: dots, Verdict: reports.Fail, Transcript: lines, Tries: 2, Findings: []conformance.Finding{
				{Row: "R5321-4.5.2-c", Verdict: reports.Fail, Want: "a", Got: "b"},
				{Row: "R5321-4.5.2-d", Verdict: reports.Fail, Want: "c", Got: "d"},
			}},
			{Case: hello, Verdict: reports.Pass, Tries: 1},
			{Case: conformance.Case{ID: "rfc5321/2.2.1/again", Title: "again", Rows: hello.Rows}, Verdict: reports.Error, Reason: "gone"},
		},
		Stale: []conformance.Waiver{{ID: "R5321-2.2.1-a", Reason: "we know"}},
	}
}

func TestReport(t *testing.T) {
	r := result().Report()
	var groups []string
	for _, g := range r.Groups {
		for _, c := range g.Checks {
			groups = append(groups, g.Name+" "+string(c.Verdict)+" "+c.ID)
		}
	}
	if diff := cmp.Diff([]string{
		"rfc5321/2.2.1 pass rfc5321/2.2.1/ehlo",
		"rfc5321/2.2.1 error rfc5321/2.2.1/again",
		"rfc5321/4.5.2 fail rfc5321/4.5.2/dots",
		"rfc1870/3 skip rfc1870/3/form",
		"security/starttls fail security/starttls/injected",
		"waivers warn waivers/R5321-2.2.1-a",
	}, groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	dots := r.Groups[1].Checks[0]
	if diff := cmp.Diff(reports.Check{
		Name: "dots", ID: "rfc5321/4.5.2/dots", Verdict: reports.Fail, Level: "MUST", Tries: 2, Transcript: []string{"S: 220 hi"},
		Refs: []string{"RFC 5321 4.5.2", "R5321-4.5.2-c", "R5321-4.5.2-d"},
		Want: "R5321-4.5.2-c: a\nR5321-4.5.2-d: c", Got: "R5321-4.5.2-c: b\nR5321-4.5.2-d: d",
	}, dots); diff != "" {
		t.Errorf("check (-want +got):\n%s", diff)
	}
	if got := r.Groups[3].Checks[0].Threat; got != "usable by an outsider: a man in the middle reads mail" {
		t.Errorf("threat %q", got)
	}
	if diff := cmp.Diff([]reports.Table{
		{
			Title: "what the target offers", Header: []string{"keyword", "in the clear", "under TLS"},
			Rows: [][]string{{"AUTH", "no", "PLAIN"}, {"SIZE", "1000", "1000"}, {"STARTTLS", "yes", "no"}, {"(TLS)", "", "TLS 1.3, X"}},
		},
		{
			Title: "rules kept, of those asked", Header: []string{"rules", "MUST", "SHOULD", "MAY", "warned", "skipped", "not asked"},
			Rows: [][]string{
				{"rfc5321/2", "1/1", "", "", "", "", ""},
				{"rfc5321/4.5", "0/2", "", "", "", "", ""},
				{"SIZE", "", "", "", "", "2", ""},
				{"security/starttls", "0/1", "", "", "", "", ""},
				{"total", "1/4", "", "", "", "2", ""},
			},
		},
	}, r.Tables); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}
