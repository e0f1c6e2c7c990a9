package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/specs"
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

// hintError is an error with a line that says what to do about it.
type hintError struct {
	error
	hint string
}

func (e hintError) Unwrap() error { return e.error }

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
	var hint hintError
	fmt.Fprintf(s.err, "error: %v\n", err)
	if errors.As(err, &hint) {
		fmt.Fprintf(s.err, "hint: %s\n", hint.hint)
	} else if errors.As(err, new(usageError)) {
		fmt.Fprintf(s.err, "hint: %s --help\n", cmd.CommandPath())
	}
	return code
}

// usageError is a command line that means nothing.
type usageError struct{ error }

func newRootCommand(s streams) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "op-readiness",
		Short: "Prove that the Windows nodes of a Kubernetes cluster are ready",
		Long: `op-readiness turns the category spec of Windows Operational Readiness (KEP-2578) into Prow jobs and TestGrid
dashboards, runs Kubernetes' e2e tests against a cluster, and judges their results by it. A thing is green only if a test
that proves it ran and passed.

With flags and without a command it runs the tests: op-readiness --category Core.Network is op-readiness run
--category Core.Network.`,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              usageArgs(cobra.NoArgs),
		DisableAutoGenTag: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().NFlag() == 0 {
				return cmd.Help()
			}
			return o.run(cmd.Context(), s)
		},
	}
	o.addFlags(cmd)
	cmd.SetIn(s.in)
	cmd.SetOut(s.out)
	cmd.SetErr(s.err)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	cmd.AddCommand(newRunCommand(s), newDownloadCommand(s), newReportCommand(s), newGenerateCommand(s), newSpecsCommand(s), newVersionCommand(s))
	return cmd
}

// usageArgs makes what check refuses a usageError.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

// loadSpecs reads the categories in dir, or, for "", those that the program carries.
func loadSpecs(dir string) ([]specs.Category, error) {
	if dir == "" {
		return specs.Default()
	}
	return specs.Load(dir)
}
