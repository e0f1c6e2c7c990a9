package view_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

// TestTones holds the colour of every state and verdict: red is only what failed, and green only what was shown.
func TestTones(t *testing.T) {
	t.Parallel()
	const red, green, yellow, faint = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m"
	for state, want := range map[reporter.State]string{
		reporter.NotRun: yellow, reporter.Passed: green, reporter.Flaky: yellow, reporter.Failed: red, reporter.Skipped: yellow,
		reporter.Exempt: faint, reporter.Unproven: faint, reporter.Unconfirmed: yellow,
	} {
		s := reporter.Summary{Categories: []reporter.Category{{Name: "C", Abilities: []reporter.Ability{{State: state}}}}}
		table := render(t, "table", view.Options{Color: true, Details: true}, s)
		if !strings.Contains(table, "  "+want+padded(state.String(), 11)+"\x1b[0m") {
			t.Errorf("%s is not shown in its colour:\n%q", state, table)
		}
		matrix := render(t, "table", view.Options{Color: true}, s, s)
		if cell := want + state.Words().Letter + "\x1b[0m"; strings.Count(matrix, cell) != 2 {
			t.Errorf("%s is not shown in its colour beside another build:\n%q", state, matrix)
		}
	}
	for verdict, want := range map[reporter.Verdict]string{reporter.Incomplete: yellow, reporter.NotReady: red, reporter.Ready: green} {
		s := reporter.Summary{Verdict: verdict, Categories: []reporter.Category{{Name: "C", Verdict: verdict}}}
		table := render(t, "table", view.Options{Color: true, Details: true}, s)
		for _, text := range []string{
			want + strings.ToUpper(verdict.String()) + ": ", "C         " + want + padded(verdict.String(), 10), want + "C\x1b[0m (optional)",
		} {
			if !strings.Contains(table, text) {
				t.Errorf("%s: the table lacks %q:\n%q", verdict, text, table)
			}
		}
		if matrix := render(t, "table", view.Options{Color: true}, s, s); strings.Count(matrix, want+verdict.Words().Letter+"\x1b[0m") != 2 {
			t.Errorf("%s is not shown in its colour beside another build:\n%q", verdict, matrix)
		}
	}
}

func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-len(text)))
}
