package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

type specsFocusOptions struct {
	directory  string
	version    string
	categories []string
	output     string
}

func newSpecsFocusCommand(s streams) *cobra.Command {
	var o specsFocusOptions
	cmd := &cobra.Command{
		Use:   "focus",
		Short: "Print --ginkgo.focus and --ginkgo.skip for other ways to run the tests",
		Long: `focus prints the flags with which e2e.test runs the tests of the abilities, for a POSIX shell: a line for each set of
abilities that leave out the same tests, which is one run. The same expressions serve hydrophone's --focus and --skip and
kubetest2's --focus-regex and --skip-regex. Abilities without a test are left out.`,
		Example: `  # what proves Core.Network on Kubernetes 1.36
  op-readiness specs focus --category Core.Network --kubernetes-version 1.36

  # run it
  eval "./e2e.test --provider=skeleton --node-os-distro=windows $(op-readiness specs focus --category Core.Network)"

  # the expressions alone, for a script
  op-readiness specs focus -o json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return o.run(s) },
	}
	addSpecFlags(cmd, &o.directory, &o.version)
	cmd.Flags().StringArrayVar(&o.categories, "category", nil, "only this category, such as Core.Network (repeatable)")
	addOutputFlag(cmd, &o.output, focusForms())
	completeCategories(cmd)
	return cmd
}

func (o specsFocusOptions) run(s streams) error {
	form, err := pickForm(o.output, focusForms())
	if err != nil {
		return err
	}
	categories, err := readiness.SelectSpecs(o.directory, o.version, o.categories)
	if err != nil {
		return err
	}
	selections := proof.Focus(categories)
	if len(selections) == 0 {
		return usererror.WithHint(fmt.Errorf("no ability of the selection has a test, and an empty focus would run all tests"),
			"op-readiness specs list says why")
	}
	return form.write(s.out, selections)
}

// focusForms are the forms of the selections; flags are for a POSIX shell.
func focusForms() []form[[]proof.Selection] {
	return append([]form[[]proof.Selection]{{"flags", writeFlags}}, dataForms[[]proof.Selection]()...)
}

func writeFlags(w io.Writer, selections []proof.Selection) error {
	for _, selection := range selections {
		if _, err := fmt.Fprintln(w, selection.Flags()); err != nil {
			return err
		}
	}
	return nil
}
