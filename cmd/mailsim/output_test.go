package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOutput: a file has its old content until the new one is complete, a link
// stays a link, and nothing else is left in the folder.
func TestOutput(t *testing.T) {
	hello := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	broken := func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return errors.New("broken")
	}
	for _, tt := range []struct {
		name  string
		write func(io.Writer) error // nil: abort without a commit
		want  string
	}{
		{"commit", hello, "new"},
		{"error", broken, "old"},
		{"abort", nil, "old"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			name, link := filepath.Join(dir, "r.json"), filepath.Join(dir, "link")
			write(t, name, "old")
			if err := os.Symlink("r.json", link); err != nil {
				t.Fatal(err)
			}
			o, err := createOutput(link)
			if err != nil {
				t.Fatal(err)
			}
			if tt.write != nil {
				if err := o.commit(tt.write); (err != nil) != (tt.want == "old") {
					t.Errorf("commit: %v", err)
				}
			}
			o.abort()
			got, err := os.ReadFile(name)
			if err != nil || string(got) != tt.want {
				t.Errorf("content %q, %v, want %q", got, err, tt.want)
			}
			if to, err := os.Readlink(link); err != nil || to != "r.json" {
				t.Errorf("link to %q, %v, want r.json", to, err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, e := range entries {
				names = append(names, e.Name())
			}
			if diff := cmp.Diff([]string{"link", "r.json"}, names); diff != "" {
				t.Errorf("folder (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScenarioKey(t *testing.T) {
	for text, want := range map[string]bool{
		"scenario: a\n":                  true,
		"# first\nscenario : a\n":        true,
		"\"scenario\": a\n":              true,
		"\ufeffscenario: a\n":            true,
		"steps:\n  - wait: 1h\n":         true,
		"nodes: {}\n":                    false,
		"  scenario: not at the top\n":   false,
		"scenarios: plural\n":            false,
		"$TTL 300\nexample.org. A ...\n": false,
		"":                               false,
	} {
		if got := scenarioKey([]byte(text)); got != want {
			t.Errorf("scenarioKey(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:5353":          true,
		"127.9.9.9:0":             true,
		"[::1]:53":                true,
		"[::ffff:127.0.0.1]:53":   true,
		"localhost:53":            true,
		"0.0.0.0:53":              false,
		":53":                     false,
		"[::]:53":                 false,
		"192.0.2.1:53":            false,
		"localhost.example.org:1": false,
		"127.0.0.1":               false,
		"":                        false,
	} {
		if err := loopback(addr, false); (err == nil) != want {
			t.Errorf("loopback(%q) = %v, want allowed %v", addr, err, want)
		}
	}
	if err := loopback("0.0.0.0:53", true); err != nil {
		t.Errorf("allowed, but %v", err)
	}
}
