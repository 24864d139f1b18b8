package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/reports"
)

func TestTables(t *testing.T) {
	dir := t.TempDir()
	var list strings.Builder
	for name, verdict := range map[string]reports.Verdict{"good": reports.Pass, "bad": reports.Fail} {
		run := reports.Run{Tool: "mailsim", Reports: []reports.Report{{
			Kind: reports.KindConform, Name: "smtp://127.0.0.1:2525", Elapsed: 3 * time.Second, Verdict: verdict,
			Groups: []reports.Group{{Name: "rfc5321/4.5.2", Checks: []reports.Check{
				{Name: "dots", ID: "rfc5321/4.5.2/dots", Verdict: verdict, Took: time.Second, Transcript: []string{"C: NOOP"}},
				{Name: "all", ID: "rfc5321/4.5.2/all", Verdict: reports.Pass},
			}}},
		}}}
		var b bytes.Buffer
		if err := reports.WriteJSON(&b, run); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name+".full")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		list.WriteString(name + "\tServer " + name + "\tmailsim conform x\t" + file + "\n")
	}
	if err := run(strings.NewReader(list.String()), []string{dir}); err != nil {
		t.Fatal(err)
	}
	for file, wants := range map[string][]string{
		"README.md": {"| [Server good](good.md) | 2 | 0 | 0 | 0 | 0 | 3 |", "| [Server bad](bad.md) | 1 | 0 | 1 | 0 | 0 | 3 |", "| `rfc5321/4.5.2/dots` |", "**fail**", "`rfc5321/4.5.2/dots` 1.0 s"},
		"bad.md":    {"# Server bad\n", "mailsim conform x", "C: NOOP"},
		"bad.json":  {`"rfc5321/4.5.2/dots"`},
	} {
		got, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(got), want) {
				t.Errorf("%s lacks %q:\n%s", file, want, got)
			}
		}
		if file == "bad.json" && strings.Contains(string(got), "NOOP") || strings.Contains(string(got), "`rfc5321/4.5.2/all` |") {
			t.Errorf("%s has what should be left out:\n%s", file, got)
		}
	}
}

func TestListIsRead(t *testing.T) {
	for _, list := range []string{"a\tb\n", "a\tb\tc\t" + filepath.Join(t.TempDir(), "missing") + "\n"} {
		if err := run(strings.NewReader(list), []string{t.TempDir()}); err == nil {
			t.Errorf("%q was taken", list)
		}
	}
}
