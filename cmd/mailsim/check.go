package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/reports"
)

func (p *program) checkVerb() *cobra.Command {
	var o scenarioOptions
	var quiet, coverage, missing bool
	cmd := &cobra.Command{
		Use:   "check FILE|DIR|example:NAME|- ...",
		Short: "Find every error in scenarios without running them",
		Long: `Find every error in scenarios without running them.

With --coverage it tells which requirements of the catalogues the scenarios cover, by the ids in their
"covers", and which not; without a scenario these are the built-in examples. A scenario can show the
rows of kind through, dns and wire-client, and with hours and days to wait those of kind time.`,
		Example: `  mailsim check story.yaml
  mailsim check scenarios
  mailsim check --coverage --missing`,
		ValidArgsFunction: completeScenarios,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case coverage && quiet:
				return errors.New("--coverage and --quiet exclude each other")
			case missing && !coverage:
				return errors.New("--missing tells more of --coverage: give both")
			case coverage:
				return p.coverage(args, o, missing)
			case len(args) == 0:
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
	cmd.Flags().BoolVar(&coverage, "coverage", false, "tell which requirements the scenarios cover (default: the examples)")
	cmd.Flags().BoolVar(&missing, "missing", false, "with --coverage, tell what each requirement says that is not covered")
	return cmd
}
