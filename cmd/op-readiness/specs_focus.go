package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

type specsFocusOptions struct {
	directory  string
	version    string
	categories []string
	output     string
	program    string // whose command line it is for
}

func newSpecsFocusCommand(s streams) *cobra.Command {
	var o specsFocusOptions
	cmd := &cobra.Command{
		Use:   "focus",
		Short: "Print what other ways to run the tests need to select them",
		Long: `focus prints the flags with which e2e.test runs the tests of the abilities, for a POSIX shell: a line for each set of
abilities that leave out the same tests, which is one run. The same expressions serve kubetest2's --focus-regex and
--skip-regex. Abilities without a test are left out.

With --for hydrophone it prints hydrophone's whole commands instead (v0.8.0), which leave their results in
hydrophone/run-1, hydrophone/run-2 and so on; "op-readiness report hydrophone" judges them. docs/hydrophone.md has the whole story.`,
		Example: `  # what proves Core.Network on Kubernetes 1.36
  op-readiness specs focus --category Core.Network --kubernetes-version 1.36

  # run it
  eval "./e2e.test --provider=skeleton --node-os-distro=windows $(op-readiness specs focus --category Core.Network)"

  # run it by hydrophone
  eval "$(op-readiness specs focus --category Core.Network --for hydrophone)"

  # the expressions alone, for a script
  op-readiness specs focus -o json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return o.run(s) },
	}
	addSpecFlags(cmd, &o.directory, &o.version)
	addCategoryFlag(cmd, &o.categories, "only this category")
	cmd.Flags().StringVar(&o.program, "for", "e2e.test", "the program whose flags or commands are printed, e2e.test or hydrophone")
	addOutputFlag(cmd, &o.output, focusForms(writeFlags))
	complete(cmd, "for", focusPrograms)
	return cmd
}

func (o specsFocusOptions) run(s streams) error {
	write, err := o.writer()
	if err != nil {
		return err
	}
	form, err := pickForm(o.output, focusForms(write))
	if err != nil {
		return err
	}
	if form.name != flagsForm && o.program != focusPrograms()[0] {
		return usererror.Usage(fmt.Errorf("--for %s is about flags, and -o %s prints the expressions alone", o.program, form.name))
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

const flagsForm = "flags"

func focusPrograms() []string { return []string{"e2e.test", "hydrophone"} }

// writer writes the selections for the program that was named.
func (o specsFocusOptions) writer() (func(io.Writer, []proof.Selection) error, error) {
	switch o.program {
	case "e2e.test":
		return writeFlags, nil
	case "hydrophone":
		return writeHydrophone, nil
	}
	return nil, usererror.Usage(fmt.Errorf("--for: unknown program %q%s; known are %q", o.program, nearest.Hint(o.program, focusPrograms()), focusPrograms()))
}

// focusForms are the forms of the selections; flags are for a POSIX shell.
func focusForms(flags func(io.Writer, []proof.Selection) error) []form[[]proof.Selection] {
	return append([]form[[]proof.Selection]{{flagsForm, flags}}, dataForms[[]proof.Selection]()...)
}

func writeHydrophone(w io.Writer, selections []proof.Selection) error {
	for i, selection := range selections {
		if _, err := fmt.Fprintln(w, selection.Hydrophone(fmt.Sprintf("hydrophone/run-%d", i+1))); err != nil {
			return err
		}
	}
	return nil
}

func writeFlags(w io.Writer, selections []proof.Selection) error {
	for _, selection := range selections {
		if _, err := fmt.Fprintln(w, selection.Flags()); err != nil {
			return err
		}
	}
	return nil
}
