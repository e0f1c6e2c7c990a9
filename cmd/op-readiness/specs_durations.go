package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
)

type specsDurationsOptions struct{ file string }

func newSpecsDurationsCommand(s streams) *cobra.Command {
	var o specsDurationsOptions
	cmd := &cobra.Command{
		Use:   "durations RUN...",
		Short: "Write how long tests took in recorded runs to a file",
		Long: `durations reads the report directories of runs and writes, for each test that passed in them, the median of the times that it
took, and whether nodes only pretended to be Windows. The program carries such a file (specs/catalog/durations.txt, by
"make durations"), and says by it how long a run will still take.`,
		Example: `  op-readiness specs durations report-1 report-2 report-3 --output-file durations.txt`,
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE:    func(_ *cobra.Command, runs []string) error { return o.run(s, runs) },
	}
	cmd.Flags().StringVar(&o.file, "output-file", "", "file to write, such as durations.txt")
	return cmd
}

func (o specsDurationsOptions) run(s streams, runs []string) error {
	if o.file == "" {
		return usererror.Usage(errors.New("--output-file is missing"))
	}
	d, err := readiness.Durations(runs)
	if err != nil {
		return err
	}
	if len(d.Tests) == 0 {
		return usererror.WithHint(errors.New("no test passed in these runs"), "name report directories in which some did")
	}
	if err := atomicfile.Write(o.file, []byte(d.Text())); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "wrote %s: %d tests\n", o.file, len(d.Tests))
	return nil
}
