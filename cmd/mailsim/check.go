package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/reports"
)

func (p *program) checkVerb() *cobra.Command {
	var o scenarioOptions
	var quiet bool
	cmd := &cobra.Command{
		Use:   "check FILE|DIR|example:NAME|- ...",
		Short: "Find every error in scenarios without running them",
		Example: `  mailsim check story.yaml
  mailsim check scenarios`,
		ValidArgsFunction: completeScenarios,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New(`check needs a scenario: a file, a directory, example:NAME or "-"`)
			}
			list, err := p.load(args, o)
			if err != nil {
				return err
			}
			if quiet {
				return nil
			}
			for _, s := range list {
				if _, err := fmt.Fprintf(p.out, "ok %s: %s (%d nodes, %d steps)\n",
					reports.Escape(s.File), reports.Escape(s.Name), len(s.Nodes), len(s.Steps)); err != nil {
					return environment(err)
				}
			}
			return nil
		},
	}
	o.register(cmd.Flags())
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "show errors only")
	return cmd
}
