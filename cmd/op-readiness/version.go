package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	program "sigs.k8s.io/windows-operational-readiness/internal/version"
)

// version is what --version says.
func version() string { return program.Get().String() }

// versions is the form for scripts, with the keys that kubectl has for the same things.
type versions struct {
	Client clientVersion `json:"clientVersion"`
}

type clientVersion struct {
	Version   string `json:"gitVersion"`
	Commit    string `json:"gitCommit,omitempty"`
	Date      string `json:"gitCommitDate,omitempty"`
	GoVersion string `json:"goVersion"`
	Platform  string `json:"platform"`
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
		RunE: func(*cobra.Command, []string) error {
			form, err := pickForm(output, versionForms())
			if err != nil {
				return err
			}
			i := program.Get()
			return form.write(s.out, versions{clientVersion{i.Version, i.Commit, i.Date, i.GoVersion, i.Platform}})
		},
	}
	addOutputFlag(cmd, &output, versionForms())
	return cmd
}

func versionForms() []form[versions] {
	return append([]form[versions]{{"text", writeVersion}}, dataForms[versions]()...)
}

func writeVersion(w io.Writer, v versions) error {
	_, err := fmt.Fprintln(w, "op-readiness", program.Get(), v.Client.Platform)
	return err
}
