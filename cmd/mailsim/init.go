package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
)

// firstScenario is what init writes.
//
//go:embed first.yaml
var firstScenario string

func (p *program) initVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a first scenario to start from",
		Long: `Write a commented scenario that runs and passes, as a start for your own. The default FILE
is scenario.yaml; "-" prints it. A file that is there is never overwritten.`,
		Args: atMost(1, "one file"),
		RunE: func(_ *cobra.Command, args []string) error {
			name := "scenario.yaml"
			if len(args) == 1 {
				name = args[0]
			}
			if name == "-" {
				_, err := fmt.Fprint(p.out, firstScenario)
				return environment(err)
			}
			if err := writeNew(name, firstScenario); err != nil {
				return err
			}
			_, err := fmt.Fprintf(p.out, "wrote %s; run it with: mailsim run %s\n", name, name)
			return environment(err)
		},
	}
}

// writeNew writes a file that was not there before.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and is not overwritten; name another file", name)
	}
	if err != nil {
		return environment(err)
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Close())
	if err != nil {
		return environment(errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(name)))
	}
	return nil
}
