package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
	into      string
	named     bool // the user gave output or into
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

--into writes into a checkout of the repository that the jobs are for, such as kubernetes/test-infra, and asks it what a config
cannot know: whether presets, clusters, service accounts and images are there, and whether a name is taken. Files that were
moved there stay where they are, and the images are those that the checkout names.

Exit code 0: all files are as they should be; 1: with --check, they are not; 2: it could not be done.`,
		Example: `  # write config/jobs and config/testgrids
  op-readiness generate --output-dir config

  # in CI: is what is committed what would be generated?
  op-readiness generate --check

  # write into a checkout of kubernetes/test-infra, all of which must still be accepted
  op-readiness generate --into ../test-infra

  # what would be made of a config of your own
  op-readiness generate --config my.yaml --dry-run`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.named = cmd.Flags().Changed("output-dir") || o.into != ""
			return o.run(s)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.config, "config", "", "file that says where to test (default: the project's own)")
	flags.StringVar(&o.specs, "test-directory", "", "folder or file with specs (default: the nine categories of KEP-2578)")
	flags.StringVar(&o.templates, "templates", "", "folder with job templates, a sub-folder for each provider (default: the project's own)")
	flags.StringVar(&o.output, "output-dir", "config", "folder that holds jobs and testgrids")
	flags.StringVar(&o.into, "into", "", "checkout of the repository that the files are for, such as kubernetes/test-infra")
	flags.BoolVar(&o.check, "check", false, "write nothing, print what differs, exit 1 if anything does")
	flags.BoolVar(&o.dryRun, "dry-run", false, "write nothing, print the plan")
	cmd.MarkFlagsMutuallyExclusive("check", "dry-run")
	cmd.MarkFlagsMutuallyExclusive("into", "output-dir")
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
	folder, err := o.folder(cfg)
	if err != nil {
		return err
	}
	if cfg.Images, err = generator.ReadImages(folder, cfg); err != nil {
		return err
	}
	cfg.Checkout = o.into != ""
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		return err
	}
	files, err := generator.Render(plan, o.templateFiles())
	if err != nil {
		return err
	}
	locate := func(job, path string) string { return generator.Locate(plan, o.templateFiles(), job, path) }
	if err := accept.Check(files, plan, cfg, accept.Options{Checkout: o.into, Locate: locate}); err != nil {
		return err
	}
	if o.dryRun {
		return plan.WriteTable(s.out)
	}
	changes, err := generator.Compare(files, folder, cfg.Profile)
	if err != nil {
		return err
	}
	if o.into == "" {
		fmt.Fprintln(s.err, "without a checkout it is not known whether presets, clusters, service accounts and images are there, and names are free (--into)")
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

// folder is the one that holds jobs and dashboards.
func (o generateOptions) folder(cfg config.Config) (string, error) {
	if o.into == "" {
		return o.output, nil
	}
	folder := filepath.Join(o.into, filepath.FromSlash(cfg.Profile.Root))
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return "", fmt.Errorf("%q is no checkout of the repository that the profile %q is for: it has no folder %q", o.into, cfg.ProfileName, cfg.Profile.Root)
	}
	return folder, nil
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
	if len(changes.Files)+len(changes.Strays) == 0 {
		fmt.Fprintf(s.out, "%s holds what generate would write\n", changes.Folder)
		return nil
	}
	if err := changes.WriteDiff(s.out); err != nil {
		return err
	}
	return exitError{code: codeBad, err: usererror.WithHint(
		fmt.Errorf("%d files in %q are not as generate would write them", len(changes.Files)+len(changes.Strays), changes.Folder), "the same command without --check writes them",
	)}
}

func printChanges(s streams, plan generator.Plan, changes generator.Changes) error {
	if n := len(changes.Strays); n > 0 {
		fmt.Fprintf(s.err, "an earlier generate was killed before its end: removed its temporary files (%d); what it had not written is written now\n", n)
	}
	for _, c := range changes.Files {
		verb := "wrote"
		if c.New == nil {
			verb = "removed"
		}
		fmt.Fprintf(s.err, "%s %s\n", verb, c.Path)
	}
	return plan.WriteSummary(s.out)
}
