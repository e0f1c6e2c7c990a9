package readiness

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// earlier is what a report directory holds before a run.
type earlier struct {
	record     *record.Run                   // nil if there is none
	lastNumber int                           // the highest number of an invocation
	whole      map[runner.Task]reporter.Test // results of files that were read to their end, and of calls that came to a good one
	cut        []string                      // the other result files, relative to the folder
	saved      map[runner.Task]reporter.Test // failures in those, and in e2e.test's progress where no file tells: they stand, whatever cut the run short
	sends      map[int]specs.OS              // where calls sent pods, by their numbers
	unsound    map[int]bool                  // calls whose account is not closed, by their end or by what is left of them: what passed in them shows nothing
	lost       []string                      // result files that the record names and that are gone, relative to the folder
	from       map[runner.Task]int           // the calls that results in whole are of
	told       map[int]map[string]runner.State
	witnessed  map[int]map[string]bool // by the numbers of calls whose pods were to be written down when the run was killed: the tests of which they are
}

func compareTests(a, b reporter.Test) int { return cmp.Compare(a.Name, b.Name) }

// readEarlier reads a report directory, which need not be there.
func readEarlier(dir string) (earlier, error) {
	e := earlier{
		whole: map[runner.Task]reporter.Test{}, saved: map[runner.Task]reporter.Test{}, sends: map[int]specs.OS{}, unsound: map[int]bool{}, from: map[runner.Task]int{},
	}
	events, err := runner.ReadJournal(filepath.Join(dir, reportdir.Journal))
	if err != nil {
		return e, damaged(fmt.Errorf("reading the journal: %w", err))
	}
	e.told = record.Told(events)
	if e.record, err = readRun(dir); err != nil {
		return e, err
	}
	if e.record != nil {
		for _, inv := range e.record.Plan.Invocations {
			e.lastNumber = max(e.lastNumber, inv.Number) // one that was killed may have left nothing else
			e.unsound[inv.Number], e.sends[inv.Number] = true, inv.Send
		}
		for _, call := range e.record.Calls {
			e.sends[call.Number] = call.Send
			e.unsound[call.Number] = call.Ending != record.Completed || call.Problem != "" || len(call.Tests) > 0 && len(e.told[call.Number]) < call.Told
			e.seek(dir, call)
		}
	}
	if e.witnessed, err = e.readPods(dir); err != nil {
		return e, err
	}
	if err := e.readFiles(dir); err != nil {
		return e, err
	}
	e.addEvents(events)
	return e, nil
}

// seek looks for the files that a call wrote. One that is gone may have held anything.
func (e *earlier) seek(dir string, c record.Call) {
	for _, name := range c.JUnit {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); errors.Is(err, fs.ErrNotExist) {
			e.lost, e.unsound[c.Number] = append(e.lost, name), true
		}
	}
}

func (e *earlier) readFiles(dir string) error {
	return fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case name == "." && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll // a folder that the run will make
		case err != nil:
			return err
		case entry.IsDir():
			return nil
		case entry.Name() == reportdir.Pods || entry.Name() == reportdir.Journal:
			return e.readNumbers(filepath.Join(dir, filepath.FromSlash(name)))
		case !junit.IsFile(name):
			return nil
		}
		if number, ok := reportdir.Invocation(name); ok {
			e.lastNumber = max(e.lastNumber, number)
		}
		return e.readFile(dir, name)
	})
}

func (e *earlier) readFile(dir, name string) error {
	suites, err := suitesOf(dir, name)
	if err != nil {
		return err
	}
	number, ours := reportdir.Invocation(name)
	if ours && !reportdir.IsResumed(name) && (e.unexplained(number, suites) || e.untold(number, suites) || e.unwitnessed(number, suites)) {
		e.unsound[number] = true
	}
	if !ours && e.record != nil {
		return nil // of no call of the run: what passed in it shows nothing of the run, and stays to be run
	}
	unsound := ours && e.unsound[number] && !reportdir.IsResumed(name)
	if !unsound && !slices.ContainsFunc(suites, isCut) && !takesOverPasses(name, suites) {
		for _, test := range testsOfSuites(suites) {
			if stands(test) {
				task := e.task(test.Name, number)
				e.whole[task], e.from[task] = test, number
			}
		}
		return nil
	}
	e.cut = append(e.cut, name)
	if ours && !reportdir.IsResumed(name) {
		e.unsound[number] = true
	}
	for _, test := range testsOfSuites(suites) {
		if stands(test) && test.State == reporter.Failed {
			e.saved[e.task(test.Name, number)] = test
		}
	}
	return nil
}

// stands tells whether a test has a result of its own: one that was stopped because the run was has none.
func stands(t reporter.Test) bool { return !t.InFlight() && t.Status != "aborted" }

