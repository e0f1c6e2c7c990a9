package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func newSonobuoyPluginCommand(s streams) *cobra.Command {
	var p sonobuoy.Plugin
	cmd := &cobra.Command{
		Use:   "plugin [flags] [-- FLAGS OF RUN...]",
		Short: "Print the file of the plugin",
		Long: `Plugin prints a file for "sonobuoy run --plugin": a Job on a Linux node that runs the categories and hands the results over.
Without --category they are those that KEP-2578 requires. What follows -- are further flags of "op-readiness run".

The image holds an e2e.test, which must be of the cluster's Kubernetes version: unless --image or --kubernetes-version name
one, Sonobuoy puts the version of the API server into its tag.`,
		Example: `  # all required categories: this is the sonobuoy-plugin.yaml of the repository
  op-readiness sonobuoy plugin > sonobuoy-plugin.yaml

  # two categories, with an image of your own
  op-readiness sonobuoy plugin --category Core.Network --category Extend.NetworkPolicy --image registry.example.com/op-readiness:v1.36.3

  # further flags of the run
  op-readiness sonobuoy plugin --category Core.Scheduling -- --skip-disruptive --procs=4`,
		RunE: func(_ *cobra.Command, args []string) error {
			p.RunArgs = args
			return printPlugin(s, p)
		},
	}
	addCategoryFlag(cmd, &p.Categories, "run only this category")
	addAbilityFlag(cmd, &p.Abilities, "run only this ability")
	f := cmd.Flags()
	f.StringVar(&p.Image, "image", "", "image of the plugin (default: the published one of the Kubernetes version)")
	f.StringVar(&p.KubernetesVersion, "kubernetes-version", "", "Kubernetes version whose specs and e2e.test are taken, such as v1.36.3 (default: the cluster's)")
	f.StringVar(&p.Provider, "provider", "", "provider of the cluster, as e2e.test knows it (default: local)")
	f.DurationVar(&p.Timeout, "timeout", sonobuoy.Timeout, "when the run is ended; below that of Sonobuoy, which is 6h unless it is told")
	f.BoolVar(&p.DryRun, "dry-run", false, "let e2e.test select the tests, but run none: its verdict is never passed")
	complete(cmd, "provider", providers)
	complete(cmd, "kubernetes-version", knownVersions)
	return cmd
}

// printPlugin refuses what the specs do not have, before anything of it reaches a cluster.
func printPlugin(s streams, p sonobuoy.Plugin) error {
	if p.Provider != "" && !slices.Contains(providers(), p.Provider) {
		return usererror.Usage(fmt.Errorf("--provider: unknown provider %q%s", p.Provider, nearest.Hint(p.Provider, providers())))
	}
	spec, err := readiness.Choose(readiness.Choice{Version: p.KubernetesVersion, Categories: p.Categories, Abilities: p.Abilities})
	if err != nil {
		return err
	}
	if len(p.Categories) == 0 {
		p.Categories = categoryNames(spec.Categories, len(p.Abilities) == 0)
	}
	if _, err := parseRunArgs(s, p.RunArgs); err != nil {
		return fmt.Errorf("the flags behind --: %w", err)
	}
	data, err := p.Render()
	if err != nil {
		return err
	}
	_, err = s.out.Write(data)
	return err
}

// categoryNames are the names of categories, of all or of those that KEP-2578 requires.
func categoryNames(categories []specs.Category, requiredOnly bool) []string {
	var names []string
	for _, c := range categories {
		if c.Required || !requiredOnly {
			names = append(names, c.Name)
		}
	}
	return names
}

// parseRunArgs reads the flags of a run that Sonobuoy starts.
func parseRunArgs(s streams, args []string) (*runOptions, error) {
	var o runOptions
	cmd := newRunCommandOf(s, &o)
	cmd.SilenceErrors = true
	cmd.SetFlagErrorFunc(flagError)
	if err := cmd.ParseFlags(args); err != nil {
		return nil, flagError(cmd, err)
	}
	if rest := cmd.Flags().Args(); len(rest) > 0 {
		return nil, usererror.Usage(fmt.Errorf("%q is no flag of op-readiness run", rest[0]))
	}
	if cmd.Flags().Changed("report-dir") {
		return nil, usererror.Usage(errors.New("--report-dir: the results are where Sonobuoy collects them"))
	}
	if !cmd.Flags().Changed("grace-period") {
		o.Grace = sonobuoyGrace
	}
	return &o, nil
}
