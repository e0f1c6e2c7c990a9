package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	program "sigs.k8s.io/windows-operational-readiness/internal/version"
)

// version is what --version says.
func version() string { return program.Get().String() }

// versions is the JSON and YAML form, with the keys that kubectl has for the same things.
type versions struct {
	Client clientVersion `json:"clientVersion" yaml:"clientVersion"`
}

type clientVersion struct {
	Version   string `json:"gitVersion" yaml:"gitVersion"`
	Commit    string `json:"gitCommit,omitempty" yaml:"gitCommit,omitempty"`
	Date      string `json:"gitCommitDate,omitempty" yaml:"gitCommitDate,omitempty"`
	GoVersion string `json:"goVersion" yaml:"goVersion"`
	Platform  string `json:"platform" yaml:"platform"`
}

func newVersionCommand(s streams) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of op-readiness",
		Example: `  op-readiness version

  # version, commit and its date, Go and platform, for a script
  op-readiness version -o json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return printVersion(s, program.Get(), output) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json or yaml")
	return cmd
}

func printVersion(s streams, i program.Info, output string) error {
	form := versions{clientVersion{i.Version, i.Commit, i.Date, i.GoVersion, i.Platform}}
	switch output {
	case "text":
		_, err := fmt.Fprintln(s.out, "op-readiness", i, i.Platform)
		return err
	case "json":
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(form)
	case "yaml":
		encoder := yaml.NewEncoder(s.out)
		encoder.SetIndent(2)
		return encoder.Encode(form)
	}
	return usageError{fmt.Errorf("unknown output %q; known are text, json, yaml", output)}
}
