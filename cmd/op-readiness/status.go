package main

import (
	"cmp"
	"errors"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/readiness"
)

const statusLong = `Status reads how far a run is from its report directory, from anywhere that can read it: which abilities have ended and how,
which test runs, what failed, and which process runs it. It changes nothing. A test that passed is no ability that is shown:
that is judged at the end, by the run itself and by op-readiness report.

Without a folder it is the one that a run would write into: $ARTIFACTS, else op-readiness-report/latest.

Exit code: 0 the run goes on or has ended, 1 it has not come to its end and nobody runs it any more, 2 there is no run.`

const statusExamples = `  # how far is it?
  op-readiness status report

  # until it ends
  op-readiness status report --watch`

type statusOptions struct {
	form  formName
	watch bool
}

func newStatusCommand(s streams) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:     "status [DIR]",
		Short:   "Show how far a run is",
		Long:    statusLong,
		Example: statusExamples,
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.form.addFlag(cmd, "table", "json")
	cmd.Flags().BoolVar(&o.watch, "watch", false, "show it again and again until the run ends")
	return cmd
}

func (o statusOptions) run(cmd *cobra.Command, s streams, args []string) error {
	if err := o.form.check(); err != nil {
		return err
	}
	dir := statusFolder(args)
	status, err := readiness.ReadStatus(dir)
	switch {
	case err != nil:
	case o.watch && o.form.name == "table":
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
		defer stop()
		status, err = readiness.Watch(ctx, dir, s.out, tick.C)
	case o.watch:
		return errors.New("--watch shows a table: it goes with no other form")
	case o.form.name == "json":
		err = writeJSON(s.out, status.Document(time.Now()))
	default:
		terminal := terminalOptions(s)
		err = status.Write(s.out, time.Now(), readiness.StatusView{Columns: terminal.Width, Color: terminal.Color})
	}
	if err != nil {
		return err
	}
	if status.State == readiness.Lost {
		return exitError{code: codeBad}
	}
	return nil
}

// statusFolder is the folder that is named, or that of the latest run.
func statusFolder(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return cmp.Or(os.Getenv("ARTIFACTS"), latestReport())
}
