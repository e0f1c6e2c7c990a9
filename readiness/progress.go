package readiness

import (
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// progress is how far a run is, as far as it has told: what a terminal shows while it goes on, and what status shows from
// elsewhere. It is no judgement: that a test passed does not show yet where its pods ran, or that the run ended well. So no
// ability is shown passed in it.
type progress struct {
	abilities []record.Ability // of the chosen categories, in their order
	tests     int              // that are to run in all calls
	ended     map[runner.Task]reporter.State
	send      specs.OS  // where the present call sends pods
	running   string    // the test that runs, "" if nobody tells: with several processes nobody does
	since     time.Time // that it runs
	began     time.Time // the run
}

// mark is how far an ability is.
type mark int

// The marks.
const (
	waiting   mark = iota // no test of it has begun, or some have ended well
	runs                  // a test of it runs
	allPassed             // all of its tests that were to run passed
	failed                // a test of it failed
	flaky                 // a test of it failed and passed in a retry
	skipped               // all of its tests were skipped, or some were and the rest passed
	notRun                // tests of it did not run, or are not to
	untested              // no test of it exists, or it is exempt
	marks                 // how many there are
)

// sign is how a mark is shown, in letters that every terminal has, and what it means. Those of states of the judgement are the
// judgement's own.
func (m mark) sign() (sign, words string, tone reporter.Tone) {
	of := func(s reporter.State) (string, string, reporter.Tone) {
		w := s.Words()
		return w.Letter, w.Word, w.Tone
	}
	switch m {
	case runs:
		return ">", "runs", reporter.Quiet
	case allPassed:
		return "o", "tests passed, to be judged", reporter.Quiet
	case failed:
		return of(reporter.Failed)
	case flaky:
		return of(reporter.Flaky)
	case skipped:
		return of(reporter.Skipped)
	case notRun:
		return of(reporter.NotRun)
	case untested:
		return reporter.Unproven.Words().Letter, "without a test", reporter.Quiet
	}
	return ".", "waits", reporter.Quiet
}

// markOf is how far an ability is.
func (p progress) markOf(a record.Ability) mark {
	if len(a.Tests) == 0 {
		if strings.HasPrefix(a.NotRun, string(specs.Unproven)) || strings.HasPrefix(a.NotRun, string(specs.Exempt)) {
			return untested
		}
		return notRun
	}
	has := map[reporter.State]bool{}
	all := true
	for _, test := range a.Tests {
		state, ended := p.ended[runner.TaskOf(test, a.Send)]
		all = all && ended
		has[state] = has[state] || ended
	}
	switch {
	case has[reporter.Failed]:
		return failed
	case p.running != "" && p.isFor(a, p.running):
		return runs
	case !all:
		return waiting
	case has[reporter.NotRun]:
		return notRun
	case has[reporter.Skipped]:
		return skipped
	case has[reporter.Flaky]:
		return flaky
	}
	return allPassed
}

// failures counts the tests that failed.
func (p progress) failures() int {
	n := 0
	for _, state := range p.ended {
		if state == reporter.Failed {
			n++
		}
	}
	return n
}

// isFor tells whether a test of the present call is for an ability.
func (p progress) isFor(a record.Ability, test string) bool {
	return slices.Contains(a.Tests, test) && runner.TaskOf(test, a.Send) == runner.TaskOf(test, p.send)
}

// against are the abilities that a test is for, as "Core.Network one".
func (p progress) against(test string) []string {
	var names []string
	for _, a := range p.abilities {
		if p.isFor(a, test) {
			names = append(names, a.Category+" "+a.ID)
		}
	}
	return names
}

// categories are the names of the categories, each once, in their order.
func (p progress) categories() []string {
	var names []string
	for _, a := range p.abilities {
		if !slices.Contains(names, a.Category) {
			names = append(names, a.Category)
		}
	}
	return names
}

// planned are the abilities and the number of tests of a plan.
func planned(plan record.Plan) (abilities []record.Ability, tests int) {
	for _, inv := range plan.Invocations {
		tests += len(inv.Tests)
	}
	return plan.Abilities, tests
}
