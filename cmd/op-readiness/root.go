package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
)

// Exit codes: what scripts test.
const (
	codeOK    = 0 // all well
	codeBad   = 1 // the thing checked is bad: not ready, stale files
	codeError = 2 // we could not do our work
)

// streams are the standard streams: the product goes to out, the talk to err.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// exitError ends the program with a code of its own, such as codeBad: the work was done, and what was checked is bad.
// Without err nothing more is printed.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	root := newRootCommand(s)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return codeOK
	}
	code := codeError
	var exit exitError
	if errors.As(err, &exit) {
		if exit.err == nil {
			return exit.code
		}
		code = exit.code
	}
	fmt.Fprintf(s.err, "error: %v\n", err)
	if hint := usererror.Hint(err); hint != "" {
		fmt.Fprintf(s.err, "hint: %s\n", hint)
	} else if usererror.IsUsage(err) {
		fmt.Fprintf(s.err, "hint: %s --help\n", cmd.CommandPath())
	}
	return code
}

func newRootCommand(s streams) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "op-readiness",
		Short: "Prove that the Windows nodes of a Kubernetes cluster are ready",
		Long: `op-readiness turns the category spec of Windows Operational Readiness (KEP-2578) into Prow jobs and TestGrid
dashboards, runs Kubernetes' e2e tests against a cluster, and judges their results by it. A thing is green only if what is
known of the run shows it: the test that proves it ran, whole, on Windows, and passed.

With flags and without a command it runs the tests: op-readiness --category Core.Network is op-readiness run
--category Core.Network.`,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              usageArgs(knownCommand),
		DisableAutoGenTag: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().NFlag() == 0 {
				return cmd.Help()
			}
			return o.run(cmd, s)
		},
	}
	o.addFlags(cmd)
	cmd.SetIn(s.in)
	cmd.SetOut(s.out)
	cmd.SetErr(s.err)
	cmd.SetFlagErrorFunc(flagError)
	cmd.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	cmd.AddCommand(newRunCommand(s), newStatusCommand(s), newCleanCommand(s), newImagesCommand(s), newDownloadCommand(s), newReportCommand(s), newServeCommand(s),
		newGenerateCommand(s), newSpecsCommand(s), newSonobuoyCommand(s), newCapiCommand(s), newVersionCommand(s), newManCommand(), newGuardCommand(s))
	return cmd
}

// knownCommand refuses what is no subcommand, with the one that was meant.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			known = append(known, sub.Name())
		}
	}
	return fmt.Errorf("unknown command %q for %q%s", args[0], cmd.CommandPath(), nearest.Hint(args[0], known))
}

// flagError names the flag that was meant in the place of one that there is not.
func flagError(cmd *cobra.Command, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !unknown {
		return usererror.Usage(err)
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	return usererror.Usage(fmt.Errorf("%w%s", err, nearest.Hint(name, known)))
}

// usageArgs makes what check refuses an error of usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usererror.Usage(err)
		}
		return nil
	}
}
