package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/scenarios"
)

func (p *program) schemaVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenarios, for editors",
		Long: `Print the JSON Schema of scenarios.

Editors with a YAML language server complete and check scenarios by it: save it, and begin
a scenario with the line
  # yaml-language-server: $schema=mailsim.schema.json`,
		Example: `  mailsim schema > mailsim.schema.json`,
		Args:    atMost(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			schema, err := scenarios.Schema()
			if err != nil {
				return environment(err)
			}
			_, err = p.out.Write(append(bytes.TrimRight(schema, "\n"), '\n'))
			return environment(err)
		},
	}
}
