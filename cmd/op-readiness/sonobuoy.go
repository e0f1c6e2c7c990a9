package main

import (
	"github.com/spf13/cobra"
)

func newSonobuoyCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sonobuoy",
		Short: "Run in a cluster as a plugin of Sonobuoy",
		Long: `Sonobuoy has what it takes to be a plugin of Sonobuoy: plugin prints the plugin's file, and run is what the plugin runs.
docs/sonobuoy.md has the whole story.`,
		Args: usageArgs(knownCommand),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSonobuoyPluginCommand(s), newSonobuoyRunCommand(s))
	return cmd
}
