package reporter

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter/record"
)

// account is what all results of one test come to.
type account struct {
	Test
	doubts  []string // what stands against the suites of its results
	flagged bool     // every suite that counts ran with --node-os-distro=windows
	calls   []int    // the invocations of the run that its results are of; 0 for results of others
}

// outcome is what the rows of one test in one suite come to.
type outcome struct {
	Test
	suite *Suite
	rerun bool // the run's record names the suite as a rerun of failed tests
}

// gather makes an account of every test.
func (j judge) gather() map[string]account {
	byTest := map[string][]outcome{}
	for i := range j.evidence.Suites {
		s := &j.evidence.Suites[i]
		for _, o := range j.outcomes(s) {
			byTest[o.Name] = append(byTest[o.Name], o)
		}
	}
	accounts := make(map[string]account, len(byTest))
	for name, outcomes := range byTest {
		accounts[name] = settle(outcomes)
	}
	return accounts
}

// outcomes joins the rows of each test of a suite, in their order. Of a suite in which nothing ran only failures count, and
// a test that was stopped because the run was stopped has no result.
func (j judge) outcomes(s *Suite) []outcome {
	void, interrupted := j.void(s), j.evidence.interrupted(*s)
	var list []outcome
	at := map[string]int{}
	for _, r := range s.Results {
		test := r.Test
		if interrupted && (test.Status == "interrupted" || test.Status == "aborted") {
			test.State, test.Message = NotRun, "interrupted"
		}
		if void && test.State != Failed && test.State != Skipped {
			test.State = NotRun
		}
		if i, seen := at[test.Name]; seen {
			list[i].Test = retried(list[i].Test, test)
			continue
		}
		at[test.Name] = len(list)
		list = append(list, outcome{Test: test, suite: s, rerun: j.rerun(s)})
	}
	return list
}

// void tells whether nothing ran in a suite. One that our own run wrote, of what still held of results that were cut short,
// may have no times.
func (j judge) void(s *Suite) bool {
	if j.evidence.Run != nil && isResumed(s.File) {
		own := *s
		own.Worked = true
		return own.void()
	}
	return s.void()
}

func isResumed(file string) bool {
	number, ok := reportdir.Invocation(file)
	return ok && strings.HasSuffix(file, reportdir.Resumed(number))
}

// retried joins two rows of one test in one suite. Passing after a failure is flaky; failing after a pass is failed; a skip
// says nothing against a result.
func retried(first, next Test) Test {
	switch {
	case next.State == Skipped || next.State == NotRun:
		return first
	case first.State == Skipped || first.State == NotRun || first.State == Passed || next.State == Failed:
		return next
	}
	first.State = Flaky
	return first
}

// rerun tells whether the run's record names the call of e2e.test that wrote a suite as a rerun of failed tests.
func (j judge) rerun(s *Suite) bool {
	number, ok := reportdir.Invocation(s.File)
	return ok && j.evidence.Run != nil &&
		slices.ContainsFunc(j.evidence.Run.Calls, func(c record.Call) bool { return c.Number == number && c.Rerun })
}

// settle makes one account of the outcomes of a test in several suites, in the order of time. Two that disagree are a
// failure, unless the later ones are reruns that are named as such: which of the two is true, nobody can tell.
func settle(outcomes []outcome) account {
	a := account{Test: outcomes[0].Test, flagged: true}
	for i, next := range outcomes {
		if i > 0 {
			a.join(next)
		}
		number, _ := reportdir.Invocation(next.suite.File)
		a.calls = append(a.calls, number)
		if next.State == NotRun {
			continue
		}
		a.flagged = a.flagged && next.suite.Windows.Shown && next.suite.Windows.Contradicted == ""
		a.doubts = append(a.doubts, next.suite.doubts()...)
	}
	if a.State == NotRun {
		for _, next := range outcomes {
			a.doubts = append(a.doubts, next.suite.doubts()...)
			if next.Message == "interrupted" {
				a.doubts = append(a.doubts, "interrupted")
			}
		}
	}
	a.doubts = unique(a.doubts)
	return a
}

// join adds an outcome of a later suite.
func (a *account) join(next outcome) {
	good := func(s State) bool { return s == Passed || s == Flaky }
	switch {
	case next.State == NotRun:
	case a.State == NotRun:
		a.Test = next.Test
	case next.State == Skipped || a.State == Skipped:
		if a.State != next.State {
			a.doubts = append(a.doubts, fmt.Sprintf("skipped in one suite, and not in another: %q", a.Name))
		}
		if a.State == Skipped {
			a.Test = next.Test
		}
	case a.State == Failed && good(next.State) && next.rerun:
		a.State = Flaky // with the text of the failure
	case a.State == Failed && good(next.State):
		a.Message = disagree(a.Test, next.Test)
	case good(a.State) && next.State == Failed:
		message := disagree(next.Test, a.Test)
		a.Test = next.Test
		a.Message = message
	case a.State == Passed && next.State == Flaky:
		a.Test = next.Test
	}
}

// disagree adds to the text of a failure that another suite has the test as passed.
func disagree(failed, passed Test) string {
	return strings.TrimRight(failed.Message, "\n") + "\n" +
		fmt.Sprintf("Another suite has it as passed (%s:%d), and no record names a rerun: two results that disagree are failed.", passed.File, passed.Line)
}
