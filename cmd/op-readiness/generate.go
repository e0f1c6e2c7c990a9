package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/generator/accept"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

type generateOptions struct {
	config    string
	specs     string
	templates string
	output    string
	check     bool
	dryRun    bool
}

func newGenerateCommand(s streams) *cobra.Command {
	var o generateOptions
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Generate Prow jobs and TestGrid dashboards",
		Long: `generate makes Prow jobs and TestGrid dashboards from the categories and from a config that says where they are tested:
Kubernetes versions, Windows versions, repositories. Nothing is written unless Prow and TestGrid accept all of it, and
only files that carry the header of this command are ever replaced or removed.

Exit code 0: all files are as they should be; 1: with --check, they are not; 2: it could not be done.`,
		Example: `  # write config/jobs and config/testgrids
  op-readiness generate

  # in CI: is what is committed what would be generated?
  op-readiness generate --check

  # what would be made of a config of your own
  op-readiness generate --config my.yaml --dry-run`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return o.run(s) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.config, "config", "", "file that says where to test (default: the project's own)")
	flags.StringVar(&o.specs, "test-directory", "", "folder or file with specs (default: the nine categories of KEP-2578)")
	flags.StringVar(&o.templates, "templates", "", "folder with job templates, a sub-folder for each provider (default: the project's own)")
	flags.StringVar(&o.output, "output-dir", "config", "folder that holds jobs and testgrids")
	flags.BoolVar(&o.check, "check", false, "write nothing, print what differs, exit 1 if anything does")
	flags.BoolVar(&o.dryRun, "dry-run", false, "write nothing, print the plan")
	cmd.MarkFlagsMutuallyExclusive("check", "dry-run")
	return cmd
}

func (o generateOptions) run(s streams) error {
	cfg, err := o.loadConfig()
	if err != nil {
		return err
	}
	categories, err := readiness.LoadSpecs(o.specs)
	if err != nil {
		return err
	}
	if err := proveRequired(categories, cfg); err != nil {
		return err
	}
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		return err
	}
	files, err := generator.Render(plan, o.templateFiles())
	if err != nil {
		return err
	}
	if err := accept.Check(files, cfg); err != nil {
		return err
	}
	if o.dryRun {
		return plan.WriteTable(s.out)
	}
	changes, err := generator.Compare(files, o.output)
	if err != nil {
		return err
	}
	if o.check {
		return checkChanges(s, changes)
	}
	if err := changes.Apply(); err != nil {
		return err
	}
	return printChanges(s, plan, changes)
}

// proveRequired refuses to make jobs for a version in which a required ability has no test: they would run nothing, at the
// cost of a cluster.
func proveRequired(categories []specs.Category, cfg config.Config) error {
	var versions []specs.Version
	for _, v := range cfg.Versions {
		version, err := specs.ParseVersion(v.Name)
		if err != nil {
			return err
		}
		versions = append(versions, version)
	}
	catalogs, err := catalog.Embedded()
	if err != nil {
		return err
	}
	report, err := proof.Verify(categories, versions, catalogs)
	if err != nil {
		return err
	}
	if err := report.RequiredErr(); err != nil {
		return usererror.WithHint(fmt.Errorf("no jobs for versions in which a required ability cannot be proven:\n%w", err),
			"op-readiness specs verify shows all versions; docs/releases.md tells how specs follow a release")
	}
	return nil
}

func (o generateOptions) loadConfig() (config.Config, error) {
	if o.config == "" {
		return config.Default()
	}
	return config.Load(o.config)
}

func (o generateOptions) templateFiles() fs.FS {
	if o.templates == "" {
		return templates.Jobs
	}
	return os.DirFS(o.templates)
}

func checkChanges(s streams, changes generator.Changes) error {
	if len(changes.Files) == 0 {
		fmt.Fprintf(s.out, "%s holds what generate would write\n", changes.Folder)
		return nil
	}
	if err := changes.WriteDiff(s.out); err != nil {
		return err
	}
	return exitError{code: codeBad, err: usererror.WithHint(
		fmt.Errorf("%d files in %q are not as generate would write them", len(changes.Files), changes.Folder), "op-readiness generate",
	)}
}

func printChanges(s streams, plan generator.Plan, changes generator.Changes) error {
	for _, c := range changes.Files {
		verb := "wrote"
		if c.New == nil {
			verb = "removed"
		}
		fmt.Fprintf(s.err, "%s %s\n", verb, c.Path)
	}
	return plan.WriteSummary(s.out)
}
