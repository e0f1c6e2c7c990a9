package reporter_test

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// What the second judge makes of suites and of the calls that wrote them.

// test returns what all results of a test come to, and whether each of them stands in a whole suite and none was skipped.
// Silent on a good result beside one in a suite that was cut: each of them must be sound.
func (r reference) test(name string) (state reporter.State, sound bool) {
	var failed []reporter.Suite // that no rerun has made good
	sound, passed, skipped, flaky := true, false, false, false
	for _, s := range r.Suites {
		state, skips := r.inSuite(s, name)
		if good := state == reporter.Passed || state == reporter.Flaky; state == reporter.NotRun || good && r.ofAnother(s) {
			continue
		}
		planned := r.accounted(s, name, state)
		if good := state == reporter.Passed || state == reporter.Flaky; good && r.toldIn(s, name) == record.Failed {
			state = reporter.Failed // two sources that disagree
		}
		sound, skipped = sound && r.wholeSuite(s) && planned, skipped || skips
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
	case len(failed) > 0, r.byWord(name, record.Failed): // silent on a rerun of it: nobody can tell what the first was
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

// journalOf is what a journal says of each test in each call, "failed" if one of several lines says so.
func journalOf(lines []record.Event) map[int]map[string]record.State {
	all := map[int]map[string]record.State{}
	for _, e := range lines {
		if all[e.Invocation] == nil {
			all[e.Invocation] = map[string]record.State{}
		}
		now := all[e.Invocation][e.Test]
		if now != record.Failed && (now != record.Skipped || e.State == record.Failed) {
			all[e.Invocation][e.Test] = e.State
		}
	}
	return all
}

func (r reference) told(call int, name string) record.State { return r.journal[call][name] }

func (r reference) toldIn(s reporter.Suite, name string) record.State {
	if c := r.call(s); c != nil && !c.Redone && !takenOver(s) {
		return r.told(c.Number, name)
	}
	return ""
}

// byWord tells whether the output of a call said that a test ended so of which its JUnit has no row.
func (r reference) byWord(name string, state record.State) bool {
	return r.Run != nil && slices.ContainsFunc(r.Run.Calls, func(c record.Call) bool {
		if c.Redone || r.elsewhere(c) || r.told(c.Number, name) != state {
			return false
		}
		rows := slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool {
			of := r.call(s)
			return of != nil && of.Number == c.Number && !takenOver(s) && slices.ContainsFunc(s.Results, func(row reporter.Result) bool { return row.Name == name })
		})
		return !rows
	})
}

// ofAnother tells whether a suite was not written by the run in whose folder it is. Silent on it: it shows nothing of the run.
func (r reference) ofAnother(s reporter.Suite) bool { return r.Run != nil && r.numbers[s.File] == 0 }

// byAnother tells whether a test passed in a suite that the run did not write.
func (r reference) byAnother(name string) bool {
	return slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool {
		state, _ := r.inSuite(s, name)
		return r.ofAnother(s) && (state == reporter.Passed || state == reporter.Flaky)
	})
}

// accounted tells whether a result in a suite of ours was planned, and is as the output of its call said. A record of an
// earlier program has no plan of its calls: there nothing is held against it.
func (r reference) accounted(s reporter.Suite, name string, state reporter.State) bool {
	c := r.call(s)
	if c == nil || takenOver(s) || len(c.Tests) == 0 {
		return true
	}
	told := r.told(c.Number, name)
	any := len(r.journal[c.Number]) > 0
	planned := slices.Contains(c.Tests, name)
	if state == reporter.Failed { // one that was aborted is not told of
		return planned && (told == record.Failed || told == "")
	}
	return planned && (told == record.Passed || told == record.Failed || told == "" && !any)
}

// reruns tells whether the record names one suite a rerun, and the other is one of an earlier call.
func (r reference) reruns(again, first reporter.Suite) bool {
	a, b := r.call(again), r.call(first)
	return a != nil && b != nil && a.Rerun && a.Number > b.Number
}

