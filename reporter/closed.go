package reporter

import (
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// A run of ours is a closed account: every test that a call of e2e.test was to run has one ending, on which the rows of its
// JUnit and the journal of its output agree.

// close holds the outcomes of tests against what each call was to run, and against what its output told. What has no row
// gets an outcome of its own.
func (j judge) close(byTest map[string][]outcome) {
	if j.evidence.Run == nil {
		return
	}
	for i := range j.evidence.Run.Calls {
		c := &j.evidence.Run.Calls[i]
		if c.Redone {
			continue
		}
		told := j.endings[c.Number]
		for _, name := range sortedKeys(told) {
			j.closeTest(byTest, c, name)
		}
		for _, name := range sortedKeys(byTest) {
			for k := range byTest[name] {
				if o := &byTest[name][k]; o.call == c && !reportdir.IsResumed(o.suite.File) {
					o.hold(told[name], len(told) > 0)
				}
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// closeTest gives a test an outcome of which a call told the end, and that has no row of it.
func (j judge) closeTest(byTest map[string][]outcome, c *record.Call, name string) {
	if slices.ContainsFunc(byTest[name], func(o outcome) bool { return o.call == c && !reportdir.IsResumed(o.suite.File) }) {
		return
	}
	o := outcome{Test: Test{Name: name, State: NotRun, File: reportdir.Journal}, suite: &Suite{File: reportdir.Journal}, number: c.Number, call: c}
	state := j.endings[c.Number][name]
	if state == record.Failed {
		o.State = Failed
		o.Message = fmt.Sprintf("Call %d of e2e.test told that it failed, and its JUnit has no result of it.", c.Number)
	} else {
		o.told = state == record.Passed
		o.against = []string{fmt.Sprintf("call %d of e2e.test told that it %s, and its JUnit has no result of it: %q", c.Number, toldWords(state), name)}
	}
	byTest[name] = append(byTest[name], o)
}

func toldWords(s record.State) string {
	if s == record.Skipped {
		return "was skipped"
	}
	return "passed"
}

// hold holds the rows of a test in a call against the plan of the call, and against what its output told. Two that disagree
// are a failure, or show nothing.
func (o *outcome) hold(told record.State, journal bool) {
	doubt := func(format string) {
		o.against = append(slices.Clone(o.against), fmt.Sprintf(format+": %q", o.call.Number, o.Name))
	}
	if len(o.call.Tests) == 0 {
		journal = false // a record of an earlier program, whose journal need not be whole
	} else if o.State != NotRun && !slices.Contains(o.call.Tests, o.Name) {
		doubt("call %d of e2e.test has a result of a test that nobody planned for it")
	}
	switch {
	case o.State == Failed && (told == record.Passed || told == record.Skipped) && len(o.call.Tests) > 0:
		doubt("call %d of e2e.test told that it " + toldWords(told) + ", and its JUnit has it as failed")
	case !good(o.State):
	case told == record.Failed:
		o.State = Failed
		o.Message = fmt.Sprintf("Call %d of e2e.test told that it failed, and its JUnit has it as passed: two results that disagree are failed.", o.call.Number)
	case told == record.Skipped:
		doubt("call %d of e2e.test told that it was skipped, and its JUnit has it as passed")
	case told == "" && journal:
		doubt("call %d of e2e.test told nothing of its end, and its JUnit has it as passed")
	}
}

// unplanned are the results that nobody planned.
func (j judge) unplanned() []Warning {
	var list []Warning
	for _, s := range j.evidence.Suites {
		number, _ := reportdir.Invocation(s.File)
		c := j.evidence.call(number)
		if c == nil || len(c.Tests) == 0 || reportdir.IsResumed(s.File) {
			continue
		}
		for _, r := range s.Results {
			if !slices.Contains(c.Tests, r.Name) {
				list = append(list, Warning{File: r.File, Line: r.Line, Message: fmt.Sprintf("a result of a test that nobody planned for call %d: %q", number, r.Name)})
			}
		}
	}
	return list
}
