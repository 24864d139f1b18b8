package main

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

func (p *program) examplesVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "examples [NAME]",
		Short: "List the built-in scenarios, or print one",
		Example: `  mailsim examples
  mailsim examples mx-fallback > story.yaml
  mailsim run example:mx-fallback`,
		Args: atMost(1, "one name"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return scenarios.ExampleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return p.printExample(strings.TrimPrefix(args[0], examplePrefix))
			}
			return p.listExamples()
		},
	}
}

func (p *program) printExample(name string) error {
	if _, err := exampleSource(name); err != nil {
		return err
	}
	data, err := fs.ReadFile(scenarios.Examples(), exampleFile(name))
	if err != nil {
		return environment(err)
	}
	_, err = p.out.Write(data)
	return environment(err)
}

func (p *program) listExamples() error {
	names := scenarios.ExampleNames()
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	for _, n := range names {
		list, err := scenarios.ParseFS(scenarios.Examples(), exampleFile(n), scenarios.Options{})
		if err != nil {
			return fmt.Errorf("example %s: %w", n, err)
		}
		if _, err := fmt.Fprintf(p.out, "%-*s  %s\n", width, n, reports.Escape(list[0].About)); err != nil {
			return environment(err)
		}
	}
	return nil
}
