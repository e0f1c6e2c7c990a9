package readiness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/dirlock"
	"sigs.k8s.io/windows-operational-readiness/internal/processdir"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Outcome is what a run came to.
type Outcome struct {
	Summary   reporter.Summary // of all that the report directory holds
	Folder    string           // the report directory
	Calls     []runner.Result  // the calls of e2e.test, in their order
	Worked    bool             // e2e.test could be run: the summary says something of the cluster
	Ended     string           // how the run ended, a record.Ending*
	LeftOver  []string         // namespaces that e2e.test made and did not remove
	Marked    bool             // they carry the run's mark, by which op-readiness clean knows them
	Unwritten error            // what could not be written into the folder, or to its end; nil if all was
}

// GoOn tells whether there is something left that the same run could do.
func (o Outcome) GoOn() bool { return o.Ended != record.EndingComplete }

// Execute carries the plan out, judges what is in the report directory then, and writes the judgement there. Its progress
// goes to talk. The error is about the program's own work; what e2e.test did is in the outcome. A disk that becomes full ends
// nothing: what is known is judged, and the outcome says what could not be written.
func (p Plan) Execute(ctx context.Context, talk io.Writer) (outcome Outcome, err error) {
	folder := p.facts.Folder
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Outcome{}, err
	}
	lock, err := dirlock.Take(folder, time.Now())
	if err != nil {
		return Outcome{}, inUse(err)
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if err := p.begin(folder, talk); err != nil {
		return Outcome{}, err
	}
	run, err := p.newRun(time.Now())
	if err != nil {
		return Outcome{}, err
	}
	if err := writeRun(folder, run); err != nil {
		return Outcome{}, err
	}
	if err := p.supersede(folder); err != nil {
		return Outcome{}, err
	}
	s := session{plan: p, folder: folder, run: run}
	if err := s.open(ctx, talk); err != nil {
		return Outcome{}, err
	}
	results, err := s.call(ctx, talk)
	s.close(talk)
	if err != nil {
		return Outcome{}, err
	}
	s.note(keepProgress(folder, results))
	s.end(results)
	return s.judge(ctx, results)
}

// begin puts the folder right for the run. What others did in it since it was looked at would be overwritten.
func (p Plan) begin(folder string, talk io.Writer) error {
	now, err := readEarlier(folder)
	if err != nil {
		return err
	}
	if now.lastNumber != p.facts.earlier.lastNumber {
		return usererror.WithHint(fmt.Errorf("another run wrote into %q just now", folder), "try again")
	}
	if p.options.Link != "" {
		if err := link(folder, p.options.Link); err != nil {
			fmt.Fprintf(talk, "warning: %v\n", err) // it only leads there
		}
	}
	if !p.options.Resume {
		return nil
	}
	if err := p.facts.earlier.settle(folder); err != nil {
		return fmt.Errorf("going on with the run in %q: %w", folder, err)
	}
	return nil
}

// session is a run under way.
type session struct {
	plan      Plan
	folder    string
	run       record.Run
	scene     scene
	unwritten []error
}

// note keeps what could not be written. The run goes on.
func (s *session) note(err error) {
	if err != nil {
		s.unwritten = append(s.unwritten, err)
	}
}

// call executes the plan. The record has each call as soon as it has ended: what a killed run did before stays known. An error
// is one before the first call.
func (s *session) call(ctx context.Context, talk io.Writer) ([]runner.Result, error) {
	durations, err := catalog.OpenDurations()
	if err != nil {
		return nil, err
	}
	view := newLive(talk, s.plan, durations.Tests, time.Now)
	observer := view.observer()
	done, started := observer.Done, false
	observer.Began = also(observer.Began, func(runner.Invocation) { started = true })
	observer.Done = func(inv runner.Invocation, result runner.Result) {
		done(inv, result)
		s.run.Calls = append(s.run.Calls, recordCall(inv, result, s.plan.options.RerunFailed))
		s.note(writeRun(s.folder, s.run))
	}
	observer.Stopping = func(os.Signal) {
		view.locked(func() {
			view.say(fmt.Sprintf("stopping: e2e.test cleans up, up to %s; once more to kill it", short(s.plan.options.Grace)))
		})
	}
	s.scene.observe(&observer)
	stop := view.start()
	results, err := s.plan.call(ctx, call{folder: s.folder, talk: view, observer: observer, sent: s.scene.kubeconfigs(), pulse: &s.scene.pulse})
	stop()
	if err != nil && !started && len(s.plan.Tests.Invocations) > 0 {
		return nil, err
	}
	s.note(err)
	return results, nil
}

