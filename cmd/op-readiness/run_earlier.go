package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// earlierRun is what a report directory holds before a run.
type earlierRun struct {
	record     *record                  // nil if there is none
	lastNumber int                      // the highest number of an invocation
	whole      map[string]reporter.Test // results of files that were read to their end, and of runs that came to theirs
	cut        []string                 // the other result files, relative to the folder
	saved      map[string]reporter.Test // what can be relied on of those, and of e2e.test's progress where no file tells
}

// invocationFile is the number of an invocation in the name of its JUnit file.
var invocationFile = regexp.MustCompile(`^junit_(?:e2e|resumed)-(\d+)`)

// readEarlier reads a report directory. With o.resume or o.rerunFailed the choice of an earlier run holds unless the
// flags make one.
func readEarlier(dir string, o runOptions) (earlierRun, error) {
	e := earlierRun{whole: map[string]reporter.Test{}, saved: map[string]reporter.Test{}}
	var err error
	if e.record, err = readRecord(dir); err != nil {
		return e, err
	}
	if (o.resume || o.rerunFailed) && e.record == nil {
		return e, hintError{fmt.Errorf("report directory %q holds no run to go on with", dir), "name it with --report-dir"}
	}
	if e.record != nil {
		for _, inv := range e.record.Plan.Invocations {
			e.lastNumber = max(e.lastNumber, inv.Number) // one that was killed may have left nothing else
		}
	}
	if err := e.readFiles(dir); err != nil {
		return e, err
	}
	events, err := runner.ReadJournal(filepath.Join(dir, runner.JournalFile))
	if err != nil {
		return e, fmt.Errorf("reading the journal: %w", err)
	}
	e.addEvents(events)
	return e, nil
}

func (e *earlierRun) readFiles(dir string) error {
	return fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case name == "." && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll // a folder that the run will make
		case err != nil:
			return err
		case entry.IsDir() || !reporter.IsJUnit(name):
			return nil
		}
		if m := invocationFile.FindStringSubmatch(path.Base(name)); m != nil {
			number, err := strconv.Atoi(m[1])
			if err != nil {
				return fmt.Errorf("the number in the name of %q: %w", name, err)
			}
			e.lastNumber = max(e.lastNumber, number)
		}
		return e.readFile(dir, name)
	})
}

func (e *earlierRun) readFile(dir, name string) error {
	file, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	defer file.Close()
	var c reporter.Collector
	if err := c.Add(name, file); err != nil {
		return err
	}
	results := c.Results()
	into := e.whole
	if len(results.Incomplete) > 0 {
		e.cut = append(e.cut, name)
		into = e.saved
	}
	for _, test := range results.Tests {
		// A test that was stopped because the run was stopped has no result of its own.
		if test.Status != "interrupted" && test.Status != "aborted" {
			into[test.Name] = test
		}
	}
	return nil
}

// addEvents adds the tests of which only e2e.test's progress tells.
func (e *earlierRun) addEvents(events []runner.Event) {
	for _, event := range events {
		e.lastNumber = max(e.lastNumber, event.Invocation)
		if _, ok := e.whole[event.Test]; ok {
			continue
		}
		if _, ok := e.saved[event.Test]; !ok {
			e.saved[event.Test] = testOf(event)
		}
	}
}

// testOf is the result that e2e.test told while it ran.
func testOf(event runner.Event) reporter.Test {
	test := reporter.Test{Name: event.Test, State: stateOf(event.State)}
	if test.State != reporter.Passed {
		test.Message = "e2e.test told of this end; its text was lost when the run was cut short, see " + runner.LogFile
	}
	return test
}

func stateOf(s runner.State) reporter.State {
	switch s {
	case runner.Passed:
		return reporter.Passed
	case runner.Skipped:
		return reporter.Skipped
	}
	return reporter.Failed
}

// tests returns the names of those with a result that the condition wants.
func (e *earlierRun) tests(want func(reporter.Test) bool) map[string]bool {
	names := map[string]bool{}
	for _, results := range []map[string]reporter.Test{e.saved, e.whole} {
		for name, test := range results {
			if want(test) {
				names[name] = true
			}
		}
	}
	return names
}

// checkEarlier refuses to mix a new run with an older one of the same tests: which of the two results is true, nobody
// could tell.
func (r *readinessRun) checkEarlier() error {
	if r.resume || r.rerunFailed || r.printPlan || r.dryRun {
		return nil
	}
	have := r.earlier.tests(func(reporter.Test) bool { return true })
	for _, inv := range r.plan.Invocations {
		for _, test := range inv.Tests {
			if have[test] {
				return hintError{fmt.Errorf("report directory %q holds the results of another run, of %q for one", r.reportDir, test),
					"name another --report-dir, or go on with that run by --resume or --rerun-failed"}
			}
		}
	}
	return nil
}

// settle puts a cut run right: what can be relied on goes to a file of its own, and the cut files get names that no
// reader of results looks for. They stay as e2e.test wrote them.
func (e *earlierRun) settle(dir string) error {
	if len(e.saved) > 0 {
		name := filepath.Join(dir, fmt.Sprintf("junit_resumed-%03d.xml", e.lastNumber))
		tests := slices.SortedFunc(maps.Values(e.saved), compareTests)
		if err := writeWith(name, func(w io.Writer) error { return reporter.WriteTests(w, tests, "") }); err != nil {
			return err
		}
	}
	for _, name := range e.cut {
		old := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.Rename(old, filepath.Join(filepath.Dir(old), "cut-"+filepath.Base(old))); err != nil {
			return err
		}
	}
	return nil
}
