package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

type specsCatalogOptions struct {
	binary  string
	version string
	date    string
	file    string
	output  string // refused
}

func newSpecsCatalogCommand(s streams) *cobra.Command {
	var o specsCatalogOptions
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "Write the names of a release's e2e tests to a file",
		Long: `catalog asks an e2e.test for its tests and writes their names, sorted, to a file that "specs diff" reads and that the
program carries for the releases it supports (specs/catalog). The same binary gives the same bytes.`,
		Example: `  op-readiness specs catalog --e2e-binary ./e2e.test --kubernetes-version v1.36.3 --date 2026-07-22 --output-file v1.36.3.txt.gz`,
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.binary, "e2e-binary", "", "the e2e.test of the release")
	flags.StringVar(&o.version, "kubernetes-version", "", "the release, such as v1.36.3")
	flags.StringVar(&o.date, "date", "", "the day of the release, such as 2026-07-22")
	flags.StringVar(&o.file, "output-file", "", "file to write, such as v1.36.3.txt.gz; compressed if it ends in .gz")
	flags.StringVarP(&o.output, "output", "o", "", "")
	if err := flags.MarkHidden("output"); err != nil {
		panic(err) // the flag is not there: a mistake in this program
	}
	return cmd
}

// check refuses a command line that lacks a flag, or has -o, which everywhere else is a form and not a file.
func (o specsCatalogOptions) check() error {
	if o.output != "" {
		return usererror.WithHint(usererror.Usage(errors.New("--output is the form of what is printed, and catalog writes a file")),
			"name the file with --output-file "+o.output)
	}
	for _, flag := range []struct{ name, value string }{
		{"e2e-binary", o.binary}, {"kubernetes-version", o.version}, {"date", o.date}, {"output-file", o.file},
	} {
		if flag.value == "" {
			return usererror.Usage(fmt.Errorf("--%s is missing", flag.name))
		}
	}
	return nil
}

func (o specsCatalogOptions) run(ctx context.Context, s streams) error {
	if err := o.check(); err != nil {
		return err
	}
	names, release, err := catalog.List(ctx, o.binary)
	if err != nil {
		return err
	}
	if release != "" && release != o.version {
		return fmt.Errorf("%q is of Kubernetes %s, not %s", o.binary, release, o.version)
	}
	c, err := catalog.New(o.version, o.date, names)
	if err != nil {
		return err
	}
	data := []byte(c.Text())
	if filepath.Ext(o.file) == ".gz" {
		if data, err = c.Gzip(); err != nil {
			return err
		}
	}
	if err := atomicfile.Write(o.file, data); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "wrote %s: %d tests of Kubernetes %s\n", o.file, len(c.Names), c.Version)
	return nil
}
