package reporter_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// A second judge, to hold the real one against. It is written from the rules of the promise "no false green" alone and
// shares the types with the real one, and nothing else. Where the rules are silent it takes what is less green, and says so.

// reference is a build as the second judge looks at it.
type reference struct {
	reporter.Evidence
	q     reporter.Question
	names []string // of all tests that are known: of e2e.test, of rows, and those that the run expected
}

// judged is what the second judge says of a build. Abilities stand in the order of the question's categories.
type judged struct {
	states   [][]reporter.State
	inPart   [][]bool // of those that are green
	verdicts []reporter.Verdict
	verdict  reporter.Verdict
	whole    bool
}

func judgeByReference(t testing.TB, e reporter.Evidence, q reporter.Question, required []specs.Category) judged {
	r := reference{Evidence: e, q: q, names: slices.Clone(q.Tests)}
	for _, s := range e.Suites {
		for _, row := range s.Results {
			r.names = append(r.names, row.Name)
		}
	}
	if e.Run != nil {
		r.names = append(r.names, e.Run.Expected...)
	}
	slices.Sort(r.names)
	r.names = slices.Compact(r.names)
	j := judged{whole: r.whole(required)}
	var count []reporter.Verdict
	for _, c := range q.Spec.Categories {
		states, inPart := r.abilities(t, c)
		j.states, j.inPart = append(j.states, states), append(j.inPart, inPart)
		j.verdicts = append(j.verdicts, verdictOfStates(states))
		if q.Chosen || c.Required {
			count = append(count, verdictOfStates(states))
		}
	}
	if len(count) == 0 { // silent: optional categories alone. They speak for themselves, never for the cluster.
		count = j.verdicts
	}
	j.verdict = verdictOfVerdicts(count)
	return j
}

// whole tells whether the verdict may speak for the cluster: nothing that is required was left out of the question.
func (r reference) whole(required []specs.Category) bool {
	for _, want := range required {
		at := slices.IndexFunc(r.q.Spec.Categories, func(c specs.Category) bool { return c.Name == want.Name && c.Required })
		if want.Required && at < 0 {
			return false
		}
		for _, tc := range want.TestCases {
			if want.Required && !slices.ContainsFunc(r.q.Spec.Categories[at].TestCases, func(has specs.TestCase) bool { return has.ID == tc.ID }) {
				return false
			}
		}
	}
	return r.q.Spec.Identity.MayCallReady()
}

func verdictOfStates(states []reporter.State) reporter.Verdict {
	verdict, passed := reporter.Ready, false
	for _, s := range states {
		switch s {
		case reporter.Failed:
			return reporter.NotReady
		case reporter.Passed, reporter.Flaky:
			passed = true
		case reporter.Exempt, reporter.Unproven:
		default:
			verdict = reporter.Incomplete
		}
	}
	if !passed {
		return reporter.Incomplete
	}
	return verdict
}

func verdictOfVerdicts(verdicts []reporter.Verdict) reporter.Verdict {
	if slices.Contains(verdicts, reporter.NotReady) {
		return reporter.NotReady
	}
	if len(verdicts) == 0 || slices.Contains(verdicts, reporter.Incomplete) {
		return reporter.Incomplete
	}
	return reporter.Ready
}

func (r reference) abilities(t testing.TB, c specs.Category) (states []reporter.State, inPart []bool) {
	assigned, err := specs.Assign(c.TestCases, r.names)
	if err != nil {
		t.Fatal(err)
	}
	for i, tc := range c.TestCases {
		state, passed := r.ability(tc, assigned[i])
		states = append(states, state)
		inPart = append(inPart, tc.Partial && !r.showsTheRest(tc, passed))
	}
	return states, inPart
}

// ability returns the state of an ability, and its tests that passed.
func (r reference) ability(tc specs.TestCase, a specs.Assignment) (state reporter.State, passed []string) {
	switch omission, _ := tc.LeftOut(r.q.Provider); omission {
	case specs.Unproven:
		return reporter.Unproven, nil
	case specs.Exempt:
		return reporter.Exempt, nil
	}
	shown := map[int]bool{}
	count := map[reporter.State]int{}
	for _, test := range a.Tests {
		name := r.names[test]
		state, sound := r.test(name)
		count[state]++
		if state == reporter.Passed || state == reporter.Flaky {
			passed = append(passed, name)
			shown[test] = sound && r.sound() && r.placed(tc.Placement, name)
		}
	}
	switch {
	case count[reporter.Failed] > 0: // also one of an alternative that is not needed: silent
		return reporter.Failed, passed
	case len(passed) == 0 && len(a.Tests) > 0 && count[reporter.Skipped] == len(a.Tests):
		return reporter.Skipped, nil
	case len(passed) == 0: // silent on some skipped and others without a result: "skipped" is of every test
		return reporter.NotRun, nil
	case !slices.ContainsFunc(a.Ways(), func(way []specs.Requirement) bool { return holds(way, shown) }):
		return reporter.Unconfirmed, passed
	case count[reporter.Flaky] > 0:
		return reporter.Flaky, passed
	}
	return reporter.Passed, passed
}

// holds tells whether every focus of a way selects a test, and every test that one selects is shown.
func holds(way []specs.Requirement, shown map[int]bool) bool {
	for _, focus := range way {
		if len(focus.Tests) == 0 || slices.ContainsFunc(focus.Tests, func(test int) bool { return !shown[test] }) {
			return false
		}
	}
	return len(way) > 0
}

