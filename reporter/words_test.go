package reporter_test

import (
	"slices"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// TestWords holds the table of words, which every view shows: what is good, what is bad, and that no two look alike.
func TestWords(t *testing.T) {
	t.Parallel()
	states := map[reporter.State]reporter.Words{
		reporter.NotRun:   {Word: "not run", Letter: "-", Tone: reporter.Doubtful},
		reporter.Passed:   {Word: "passed", Letter: "P", Tone: reporter.Good},
		reporter.Flaky:    {Word: "flaky", Letter: "K", Tone: reporter.Doubtful},
		reporter.Failed:   {Word: "failed", Letter: "F", Tone: reporter.Bad},
		reporter.Skipped:  {Word: "skipped", Letter: "S", Tone: reporter.Doubtful},
		reporter.Exempt:   {Word: "exempt", Letter: "e", Tone: reporter.Quiet},
		reporter.Unproven: {Word: "unproven", Letter: "u", Tone: reporter.Quiet},

		reporter.Unconfirmed: {Word: "unconfirmed", Letter: "?", Tone: reporter.Doubtful},
	}
	order := reporter.WorstFirst()
	if len(order) != len(states) || order[0] != reporter.Failed {
		t.Errorf("the states in their order are %v", order)
	}
	for state, want := range states {
		if got := state.Words(); got != want || state.String() != want.Word {
			t.Errorf("%s: %+v, want %+v", state, got, want)
		}
		if !slices.Contains(order, state) {
			t.Errorf("%s has no place in the order", state)
		}
	}
	for verdict, want := range map[reporter.Verdict]reporter.Words{
		reporter.Incomplete: {Word: "incomplete", Letter: "~", Sign: "⚠️", Tone: reporter.Doubtful},
		reporter.NotReady:   {Word: "not ready", Letter: "✗", Sign: "❌", Tone: reporter.Bad},
		reporter.Ready:      {Word: "ready", Letter: "✓", Sign: "✅", Tone: reporter.Good},
	} {
		if got := verdict.Words(); got != want || verdict.String() != want.Word {
			t.Errorf("%s: %+v, want %+v", verdict, got, want)
		}
	}
	if got := (reporter.NotRun.Words().Class()); got != "not-run" {
		t.Errorf("class %q", got)
	}
}

// TestZeroIsNotGreen holds that what nobody has set is not good.
func TestZeroIsNotGreen(t *testing.T) {
	t.Parallel()
	var state reporter.State
	var verdict reporter.Verdict
	if state.Words().Tone != reporter.Doubtful || verdict.Words().Tone != reporter.Doubtful {
		t.Errorf("the zero values are %s and %s", state, verdict)
	}
}
