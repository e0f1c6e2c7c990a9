package readiness

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// TestLive follows a run on a terminal: the bar counts tests, and each ability is told when its last test has ended,
// skipped ones when the invocation's JUnit is there.
func TestLive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var junit strings.Builder
	skipped := []reporter.Test{{Name: "c", State: reporter.Skipped, Message: "no domain"}}
	if err := writeTests(&junit, skipped, ""); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "junit_e2e-001_01.xml"), []byte(junit.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	plan := runner.Plan{
		Abilities: []runner.Ability{
			{ID: "one", Category: "Core.Network", Tests: []string{"a", "b"}},
			{ID: "two", Category: "Core.Storage", Tests: []string{"c"}},
			{ID: "three", Category: "Core.Storage", Tests: []string{"d"}},
			{ID: "none", Category: "Core.Storage", NotRun: "unproven"},
		},
		Invocations: []runner.Invocation{{Number: 1, Tests: []string{"a", "b", "c", "d"}}},
	}
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var said strings.Builder
	view := newLive(&said, Plan{Tests: plan, facts: Facts{Folder: dir}}, func() time.Time { return clock })
	view.terminal, view.width = true, 80
	o := view.observer()
	o.Began(plan.Invocations[0])
	clock = clock.Add(time.Minute)
	o.Ended(runner.Event{Test: "a", State: runner.Passed})
	o.Test("b")
	if got, want := view.bar(), "█████░░░░░░░░░░░░░░░ 1/4 tests, 0 failed, 1m0s, about 3m0s left  b"; got != want {
		t.Errorf("bar %q, want %q", got, want)
	}
	clock = clock.Add(time.Minute)
	o.Ended(runner.Event{Test: "b", State: runner.Failed})
	if got := view.bar(); !strings.Contains(got, "2/4 tests, 1 failed, 2m0s, about 2m0s left") {
		t.Errorf("bar %q", got)
	}
	o.Done(plan.Invocations[0], runner.Result{JUnit: []string{"junit_e2e-001_01.xml"}})
	for _, want := range []string{
		"invocation 1: 4 tests\n", "[1/3] failed   Core.Network one (2m0s)\n",
		"[2/3] skipped  Core.Storage two (2m0s)\n", "[3/3] not run  Core.Storage three (2m0s)\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("never said %q, but:\n%q", want, said.String())
		}
	}
	view.width = 20
	if got := []rune(view.bar()); len(got) != 19 {
		t.Errorf("a bar of %d columns on a terminal of 20", len(got))
	}
}