// also calls one function behind another, which may be nil.
func also(first, second func(runner.Invocation)) func(runner.Invocation) {
	return func(inv runner.Invocation) {
		if first != nil {
			first(inv)
		}
		second(inv)
	}
}

// end adds to the record what became of the plan.
func (s *session) end(results []runner.Result) {
	ended := time.Now().UTC()
	s.run.Ended, s.run.EndedBy = &ended, endedBy(s.plan.Tests, results)
	for _, inv := range s.plan.Tests.Invocations[len(results):] {
		s.run.Calls = append(s.run.Calls, record.Call{
			Number: inv.Number, Rerun: s.plan.options.RerunFailed, Send: inv.Send, Tests: inv.Tests, Procs: inv.Procs, Command: []string{}, JUnit: []string{},
			Ending: record.NotBegun, ExitCode: -1, Problem: "it was not begun: " + s.run.EndedBy,
		})
	}
	s.note(writeRun(s.folder, s.run))
}

// judge judges what the folder holds now, and writes the judgement.
func (s *session) judge(ctx context.Context, results []runner.Result) (Outcome, error) {
	summary, err := s.plan.judge(ctx)
	if err != nil {
		return Outcome{}, errors.Join(append(s.unwritten, err)...)
	}
	s.note(s.plan.write(s.run, summary))
	return Outcome{
		Summary: summary, Folder: s.folder, Calls: results, Ended: s.run.EndedBy, LeftOver: s.run.LeftBehind, Marked: marked(s.run.Pin), Unwritten: errors.Join(s.unwritten...),
		Worked: len(s.plan.Tests.Invocations) == 0 || slices.ContainsFunc(results, worked),
	}, nil
}

// marked tells whether the namespaces of tests carry the run's mark: a policy of its pin gives it to them.
func marked(p *record.Pin) bool { return p != nil && p.Active && p.Mode != taintLinux }

// call is where and how a plan is executed.
type call struct {
	folder   string // of the results
	talk     io.Writer
	observer runner.Observer
	sent     map[specs.OS]string // kubeconfigs for calls that send pods somewhere; none: the user's own
	pulse    *runner.Pulse       // nil: that of the output alone
}

// call executes the plan. The signals that would end this program go to e2e.test instead, so that its results are
// written.
func (p Plan) call(ctx context.Context, c call) ([]runner.Result, error) {
	processdir.Sweep() // of runs that were killed
	kubeconfig, remove, err := p.facts.Access.Kubeconfig()
	if err != nil {
		return nil, err
	}
	defer remove()
	signals, broken := make(chan os.Signal, 8), make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	signal.Notify(broken, syscall.SIGPIPE) // else a reader of our words who is gone would end us
	defer signal.Stop(broken)
	run := runner.Run{
		Settings: p.settings(c.folder, kubeconfig), Plan: p.Tests, Timeout: p.options.Timeout, AbilityTimeout: p.options.AbilityTimeout,
		Grace: p.options.Grace, Stall: p.options.Stall, Guard: p.options.Guard, Signals: signals, Observer: c.observer, Pulse: c.pulse,
	}
	run.Sent = c.sent
	if p.options.TaintLinux {
		run.Taints = append(run.Taints, runner.RunLabel)
	}
	if p.options.Verbose {
		run.Output = c.talk
	}
	return run.Execute(context.WithoutCancel(ctx))
}

// settings are what e2e.test is told in every call.
func (p Plan) settings(folder, kubeconfig string) runner.Settings {
	o, f := p.options, p.facts
	s := runner.Settings{
		Binary: f.E2E.Path, Ginkgo: f.Ginkgo, Kubeconfig: kubeconfig, Context: f.Access.Context, RepoList: f.RepoList, Provider: o.Provider,
		ReportDir: folder, FlakeAttempts: o.FlakeAttempts, DryRun: o.Purpose == ToSelect, Verbose: o.Verbose, ExtraArgs: o.ExtraArgs,
	}
	if c := f.Cluster; c != nil {
		s.Nodes, s.Taints, s.Prepull = c.SchedulableNodes(), c.BlockingTaints(), o.Prepull && c.HasWindows()
		if o.TaintLinux { // with more than take pods, e2e.test would wait for images on all of them, and then run nothing
			s.Nodes = c.SchedulableWindows()
		}
	}
	return s
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
	report := Report{Specs: p.options.Specs, Read: artifacts.Options{Addresses: p.options.Addresses, Underway: true}}
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

// short writes a duration as people do: 2m, and not 2m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
