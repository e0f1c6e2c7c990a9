package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

type specsShowOptions struct {
	heldOptions
	output string
}

func newSpecsShowCommand(s streams) *cobra.Command {
	var o specsShowOptions
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one ability: its tests by version, where their pods must run, and what they do not show",
		Long: `show prints all that is known of one ability before anything runs: the words of the KEP, and for each Kubernetes version
its tests, their placement, the job of SIG Windows that runs them, what they do not show, and what a record of pods must show
besides for the ability to be shown whole.`,
		Example: `  op-readiness specs show linux-nodeport-from-windows

  # as the tests of an e2e.test that you have show it, for a script
  op-readiness specs show external-dns --e2e-binary ./e2e.test -o json`,
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: completeAbilities,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), s, args[0]) },
	}
	o.addFlags(cmd, "all with a catalog, and master")
	addOutputFlag(cmd, &o.output, showForms())
	return cmd
}

// completeAbilities lets the shell complete the ID of an ability that the program carries.
func completeAbilities(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	spec, err := readiness.OpenSpec("", "", nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var ids []string
	for _, c := range spec.Categories {
		for _, tc := range c.TestCases {
			ids = append(ids, tc.ID)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// showForms are the forms of a sheet.
func showForms() []form[proof.Sheet] {
	return append([]form[proof.Sheet]{
		{"table", func(w io.Writer, sheet proof.Sheet) error { return sheet.WriteTable(w) }},
	}, dataForms[proof.Sheet]()...)
}

func (o specsShowOptions) run(ctx context.Context, s streams, id string) error {
	form, err := pickForm(o.output, showForms())
	if err != nil {
		return err
	}
	h, err := o.load(ctx, specs.Master())
	if err != nil {
		return err
	}
	sheet, err := proof.Show(h.categories, h.versions, h.catalogs, id)
	if err != nil {
		return usererror.WithHint(err, "see op-readiness specs list")
	}
	sheet.Spec = h.spec
	return form.write(s.out, sheet)
}