// sound tells whether nothing is known that stands against every result of the build.
func (r reference) sound() bool {
	ended := r.End.State == reporter.NoJob || r.End.State == reporter.Succeeded || r.End.State == reporter.FailedJob
	if !ended || len(r.Unread) > 0 || disagree(append([]reporter.Claim{{Value: r.q.Version}}, r.Versions...), minor) || disagree(r.Platforms, strings.ToLower) {
		return false
	}
	if r.Run == nil {
		return true
	}
	if r.Run.Ended == nil || r.Run.EndedBy != record.EndingComplete { // silent on an end without a word: it is not known
		return false
	}
	// Silent on a cluster of which the run knows nodes, and none with Windows: it shows nothing of Windows.
	return r.Run.Cluster == nil || slices.ContainsFunc(r.everyNode(), func(n record.Node) bool { return n.OS == string(specs.Windows) })
}

// disagree tells whether two sources contradict each other. A value that cannot be read contradicts every other.
func disagree(claims []reporter.Claim, form func(string) string) bool {
	values := map[string]bool{}
	for _, c := range claims {
		if c.Value != "" {
			values[form(c.Value)] = true
		}
	}
	return len(values) > 1
}

func minor(version string) string {
	v, err := specs.ParseVersion(version)
	if err != nil {
		return version
	}
	return v.String()
}

func (r reference) everyNode() []record.Node {
	nodes := slices.Clone(r.Run.Cluster.Nodes)
	for _, c := range r.Run.Cluster.Changes {
		if !c.Gone {
			nodes = append(nodes, c.Node)
		}
	}
	return nodes
}

// test returns what all results of a test come to, and whether each of them stands in a whole suite and none was skipped.
// Silent on a good result beside one in a suite that was cut: each of them must be sound.
func (r reference) test(name string) (state reporter.State, sound bool) {
	var failed []reporter.Suite // that no rerun has made good
	sound, passed, skipped, flaky := true, false, false, false
	for _, s := range r.Suites {
		state, skips := r.inSuite(s, name)
		if state == reporter.NotRun {
			continue
		}
		sound, skipped = sound && r.wholeSuite(s), skipped || skips
		switch state {
		case reporter.Failed:
			failed = append(failed, s)
		case reporter.Passed, reporter.Flaky:
			passed, flaky = true, flaky || state == reporter.Flaky
			if len(failed) > 0 && !slices.ContainsFunc(failed, func(first reporter.Suite) bool { return !r.reruns(s, first) }) {
				failed, flaky = nil, true
			}
		}
	}
	switch {
	case len(failed) > 0:
		return reporter.Failed, false
	case flaky:
		return reporter.Flaky, sound && !skipped
	case passed:
		return reporter.Passed, sound && !skipped
	case skipped:
		return reporter.Skipped, false
	}
	return reporter.NotRun, false
}

// reruns tells whether the record names one suite a rerun, and the other is one of an earlier call.
func (r reference) reruns(again, first reporter.Suite) bool {
	a, b := r.call(again), r.call(first)
	return a != nil && b != nil && a.Rerun && a.Number > b.Number
}

// inSuite returns what the rows of one suite come to, in order.
func (r reference) inSuite(s reporter.Suite, name string) (state reporter.State, skips bool) {
	nothingRan := s.DryRun || !s.Worked || slices.ContainsFunc(s.Around, failedBefore)
	for _, row := range s.Results {
		if row.Name != name {
			continue
		}
		switch {
		case row.State == reporter.Failed && row.Status == "interrupted" && r.interrupted(s): // it was in flight
		case row.State == reporter.Failed: // silent on a failure where nothing ran: it is one
			state = reporter.Failed
		case nothingRan:
		case row.State == reporter.Passed && row.Retries == 0 && (state == reporter.NotRun || state == reporter.Passed || state == reporter.Skipped):
			state = reporter.Passed
		case row.State == reporter.Passed || row.State == reporter.Flaky:
			state = reporter.Flaky
		case row.State == reporter.Skipped:
			skips = true
			if state == reporter.NotRun {
				state = reporter.Skipped
			}
		}
	}
	return state, skips
}

func failedBefore(t reporter.Test) bool {
	return t.State == reporter.Failed && strings.Contains(t.Name, "BeforeSuite")
}

// interrupted tells whether the suite says that it ended before its end, or the record says so of its call.
func (r reference) interrupted(s reporter.Suite) bool {
	call := r.call(s)
	return s.Special != "" || call != nil && (call.Ending == "interrupted" || call.Ending == "timed out")
}

// wholeSuite tells whether nothing stands against every result of a suite. A suite that says that it did not run for
// Windows shows nothing.
func (r reference) wholeSuite(s reporter.Suite) bool {
	around := slices.ContainsFunc(s.Around, func(t reporter.Test) bool { return t.State == reporter.Failed })
	unexplained := s.Succeeded != "" && s.Succeeded != "true" && s.Failures == 0
	return s.Cut == "" && s.Special == "" && !around && !unexplained && s.Windows.Contradicted == "" && r.wholeCall(r.call(s))
}

// wholeCall tells whether a call of e2e.test ended by itself, and what it says of its success is explained by a failed test.
func (r reference) wholeCall(call *record.Call) bool {
	if call == nil {
		return true
	}
	failed := slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool { return s.Failures > 0 && r.call(s) == call })
	return call.Ending == record.Completed && call.Problem == "" && (call.ExitCode == 0 || failed)
}

// call is the recorded call that wrote the suite's file, nil if none did.
func (r reference) call(s reporter.Suite) *record.Call {
	if r.Run == nil {
		return nil
	}
	for i, call := range r.Run.Calls {
		if slices.ContainsFunc(call.JUnit, func(name string) bool { return path.Base(name) == path.Base(s.File) }) {
			return &r.Run.Calls[i]
		}
	}
	return nil
}
