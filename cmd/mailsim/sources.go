package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/scenarios"
)

// examplePrefix marks an argument that names an example and no file.
const examplePrefix = "example:"

// maxStdin is more than the parser takes, so that it is the one to refuse.
const maxStdin = 11 << 20

// source is one scenario file, wherever it is.
type source struct {
	name  string // as in messages
	parse func(scenarios.Options) ([]*scenarios.Scenario, error)
}

// sources turns arguments into files: a file, every scenario below a
// directory, an example, or standard input.
func (p *program) sources(args []string) ([]source, error) {
	var out []source
	var wrong []error
	stdin := false
	for _, arg := range args {
		var found []source
		var err error
		switch name, isExample := strings.CutPrefix(arg, examplePrefix); {
		case isExample:
			found, err = exampleSource(name)
		case arg == "-" && stdin:
			err = errors.New("standard input can be read only once, but - is given twice")
		case arg == "-":
			stdin = true
			found, err = p.stdinSource()
		default:
			found, err = fileSources(arg)
		}
		if err != nil {
			wrong = append(wrong, err)
		}
		out = append(out, found...)
	}
	return out, errors.Join(wrong...)
}

func exampleSource(name string) ([]source, error) {
	e, err := exampleNamed(name)
	if err != nil {
		return nil, err
	}
	return []source{{name: examplePrefix + name, parse: func(o scenarios.Options) ([]*scenarios.Scenario, error) {
		return scenarios.ParseFS(scenarios.Examples(), e.File(), o)
	}}}, nil
}

// exampleNamed returns an example, or an error that names the one that was meant.
func exampleNamed(name string) (scenarios.Example, error) {
	e, ok := scenarios.ExampleNamed(name)
	if !ok {
		return e, fmt.Errorf("no example is named %q%s; \"mailsim examples\" lists them", name, meant(name, scenarios.ExampleNames()))
	}
	return e, nil
}

// stdinSource reads standard input; its fragments are looked for in the current
// directory.
func (p *program) stdinSource() ([]source, error) {
	data, err := io.ReadAll(io.LimitReader(p.in, maxStdin))
	if err != nil {
		return nil, environment(fmt.Errorf("read standard input: %w", err))
	}
	return []source{{name: "stdin", parse: func(o scenarios.Options) ([]*scenarios.Scenario, error) {
		return scenarios.ParseBytes("stdin", data, o)
	}}}, nil
}

func fileSources(arg string) ([]source, error) {
	info, err := os.Stat(arg)
	if err != nil {
		hint := ""
		if slices.Contains(scenarios.ExampleNames(), arg) {
			hint = fmt.Sprintf(" (did you mean %q?)", examplePrefix+arg)
		}
		return nil, fmt.Errorf("%w%s", err, hint)
	}
	if !info.IsDir() {
		return []source{fileSource(arg)}, nil
	}
	var out []source
	err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != arg && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".yml":
			return nil
		}
		is, err := isScenario(path)
		if is {
			out = append(out, fileSource(path))
		}
		return err
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("%s: no scenario below this directory (a scenario is a .yaml file with the key \"scenario\")", arg)
	}
	slices.SortFunc(out, func(a, b source) int { return strings.Compare(a.name, b.name) })
	return out, err
}

func fileSource(path string) source {
	return source{name: path, parse: func(o scenarios.Options) ([]*scenarios.Scenario, error) {
		return scenarios.Parse(path, o)
	}}
}

// isScenario tells a scenario from a fragment by its keys. One with steps that
// has no name yet is a scenario too, so that a wrong key is told and not taken
// for the mark of a fragment.
func isScenario(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(f, maxStdin))
	if err != nil {
		return false, fmt.Errorf("read %s: %w", path, err)
	}
	return scenarioKey(data), nil
}

func scenarioKey(data []byte) bool {
	return regexp.MustCompile(`(?m)^(\x{FEFF})?["']?(scenario|steps)["']?\s*:`).Match(data)
}

// problems writes what is wrong with a scenario, each error with the line that
// it is in and a caret under the place.
func (p *program) problems(err error) {
	w, ink := p.err, p.coloured(p.err)
	var list scenarios.Errors
	if !errors.As(err, &list) {
		var one *scenarios.Error
		if !errors.As(err, &one) {
			fmt.Fprintln(w, "mailsim: "+strings.Join(lines(err), "\n"))
			return
		}
		list = scenarios.Errors{one}
	}
	for _, e := range list {
		writeProblem(w, e, ink)
	}
}
