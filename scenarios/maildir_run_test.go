package scenarios_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mailsim/mailsim/scenarios"
)

// A run tells the same, byte for byte, whether its mailboxes are in memory or on disk.
func TestMaildirTellsTheSame(t *testing.T) {
	files := 0
	for _, e := range scenarios.ExampleList() {
		all, err := scenarios.ParseFS(scenarios.Examples(), e.File(), scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range all {
			dir := filepath.Join(t.TempDir(), "mail")
			memory := scenarios.Run(s, scenarios.RunOptions{})
			disk := scenarios.Run(s, scenarios.RunOptions{Maildir: dir})
			if d := difference(jsonOf(memory), jsonOf(disk)); d != "" {
				t.Errorf("%s %d: with mailboxes on disk another report: %s", e.Name, i, d)
			}
			_ = filepath.WalkDir(dir, func(_ string, f os.DirEntry, err error) error {
				if err == nil && !f.IsDir() {
					files++
				}
				return nil
			})
		}
	}
	if files < 100 {
		t.Errorf("all examples together left %d messages", files)
	}
}
