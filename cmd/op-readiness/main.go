// Command op-readiness proves that the Windows nodes of a Kubernetes cluster are ready: it generates the Prow jobs and
// TestGrid dashboards that test them, and judges the results by the categories of KEP-2578.
//
// Each subcommand has a file of its own: its flags, what it reads and prints, its exit code. The work is done in the
// packages specs, generator and reporter.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sirupsen/logrus"
)

func main() {
	logrus.SetLevel(logrus.WarnLevel) // of Prow's packages, which else log each signal
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, entryArgs(os.Args), streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}
