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
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

type generateOptions struct {
	config    string
	specs     string
	templates string
	output    string
	named     bool // the user gave output
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
only files that carry the header of this command are ever replaced or removed. Without --output-dir the folder config
is taken, if there is such a file in it already.

Exit code 0: all files are as they should be; 1: with --check, they are not; 2: it could not be done.`,
		Example: `  # write config/jobs and config/testgrids
  op-readiness generate --output-dir config

  # in CI: is what is committed what would be generated?
  op-readiness generate --check

  # what would be made of a config of your own
  op-readiness generate --config my.yaml --dry-run`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.named = cmd.Flags().Changed("output-dir")
			return o.run(s)
		},
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
	catalogs, err := catalog.Embedded()
	if err != nil {
		return err
	}
	if err := generator.Provable(categories, cfg, catalogs); err != nil {
		return usererror.WithHint(err, "op-readiness specs verify shows all versions; docs/releases.md tells how specs follow a release")
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
	if !o.named && changes.Present == 0 {
		return usererror.WithHint(
			fmt.Errorf("%q holds no file that generate wrote: it writes into a folder of its own, or one that is named", o.output),
			"op-readiness generate --output-dir "+o.output,
		)
	}
	if err := changes.Apply(); err != nil {
		return err
	}
	return printChanges(s, plan, changes)
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
		fmt.Errorf("%d files in %q are not as generate would write them", len(changes.Files), changes.Folder), "the same command without --check writes them",
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
