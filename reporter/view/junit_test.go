package view_test

import (
	"strings"
	"testing"

	testgrid "github.com/GoogleCloudPlatform/testgrid/metadata/junit"
	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// ofState is a summary of one ability.
func ofState(state reporter.State, v reporter.Verdict) reporter.Summary {
	a := reporter.Ability{TestCase: specs.TestCase{ID: "a", Description: "Ability"}, State: state, Reasons: []string{"a reason"}}
	return reporter.Summary{Verdict: v, Categories: []reporter.Category{{Name: "C", Verdict: v, Abilities: []reporter.Ability{a}}}}
}

// shownBy are the rows of a JUnit file as TestGrid's reader has them: "suite.name element", without an element for a pass.
func shownBy(t *testing.T, text string) []string {
	t.Helper()
	suites, err := testgrid.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	rows := []string{}
	for _, s := range suites.Suites {
		for _, r := range s.Results {
			row := s.Name + "." + r.Name
			switch {
			case r.Errored != nil:
				row += " error"
			case r.Failure != nil:
				row += " failure " + r.Failure.Type + ", " + r.Failure.Message
			case r.Skipped != nil:
				row += " skipped"
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// TestJUnitElements holds which element each state and verdict has.
func TestJUnitElements(t *testing.T) {
	t.Parallel()
	const whole = "Verdict.The judged categories are ready"
	for state, test := range map[reporter.State]struct {
		verdict reporter.Verdict
		want    []string
	}{
		reporter.Passed: {reporter.Ready, []string{whole, "Verdict.C", "C.Ability"}},
		reporter.Flaky:  {reporter.Ready, []string{whole, "Verdict.C", "C.Ability failure flaky, flaky", "C.Ability"}},
		reporter.Failed: {reporter.NotReady, []string{whole + " failure not ready, NOT READY: C is not ready. 0 shown whole, 0 in part, 1 failed, of 1 optional.", "Verdict.C failure not ready, not ready: 1 failed",
			"C.Ability failure failed, failed"}},
		reporter.Unconfirmed: {reporter.Incomplete, []string{
			whole + " failure incomplete, INCOMPLETE: C is not shown to be ready. 0 shown whole, 0 in part, 1 not shown, of 1 optional.",
			"Verdict.C failure incomplete, incomplete: 1 unconfirmed", "C.Ability failure unconfirmed, unconfirmed: a reason"}},
		reporter.NotRun: {reporter.Incomplete, []string{
			whole + " failure incomplete, INCOMPLETE: C is not shown to be ready. 0 shown whole, 0 in part, 1 not shown, of 1 optional.",
			"Verdict.C failure incomplete, incomplete: 1 not run", "C.Ability failure not run, not run: a reason"}},
		reporter.Skipped: {reporter.Incomplete, []string{
			whole + " failure incomplete, INCOMPLETE: C is not shown to be ready. 0 shown whole, 0 in part, 1 not shown, of 1 optional.",
			"Verdict.C failure incomplete, incomplete: 1 skipped", "C.Ability failure skipped, skipped: a reason"}},
		reporter.Exempt: {reporter.Incomplete, []string{
			whole + " failure incomplete, INCOMPLETE: C is not shown to be ready. 0 shown whole, 0 in part, 1 exempt, of 1 optional."}},
		reporter.Unproven: {reporter.Incomplete, []string{
			whole + " failure incomplete, INCOMPLETE: C is not shown to be ready. 0 shown whole, 0 in part, 1 without a test, of 1 optional."}},
	} {
		text := render(t, "junit", view.Options{}, ofState(state, test.verdict))
		if diff := cmp.Diff(test.want, shownBy(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
		if strings.Contains(text, "<skipped") {
			t.Errorf("%s: TestGrid shows as green what it calls skipped", state)
		}
		if !strings.Contains(text, `<property name="C" value="1 `+state.String()+`">`) {
			t.Errorf("%s: no property counts it", state)
		}
	}
	s := ofState(reporter.Passed, reporter.Ready)
	s.Whole = true
	if got := shownBy(t, render(t, "junit", view.Options{}, s))[0]; got != "Verdict.The cluster is operationally ready" {
		t.Errorf("of the whole: %s", got)
	}
}
