package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

type specsDiffOptions struct {
	directory  string
	version    string
	categories []string
	output     string
}

func newSpecsDiffCommand(s streams) *cobra.Command {
	var o specsDiffOptions
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show which abilities' tests were renamed, lost or gained between two releases",
		Long: `diff compares the tests of the abilities on two Kubernetes releases, each by the spec as it stands for it: what a
maintainer needs to know on release day. A lost test whose name comes near to one that appeared is shown as renamed;
-o test-cases writes the test cases that follow from that, for a maintainer to judge and paste.
OLD and NEW are versions that the program has a catalog of, catalog files, or e2e.test binaries.

diff informs; "op-readiness specs verify" judges.`,
		Example: `  # two releases that the program knows
  op-readiness specs diff v1.35.4 v1.36.3

  # test cases for the tests that were renamed
  op-readiness specs diff v1.36.3 v1.37.2 -o test-cases

  # what an e2e.test of your own would change
  op-readiness specs diff 1.36 ./e2e.test`,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), s, args[0], args[1]) },
	}
	cmd.Flags().StringVar(&o.directory, "test-directory", "", "folder or file with specs (default: the nine categories of KEP-2578)")
	cmd.Flags().StringVar(&o.version, "kubernetes-version", "", "version of an e2e.test that does not know its own, such as 1.36")
	addCategoryFlag(cmd, &o.categories, "only this category")
	addOutputFlag(cmd, &o.output, diffForms())
	return cmd
}

// diffForms are the forms of a difference; test-cases is what renamed tests ask for, to paste into a spec file.
func diffForms() []form[proof.Difference] {
	return slices.Concat(
		[]form[proof.Difference]{{"table", func(w io.Writer, d proof.Difference) error { return d.WriteTable(w) }}},
		dataForms[proof.Difference](),
		[]form[proof.Difference]{{"test-cases", func(w io.Writer, d proof.Difference) error { return d.WriteTestCases(w) }}},
	)
}

func (o specsDiffOptions) run(ctx context.Context, s streams, from, to string) error {
	form, err := pickForm(o.output, diffForms())
	if err != nil {
		return err
	}
	categories, err := readiness.LoadSpecs(o.directory)
	if err != nil {
		return err
	}
	if categories, err = specs.Categories(categories, o.categories...); err != nil {
		return fmt.Errorf("--category: %w", err)
	}
	older, err := o.open(ctx, from)
	if err != nil {
		return err
	}
	newer, err := o.open(ctx, to)
	if err != nil {
		return err
	}
	difference, err := proof.Diff(categories, older, newer)
	if err != nil {
		return err
	}
	return form.write(s.out, difference)
}

// open returns what an argument names: a file with a catalog, an e2e.test, or else a version.
func (o specsDiffOptions) open(ctx context.Context, name string) (catalog.Catalog, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return knownCatalog(name)
	}
	if err != nil {
		return catalog.Catalog{}, err
	}
	defer file.Close()
	start := make([]byte, 2)
	if _, err := io.ReadFull(file, start); err != nil {
		return catalog.Catalog{}, fmt.Errorf("reading %q: %w", name, err)
	}
	if catalog.IsCatalog(start) {
		return catalog.Read(name)
	}
	return e2eBinary{path: name, version: o.version}.catalog(ctx)
}

// knownCatalog returns the catalog of a version that the program carries: of that very release, if the version is a
// whole one.
func knownCatalog(name string) (catalog.Catalog, error) {
	catalogs, err := catalog.Embedded()
	if err != nil {
		return catalog.Catalog{}, err
	}
	var known []string
	for _, c := range catalogs {
		if name == c.Version || "v"+name == c.Version || strings.TrimPrefix(name, "v") == c.Minor.String() {
			return c, nil
		}
		known = append(known, c.Version)
	}
	return catalog.Catalog{}, usererror.WithHint(fmt.Errorf("%q is neither a file nor a version with a catalog; catalogs are of %s", name, strings.Join(known, ", ")),
		"write a catalog with: op-readiness specs catalog")
}
