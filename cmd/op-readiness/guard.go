package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/runner"
)

// guardName is the subcommand that a run starts beside itself. It is no one else's business, and not in the help.
const guardName = "guard"

// guardCommand is this program as the guard of a run.
func guardCommand() ([]string, error) {
	program, err := thisProgram()
	return append(program, guardName), err
}

func newGuardCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:    guardName + " MARK",
		Short:  "End what a killed run left (a run starts this itself)",
		Args:   usageArgs(cobra.ExactArgs(1)),
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // it ends with the run
			runner.Guard(s.in, args[0])
			return nil
		},
	}
}
