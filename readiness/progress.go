package readiness

import (
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// progress is how far a run is, as far as it has told: what a terminal shows while it goes on, and what status shows from
// elsewhere. It is no judgement: that a test passed does not show yet where its pods ran, or that the run ended well. So no
// ability is shown passed in it.
type progress struct {
	abilities []abilityTasks           // of the chosen categories, in their order
	tests     int                      // that are to run, in all calls
	ended     map[task]reporter.State  // by what has come to its end
	running   task                     // what runs, zero if nobody tells: with several processes nobody does
	since     time.Time                // that it runs
	began     time.Time                // the run
	calls     []callTests              // of e2e.test, in their order
	call      int                      // the number of the one that runs, 0 if none does
	callSince time.Time                // that it runs
	took      map[task]time.Duration   // by what has come to its end, where it told
	usual     map[string]time.Duration // recorded durations, by test; none for one of which nobody recorded any
}

// task is a test in a call of e2e.test: one test may run in two, with its pods in other places, for other abilities.
type task struct {
	call int // the number of the invocation
	test string
}

// abilityTasks is an ability with what runs for it.
type abilityTasks struct {
	record.Ability
	tasks []task
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
func (p progress) markOf(a abilityTasks) mark {
	if len(a.tasks) == 0 {
		if strings.HasPrefix(a.NotRun, string(specs.Unproven)) || strings.HasPrefix(a.NotRun, string(specs.Exempt)) {
			return untested
		}
		return notRun
	}
	has := map[reporter.State]bool{}
	all := true
	for _, t := range a.tasks {
		state, ended := p.ended[t]
		all = all && ended
		has[state] = has[state] || ended
	}
	switch {
	case has[reporter.Failed]:
		return failed
	case slices.Contains(a.tasks, p.running):
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

// endedTests counts those that have come to their end of the tests that are to run. One that nobody planned is none of them, though
// it may have failed.
func (p progress) endedTests() int {
	n := 0
	for _, c := range p.calls {
		for _, test := range c.tests {
			if p.over(task{c.number, test}) {
				n++
			}
		}
	}
	return n
}

// against are the abilities that something runs for, as "Core.Network one".
func (p progress) against(t task) []string {
	var names []string
	for _, a := range p.abilities {
		if slices.Contains(a.tasks, t) {
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

// newProgress is that of a plan of which nothing has run.
func newProgress(plan record.Plan, began time.Time, usual map[string]time.Duration) progress {
	p := progress{ended: map[task]reporter.State{}, began: began, took: map[task]time.Duration{}, usual: usual}
	for _, a := range plan.Abilities {
		p.abilities = append(p.abilities, abilityTasks{Ability: a})
	}
	for _, inv := range plan.Invocations {
		p.tests += len(inv.Tests)
		p.calls = append(p.calls, callTests{inv.Number, max(inv.Procs, 1), inv.Tests})
		for i := range p.abilities {
			a := &p.abilities[i]
			for _, test := range a.Tests {
				if slices.Contains(inv.Abilities, a.ID) && slices.Contains(inv.Tests, test) {
					a.tasks = append(a.tasks, task{inv.Number, test})
				}
			}
		}
	}
	return p
}
