package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

type reportOptions struct {
	directory  string
	version    string
	provider   string
	categories []string
	format     string
}

func newReportCommand(s streams) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report FOLDER",
		Short: "Judge the results of a run by category",
		Long: `Report reads every junit*.xml below a folder, attributes the tests to the abilities of the spec, and says which
categories are ready. An ability is passed only if a test that its spec selects ran and none failed; what was planned
and has no result is not run, never green.

Exit code: 0 ready, 1 not ready or incomplete, 2 the report could not be made.`,
		Example: `  # the artifacts of a job, or of a run of your own
  op-readiness report ./artifacts

  # results that do not tell the version of their cluster, for a pull request
  op-readiness report ./artifacts --kubernetes-version 1.36 --format markdown`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args[0]) },
	}
	addSpecFlags(cmd, &o.directory, &o.version)
	cmd.Flags().Lookup("kubernetes-version").Usage = "Kubernetes version of the run (default: what its metadata.json or finished.json tells)"
	cmd.Flags().StringArrayVar(&o.categories, "category", nil, "judge only this category, such as Core.Network (repeatable)")
	cmd.Flags().StringVar(&o.provider, "provider", "", "provider that the tests ran on, for the abilities that are exempt there")
	cmd.Flags().StringVar(&o.format, "format", "table", "table or markdown")
	completeCategories(cmd)
	return cmd
}

func (o reportOptions) run(s streams, folder string) error {
	view, err := o.view(s)
	if err != nil {
		return err
	}
	results, err := readFolder(folder)
	if err != nil {
		return err
	}
	results.KubernetesVersion = cmp.Or(o.version, results.KubernetesVersion)
	if results.KubernetesVersion == "" {
		return hintError{fmt.Errorf("the results in %q do not tell the Kubernetes version of their run", folder),
			"name it with --kubernetes-version, such as 1.36"}
	}
	categories, err := selectSpecs(o.directory, results.KubernetesVersion, o.categories)
	if err != nil {
		return err
	}
	summary, err := reporter.Summarize(categories, results, o.provider)
	if err != nil {
		return err
	}
	if err := view(s.out, summary); err != nil {
		return err
	}
	if summary.Verdict != reporter.Ready {
		return exitError{code: codeBad}
	}
	return nil
}

// view returns the function that writes the format.
func (o reportOptions) view(s streams) (func(io.Writer, reporter.Summary) error, error) {
	switch o.format {
	case "table":
		options := tableOptions(s)
		return func(w io.Writer, summary reporter.Summary) error { return reporter.WriteTable(w, summary, options) }, nil
	case "markdown":
		return reporter.WriteMarkdown, nil
	}
	return nil, usageError{fmt.Errorf("unknown format %q; known are table, markdown", o.format)}
}

// tableOptions are the width of the terminal that s writes to, if it is one, and colours unless NO_COLOR is set
// (https://no-color.org).
func tableOptions(s streams) reporter.TableOptions {
	file, ok := s.out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return reporter.TableOptions{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0 // a terminal that does not tell: the default
	}
	return reporter.TableOptions{Width: width, Color: os.Getenv("NO_COLOR") == ""}
}

func readFolder(folder string) (reporter.Results, error) {
	if info, err := os.Stat(folder); err != nil {
		return reporter.Results{}, fmt.Errorf("reading results: %w", err)
	} else if !info.IsDir() {
		return reporter.Results{}, fmt.Errorf("reading results: %q is no folder", folder)
	}
	results, err := reporter.ReadDir(os.DirFS(folder))
	if errors.Is(err, reporter.ErrNoResults) {
		return results, hintError{fmt.Errorf("%q holds no results: %w", folder, err),
			"name the folder that the run wrote, such as --report-dir of e2e.test"}
	}
	return results, err
}
