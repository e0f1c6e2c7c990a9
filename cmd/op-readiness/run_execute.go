package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// execute runs the plan, and judges what is in the report directory then.
func (r *readinessRun) execute(ctx context.Context, s streams) error {
	if err := os.MkdirAll(r.reportDir, 0o755); err != nil {
		return err
	}
	if r.resume {
		if err := r.earlier.settle(r.reportDir); err != nil {
			return fmt.Errorf("going on with the run in %q: %w", r.reportDir, err)
		}
	}
	rec := r.newRecord()
	if err := rec.write(r.reportDir); err != nil {
		return err
	}
	view := newLive(s.err, r.plan, r.reportDir, time.Now)
	view.terminal = view.terminal && !r.verbose
	stop := view.start()
	results, err := r.call(ctx, s, view.observer())
	stop()
	if err != nil {
		return err
	}
	rec.Invocations = append(rec.Invocations, results...)
	if err := r.keepProgress(results); err != nil {
		return err
	}
	for _, result := range results {
		writeProblem(s.err, result)
	}
	return r.finish(s, rec, results)
}

// call executes the plan. The signals that would end this program go to e2e.test instead, so that its results are
// written.
func (r *readinessRun) call(ctx context.Context, s streams, observer runner.Observer) ([]runner.Result, error) {
	signals, stop := notify()
	defer stop()
	run := runner.Run{
		Settings: r.settings(), Plan: r.plan, Timeout: r.timeout, AbilityTimeout: r.abilityTimeout, Grace: r.grace, Signals: signals,
		Observer: observer,
	}
	if r.verbose {
		run.Output = s.err
	}
	return run.Execute(context.WithoutCancel(ctx))
}

// keepProgress writes, for a call of e2e.test that left no JUnit, what its progress told, as a result file that says that
// it is not whole.
func (r *readinessRun) keepProgress(results []runner.Result) error {
	events, err := runner.ReadJournal(filepath.Join(r.reportDir, runner.JournalFile))
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
		name := filepath.Join(r.reportDir, fmt.Sprintf("junit_e2e-%03d_progress.xml", result.Number))
		if err := writeWith(name, func(w io.Writer) error { return reporter.WriteTests(w, tests, result.Problem) }); err != nil {
			return err
		}
	}
	return nil
}

// writeProblem tells of a call that went wrong, with the last that e2e.test said.
func writeProblem(w io.Writer, result runner.Result) {
	if result.Problem == "" {
		return
	}
	fmt.Fprintf(w, "error: invocation %d: %s\n", result.Number, result.Problem)
	for _, line := range result.LastSaid {
		fmt.Fprintf(w, "  | %s\n", reporter.Clean(line))
	}
}

// finish judges, writes the views and the record, and shows the table.
func (r *readinessRun) finish(s streams, rec record, results []runner.Result) error {
	summary, err := r.summarize(rec)
	if err != nil {
		return err
	}
	ended, view := time.Now().UTC(), summary.JSON()
	rec.Ended, rec.Summary = &ended, &view
	err = errors.Join(
		writeWith(filepath.Join(r.reportDir, reporter.ViewFile), func(w io.Writer) error { return reporter.WriteJUnit(w, summary) }),
		writeWith(filepath.Join(r.reportDir, pageFile), func(w io.Writer) error { return reporter.WriteHTML(w, []reporter.Summary{summary}) }),
		writeLink(r.reportDir),
		rec.write(r.reportDir),
		addMetadata(r.reportDir, r.version, summary.Verdict.String()),
	)
	if err != nil {
		return err
	}
	if err := reporter.WriteTable(s.out, summary, tableOptions(s)); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "results are in %s\n", r.reportDir)
	if len(r.plan.Invocations) > 0 && !slices.ContainsFunc(results, worked) {
		return errors.New("e2e.test could not be run")
	}
	if summary.Verdict != reporter.Ready {
		return exitError{code: codeBad}
	}
	return nil
}

// worked tells whether a call got so far that its result says something of the cluster.
func worked(result runner.Result) bool {
	return len(result.JUnit) > 0 || result.Told > 0 || result.Ending != runner.Completed && result.Ending != runner.Unstarted
}

// summarize judges all that the report directory holds, for the categories of all runs into it.
func (r *readinessRun) summarize(rec record) (reporter.Summary, error) {
	categories, err := selectSpecs(r.directory, r.version, rec.Categories)
	if err != nil {
		return reporter.Summary{}, err
	}
	results, err := reporter.ReadDir(os.DirFS(r.reportDir))
	if err != nil && !errors.Is(err, reporter.ErrNoResults) {
		return reporter.Summary{}, err
	}
	results.KubernetesVersion = r.version
	summary, err := reporter.Summarize(categories, results, r.provider)
	if err != nil {
		return reporter.Summary{}, err
	}
	r.explain(summary)
	return summary, nil
}

// explain gives abilities that did not run the reason that the plan knows.
func (r *readinessRun) explain(summary reporter.Summary) {
	why := map[string]string{}
	for _, a := range r.plan.Abilities {
		why[a.ID] = a.NotRun
	}
	for _, c := range summary.Categories {
		for i := range c.Abilities {
			if a := &c.Abilities[i]; a.State == reporter.NotRun {
				a.Reason = why[a.ID]
			}
		}
	}
}

// selectOnly lets e2e.test select the planned tests without running them, and holds its choice against the plan.
func (r *readinessRun) selectOnly(ctx context.Context, s streams) error {
	dir, err := os.MkdirTemp("", "op-readiness-dry-run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r.reportDir = dir
	results, err := r.call(ctx, s, runner.Observer{})
	if err != nil {
		return err
	}
	for _, result := range results {
		if writeProblem(s.err, result); result.Problem != "" {
			return errors.New("e2e.test could not be run")
		}
	}
	if err := r.showPlan(s); err != nil {
		return err
	}
	return r.compareSelection(s, results)
}

func (r *readinessRun) compareSelection(s streams, results []runner.Result) error {
	planned, selected := 0, 0
	var wrong []string
	for i, result := range results {
		tests, err := selectedIn(r.reportDir, result.JUnit)
		if err != nil {
			return err
		}
		planned += len(r.plan.Invocations[i].Tests)
		selected += len(tests)
		if !slices.Equal(tests, r.plan.Invocations[i].Tests) {
			wrong = append(wrong, fmt.Sprintf("invocation %d", result.Number))
		}
	}
	fmt.Fprintf(s.err, "dry run: e2e.test selected %d tests, %d were planned; none ran, so nothing is proven\n", selected, planned)
	if len(wrong) > 0 || len(results) < len(r.plan.Invocations) {
		return exitError{code: codeBad, err: fmt.Errorf("e2e.test does not select what was planned (%s)", strings.Join(wrong, ", "))}
	}
	return nil
}

// selectedIn returns the tests that dry runs would have run: those that their files list as passed.
func selectedIn(dir string, names []string) ([]string, error) {
	var tests []string
	for _, name := range names {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		_, err = junit.Read(file, junit.Options{}, func(row *junit.Row) error {
			if test, ok := strings.CutPrefix(row.Name, "[It] "); ok && row.Class == specs.Suite && row.Outcome == junit.Passed {
				tests = append(tests, test)
			}
			return nil
		})
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
	}
	slices.Sort(tests)
	return tests, nil
}
