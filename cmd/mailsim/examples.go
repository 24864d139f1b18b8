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
	e, err := exampleNamed(name)
	if err != nil {
		return err
	}
	data, err := fs.ReadFile(scenarios.Examples(), e.File())
	if err != nil {
		return environment(err)
	}
	_, err = p.out.Write(data)
	return environment(err)
}

// listExamples writes the examples by subject.
func (p *program) listExamples() error {
	all := scenarios.ExampleList()
	width, folder := 0, ""
	for _, e := range all {
		width = max(width, len(e.Name))
	}
	for _, e := range all {
		list, err := scenarios.ParseFS(scenarios.Examples(), e.File(), scenarios.Options{})
		if err != nil {
			return fmt.Errorf("example %s: %w", e.Name, err)
		}
		if e.Folder != folder {
			folder = e.Folder
			fmt.Fprintf(p.out, "%s\n", folder)
		}
		if _, err := fmt.Fprintf(p.out, "  %-*s  %s\n", width, e.Name, reports.Escape(list[0].About)); err != nil {
			return environment(err)
		}
	}
	return nil
}
