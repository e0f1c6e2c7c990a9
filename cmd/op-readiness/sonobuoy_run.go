package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// sonobuoyGrace is how long e2e.test may clean up after a signal: half of the time that Sonobuoy leaves to all of us.
const sonobuoyGrace = sonobuoy.Grace / 2

func newSonobuoyRunCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "run [-- FLAGS OF RUN...]",
		Short: "Run the tests for Sonobuoy, and hand the results over",
		Long: `Run is what the plugin runs in its pod: "op-readiness run" with the flags behind --, as a process of its own. It tells
Sonobuoy of the progress (SONOBUOY_PROGRESS_PORT), writes the results into Sonobuoy's folder (SONOBUOY_RESULTS_DIR), by category,
ability and test, and the file "done" last: whether the cluster is ready or not, and also if nothing could be run, if the
run crashed or was killed, or if Sonobuoy ends the plugin.

` + sonobuoy.Entry + ` of the image is this command with the image's e2e.test.

Exit code: 0 ready, 1 not ready or incomplete, 2 the tests could not be run or the results not be handed over.`,
		Example: `  SONOBUOY_RESULTS_DIR=/tmp/results op-readiness sonobuoy run -- --category Core.Network --e2e-binary /app/e2e.test`,
		RunE:    func(cmd *cobra.Command, args []string) error { return runForSonobuoy(cmd.Context(), s, args) },
	}
}

// runForSonobuoy runs a session. Signals end it by way of the run, and not of ctx.
func runForSonobuoy(ctx context.Context, s streams, args []string) error {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	session, err := newSession(s, args)
	if err != nil {
		return err
	}
	session.Signals = signals
	outcome, err := session.Run(context.WithoutCancel(ctx))
	switch {
	case err != nil:
		return err
	case session.Refused != nil:
		return session.Refused
	case outcome.Ready:
		return nil
	case outcome.Code == codeError:
		return exitError{code: codeError} // the run has told why
	case outcome.Code < 0:
		return errors.New(outcome.Problem)
	}
	return exitError{code: codeBad}
}

// newSession is a session for flags of run. That these are wrong is for Sonobuoy's results to tell, too.
func newSession(s streams, args []string) (sonobuoy.Session, error) {
	dir, err := filepath.Abs(cmp.Or(os.Getenv("SONOBUOY_RESULTS_DIR"), os.Getenv("RESULTS_DIR"), sonobuoy.ResultsDir))
	if err != nil {
		return sonobuoy.Session{}, err
	}
	command, err := thisProgram()
	if err != nil {
		return sonobuoy.Session{}, err
	}
	cfg, err := config.Default()
	if err != nil {
		return sonobuoy.Session{}, err
	}
	session := sonobuoy.Session{Dir: dir, Output: s.out, Talk: s.err, Grace: sonobuoy.Grace - 15*time.Second, Every: 2 * time.Second}
	if port := os.Getenv("SONOBUOY_PROGRESS_PORT"); port != "" {
		session.Progress = "http://localhost:" + port + "/progress"
	}
	o, err := parseRunArgs(s, args)
	if err != nil {
		session.Refused = err
		return session, nil
	}
	session.Command = append(command, "run")
	session.Command = append(session.Command, args...)
	session.Command = append(session.Command, "--report-dir="+sonobuoy.Folder(dir), "--grace-period="+o.Grace.String())
	report := readiness.Report{Specs: o.Specs, Baseline: []string{"none"}}
	report.Read.Addresses, report.Read.Underway = cfg.Addresses(), true
	session.Judge = func(ctx context.Context, folder string) (reporter.Summary, error) {
		summaries, err := report.Summaries(ctx, readiness.Sources{Named: []string{folder}})
		if err == nil && len(summaries) != 1 {
			err = fmt.Errorf("there are %d runs in the folder", len(summaries))
		}
		if err != nil {
			return reporter.Summary{}, err
		}
		return summaries[0], nil
	}
	return session, nil
}

// thisProgram is the path of this program, and its name.
func thisProgram() ([]string, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return []string{path, programName}, nil
}

// programName is what the program is called.
const programName = "op-readiness"

// entryArgs are the arguments of a program that is called by the name of the image's entry: the flags of a run for Sonobuoy,
// by the e2e.test beside it. Any other name changes nothing.
func entryArgs(args []string) []string {
	if len(args) == 0 || filepath.Base(args[0]) != filepath.Base(sonobuoy.Entry) {
		return args[min(1, len(args)):]
	}
	e2e := filepath.Join(filepath.Dir(args[0]), "e2e.test")
	return append([]string{"sonobuoy", "run", "--", "--e2e-binary=" + e2e}, args[1:]...)
}
