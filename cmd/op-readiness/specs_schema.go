package main

import (
	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

func newSpecsSchemaCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON schema of spec files, for editors",
		Long: `schema prints a JSON schema (draft 7) of spec files, by which editors complete and explain keys and mark mistakes of form.
What only "op-readiness specs verify" can tell it lets pass. docs/specs.md describes the format.`,
		Example: `  op-readiness specs schema > spec.schema.json

  # then, at the top of a spec file:
  # yaml-language-server: $schema=spec.schema.json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			data, err := specs.Schema()
			if err != nil {
				return err
			}
			_, err = s.out.Write(data)
			return err
		},
	}
}
