package sim

import (
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestVirtualInProgram: what holds in a test binary holds in any other.
func TestVirtualInProgram(t *testing.T) {
	gobin, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to build a program with")
	}
	cmd := exec.Command(gobin, "run", "./testdata/virtual", "nothing", "deadlock", "leak", "panic", "nothing")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := `nothing <nil>
deadlock stuck 1 main.main.func2
leak stuck 1 main.main.func3.1
panic panic oops
nothing <nil>
`
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}
