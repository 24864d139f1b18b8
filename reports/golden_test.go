package reports_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares every format with what it wrote when somebody last read it.
func TestGolden(t *testing.T) {
	stopped := fallback()
	stopped.Interrupted = true
	whole := run(calm(), fallback())
	for _, tt := range []struct {
		file  string
		write func(io.Writer, reports.Run) error
		run   reports.Run
	}{
		{"run.txt", reports.Text{}.Write, whole},
		{"run_quiet.txt", reports.Text{Quiet: true}.Write, whole},
		{"run_verbose.txt", reports.Text{Verbose: true, Width: 80}.Write, run(stopped)},
		{"run_colour.txt", reports.Text{Colour: true}.Write, whole},
		{"run_narrow.txt", reports.Text{Width: 56}.Write, run(fallback())},
		{"run.json", reports.WriteJSON, whole},
		{"run.xml", reports.WriteJUnit, whole},
		{"relays.txt", reports.Text{}.Write, run(relays(21))},
		{"hostile.txt", reports.Text{Verbose: true}.Write, run(hostile())},
		{"hostile.json", reports.WriteJSON, run(hostile())},
		{"hostile.xml", reports.WriteJUnit, run(hostile())},
		{"server.txt", reports.Text{}.Write, run(server())},
		{"server_quiet.txt", reports.Text{Quiet: true}.Write, run(server())},
		{"server_verbose.txt", reports.Text{Verbose: true, Width: 80}.Write, run(server())},
		{"server_colour.txt", reports.Text{Colour: true}.Write, run(server())},
		{"server.json", reports.WriteJSON, run(server())},
		{"server.xml", reports.WriteJUnit, run(server())},
		{"server.md", reports.WriteMarkdown, run(server())},
		{"run.md", reports.WriteMarkdown, whole},
		{"hostile.md", reports.WriteMarkdown, run(hostile())},
		{"hostile_server.txt", reports.Text{}.Write, run(hostileServer())},
		{"hostile_server.xml", reports.WriteJUnit, run(hostileServer())},
		{"hostile_server.md", reports.WriteMarkdown, run(hostileServer())},
		{"empty.md", reports.WriteMarkdown, run()},
		{"empty.txt", reports.Text{}.Write, run()},
		{"empty.json", reports.WriteJSON, run()},
		{"empty.xml", reports.WriteJUnit, run()},
	} {
		t.Run(tt.file, func(t *testing.T) {
			var got bytes.Buffer
			if err := tt.write(&got, tt.run); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", tt.file)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v (write it with: go test ./reports -update)", err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.file, diff)
			}
		})
	}
}