// inSuite returns what the rows of one suite come to, in order.
func (r reference) inSuite(s reporter.Suite, name string) (state reporter.State, skips bool) {
	// Silent on what the run took over from a call that was cut: it has no times, and was no dry run.
	worked := s.Worked || r.Run != nil && takenOver(s)
	nothingRan := s.DryRun || !worked || slices.ContainsFunc(s.Around, failedBefore)
	for _, row := range s.Results {
		if row.Name != name {
			continue
		}
		switch {
		case row.State == reporter.Failed && (row.Status == "interrupted" || row.Status == "timedout" && row.Message == suiteTimeout) && r.interrupted(s): // it was in flight
		case row.State == reporter.Failed: // silent on a failure where nothing ran: it is one
			state = reporter.Failed
		case nothingRan && row.State != reporter.Skipped:
		case row.State == reporter.Passed && row.Retries == 0 && (state == reporter.NotRun || state == reporter.Passed || state == reporter.Skipped):
			state = reporter.Passed
		case row.State == reporter.Passed || row.State == reporter.Flaky:
			state = reporter.Flaky
		case row.State == reporter.Skipped: // one that skips itself takes no time
			skips = true
			if state == reporter.NotRun {
				state = reporter.Skipped
			}
		}
	}
	return state, skips
}

func takenOver(s reporter.Suite) bool { return strings.Contains(s.File, "junit_resumed-") }

func failedBefore(t reporter.Test) bool {
	return t.State == reporter.Failed && strings.Contains(t.Name, "BeforeSuite")
}

// interrupted tells whether a run was ended by its user or its timeout: its job was, its suite says so, or its record.
func (r reference) interrupted(s reporter.Suite) bool {
	call, special := r.call(s), strings.ToLower(s.Special)
	return r.End.State == reporter.Cut || strings.Contains(special, "interrupt") || strings.Contains(special, "timeout") ||
		call != nil && (call.Ending == "interrupted" || call.Ending == "timed out" || call.Ending == "stalled") ||
		r.Run != nil && (r.Run.EndedBy == record.EndingInterrupted || r.Run.EndedBy == record.EndingTimeout || r.Run.EndedBy == record.EndingStalled)
}

// wholeSuite tells whether nothing stands against every result of a suite. A suite that says that it did not run for
// Windows shows nothing. What was taken over from a call that was cut stands in no whole suite.
func (r reference) wholeSuite(s reporter.Suite) bool {
	around := slices.ContainsFunc(s.Around, func(t reporter.Test) bool { return t.State == reporter.Failed })
	unexplained := s.Succeeded != "" && s.Succeeded != "true" && s.Failures == 0
	passed := slices.ContainsFunc(s.Results, func(row reporter.Result) bool { return row.State == reporter.Passed || row.State == reporter.Flaky })
	dry := s.DryRun || !s.Worked && passed
	return s.Cut == "" && s.Special == "" && !around && !unexplained && !dry && !takenOver(s) && s.Windows.Contradicted == "" && r.wholeCall(s, r.call(s))
}

// wholeCall tells whether a call of e2e.test ended by itself, what it says of its success is explained by a failed test, and
// the journal has all that it told. A call of ours of which the record does not tell is not whole.
func (r reference) wholeCall(s reporter.Suite, call *record.Call) bool {
	if call == nil {
		return r.Run == nil || takenOver(s)
	}
	code := 0 // that the rows of the call explain
	if slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool { return s.Failures > 0 && r.call(s) == call && !takenOver(s) }) {
		code = 1
	}
	boasts := call.ExitCode != 0 && s.Succeeded == "true" && !takenOver(s)
	lost := len(call.Tests) > 0 && len(r.journal[call.Number]) < call.Told
	return call.Ending == record.Completed && call.Problem == "" && call.ExitCode == code && !boasts && !lost && !call.Redone
}

// call is the recorded call that wrote the suite's file, nil if none did.
func (r reference) call(s reporter.Suite) *record.Call {
	if r.Run == nil {
		return nil
	}
	at := slices.IndexFunc(r.Run.Calls, func(c record.Call) bool { return c.Number == r.numbers[s.File] })
	if at < 0 {
		return nil
	}
	return &r.Run.Calls[at]
}

// number is the number of the call in the name of a suite's file.
func number(s reporter.Suite) int {
	for _, prefix := range []string{"junit_e2e-", "junit_resumed-"} {
		if rest, ours := strings.CutPrefix(path.Base(s.File), prefix); ours {
			n, _ := strconv.Atoi(rest[:min(3, len(rest))])
			return n
		}
	}
	return 0
}

// suiteTimeout is what Ginkgo writes of the test that was running when the time of the suite was over.
const suiteTimeout = "[TIMEDOUT] A suite timeout occurred"
