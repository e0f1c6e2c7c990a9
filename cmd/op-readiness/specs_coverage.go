package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

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
		Long: `coverage counts, for each category and Kubernetes version, the abilities that tests can show whole, those that they show
in part, and those without a test, with the reasons; and how many of the tests no job of SIG Windows runs. It says what can
be proven at all; what a cluster has shown is the matter of "op-readiness report".`,
		Example: `  # all versions with a catalog
  op-readiness specs coverage

  # the page of the documentation
  op-readiness specs coverage -o markdown > docs/coverage.md

  # a line for each version, as in the README
  op-readiness specs coverage -o counts`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	o.addFlags(cmd, "all with a catalog")
	addOutputFlag(cmd, &o.output, coverageForms())
	return cmd
}

// coverageForms are the forms of a coverage.
func coverageForms() []form[proof.Coverage] {
	return append([]form[proof.Coverage]{
		{"table", func(w io.Writer, c proof.Coverage) error { return c.WriteTable(w) }},
		{"markdown", func(w io.Writer, c proof.Coverage) error { return c.WriteMarkdown(w) }},
		{"counts", func(w io.Writer, c proof.Coverage) error { return c.WriteCounts(w) }},
	}, dataForms[proof.Coverage]()...)
}

func (o specsCoverageOptions) run(ctx context.Context, s streams) error {
	form, err := pickForm(o.output, coverageForms())
	if err != nil {
		return err
	}
	h, err := o.load(ctx)
	if err != nil {
		return err
	}
	coverage, err := proof.Cover(h.categories, h.versions, h.catalogs)
	if err != nil {
		return err
	}
	coverage.Spec = h.spec
	return form.write(s.out, coverage)
}
