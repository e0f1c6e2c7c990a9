package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

type specsCatalogOptions struct {
	binary  string
	version string
	date    string
	output  string
}

func newSpecsCatalogCommand(s streams) *cobra.Command {
	var o specsCatalogOptions
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "Write the names of a release's e2e tests to a file",
		Long: `catalog asks an e2e.test for its tests and writes their names, sorted, to a file that "specs diff" reads and that the
program carries for the releases it supports (specs/catalog). The same binary gives the same bytes.`,
		Example: `  op-readiness specs catalog --e2e-binary ./e2e.test --kubernetes-version v1.36.3 --date 2026-07-22 -o v1.36.3.txt.gz`,
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.binary, "e2e-binary", "", "the e2e.test of the release")
	flags.StringVar(&o.version, "kubernetes-version", "", "the release, such as v1.36.3")
	flags.StringVar(&o.date, "date", "", "the day of the release, such as 2026-07-22")
	flags.StringVarP(&o.output, "output", "o", "", "file to write, such as v1.36.3.txt.gz; compressed if it ends in .gz")
	for _, name := range []string{"e2e-binary", "kubernetes-version", "date", "output"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // the flag is not there: a mistake in this program
		}
	}
	return cmd
}

func (o specsCatalogOptions) run(ctx context.Context, s streams) error {
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
	if filepath.Ext(o.output) == ".gz" {
		if data, err = c.Gzip(); err != nil {
			return err
		}
	}
	if err := atomicfile.Write(o.output, data); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "wrote %s: %d tests of Kubernetes %s\n", o.output, len(c.Names), c.Version)
	return nil
}
