package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
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
	catalogs   []string
}

func (o *heldOptions) addFlags(cmd *cobra.Command, versionsDefault string) {
	cmd.Flags().StringVar(&o.directory, "test-directory", "", "folder or file with specs (default: the nine categories of KEP-2578)")
	cmd.Flags().StringArrayVar(&o.versions, "kubernetes-version", nil,
		"Kubernetes version, such as 1.36, v1.36.3 or master (repeatable; default: "+versionsDefault+")")
	addCategoryFlag(cmd, &o.categories, "only this category")
	cmd.Flags().StringVar(&o.binary, "e2e-binary", "", "ask this e2e.test for its tests, in place of the catalogs")
	cmd.Flags().StringArrayVar(&o.catalogs, "catalog", nil,
		"file with the tests of a release, in place of the program's own catalogs (repeatable); see: op-readiness specs catalog")
	cmd.MarkFlagsMutuallyExclusive("e2e-binary", "catalog")
}

// held is what the options name.
type held struct {
	spec       specs.Identity
	categories []specs.Category
	versions   []specs.Version
	catalogs   []catalog.Catalog
}

// load reads specs and catalogs. Without versions it takes those of the catalogs and the ones in more, if the catalogs
// are the program's own.
func (o heldOptions) load(ctx context.Context, more ...specs.Version) (held, error) {
	var h held
	spec, err := specs.Open(o.directory)
	if err != nil {
		return held{}, err
	}
	h.spec = spec.Identity
	if h.categories, err = specs.Categories(spec.Categories, o.categories...); err != nil {
		return held{}, fmt.Errorf("--category: %w", err)
	}
	if h.versions, err = parseVersionFlags(o.versions); err != nil {
		return held{}, err
	}
	if o.binary != "" {
		return o.loadBinary(ctx, h)
	}
	if h.catalogs, err = readCatalogs(o.catalogs); err != nil {
		return held{}, err
	}
	if len(h.versions) == 0 {
		h.versions = append(proof.Versions(h.catalogs), more...)
	}
	return h, nil
}

// readCatalogs reads catalog files, or, without any, those that the program carries.
func readCatalogs(names []string) ([]catalog.Catalog, error) {
	if len(names) == 0 {
		return catalog.Embedded()
	}
	catalogs := make([]catalog.Catalog, len(names))
	for i, name := range names {
		var err error
		if catalogs[i], err = catalog.Read(name); err != nil {
			return nil, fmt.Errorf("--catalog: %w", err)
		}
	}
	return catalogs, nil
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
against the newest of them for master. A focus string that matches no test is an error, since each of an ability must be
shown; these are warnings: more matches than maxTests, a test that proves two abilities of one category (unless both are
"shared: true"), a test that is [LinuxOnly], a job of SIG Windows named by "seen" that does not run the tests, and an
unproven ability whose candidates have come.

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
	addOutputFlag(cmd, &o.output, verifyForms())
	return cmd
}

// verifyForms are the forms of a report; github is workflow commands of GitHub Actions.
func verifyForms() []form[proof.Report] {
	return slices.Concat(
		[]form[proof.Report]{{"table", func(w io.Writer, r proof.Report) error { return r.WriteTable(w) }}},
		dataForms[proof.Report](),
		[]form[proof.Report]{{"github", func(w io.Writer, r proof.Report) error { return r.WriteGitHub(w) }}},
	)
}

func (o specsVerifyOptions) run(ctx context.Context, s streams) error {
	form, err := pickForm(o.output, verifyForms())
	if err != nil {
		return err
	}
	h, err := o.load(ctx, specs.Master())
	if err != nil {
		return err
	}
	report, err := proof.Verify(h.categories, h.versions, h.catalogs)
	if err != nil {
		return err
	}
	report.Spec = h.spec
	if h.spec.Embedded && len(o.versions) == 0 && len(o.catalogs) == 0 && o.binary == "" {
		report = report.Unused(h.categories) // the program's own spec is for the versions that it supports, and for no others
	}
	if o.strict {
		report = report.Strict()
	}
	if err := form.write(s.out, report); err != nil {
		return err
	}
	if report.Err() != nil {
		return exitError{code: codeBad}
	}
	return nil
}
