package reporter

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// What stands against the calls of e2e.test that a run made.

// has tells whether a suite is of a file of this name.
func (e Evidence) has(name string) bool {
	return slices.ContainsFunc(e.Suites, func(s Suite) bool { return path.Base(s.File) == path.Base(name) })
}

// call is what the record says of a call of e2e.test, nil for nothing.
func (e Evidence) call(number int) *record.Call {
	if e.Run == nil {
		return nil
	}
	at := slices.IndexFunc(e.Run.Calls, func(c record.Call) bool { return c.Number == number })
	if at < 0 {
		return nil
	}
	return &e.Run.Calls[at]
}

// FailedTests is the exit code of e2e.test, and of ginkgo, after a test that failed. Others are those of a panic, a refusal to
// begin, or a focus in the program.
const FailedTests = 1

// callDoubts are what the record says against the results of a call of e2e.test: of those of one suite that it wrote, or, for
// nil, of all. A call whose passed tests were run again has nothing that could be doubted.
func (j judge) callDoubts(s *Suite, c *record.Call) []string {
	if c == nil {
		return j.uncalled(s)
	}
	about := func(format string, args ...any) []string {
		return []string{fmt.Sprintf("call %d of e2e.test ", c.Number) + fmt.Sprintf(format, args...)}
	}
	failed := j.evidence.failedIn(c.Number)
	told := len(j.endings[c.Number])
	switch {
	case c.Redone && s != nil && !reportdir.IsResumed(s.File):
		return about("was cut short, and its results were set aside: these are not to be here")
	case c.Redone:
		return nil
	case c.Problem != "":
		return about("has a problem: %s", c.Problem)
	case c.Ending == "":
		return about("ended nobody knows how")
	case c.Ending != record.Completed:
		return about("did not end by itself: %s", c.Ending)
	case c.ExitCode != 0 && !failed:
		return about("ended with exit code %d, although no test of it failed", c.ExitCode)
	case c.ExitCode != 0 && c.ExitCode != FailedTests:
		return about("ended with exit code %d, which no failed test explains", c.ExitCode)
	case c.ExitCode == 0 && failed:
		return about("ended with exit code 0, although a test of it failed")
	case s != nil && c.ExitCode != 0 && s.Succeeded == "true" && !reportdir.IsResumed(s.File):
		return about("ended with exit code %d, although its JUnit says that the suite succeeded", c.ExitCode)
	case len(c.Tests) > 0 && told < c.Told:
		return about("told of the end of %d tests, and the journal has %d of them", c.Told, told)
	}
	return nil
}

// stranger tells whether a suite lies in the folder of a run that did not write it, such as that of an older one. What failed in it
// failed; what passed shows nothing of this run.
func (j judge) stranger(s *Suite) bool {
	_, ours := reportdir.Invocation(s.File)
	return j.evidence.Run != nil && !ours
}

// uncalled says that a suite is of a call of which the record of the run does not tell, or of no call.
func (j judge) uncalled(s *Suite) []string {
	if j.evidence.Run == nil || s == nil || reportdir.IsResumed(s.File) || !slices.ContainsFunc(s.Results, func(r Result) bool { return good(r.State) }) {
		return nil
	}
	if j.stranger(s) {
		return []string{s.at("no call of the run wrote it, and what passed in it shows nothing of the run")}
	}
	number, _ := reportdir.Invocation(s.File)
	return []string{fmt.Sprintf("the record of the run does not tell how call %d of e2e.test ended", number)}
}

// failedIn tells whether a test failed in a suite that a call of e2e.test wrote.
func (e Evidence) failedIn(call int) bool {
	return slices.ContainsFunc(e.Suites, func(s Suite) bool {
		number, ok := reportdir.Invocation(s.File)
		return ok && number == call && !reportdir.IsResumed(s.File) && s.Failures > 0
	})
}

// interrupted tells whether the run of a suite was ended from outside, so that what was in flight has no result of its own.
func (e Evidence) interrupted(s Suite, c *record.Call) bool {
	special := strings.ToLower(s.Special)
	return e.End.State == Cut || strings.Contains(special, "interrupt") || strings.Contains(special, "timeout") ||
		e.Run != nil && slices.Contains([]string{record.EndingInterrupted, record.EndingTimeout, record.EndingStalled}, e.Run.EndedBy) ||
		c != nil && (c.Ending == record.Interrupted || c.Ending == record.TimedOut || c.Ending == record.Stalled)
}
