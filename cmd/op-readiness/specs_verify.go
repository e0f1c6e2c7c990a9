package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

// heldOptions say which specs are held against which tests.
type heldOptions struct {
	directory  string
	versions   []string
	categories []string
	binary     string
}

func (o *heldOptions) addFlags(cmd *cobra.Command, versionsDefault string) {
	cmd.Flags().StringVar(&o.directory, "test-directory", "", "folder or file with specs (default: the nine categories of KEP-2578)")
	cmd.Flags().StringArrayVar(&o.versions, "kubernetes-version", nil,
		"Kubernetes version, such as 1.36, v1.36.3 or master (repeatable; default: "+versionsDefault+")")
	cmd.Flags().StringArrayVar(&o.categories, "category", nil, "only this category, such as Core.Network (repeatable)")
	cmd.Flags().StringVar(&o.binary, "e2e-binary", "", "ask this e2e.test for its tests, in place of the catalogs")
	completeCategories(cmd)
}

// held is what the options name.
type held struct {
	categories []specs.Category
	versions   []specs.Version
	catalogs   []catalog.Catalog
}

// load reads specs and catalogs. Without versions it takes those of the catalogs and the ones in more, if the catalogs
// are the program's own.
func (o heldOptions) load(ctx context.Context, more ...specs.Version) (held, error) {
	var h held
	categories, err := readiness.LoadSpecs(o.directory)
	if err != nil {
		return held{}, err
	}
	if h.categories, err = specs.Categories(categories, o.categories...); err != nil {
		return held{}, fmt.Errorf("--category: %w", err)
	}
	if h.versions, err = parseVersionFlags(o.versions); err != nil {
		return held{}, err
	}
	if o.binary != "" {
		return o.loadBinary(ctx, h)
	}
	if h.catalogs, err = catalog.Embedded(); err != nil {
		return held{}, err
	}
	if len(h.versions) == 0 {
		h.versions = append(proof.Versions(h.catalogs), more...)
	}
	return h, nil
}

// loadBinary makes the tests of a binary the only catalog.
func (o heldOptions) loadBinary(ctx context.Context, h held) (held, error) {
	if len(h.versions) > 1 {
		return held{}, usererror.Usage(errors.New("--e2e-binary has the tests of one version: name one --kubernetes-version at most"))
	}
	b := e2eBinary{path: o.binary}
	if len(o.versions) == 1 {
		b.version = o.versions[0]
	}
	c, err := b.catalog(ctx)
	if err != nil {
		return held{}, err
	}
	if len(h.versions) == 1 && h.versions[0] != c.Minor {
		return held{}, fmt.Errorf("%q is of Kubernetes %s, not %s", o.binary, c.Version, h.versions[0])
	}
	h.catalogs = []catalog.Catalog{c}
	h.versions = []specs.Version{c.Minor}
	return h, nil
}

func parseVersionFlags(texts []string) ([]specs.Version, error) {
	var versions []specs.Version
	for _, text := range texts {
		v, err := specs.ParseVersion(text)
		if err != nil {
			return nil, fmt.Errorf("--kubernetes-version: %w", err)
		}
		versions = append(versions, v)
	}
	return versions, nil
}

// e2eBinary is an e2e.test that a user named.
type e2eBinary struct {
	path    string
	version string // for one that does not know its own, as one that was built without the release's linker flags
}

// catalog asks the binary for its tests.
func (b e2eBinary) catalog(ctx context.Context) (catalog.Catalog, error) {
	names, release, err := catalog.List(ctx, b.path)
	if err != nil {
		return catalog.Catalog{}, err
	}
	c := catalog.Catalog{Version: cmp.Or(release, b.version), Names: slices.Compact(slices.Sorted(slices.Values(names)))}
	if c.Version == "" {
		return catalog.Catalog{}, usererror.WithHint(fmt.Errorf("%q does not tell of which Kubernetes version it is", b.path),
			"name it with --kubernetes-version, such as 1.36")
	}
	c.Minor, err = specs.ParseVersion(c.Version)
	return c, err
}

type specsVerifyOptions struct {
	heldOptions
	strict bool
	output string
}

func newSpecsVerifyCommand(s streams) *cobra.Command {
	var o specsVerifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that the focus of every ability matches tests that exist",
		Long: `verify holds every ability against the names of the e2e tests of every Kubernetes version that the program knows, and
against the newest of them for master. A focus that matches no test is an error; these are warnings: a focus string of
several that matches none, more matches than maxTests, a test that proves two abilities of one category (unless both are
"shared: true"), a test that is [LinuxOnly], and an unproven ability whose candidates have come.

Exit code 0: no error; 1: errors; 2: it could not be done.`,
		Example: `  # the shipped specs
  op-readiness specs verify

  # specs of your own, warnings included, as annotations in GitHub Actions
  op-readiness specs verify --test-directory ./specifications --strict -o github

  # against the tests of an e2e.test that you have
  op-readiness specs verify --e2e-binary ./e2e.test`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	o.addFlags(cmd, "all with a catalog, and master")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "take warnings for errors")
	cmd.Flags().StringVarP(&o.output, "output", "o", "table", "table, json or github (workflow commands)")
	return cmd
}

func (o specsVerifyOptions) run(ctx context.Context, s streams) error {
	views := map[string]func(proof.Report) error{
		"table":  func(r proof.Report) error { return r.WriteTable(s.out) },
		"json":   func(r proof.Report) error { return writeJSON(s.out, r) },
		"github": func(r proof.Report) error { return r.WriteGitHub(s.out) },
	}
	view, ok := views[o.output]
	if !ok {
		return usererror.Usage(fmt.Errorf("unknown output %q; known are table, json, github", o.output))
	}
	h, err := o.load(ctx, specs.Master())
	if err != nil {
		return err
	}
	report, err := proof.Verify(h.categories, h.versions, h.catalogs)
	if err != nil {
		return err
	}
	if o.strict {
		report = report.Strict()
	}
	if err := view(report); err != nil {
		return err
	}
	if report.Err() != nil {
		return exitError{code: codeBad}
	}
	return nil
}
