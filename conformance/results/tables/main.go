// Command tables writes the files of conformance/results from the reports of runs: tables DIR <LIST, where each line of
// LIST is a run: its name, its title, its command and the file of its report (mailsim conform --json), with tabs
// between them. It writes NAME.md and NAME.json for each, and README.md, which compares them.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mailsim/mailsim/reports"
)

func main() {
	if err := run(os.Stdin, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tables:", err)
		os.Exit(1)
	}
}

// asked is one run against one server.
type asked struct {
	name, title, command string
	run                  reports.Run
}

// report is the only one of the run.
func (a *asked) report() *reports.Report { return &a.run.Reports[0] }

func run(list io.Reader, args []string) error {
	if len(args) != 1 {
		return errors.New("it takes a directory, and a list of runs on standard input")
	}
	var all []*asked
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		a, err := read(lines.Text())
		if err != nil {
			return err
		}
		all = append(all, a)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	var b bytes.Buffer
	compare(&b, all)
	if err := os.WriteFile(filepath.Join(args[0], "README.md"), b.Bytes(), 0o600); err != nil {
		return err
	}
	for _, a := range all {
		if err := a.write(args[0]); err != nil {
			return err
		}
	}
	return nil
}

// read reads a line of the list and the report that it names.
func read(line string) (*asked, error) {
	parts := strings.Split(line, "\t")
	if len(parts) != 4 {
		return nil, fmt.Errorf("read the list: a line has a name, a title, a command and a file: %q", line)
	}
	f, err := os.Open(parts[3])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a := &asked{name: parts[0], title: parts[1], command: parts[2]}
	if a.run, err = reports.ReadJSON(f); err != nil {
		return nil, fmt.Errorf("%s: %w", parts[3], err)
	}
	if len(a.run.Reports) != 1 {
		return nil, fmt.Errorf("%s: it has %d reports, not one", parts[3], len(a.run.Reports))
	}
	a.report().Name = a.title
	return a, nil
}

// write writes the report with what was said for people, and in short for `mailsim conform diff`.
func (a *asked) write(dir string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\nAsked on %s by\n\n```\n%s\n```\n\n", a.title, a.report().Start.Format("2006-01-02"), a.command)
	if err := reports.WriteMarkdown(&b, a.run); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, a.name+".md"), b.Bytes(), 0o600); err != nil {
		return err
	}
	for i := range a.report().Groups {
		for j := range a.report().Groups[i].Checks {
			c := &a.report().Groups[i].Checks[j]
			c.Transcript, c.Notes, c.Refs, c.At, c.Took = nil, nil, nil, 0, 0
		}
	}
	b.Reset()
	if err := reports.WriteJSON(&b, a.run); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, a.name+".json"), b.Bytes(), 0o600)
}
