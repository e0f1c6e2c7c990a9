package readiness

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// Outcome is what a run came to.
type Outcome struct {
	Summary reporter.Summary // of all that the report directory holds
	Folder  string           // the report directory
	Calls   []runner.Result  // the calls of e2e.test, in their order
	Worked  bool             // e2e.test could be run: the summary says something of the cluster
}

// Execute carries the plan out, judges what is in the report directory then, and writes the judgement there. Its progress
// goes to talk. The error is about the program's own work; what e2e.test did is in the outcome.
func (p Plan) Execute(ctx context.Context, talk io.Writer) (Outcome, error) {
	folder := p.facts.Folder
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Outcome{}, err
	}
	if p.options.Resume {
		if err := p.facts.earlier.settle(folder); err != nil {
			return Outcome{}, fmt.Errorf("going on with the run in %q: %w", folder, err)
		}
	}
	run, err := p.newRun(time.Now())
	if err != nil {
		return Outcome{}, err
	}
	if err := writeRun(folder, run); err != nil {
		return Outcome{}, err
	}
	view := newLive(talk, p, time.Now)
	stop := view.start()
	results, err := p.call(ctx, folder, talk, view.observer())
	stop()
	if err != nil {
		return Outcome{}, err
	}
	if err := keepProgress(folder, results); err != nil {
		return Outcome{}, err
	}
	p.end(&run, results, time.Now())
	if err := writeRun(folder, run); err != nil {
		return Outcome{}, err
	}
	summary, err := p.judge(ctx)
	if err != nil {
		return Outcome{}, err
	}
	worked := len(p.Tests.Invocations) == 0 || slices.ContainsFunc(results, worked)
	return Outcome{Summary: summary, Folder: folder, Calls: results, Worked: worked}, p.write(run, summary)
}

// call executes the plan. The signals that would end this program go to e2e.test instead, so that its results are
// written.
func (p Plan) call(ctx context.Context, folder string, talk io.Writer, observer runner.Observer) ([]runner.Result, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	run := runner.Run{
		Settings: p.settings(folder), Plan: p.Tests, Timeout: p.options.Timeout, AbilityTimeout: p.options.AbilityTimeout,
		Grace: p.options.Grace, Signals: signals, Observer: observer,
	}
	if p.options.Verbose {
		run.Output = talk
	}
	return run.Execute(context.WithoutCancel(ctx))
}

// settings are what e2e.test is told in every call.
func (p Plan) settings(folder string) runner.Settings {
	o, f := p.options, p.facts
	return runner.Settings{
		Binary: f.E2E.Path, Ginkgo: f.Ginkgo, Procs: o.Procs, Nodes: schedulable(f.Cluster), Kubeconfig: f.Kubeconfig, Provider: o.Provider, ReportDir: folder,
		FlakeAttempts: o.FlakeAttempts, DryRun: o.Purpose == ToSelect, Verbose: o.Verbose, ExtraArgs: o.ExtraArgs,
	}
}

// schedulable is how many nodes of a cluster take pods; 0 if it was not looked at.
func schedulable(c *runner.Cluster) int {
	if c == nil {
		return 0
	}
	return len(slices.DeleteFunc(slices.Clone(c.Nodes), func(n runner.Node) bool { return !n.Schedulable }))
}

// keepProgress writes, for a call of e2e.test that left no JUnit, what its progress told, as a result file that says that
// it is not whole.
func keepProgress(folder string, results []runner.Result) error {
	events, err := runner.ReadJournal(filepath.Join(folder, reportdir.Journal))
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	for _, result := range results {
		if len(result.JUnit) > 0 || result.Ending == runner.Unstarted {
			continue
		}
		var tests []reporter.Test
		for _, event := range events {
			if event.Invocation == result.Number {
				tests = append(tests, testOf(event))
			}
		}
		slices.SortFunc(tests, compareTests)
		name := filepath.Join(folder, reportdir.Progress(result.Number))
		if err := atomicfile.Render(name, func(w io.Writer) error { return writeTests(w, tests, result.Problem) }); err != nil {
			return err
		}
	}
	return nil
}

// worked tells whether a call got so far that its result says something of the cluster.
func worked(result runner.Result) bool {
	return len(result.JUnit) > 0 || result.Told > 0 || result.Ending != runner.Completed && result.Ending != runner.Unstarted
}

// judge judges what the report directory holds now, its record included, by the very steps of a report: whoever looks at the
// directory later gets the same.
func (p Plan) judge(ctx context.Context) (reporter.Summary, error) {
	report := Report{Specs: p.options.Specs, Read: artifacts.Options{Addresses: p.options.Addresses}}
	j, err := report.judge()
	if err != nil {
		return reporter.Summary{}, err
	}
	at, err := artifacts.Parse(p.facts.Folder)
	if err != nil {
		return reporter.Summary{}, err
	}
	e, err := j.reader.Read(context.WithoutCancel(ctx), at)
	if err != nil {
		return reporter.Summary{}, err
	}
	return j.one(e)
}
