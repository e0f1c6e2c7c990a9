package readers

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

// xml is the JUnit form of a summary.
func xml(t *testing.T, s reporter.Summary) string {
	t.Helper()
	var b strings.Builder
	if err := view.Render(&b, "junit", []reporter.Summary{s}, view.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// shown is how a reader shows a row.
type shown int

const (
	red shown = iota
	green
	neither // folded away, gray, flaky
)

// expected says of each row that may stand in the file whether it may be green: those of what was shown, and ready.
func expected(s reporter.Summary) map[string]bool {
	good := map[string]bool{}
	for _, name := range []string{"The cluster is operationally ready", "The judged categories are ready"} {
		good["Verdict."+name] = s.Verdict == reporter.Ready
	}
	for _, c := range s.Categories {
		good["Verdict."+c.Name] = c.Verdict == reporter.Ready
		for _, a := range c.Abilities {
			good[c.Name+"."+a.Description] = a.State == reporter.Passed
		}
	}
	return good
}

// check holds what a reader shows against a summary: green is what was shown, all of it, and nothing else.
func check(t *testing.T, fault string, s reporter.Summary, rows map[string]shown) {
	t.Helper()
	good := expected(s)
	for row, how := range rows {
		if want, known := good[row]; !known {
			t.Errorf("%s: a row %q", fault, row)
		} else if want != (how == green) {
			t.Errorf("%s: %q is green: %t", fault, row, how == green)
		}
	}
	if _, there := rows["Verdict.The cluster is operationally ready"]; !there {
		t.Errorf("%s: no row of the verdict", fault)
	}
	for row, isGood := range good {
		if _, there := rows[row]; isGood && !there && row != "Verdict.The judged categories are ready" {
			t.Errorf("%s: no row %q", fault, row)
		}
	}
}

// summaries are a ready build, it with each single fault, and a build with abilities of every state.
func summaries(t *testing.T) map[string]reporter.Summary {
	t.Helper()
	e, q := reportertest.ReadyBuild(t)
	all := map[string]reporter.Summary{"no fault": reportertest.Answer(t, e, q), "every state": reportertest.Mixed(t)}
	for _, f := range reportertest.Faults() {
		e, q := reportertest.ReadyBuild(t)
		f.Do(&e, &q)
		all[f.Name] = reportertest.Answer(t, e, q)
	}
	return all
}
