package main

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// block is one fenced block of a page.
type block struct{ lang, text string }

func blocks(t *testing.T, page string) []block {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	for i, part := range strings.Split(string(b), "\n```") {
		if i%2 == 1 {
			lang, text, _ := strings.Cut(part, "\n")
			all = append(all, block{lang, text + "\n"})
		}
	}
	return all
}

var (
	scenarioName = regexp.MustCompile(`(?m)^scenario: (\S+)$`)
	realTime     = regexp.MustCompile(`simulated in \S+`)
	serverTime   = regexp.MustCompile(`starts \d{4}-.* UTC|(passed|failed) in \S+`)
)

// shownServer is the address at which the pages have a mail server.
const shownServer = "127.0.0.1:2525"

// mailServer starts the server that the pages have there, and returns its address.
func mailServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(serve(l, &plain{dir: t.TempDir()}))
	return l.Addr().String()
}

// TestReadme runs what the pages show: scenarios become files of their name, and each
// command of a console or sh block must succeed and print what stands under it.
func TestReadme(t *testing.T) {
	for _, page := range []string{"../../README.md", "../../scenarios/README.md"} {
		dir := t.TempDir()
		if err := os.CopyFS(filepath.Join(dir, "networks"), os.DirFS("../../scenarios/examples/networks")); err != nil {
			t.Fatal(err)
		}
		ran := 0
		for _, b := range blocks(t, page) {
			switch b.lang {
			case "yaml":
				if m := scenarioName.FindStringSubmatch(b.text); m != nil {
					if err := os.WriteFile(filepath.Join(dir, m[1]+".yaml"), []byte(b.text), 0o600); err != nil {
						t.Fatal(err)
					}
					run(t, dir, "mailsim check "+m[1]+".yaml", "")
				}
			case "console", "sh":
				for _, c := range commands(b) {
					if run(t, dir, c.line, c.output) {
						ran++
					}
				}
			}
		}
		if page == "../../README.md" && ran < 2 {
			t.Errorf("%s: only %d commands were run", page, ran)
		}
	}
}

type command struct{ line, output string }

// commands takes a block apart: in console blocks lines with $ are commands and what
// follows is their output; in sh blocks every line is a command.
func commands(b block) []command {
	var cs []command
	for line := range strings.Lines(b.text) {
		switch c, ok := strings.CutPrefix(line, "$ "); {
		case ok || b.lang == "sh":
			cs = append(cs, command{line: strings.TrimSpace(c)})
		case len(cs) > 0:
			cs[len(cs)-1].output += line
		}
	}
	return cs
}

// run runs a mailsim command in this process's image and compares its output, if any
// is given. Commands of other programs are left to the reader, and to CI.
func run(t *testing.T, dir, line, want string) bool {
	t.Helper()
	line = strings.Replace(line, "go run ./cmd/mailsim ", "mailsim ", 1)
	words := strings.Fields(line)
	if words[0] != "mailsim" {
		return false
	}
	// A server may be found wanting: the page shows how that looks.
	server := ""
	if strings.Contains(line, shownServer) {
		server = mailServer(t)
		words = strings.Fields(strings.ReplaceAll(line, shownServer, server))
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, words[1:]...)
	name, value := quickExit()
	cmd.Env = append(os.Environ(), asProgram+"=1", name+"="+value)
	if cmd.Dir = dir; strings.Contains(line, "scenarios/") {
		cmd.Dir = "../.."
	}
	out, err := cmd.CombinedOutput()
	if err != nil && (server == "" || cmd.ProcessState.ExitCode() != exitFailed) {
		t.Errorf("%s: %v\n%s", line, err, out)
		return true
	}
	if want != "" {
		got := realTime.ReplaceAllString(string(out), "simulated in 0s")
		want = realTime.ReplaceAllString(want, "simulated in 0s")
		if server != "" {
			got = serverTime.ReplaceAllString(strings.ReplaceAll(got, server, shownServer), "now")
			want = serverTime.ReplaceAllString(want, "now")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-shown +printed):\n%s", line, diff)
		}
	}
	return true
}

// TestReadmeGo compiles the Go tests that the README shows, as files of packages that
// are there, and runs those that need nothing of their reader.
func TestReadmeGo(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	places := map[string]struct{ folder, head, prints string }{
		"TestRelay": {"sim/simtest", `package simtest_test

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onsi/gomega"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/simtest"
)

`, "--- PASS: TestRelay"},
		"TestMyServer": {"conformance/suite", `package suite

import (
	"context"
	"net"
	"testing"

	"github.com/mailsim/mailsim/conformance"
)

func startServer(t *testing.T) string {
	t.Skip("its reader has one")
	return ""
}

`, "--- SKIP: TestMyServer"},
	}
	for _, b := range blocks(t, "../../README.md") {
		if b.lang != "go" {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(b.text, "func "), "(")
		place, ok := places[name]
		if !ok {
			t.Errorf("nobody knows where %s belongs", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			// A file of package suite calls itself by no name.
			code := place.head + strings.ReplaceAll(b.text, "suite.", "")
			runReadmeGo(t, goTool, place.folder, name, code, place.prints)
		})
	}
}

// runReadmeGo runs a test as a file of a folder.
func runReadmeGo(t *testing.T, goTool, folder, name, code, prints string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "readme_test.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, folder, "readme_test.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(file, []byte(code), 0o600), os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(goTool, "test", "-overlay", filepath.Join(dir, "overlay.json"), "-run", "^"+name+"$", "-v", "./"+folder)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), prints) {
		t.Errorf("the README's test: %v\n%s", err, out)
	}
}
