package reports_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/mailsim/mailsim/reports"
)

// anyRun draws runs with all kinds of fields filled or empty.
func anyRun(t *rapid.T) reports.Run {
	word := rapid.StringMatching(`[a-zA-Z<>&"\\ é世-]{0,8}`)
	when := rapid.Custom(func(t *rapid.T) time.Time {
		return start.Add(time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "after")))
	})
	span := rapid.Map(rapid.Int64(), func(n int64) time.Duration { return time.Duration(n) })
	verdict := rapid.SampledFrom(reports.Verdicts())
	events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.Event {
		return reports.Event{
			At: when.Draw(t, "at"), Node: word.Draw(t, "node"), Kind: word.Draw(t, "kind"), Mail: word.Draw(t, "mail"),
			From: word.Draw(t, "from"), Attempt: rapid.IntRange(0, 3).Draw(t, "attempt"),
		}
	}), 0, 3)
	checks := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.Check {
		c := reports.Check{
			Name: word.Draw(t, "name"), Verdict: verdict.Draw(t, "verdict"), At: span.Draw(t, "at"),
			Refs: rapid.SliceOfN(word, 0, 2).Draw(t, "refs"), Trace: events.Draw(t, "trace"),
			Level: word.Draw(t, "level"), Threat: word.Draw(t, "threat"), Notes: rapid.SliceOfN(word, 0, 2).Draw(t, "notes"),
			Transcript: rapid.SliceOfN(word, 0, 2).Draw(t, "transcript"), Tries: rapid.IntRange(0, 3).Draw(t, "tries"),
		}
		if rapid.Bool().Draw(t, "drawn") {
			c.Ladder = &reports.Ladder{Columns: []string{word.Draw(t, "column")}, Rungs: []reports.Rung{{From: word.Draw(t, "from")}}}
		}
		return c
	}), 0, 3)
	r := rapid.Custom(func(t *rapid.T) reports.Report {
		return reports.Report{
			Kind: word.Draw(t, "kind"), Name: word.Draw(t, "name"), Seed: rapid.Uint64().Draw(t, "seed"),
			Start: when.Draw(t, "start"), Elapsed: span.Draw(t, "elapsed"), Verdict: verdict.Draw(t, "verdict"),
			Interrupted: rapid.Bool().Draw(t, "interrupted"), Events: reports.EventList(events.Draw(t, "events")...),
			Groups: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.Group {
				return reports.Group{Name: word.Draw(t, "group"), Checks: checks.Draw(t, "checks")}
			}), 0, 3).Draw(t, "groups"),
			Tables: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.Table {
				return reports.Table{Title: word.Draw(t, "title"), Header: []string{"a"}, Rows: [][]string{{word.Draw(t, "cell")}}}
			}), 0, 2).Draw(t, "tables"),
		}
	})
	return reports.Run{Tool: "mailsim", Version: word.Draw(t, "version"), Reports: rapid.SliceOfN(r, 0, 3).Draw(t, "reports")}
}

// TestJSONRoundTrip: what is written is what encoding/json would write in one
// go, and reading it gives the run back.
func TestJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := anyRun(t)
		var got bytes.Buffer
		if err := reports.WriteJSON(&got, run); err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(run); err != nil {
			t.Fatal(err)
		}
		whole := strings.ReplaceAll(want.String(), ": null", ": []")
		if diff := cmp.Diff(whole, got.String()); diff != "" {
			t.Fatalf("against one Encode (-want +got):\n%s", diff)
		}
		back, err := reports.ReadJSON(&got)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(run, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}

func TestReadJSONRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"nothing":         {"", "EOF"},
		"no JSON":         {"hello", "invalid character"},
		"another tool":    {`{"tool": "k6"}`, `tool is "k6"`},
		"more":            {`{"tool": "mailsim"} {}`, "more follows"},
		"a wrong type":    {`{"tool": "mailsim", "reports": [{"seed": "x"}]}`, "seed"},
		"no verdict":      {`{"tool": "mailsim", "reports": [{"name": "a"}]}`, `reports[0] "a": verdict "" is unknown`},
		"unknown verdict": {`{"tool": "mailsim", "reports": [{"verdict": "pass", "groups": [{"name": "g", "checks": [{"name": "c", "verdict": "maybe"}]}]}]}`, `group "g", check "c": verdict "maybe" is unknown`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reports.ReadJSON(strings.NewReader(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// TestReadJSONNewer: fields of a newer version do no harm.
func TestReadJSONNewer(t *testing.T) {
	in := `{"tool": "mailsim", "charts": [1], "reports": [{"name": "a", "verdict": "pass", "weather": "fine"}]}`
	got, err := reports.ReadJSON(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	want := reports.Run{Tool: "mailsim", Reports: []reports.Report{{Name: "a", Verdict: reports.Pass}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzReadJSON: no input makes the reader panic, and what it takes can be
// written in every format.
func FuzzReadJSON(f *testing.F) {
	var seed bytes.Buffer
	if err := reports.WriteJSON(&seed, run(fallback())); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.Bytes())
	f.Add([]byte(`{"tool": "mailsim", "reports": [{"verdict": "pass", "start": "9999-12-31T23:59:59Z"}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		run, err := reports.ReadJSON(bytes.NewReader(in))
		if err != nil {
			return
		}
		for _, format := range reports.Formats() {
			if err := format.Write(io.Discard, run); err != nil {
				t.Errorf("%s: %v", format.Name, err)
			}
		}
	})
}

// BenchmarkWriteJSON writes a report of 100,000 events; B/op shows that they
// are not held a second time.
func BenchmarkWriteJSON(b *testing.B) {
	r := calm()
	few := fallback().Events
	r.Events = reports.EventFunc(100_000, func(i int) reports.Event { return few.At(i % few.Len()) })
	b.ReportAllocs()
	for b.Loop() {
		if err := reports.WriteJSON(io.Discard, run(r)); err != nil {
			b.Fatal(err)
		}
	}
}
