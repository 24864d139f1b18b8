package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mailsim/mailsim/scenarios"
	"github.com/mailsim/mailsim/sim"
)

// maildirs returns where each scenario keeps its mailboxes: in a directory of its
// own in dir, which is made, or nowhere if dir is empty. A name that comes again has
// a number behind it. Runs begin with empty mailboxes, so nothing may be in dir that
// somebody could take for mail of these.
func maildirs(dir string, list []*scenarios.Scenario) ([]string, error) {
	boxes := make([]string, len(list))
	if dir == "" {
		return boxes, nil
	}
	switch there, err := os.ReadDir(dir); {
	case err == nil && len(there) > 0:
		return nil, fmt.Errorf("--maildir: %s holds %s already, and a run begins with empty mailboxes; name a directory that is empty or not there", dir, there[0].Name())
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, environment(fmt.Errorf("--maildir: %w", err))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, environment(fmt.Errorf("--maildir: %w", err))
	}
	taken := map[string]bool{}
	for i, s := range list {
		name := s.Name
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", s.Name, n)
		}
		taken[name] = true
		boxes[i] = filepath.Join(dir, sim.FileName(name))
	}
	return boxes, nil
}
