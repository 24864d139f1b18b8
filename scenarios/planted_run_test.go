package scenarios_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// A bug is planted: the search finds it, and makes the story that shows it so
// small that it can be read.
func TestRandomNetworksFindAPlantedBug(t *testing.T) {
	setRapid(t, "checks", "300")
	setRapid(t, "seed", "5321")
	setRapid(t, "nofailfile", "true")
	for _, mutant := range []string{"loses-mail", "duplicates-mail", "loses-queue-on-crash"} {
		t.Run(mutant, func(t *testing.T) {
			search := &search{TB: t}
			var smallest string // what fails last is the smallest
			search.run(func(rt *rapid.T) {
				text := drawScenario(rt, ", mutant: "+mutant)
				if found := broken(rt, text); found != "" {
					smallest = text
					rt.Fatal(found)
				}
			})
			if smallest == "" {
				t.Fatalf("the planted bug was not found: %s", search.said.String())
			}
			file := filepath.Join(t.TempDir(), "smallest.yaml")
			if err := os.WriteFile(file, []byte(smallest), 0o600); err != nil {
				t.Fatal(err)
			}
			all, err := scenarios.Parse(file, scenarios.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if rep := scenarios.Run(all[0], scenarios.RunOptions{}); rep.Verdict != reports.Fail {
				t.Errorf("the file %s when it is run again:\n%s", rep.Verdict, smallest)
			}
			if n := strings.Count(smallest, "\n"); n > 20 {
				t.Errorf("the smallest story has %d lines:\n%s", n, smallest)
			}
			t.Logf("found:\n%s", smallest)
		})
	}
}

// search takes rapid's findings instead of a test, which they would fail.
type search struct {
	testing.TB
	failed bool
	said   strings.Builder
}

func (s *search) run(prop func(*rapid.T)) {
	done := make(chan struct{})
	go func() { // FailNow ends the goroutine
		defer close(done)
		rapid.Check(s, prop)
	}()
	<-done
}

func (s *search) say(text string) { s.failed = true; s.said.WriteString(text + "\n") }

func (s *search) Error(a ...any)            { s.say(fmt.Sprint(a...)) }
func (s *search) Errorf(f string, a ...any) { s.say(fmt.Sprintf(f, a...)) }
func (s *search) Fatal(a ...any)            { s.say(fmt.Sprint(a...)); runtime.Goexit() }
func (s *search) Fatalf(f string, a ...any) { s.say(fmt.Sprintf(f, a...)); runtime.Goexit() }
func (s *search) Fail()                     { s.failed = true }
func (s *search) FailNow()                  { s.failed = true; runtime.Goexit() }
func (s *search) Failed() bool              { return s.failed }
func (s *search) Log(a ...any)              { fmt.Fprintln(&s.said, a...) }
func (s *search) Logf(f string, a ...any)   { fmt.Fprintf(&s.said, f+"\n", a...) }
