package reports_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

// junitSuite is the part of JUnit XML that readers look at.
type junitSuite struct {
	Name      string      `xml:"name,attr"`
	ID        string      `xml:"id,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitTrouble `xml:"failure"`
	Error     *junitTrouble `xml:"error"`
	Skipped   *junitTrouble `xml:"skipped"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// parseJUnit reads the XML and checks what every reader relies on: names that
// are there and differ, times that are numbers, counts that are true.
func parseJUnit(t *testing.T, b []byte) []junitSuite {
	t.Helper()
	var doc struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b, &doc); err != nil {
		t.Fatalf("%v in\n%q", err, b)
	}
	for _, s := range doc.Suites {
		var c reports.Counts
		names := make(map[string]bool)
		for _, tc := range s.Cases {
			if tc.Name == "" || tc.Classname == "" {
				t.Errorf("suite %q: a testcase with name %q, classname %q", s.Name, tc.Name, tc.Classname)
			}
			if names[tc.Name] {
				t.Errorf("suite %q: two testcases %q", s.Name, tc.Name)
			}
			names[tc.Name] = true
			if _, err := strconv.ParseFloat(tc.Time, 64); err != nil {
				t.Errorf("testcase %q: time: %v", tc.Name, err)
			}
			switch {
			case tc.Failure != nil:
				c.Add(reports.Fail)
			case tc.Error != nil:
				c.Add(reports.Error)
			case tc.Skipped != nil:
				c.Add(reports.Skip)
			default:
				c.Add(reports.Pass)
			}
		}
		got := reports.Counts{Pass: s.Tests - s.Failures - s.Errors - s.Skipped, Skip: s.Skipped, Fail: s.Failures, Error: s.Errors}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("suite %q: counts (-testcases +attributes):\n%s", s.Name, diff)
		}
	}
	return doc.Suites
}

func TestJUnit(t *testing.T) {
	r := fallback()
	r.Name = "mx.fallback"
	again := &r.Groups[0]
	again.Checks = append(again.Checks, again.Checks[0])
	r.Groups[2].Checks = append(r.Groups[2].Checks, reports.Check{Name: "loops", Verdict: reports.Error, Reason: "the network did not stop"})
	var b bytes.Buffer
	if err := reports.WriteJUnit(&b, run(r)); err != nil {
		t.Fatal(err)
	}
	suites := parseJUnit(t, b.Bytes())
	if len(suites) != 1 || len(suites[0].Cases) != 8 {
		t.Fatalf("suites %+v, want one of eight testcases", suites)
	}
	s := suites[0]
	if s.Name != "mx.fallback" || s.Time != "93600.072000" || s.Timestamp != "2026-01-05T09:00:00" {
		t.Errorf("suite %q, time %q, timestamp %q", s.Name, s.Time, s.Timestamp)
	}
	want := []junitCase{
		{Name: "the preferred MX takes the mail / send first via out from alice@example.net to bob@example.org #2", Time: "0.041000"},
		{Name: "invariants / duplicates", Time: "0.000000", Skipped: &junitTrouble{Message: "waived by the scenario"}},
		{Name: "invariants / loops", Time: "0.000000", Error: &junitTrouble{
			Message: "the network did not stop", Type: "error", Text: "because  the network did not stop\n",
		}},
	}
	for i := range want {
		want[i].Classname = "scenario.mx_fallback"
	}
	got := []junitCase{s.Cases[2], s.Cases[6], s.Cases[7]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("testcases (-want +got):\n%s", diff)
	}
	if f := s.Cases[4].Failure; f == nil || f.Message == "" || f.Type != "fail" || !bytes.Contains([]byte(f.Text), []byte("hop by hop")) {
		t.Errorf("failure %+v, want message, type and the story", f)
	}
}

// TestJUnitSchema lets libxml2 judge the golden files by testdata/junit.xsd,
// and makes sure that the schema can say no.
func TestJUnitSchema(t *testing.T) {
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed (Debian: apt-get install libxml2-utils)")
	}
	valid := func(file string) error {
		out, err := exec.Command(lint, "--nonet", "--noout", "--schema", "testdata/junit.xsd", file).CombinedOutput()
		t.Logf("%s", out)
		return err
	}
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden XML: %v", err)
	}
	for _, f := range files {
		if err := valid(f); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	b, err := os.ReadFile("testdata/run.xml")
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"no classname": {` classname="scenario.calm"`, ``},
		"bad time":     {`time="432000.000000"/>`, `time="soon"/>`},
		"no system":    {`<system-err></system-err>`, ``},
		"zone":         {`T09:00:00"`, `T09:00:00Z"`},
	} {
		bad := filepath.Join(t.TempDir(), "bad.xml")
		changed := bytes.Replace(b, []byte(edit[0]), []byte(edit[1]), 1)
		if bytes.Equal(b, changed) {
			t.Fatalf("%s: nothing to edit", name)
		}
		if err := os.WriteFile(bad, changed, 0o644); err != nil {
			t.Fatal(err)
		}
		if valid(bad) == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}