// unexplained tells whether a call ended with another exit code than the tests in the file that it wrote explain.
func (e *earlier) unexplained(number int, suites []reporter.Suite) bool {
	if e.record == nil {
		return false
	}
	code := 0
	if slices.ContainsFunc(suites, func(s reporter.Suite) bool { return s.Failures > 0 }) {
		code = reporter.FailedTests
	}
	return slices.ContainsFunc(e.record.Calls, func(c record.Call) bool { return c.Number == number && c.ExitCode != code })
}

// takesOverPasses tells whether a file is one of an earlier program, which took over also what had passed.
func takesOverPasses(name string, suites []reporter.Suite) bool {
	return reportdir.IsResumed(name) && slices.ContainsFunc(testsOfSuites(suites), func(t reporter.Test) bool { return t.State != reporter.Failed })
}

// isCut tells whether a suite did not come to its end, did not begin, or denies its success without a failure: then not all that
// it says can be relied on.
func isCut(s reporter.Suite) bool {
	denies := s.Succeeded != "" && s.Succeeded != "true" && s.Failures == 0
	return s.Cut != "" || s.Special != "" || s.DryRun || len(s.Around) > 0 || denies
}

// suitesOf are the suites of a JUnit file of a report directory; with an error those up to it.
func suitesOf(dir, name string) ([]reporter.Suite, error) {
	file, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var c reporter.Collector
	err = c.Add(name, file)
	return c.Evidence().Suites, err
}

// testsOfSuites are the tests with a result, each once: one that passed after it had failed is flaky.
func testsOfSuites(suites []reporter.Suite) []reporter.Test {
	var tests []reporter.Test
	at := map[string]int{}
	for _, s := range suites {
		for _, r := range s.Results {
			i, seen := at[r.Name]
			switch {
			case !seen:
				at[r.Name] = len(tests)
				tests = append(tests, r.Test)
			case tests[i].State == reporter.Failed && r.State == reporter.Passed:
				tests[i].State = reporter.Flaky
			case r.State != reporter.Skipped:
				tests[i] = r.Test
			}
		}
	}
	return tests
}

// addEvents adds the failures of which only the progress of calls tells: those of calls that came to no good end, and those that a
// call told of and has as passed in its file.
func (e *earlier) addEvents(events []runner.Event) {
	for _, event := range events {
		e.lastNumber = max(e.lastNumber, event.Invocation)
		task := e.task(event.Test, event.Invocation)
		_, whole := e.whole[task]
		switch {
		case event.State != runner.Failed || whole && e.from[task] > event.Invocation:
		case e.record != nil && !e.unsound[event.Invocation]:
			if whole && e.whole[task].State != reporter.Failed {
				e.whole[task], e.from[task] = testOf(event), event.Invocation
			}
		case !whole:
			if _, ok := e.saved[task]; !ok {
				e.saved[task] = testOf(event)
			}
		}
	}
}

// testOf is the result that e2e.test told while it ran.
func testOf(event runner.Event) reporter.Test {
	test := reporter.Test{Name: event.Test, State: stateOf(event.State)}
	if test.State != reporter.Passed {
		test.Message = "e2e.test told of this end; its text was lost when the run was cut short, see " + reportdir.Log
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

// task is what a call ran of a test.
func (e *earlier) task(test string, call int) runner.Task { return runner.TaskOf(test, e.sends[call]) }

// tasks returns those with a result that the condition wants.
func (e *earlier) tasks(want func(reporter.Test) bool) map[runner.Task]bool {
	tasks := map[runner.Task]bool{}
	for _, results := range []map[runner.Task]reporter.Test{e.saved, e.whole} {
		for task, test := range results {
			if want(test) {
				tasks[task] = true
			}
		}
	}
	return tasks
}

// lastTo is the highest number of a call that sent pods to Linux, or of one that did not: a file by that number speaks of it.
func (e *earlier) lastTo(linux bool) int {
	last := 0
	for number, send := range e.sends {
		if (send == specs.Linux) == linux {
			last = max(last, number)
		}
	}
	if last == 0 {
		return e.lastNumber
	}
	return last
}

// settle puts a cut run right: the failures go to files of their own, one for each place to which pods were sent, and the cut files get names that no reader of results
// looks for. They stay as e2e.test wrote them. What passed in them will run again: how the suite would have ended around it
// is not known.
func (e *earlier) settle(dir string) error {
	for _, toLinux := range []bool{false, true} {
		var tests []reporter.Test
		for task, test := range e.saved {
			if task.ToLinux == toLinux {
				tests = append(tests, test)
			}
		}
		if len(tests) == 0 {
			continue
		}
		slices.SortFunc(tests, compareTests)
		err := atomicfile.Render(filepath.Join(dir, reportdir.Resumed(e.lastTo(toLinux))), func(w io.Writer) error { return writeTests(w, tests, "") })
		if err != nil {
			return err
		}
	}
	for _, name := range e.cut {
		old, kept := filepath.FromSlash(name), filepath.FromSlash(reportdir.Cut(name))
		if err := os.Rename(filepath.Join(dir, old), filepath.Join(dir, kept)); err != nil {
			return err
		}
	}
	return nil
}
