package scenarios

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestWrongScenarios shows for each wrong file all that is said of it: each
// error, and the line with a caret under its column.
func TestWrongScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			_, err := Parse(file, Options{})
			var list Errors
			if !errors.As(err, &list) {
				t.Fatalf("Parse gives %v, want Errors", err)
			}
			var b strings.Builder
			for _, e := range list {
				b.WriteString(strings.ReplaceAll(e.Error(), "testdata/bad/", "") + "\n")
				b.WriteString("    " + strings.ReplaceAll(e.Source, "\t", " ") + "\n")
				b.WriteString(strings.Repeat(" ", e.Column+3) + "^\n")
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}
