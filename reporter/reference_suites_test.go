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
		call != nil && (call.Ending == "interrupted" || call.Ending == "timed out") ||
		r.Run != nil && (r.Run.EndedBy == record.EndingInterrupted || r.Run.EndedBy == record.EndingTimeout)
}

// wholeSuite tells whether nothing stands against every result of a suite. A suite that says that it did not run for
// Windows shows nothing. What was taken over from a call that was cut stands in no whole suite.
func (r reference) wholeSuite(s reporter.Suite) bool {
	around := slices.ContainsFunc(s.Around, func(t reporter.Test) bool { return t.State == reporter.Failed })
	unexplained := s.Succeeded != "" && s.Succeeded != "true" && s.Failures == 0
	passed := slices.ContainsFunc(s.Results, func(row reporter.Result) bool { return row.State == reporter.Passed || row.State == reporter.Flaky })
	dry := s.DryRun || !s.Worked && passed
	return s.Cut == "" && s.Special == "" && !around && !unexplained && !dry && !takenOver(s) && s.Windows.Contradicted == "" && r.wholeCall(r.call(s))
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
