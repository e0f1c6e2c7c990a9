package reporter

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// account is what all results of one test come to.
type account struct {
	Test
	doubts []string  // what stands against the suites of its results, and the calls that wrote them
	passes []outcome // the suites in which it passed
	failed []outcome // the suites in which it failed, and no rerun made good
	calls  []int     // the invocations of the run that its results are of; 0 for results of others
	told   bool      // somebody told that it passed, and no result shows it
}

// outcome is what the rows of one test in one suite come to.
type outcome struct {
	Test
	suite       *Suite
	number      int          // of the invocation of the run that wrote the suite, as its file is named; 0 for results of others
	call        *record.Call // what the record says of it; nil for nothing
	against     []string     // what stands against every result of the suite, and of the call that wrote it
	skipped     bool         // a row is skipped, and another is not
	interrupted bool         // the test was in flight when the run was stopped
	told        bool         // somebody told that it passed, and shows nothing by it: a call without a row of it, or no call of the run
}

// gather makes outcomes of the results of every test, one for each suite.
func (j judge) gather() map[string][]outcome {
	byTest := map[string][]outcome{}
	for i := range j.evidence.Suites {
		s := &j.evidence.Suites[i]
		for _, o := range j.outcomes(s) {
			byTest[o.Name] = append(byTest[o.Name], o)
		}
	}
	j.close(byTest)
	return byTest
}

// account is what the results of a test come to that speak of a placement; ok is false if there are none.
func (j judge) account(name string, p specs.Placement) (a account, ok bool) {
	outcomes := slices.DeleteFunc(slices.Clone(j.results[name]), func(o outcome) bool { return !o.speaksOf(p) })
	if len(outcomes) == 0 {
		return account{}, false
	}
	return settle(outcomes), true
}

// speaksOf tells whether an outcome says something of a placement. A run may call for the same test twice, once with its pods
// sent to Windows and once with them sent to Linux: what fails in the one shows nothing of the other.
func (o outcome) speaksOf(p specs.Placement) bool {
	send := p.Send()
	return o.call == nil || o.call.Send == "" || send == "" || o.call.Send == send
}

// outcomes joins the rows of each test of a suite, in their order. Of a suite in which nothing ran only failures count, and
// a test that was stopped because the run was stopped has no result.
func (j judge) outcomes(s *Suite) []outcome {
	number, _ := reportdir.Invocation(s.File)
	call := j.evidence.call(number)
	void, stopped := j.void(s), j.evidence.interrupted(*s, call)
	against := append(s.doubts(), j.callDoubts(s, call)...)
	var list []outcome
	at := map[string]int{}
	for _, r := range s.Results {
		next := outcome{Test: r.Test, suite: s, number: number, call: call, against: against}
		if stopped && next.InFlight() {
			next.State, next.interrupted = NotRun, true
		}
		if void && next.State != Failed && next.State != Skipped {
			next.State = NotRun
		}
		if i, seen := at[next.Name]; seen {
			list[i].retry(next)
			continue
		}
		at[next.Name] = len(list)
		list = append(list, next)
	}
	for i := range list {
		if o := &list[i]; good(o.State) && j.stranger(s) {
			o.State, o.told = NotRun, true
		}
	}
	return list
}

// void tells whether nothing ran in a suite. One that our own run wrote, of what still held of results that were cut short,
// may have no times.
func (j judge) void(s *Suite) bool {
	if j.evidence.Run != nil && reportdir.IsResumed(s.File) {
		own := *s
		own.Worked = true
		return own.void()
	}
	return s.void()
}

// retry adds the next row of the test in the suite. Passing after a failure is flaky; failing after a pass is failed.
func (o *outcome) retry(next outcome) {
	o.interrupted = o.interrupted || next.interrupted
	if o.State != NotRun && next.State != NotRun && (o.State == Skipped) != (next.State == Skipped) {
		o.skipped = true
	}
	switch {
	case next.State == Skipped && o.State != NotRun, next.State == NotRun:
	case o.State == Failed && good(next.State):
		o.State = Flaky // with the text of the failure
	case o.State != Flaky || next.State == Failed:
		o.Test = next.Test
	}
}

// good tells whether a test passed.
func good(s State) bool { return s == Passed || s == Flaky }

// settle makes one account of the outcomes of a test in several suites, in the order of time. Two that disagree are a
// failure, unless the later ones are reruns that are named as such: which of the two is true, nobody can tell.
func settle(outcomes []outcome) account {
	a := account{Test: outcomes[0].Test}
	a.State = NotRun
	for _, next := range outcomes {
		a.calls = append(a.calls, next.number)
		if next.State != NotRun {
			a.join(next)
			a.doubt(next)
		}
	}
	if a.State == NotRun {
		for _, next := range outcomes {
			a.doubt(next)
			a.told = a.told || next.told
		}
	}
	a.doubts = unique(a.doubts)
	return a
}

// doubt adds what stands against an outcome.
func (a *account) doubt(o outcome) {
	a.doubts = append(a.doubts, o.against...)
	if o.interrupted && o.State == NotRun {
		a.doubts = append(a.doubts, "interrupted")
	}
	if o.skipped {
		a.doubts = append(a.doubts, fmt.Sprintf("skipped in one row, and not in another: %q", a.Name))
	}
}

// join adds an outcome of a later suite.
func (a *account) join(next outcome) {
	if a.State != NotRun && (a.State == Skipped) != (next.State == Skipped) {
		a.doubts = append(a.doubts, fmt.Sprintf("skipped in one suite, and not in another: %q", a.Name))
	}
	switch {
	case next.State == Skipped:
		if a.State == NotRun {
			a.Test = next.Test
		}
	case next.State == Failed:
		a.fail(next)
	case len(a.failed) > 0 && next.mends(a.failed):
		a.State, a.failed, a.passes = Flaky, nil, append(a.passes, next) // with the text of the failure
	case len(a.failed) > 0:
		a.Message, a.passes = disagree(a.Test, next.Test), append(a.passes, next)
	default:
		if a.State != Flaky {
			a.Test = next.Test
		}
		a.passes = append(a.passes, next)
	}
}

// fail adds a failure. The text is that of the first.
func (a *account) fail(next outcome) {
	a.failed = append(a.failed, next)
	if a.State == Failed {
		return
	}
	message := next.Message
	if good(a.State) {
		message = disagree(next.Test, a.Test)
	}
	a.Test = next.Test
	a.Message = message
}

// mends tells whether the record names the call of an outcome as one that ran failed tests once more, after those calls in
// which the test failed.
func (o outcome) mends(failed []outcome) bool {
	return o.call != nil && o.call.Rerun && !slices.ContainsFunc(failed, func(f outcome) bool { return f.call == nil || f.number >= o.number })
}

// disagree adds to the text of a failure that another suite has the test as passed.
func disagree(failed, passed Test) string {
	return strings.TrimRight(failed.Message, "\n") + "\n" +
		fmt.Sprintf("Another suite has it as passed (%s:%d), and no record names a rerun: two results that disagree are failed.", passed.File, passed.Line)
}
