package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

type specsCoverageOptions struct {
	heldOptions
	output string
}

func newSpecsCoverageCommand(s streams) *cobra.Command {
	var o specsCoverageOptions
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Count the abilities that tests can prove, by category and version",
		Long: `coverage counts, for each category and Kubernetes version, the abilities of KEP-2578 that have a test, those of which a
test shows only a part, and those that have none, with the reason. It says what can be proven at all; what a cluster has
shown is the matter of "op-readiness report".`,
		Example: `  # all versions with a catalog
  op-readiness specs coverage

  # the page of the documentation
  op-readiness specs coverage -o markdown > docs/coverage.md`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	o.addFlags(cmd, "all with a catalog")
	cmd.Flags().StringVarP(&o.output, "output", "o", "table", "table, markdown or json")
	return cmd
}

func (o specsCoverageOptions) run(ctx context.Context, s streams) error {
	views := map[string]func(proof.Coverage) error{
		"table":    func(c proof.Coverage) error { return c.WriteTable(s.out) },
		"markdown": func(c proof.Coverage) error { return c.WriteMarkdown(s.out) },
		"json":     func(c proof.Coverage) error { return writeJSON(s.out, c) },
	}
	view, ok := views[o.output]
	if !ok {
		return usererror.Usage(fmt.Errorf("unknown output %q; known are table, markdown, json", o.output))
	}
	h, err := o.load(ctx)
	if err != nil {
		return err
	}
	coverage, err := proof.Cover(h.categories, h.versions, h.catalogs)
	if err != nil {
		return err
	}
	return view(coverage)
}
